/* kubernetes_restart.h - pods ended and made anew. */
#ifndef PD_ENGINE_KUBERNETES_RESTART_H
#define PD_ENGINE_KUBERNETES_RESTART_H

#include "kubernetes_found.h"

/* The engine's function. */
int pd_kubernetes_restart(const struct pd_kubernetes *kubernetes, const char *name,
                          const char *workload, const struct pd_engine_watcher *watcher,
                          struct pd_err *err) PD_MUST_CHECK;

#endif
