/* format.h - formatted text in an array of fixed size. */
#ifndef PD_BASE_FORMAT_H
#define PD_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include "base/attr.h"

/**
 * Like vsnprintf(), but what is too long ends with "..." in place of what was cut, behind a whole
 * UTF-8 character. `size` is that of the array, at least 4.
 */
void pd_vformat(char *out, size_t size, const char *fmt, va_list args) PD_PRINTF(3, 0);

/** Likewise, the arguments one by one. */
void pd_format(char *out, size_t size, const char *fmt, ...) PD_PRINTF(3, 4);

#endif
