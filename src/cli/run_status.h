/* run_status.h - what an orchestrator answers to GET /api/v1/status, for people. Pure. */
#ifndef PD_CLI_RUN_STATUS_H
#define PD_CLI_RUN_STATUS_H

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/** How far a pipeline is. */
enum pd_run_phase {
        PD_RUN_PHASE_WAITS, /**< there is no pipeline in it yet, or nobody has said run */
        PD_RUN_PHASE_RUNS,
        PD_RUN_PHASE_ENDED, /**< finished or stopped */
        PD_RUN_PHASE_FAILED /**< its pipeline cannot be run */
};

enum pd_run_phase pd_run_status_phase(const json_t *status);

/** "running", "finished: ...": what it says of itself. Never NULL; not fit to print yet. */
const char *pd_run_status_message(const json_t *status);

/**
 * Append how the run of a deployment is: its operations, its edges, and what to do where something
 * is wrong. What is missing in the answer is shown as 0 or nothing.
 */
int pd_run_status_put(const json_t *status, const char *deployment, struct pd_buf *out,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
