/* utf8.h - UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF. */
#ifndef PD_BASE_UTF8_H
#define PD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/** The bytes (1 to 4) of the well-formed character at the start of `text`; 0: there is none. */
size_t pd_utf8_char(const char *text, size_t len);

/** Whether all of it is well-formed; *ret_bad (may be NULL) is the offset of the first bad byte. */
bool pd_utf8_valid(const char *text, size_t len, size_t *ret_bad);

#endif
