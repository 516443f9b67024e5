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
        enum pd_err_code clash; /**< what it is called when one name is in another one's way */
};

#define PD_ARCHIVE_NAMES_INIT(clash_code)                                                          \
        {                                                                                          \
                .kinds = {.ignore_case = true}, .clash = (clash_code)                              \
        }

void pd_archive_names_done(struct pd_archive_names *names);

/**
 * Take one more name, without the '/' at the end of a folder's. PD_E_INVALID: it is not safe;
 * PD_E_TOO_LARGE: it is over `max_len` bytes; `clash`: it is there already, or a file is where a
 * folder should be.
 */
int pd_archive_names_add(struct pd_archive_names *names, const char *name, size_t max_len,
                         bool is_folder, struct pd_err *err) PD_MUST_CHECK;

#endif
