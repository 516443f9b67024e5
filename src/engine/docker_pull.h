/* docker_pull.h - the images of a plan, pulled at the same time. */
#ifndef PD_ENGINE_DOCKER_PULL_H
#define PD_ENGINE_DOCKER_PULL_H

#include "docker_plan.h"
#include "tell.h"

/*
 * Pull what is to be pulled. A task whose image cannot be had has_failed, and that was told.
 * *ret_pulled: how many images came. Errors: canceled, or the engine itself fails.
 */
int pd_docker_pull(struct pd_docker *docker, struct pd_docker_plan *plan,
                   const struct pd_engine_watcher *watcher, size_t *ret_pulled,
                   struct pd_err *err) PD_MUST_CHECK;

#endif
