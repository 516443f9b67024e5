/* kubernetes_up.h - a plan carried out. */
#ifndef PD_ENGINE_KUBERNETES_UP_H
#define PD_ENGINE_KUBERNETES_UP_H

#include "kubernetes_api.h"

/* The engine's function. */
int pd_kubernetes_up(const struct pd_kubernetes *kubernetes, const struct pd_engine_wish *wish,
                     const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

#endif
