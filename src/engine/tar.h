/* tar.h - files as a tar archive (POSIX.1 ustar), the same bytes for the same files. Pure. */
#ifndef PD_ENGINE_TAR_H
#define PD_ENGINE_TAR_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* Longest name; a folder's ends with '/'. */
#define PD_TAR_MAX_NAME 100

/* Append a folder, mode 0755. PD_E_INVALID: the name is too long, as of a file. */
int pd_tar_folder(struct pd_buf *out, const char *name, struct pd_err *err) PD_MUST_CHECK;

/* Append a file, mode 0644, of user 0. */
int pd_tar_file(struct pd_buf *out, const char *name, const void *bytes, size_t len,
                struct pd_err *err) PD_MUST_CHECK;

/* What ends an archive. */
void pd_tar_end(struct pd_buf *out);

#endif
