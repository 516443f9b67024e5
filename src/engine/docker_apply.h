/* docker_apply.h - a plan carried out. */
#ifndef PD_ENGINE_DOCKER_APPLY_H
#define PD_ENGINE_DOCKER_APPLY_H

#include "docker_plan.h"

/* The engine's function. */
int pd_docker_apply(struct pd_docker *docker, const struct pd_engine_wish *wish,
                    const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

#endif
