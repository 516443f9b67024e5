/* file.h - whole files in and out of memory, with a limit. */
#ifndef PD_BASE_FILE_H
#define PD_BASE_FILE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/**
 * Read everything from a descriptor to its end. *ret has a NUL after the last byte; the caller
 * frees it. PD_E_TOO_LARGE over `max` bytes. `name` is what messages call the input.
 */
int pd_file_read_fd(int fd, const char *name, size_t max, char **ret, size_t *ret_len,
                    struct pd_err *err) PD_MUST_CHECK;

/**
 * Read a whole file, `path` relative to the folder `dir_fd` (AT_FDCWD: the current one).
 * PD_E_NOT_FOUND: no such file; PD_E_INVALID: it is a folder; PD_E_FORBIDDEN: no right to read.
 */
int pd_file_read_at(int dir_fd, const char *path, size_t max, char **ret, size_t *ret_len,
                    struct pd_err *err) PD_MUST_CHECK;

/** Write all bytes to a descriptor. */
int pd_file_write_fd(int fd, const char *name, const void *bytes, size_t len,
                     struct pd_err *err) PD_MUST_CHECK;

/**
 * Make the file `path` hold exactly these bytes, or leave it as it was: written beside it, then
 * renamed. A new file has mode 0666 under the umask; an old one keeps its own. Something that is no
 * regular file (a pipe, /dev/null) is written to directly.
 */
int pd_file_replace(const char *path, const void *bytes, size_t len,
                    struct pd_err *err) PD_MUST_CHECK;

/**
 * Make a file with these bytes, mode 0600, unless there is one of that name already. Several
 * processes may do so at once: one of them makes it, nobody sees half of it.
 */
int pd_file_make_once(const char *path, const void *bytes, size_t len,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
