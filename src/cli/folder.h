/*
 * folder.h - a folder of somebody whose files are read, and nothing that is not beneath it.
 *
 * Links inside are followed as long as they stay beneath the folder: people arrange their files
 * with links, and what came out of a stranger's archive must not lead to /etc or to a key.
 */
#ifndef PD_CLI_FOLDER_H
#define PD_CLI_FOLDER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "solution/solution.h"

/** Most names in a folder that is listed. */
#define PD_FOLDER_MAX_NAMES 10000

struct pd_folder {
        int fd;
        const char *name;       /**< for messages; borrowed */
        struct pd_arena *arena; /**< where everything goes that is read */
};

/** Open the folder at `path`, wherever that is. Both are borrowed. */
int pd_folder_open(const char *path, struct pd_arena *arena, struct pd_folder *ret,
                   struct pd_err *err) PD_MUST_CHECK;

void pd_folder_close(struct pd_folder *folder);

/**
 * Read the regular file at `path` beneath the folder. PD_E_NOT_FOUND; PD_E_INVALID: it leads out of
 * the folder, or is no regular file; PD_E_TOO_LARGE over `max` bytes.
 */
int pd_folder_read(const struct pd_folder *folder, const char *path, size_t max,
                   struct pd_file *ret, struct pd_err *err) PD_MUST_CHECK;

/** Likewise, but where there is none, *ret is all zero. */
int pd_folder_read_optional(const struct pd_folder *folder, const char *path, size_t max,
                            struct pd_file *ret, struct pd_err *err) PD_MUST_CHECK;

/** The names in the folder at `path` beneath it, sorted; none where there is no such folder. */
int pd_folder_list(const struct pd_folder *folder, const char *path, struct pd_strings *ret,
                   struct pd_err *err) PD_MUST_CHECK;

#endif
