/* base64.h - bytes as text (RFC 4648). */
#ifndef PD_BASE_BASE64_H
#define PD_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/** Append the bytes in the standard alphabet, padded. */
void pd_base64_put(struct pd_buf *out, const void *bytes, size_t len);

/**
 * Decode the standard alphabet as people hand it over: line ends, blanks and padding do not matter.
 * Writes at most 3 * (len / 4) + 2 bytes to `out`; false: a sign that is none of base64, or a
 * single sign at the end.
 */
bool pd_base64_decode(const char *text, size_t len, void *out, size_t *ret_len) PD_MUST_CHECK;

/**
 * Decode the URL alphabet as RFC 7515 writes it: no padding, nothing else in between, and the bits
 * that no byte needs are zero, so that one value has one text. Room as above.
 */
bool pd_base64url_decode(const char *text, size_t len, void *out, size_t *ret_len) PD_MUST_CHECK;

#endif
