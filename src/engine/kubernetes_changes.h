/* kubernetes_changes.h - what a plan would change, told to people. */
#ifndef PD_ENGINE_KUBERNETES_CHANGES_H
#define PD_ENGINE_KUBERNETES_CHANGES_H

#include "kubernetes_api.h"

/* The engine's function: pd_engine_plan(). */
int pd_kubernetes_changes(const struct pd_kubernetes *kubernetes, const struct pd_engine_wish *wish,
                          struct pd_engine_plan *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
