/* kubernetes_keep.h - the run that goes on in the next pod of an orchestrator. */
#ifndef PD_ENGINE_KUBERNETES_KEEP_H
#define PD_ENGINE_KUBERNETES_KEEP_H

#include "kubernetes_found.h"

/* The engine's function: pd_engine_keep(). */
int pd_kubernetes_keep(const struct pd_kubernetes *kubernetes, const char *name, const char *run,
                       struct pd_err *err) PD_MUST_CHECK;

#endif
