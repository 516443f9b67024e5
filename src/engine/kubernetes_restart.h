/* kubernetes_restart.h - pods ended and made anew. */
#ifndef PD_ENGINE_KUBERNETES_RESTART_H
#define PD_ENGINE_KUBERNETES_RESTART_H

#include "kubernetes_found.h"

/* Other pods for these Deployments, all at the same time; one that is gone is left alone. */
int pd_kubernetes_renew_pods(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                             const struct pd_kubernetes_item *const *list, size_t count,
                             struct pd_err *err) PD_MUST_CHECK;

/* The engine's function. */
int pd_kubernetes_restart(const struct pd_kubernetes *kubernetes, const char *name,
                          const char *workload, const struct pd_engine_watcher *watcher,
                          struct pd_err *err) PD_MUST_CHECK;

#endif
