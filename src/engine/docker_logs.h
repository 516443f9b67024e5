/* docker_logs.h - logs of containers. */
#ifndef PD_ENGINE_DOCKER_LOGS_H
#define PD_ENGINE_DOCKER_LOGS_H

#include "docker_found.h"
#include "engine/engine.h"

/* What part of a log, as in struct pd_engine_logs. */
struct pd_docker_log_query {
        bool follow;
        bool with_times;
        int64_t tail; /* < 0: all */
        int64_t since_ms;
};

/* A request for it; who sends it adds a sink. */
int pd_docker_log_request(const struct pd_docker *docker, struct pd_arena *arena,
                          const struct pd_docker_container *container,
                          const struct pd_docker_log_query *query, struct pd_fetch_request *ret,
                          struct pd_err *err) PD_MUST_CHECK;

/* The engine's function. */
int pd_docker_logs(struct pd_docker *docker, const char *name, const struct pd_engine_logs *logs,
                   struct pd_err *err) PD_MUST_CHECK;

#endif
