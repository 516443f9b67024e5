/* filter.h - what one observer wants to see: names and components, each text judged once. */
#ifndef PD_ORCHESTRATOR_FILTER_H
#define PD_ORCHESTRATOR_FILTER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "pattern/pattern.h"

/** All zero lets everything pass. */
struct pd_filter {
        struct pd_pattern *pattern; /**< NULL: all */
        struct pd_map verdicts;     /**< of texts, which are borrowed */
};

/** `pattern` NULL or "": all. PD_E_INVALID: no regular expression. */
int pd_filter_init(struct pd_filter *filter, const char *pattern, struct pd_err *err) PD_MUST_CHECK;
void pd_filter_done(struct pd_filter *filter);

/** `text` is borrowed until pd_filter_forget() or _done(). What costs too much does not pass. */
bool pd_filter_passes(struct pd_filter *filter, const char *text);

/** The texts that were judged will be released. */
void pd_filter_forget(struct pd_filter *filter);

#endif
