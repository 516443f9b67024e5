/* utf8.h - UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF. */
#ifndef PD_BASE_UTF8_H
#define PD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/** The bytes (1 to 4) of the well-formed character at the start of `text`; 0: there is none. */
size_t pd_utf8_char(const char *text, size_t len);

/** Whether all of it is well-formed; *ret_bad (may be NULL) is the offset of the first bad byte. */
bool pd_utf8_valid(const char *text, size_t len, size_t *ret_bad);

/**
 * Make a stranger's text fit for a terminal, in place: every control character (C0, DEL, C1) and
 * every byte that is no UTF-8 becomes '?'.
 */
void pd_utf8_make_printable(char *text);

/** Whether the character of `size` bytes is a control: C0, DEL or C1 (U+0080 to U+009F). */
bool pd_utf8_is_control(const char *at, size_t size);

/** Where something is in a text, for people: both count from 1. */
struct pd_place {
        size_t line;
        size_t column; /**< in characters */
};

/** The place of the byte text[at]; what is in front of it need not be well-formed. */
struct pd_place pd_utf8_place(const char *text, size_t at);

#endif
