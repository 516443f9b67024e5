/* docker_status.h - how the containers of a deployment are. */
#ifndef PD_ENGINE_DOCKER_STATUS_H
#define PD_ENGINE_DOCKER_STATUS_H

#include "docker_found.h"
#include "docker_reason.h"

/* verdicts[i] is about containers[i]; whoever runs is asked at its port. */
int pd_docker_look(const struct pd_docker *docker, struct pd_arena *arena,
                   const struct pd_docker_deployed *deployed, struct pd_docker_verdict **ret,
                   struct pd_err *err) PD_MUST_CHECK;

/* The last lines of a container's log, PD_ENGINE_REASON_LINES of them, fit to print; "" where they
 * cannot be had, for they only adorn a reason. In the arena. */
const char *pd_docker_last_lines(const struct pd_docker *docker, struct pd_arena *arena,
                                 const struct pd_docker_container *container);

/* The engine's functions. */
int pd_docker_list(struct pd_docker *docker, const char *name, struct pd_deployments *ret,
                   struct pd_err *err) PD_MUST_CHECK;
int pd_docker_wait(struct pd_docker *docker, const char *name, int64_t timeout_ms,
                   const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

#endif
