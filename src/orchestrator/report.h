/* report.h - how a pipeline is doing: as JSON, and as metrics. */
#ifndef PD_ORCHESTRATOR_REPORT_H
#define PD_ORCHESTRATOR_REPORT_H

#include <jansson.h>

#include "core.h"
#include "httpd/metrics.h"

/** The body of GET /api/v1/status. On the loop's thread. NULL: no memory. */
json_t *pd_report_json(const struct pd_core *core) PD_MUST_CHECK;

/** A core's status alone, as POST /api/v1/run and /stop answer it. NULL: no memory. */
json_t *pd_report_status(const struct pd_core_status *status) PD_MUST_CHECK;

/** Series of every lane. On the loop's thread. */
int pd_report_metrics(const struct pd_core *core, struct pd_metrics **ret,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
