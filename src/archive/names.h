/* names.h - the names of one archive: safe, each there once, files and folders not in each other's
 * way.
 */
#ifndef PD_ARCHIVE_NAMES_H
#define PD_ARCHIVE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"

/** Begin with PD_ARCHIVE_NAMES_INIT. */
struct pd_archive_names {
        struct pd_map kinds; /**< what stands under a name, in any case */
        struct pd_arena arena;
};

#define PD_ARCHIVE_NAMES_INIT                                                                      \
        {                                                                                          \
                .kinds = {.ignore_case = true }                                                    \
        }

void pd_archive_names_done(struct pd_archive_names *names);

/**
 * Take one more name, without the '/' at the end of a folder's. PD_E_INVALID: see
 * pd_archive_read(); PD_E_TOO_LARGE: over `max_len` bytes.
 */
int pd_archive_names_add(struct pd_archive_names *names, const char *name, size_t max_len,
                         bool is_folder, struct pd_err *err) PD_MUST_CHECK;

#endif
