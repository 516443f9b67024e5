/* num.h - numbers, sizes and durations out of text, strictly: the whole string or an error. */
#ifndef PD_BASE_NUM_H
#define PD_BASE_NUM_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/**
 * A decimal integer, `-` allowed, no blanks, no `+`, no leading zeros. PD_E_INVALID names the text
 * and the range when it is none or lies outside min..max.
 */
int pd_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret,
                 struct pd_err *err) PD_MUST_CHECK;

/** A size in bytes: digits and an optional unit out of B, KiB, MiB, GiB (no unit: bytes). */
int pd_parse_size(const char *text, uint64_t max, uint64_t *ret, struct pd_err *err) PD_MUST_CHECK;

/** A duration in milliseconds: digits and a unit out of ms, s, m, h (the unit is required; 0 alone
 * is fine). */
int pd_parse_duration(const char *text, int64_t max_ms, int64_t *ret_ms,
                      struct pd_err *err) PD_MUST_CHECK;

/** The byte that two hexadecimal digits, of any case, stand for; -1: they are none. The second one
 * is looked at only when the first one is a digit. */
int pd_hex_byte(const char *digits);

#endif
