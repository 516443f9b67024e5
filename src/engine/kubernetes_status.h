/* kubernetes_status.h - how the workloads of a deployment are. */
#ifndef PD_ENGINE_KUBERNETES_STATUS_H
#define PD_ENGINE_KUBERNETES_STATUS_H

#include "kubernetes_found.h"
#include "kubernetes_reason.h"

/* The engine's functions. */
int pd_kubernetes_list(const struct pd_kubernetes *kubernetes, const char *name,
                       struct pd_deployments *ret, struct pd_err *err) PD_MUST_CHECK;
int pd_kubernetes_wait(const struct pd_kubernetes *kubernetes, const char *name, int64_t timeout_ms,
                       const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

#endif
