/*
 * pattern.h - a regular expression that a text must begin with, as Python's re.match() has it.
 *
 * Expressions are read by PCRE2, which knows Python's syntax; `$` and `.` mean what they mean
 * there.
 */
#ifndef PD_PATTERN_PATTERN_H
#define PD_PATTERN_PATTERN_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

/** Most bytes of an expression. */
#define PD_PATTERN_MAX_BYTES 4096
/** Most steps of one match: some milliseconds. */
#define PD_PATTERN_MAX_STEPS 100000
/** Most KiB that one match remembers where to go back to. */
#define PD_PATTERN_MAX_HEAP_KIB 4096

/** Immutable: threads may share it. */
struct pd_pattern;

/** PD_E_INVALID: it is no regular expression, or too long; the message says where and why. */
int pd_pattern_new(const char *text, struct pd_pattern **ret, struct pd_err *err) PD_MUST_CHECK;

/** NULL is fine. */
void pd_pattern_free(struct pd_pattern *pattern);

/**
 * Whether the text begins like this. PD_E_TOO_LARGE: that takes more than a match may cost, as
 * repetitions within repetitions do; *ret is not set.
 */
int pd_pattern_match(const struct pd_pattern *pattern, const char *text, bool *ret,
                     struct pd_err *err) PD_MUST_CHECK;

PD_DEFINE_AUTO(struct pd_pattern, pd_pattern_free)

#endif
