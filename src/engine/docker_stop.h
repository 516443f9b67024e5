/* docker_stop.h - containers ended and removed, several at the same time. */
#ifndef PD_ENGINE_DOCKER_STOP_H
#define PD_ENGINE_DOCKER_STOP_H

#include "docker_found.h"
#include "tell.h"

/* Tell them to end, wait, and remove them with their own unnamed volumes; what is gone already is
 * fine. Each is told when it goes and when it is gone. */
int pd_docker_remove_containers(struct pd_docker *docker,
                                const struct pd_docker_container *const *containers, size_t count,
                                const struct pd_engine_watcher *watcher,
                                struct pd_err *err) PD_MUST_CHECK;

/* The engine's function. */
int pd_docker_remove(struct pd_docker *docker, const char *name, bool with_volumes,
                     const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

/* Likewise. */
int pd_docker_restart(struct pd_docker *docker, const char *name, const char *workload,
                      const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

#endif
