/* kubernetes_logs.h - what the containers of a deployment have written. */
#ifndef PD_ENGINE_KUBERNETES_LOGS_H
#define PD_ENGINE_KUBERNETES_LOGS_H

#include <jansson.h>

#include "kubernetes_found.h"

/* The last lines of a pod's log, or those before its last restart, PD_ENGINE_REASON_LINES of them,
 * fit to print; "" where they cannot be had, for they only adorn a reason. In the arena. */
const char *pd_kubernetes_last_lines(const struct pd_kubernetes *kubernetes, struct pd_arena *arena,
                                     const json_t *pod);

/* The engine's function. */
int pd_kubernetes_logs(const struct pd_kubernetes *kubernetes, const char *name,
                       const struct pd_engine_logs *query, struct pd_err *err) PD_MUST_CHECK;

#endif
