/* docker_reason.h - what the engine says, as states and reasons. Pure. */
#ifndef PD_ENGINE_DOCKER_REASON_H
#define PD_ENGINE_DOCKER_REASON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "engine/state.h"

/* A container that has ended so often again does not start. */
#define PD_DOCKER_MAX_RESTARTS 2
/* So long a program may take before it is said that it does not answer. */
#define PD_DOCKER_SILENT_MS 10000

/* So long Podman may take to start one again. */
#define PD_DOCKER_PODMAN_MS 2000

/* Whether somebody listens at the API port of a container. */
enum pd_answering {
        PD_ANSWERING_UNASKED, /* it has no such port, or none that is published */
        PD_ANSWERING_NO,
        PD_ANSWERING_YES,
};

struct pd_docker_verdict {
        enum pd_state state;
        enum pd_reason reason;
        int64_t since_ms;
        unsigned restarts;
        char detail[448]; /* a sentence, fit to print; "" */
};

/* What is known beside what the engine says of a container. */
struct pd_docker_circumstances {
        enum pd_answering answering;
        int64_t now_ms;
        bool is_podman; /* which calls it ended until it starts it again */
};

/* What GET /containers/ID/json says of a container of ours. */
void pd_docker_judge(const json_t *inspect, const struct pd_docker_circumstances *around,
                     struct pd_docker_verdict *ret);

#endif
