/* filter.h - a regular expression as Python's re.match() takes it, by PCRE2, within limits. */
#ifndef PD_ORCHESTRATOR_FILTER_H
#define PD_ORCHESTRATOR_FILTER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

struct pd_filter;

/** NULL, "" and ".*" let everything pass: *ret is NULL then. PD_E_INVALID: no regular expression,
 * with where and why; PD_E_TOO_LARGE. */
int pd_filter_new(const char *pattern, struct pd_filter **ret, struct pd_err *err) PD_MUST_CHECK;
void pd_filter_free(struct pd_filter *filter); /**< NULL is fine */

/** Whether the beginning of the text matches. A match that takes too many steps is none. */
bool pd_filter_passes(const struct pd_filter *filter, const char *text);

#endif
