/* docker_found.h - what is there: the engine's objects with our labels, a deployment each. */
#ifndef PD_ENGINE_DOCKER_FOUND_H
#define PD_ENGINE_DOCKER_FOUND_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "docker_api.h"

struct pd_docker_container {
        json_t *inspect; /* GET /containers/ID/json */
        const char *id;
        const char *workload;
        const char *spec;     /* digest of what it was made from */
        const char *image_id; /* what its image was called by when it was made, in full */
        bool is_orchestrator;
};

/* A deployment, as far as it is there. Texts are borrowed from the trees, "" where absent. */
struct pd_docker_deployed {
        const char *name;
        const char *id;
        const char *owner;
        const char *solution;
        const json_t *network; /* NULL: none, as of the next */
        const json_t *volume;
        struct pd_docker_container *containers; /* by workload, the orchestrator last */
        size_t count;
};

/* All zero is valid and empty. */
struct pd_docker_found {
        struct pd_arena arena;
        json_t *networks;
        json_t *volumes;
        struct pd_docker_container *containers;
        size_t container_count;
        struct pd_docker_deployed *at; /* by name; one that is only a volume too */
        size_t count;
};

/* All deployments, or that of one name; none is no error. */
int pd_docker_find(struct pd_docker *docker, const char *name, struct pd_docker_found *ret,
                   struct pd_err *err) PD_MUST_CHECK;

/* Likewise, but PD_E_NOT_FOUND where there is none; a volume alone is none. The deployment is in
 * *ret, as its only one. */
int pd_docker_find_one(struct pd_docker *docker, const char *name, struct pd_docker_found *ret,
                       struct pd_err *err) PD_MUST_CHECK;

void pd_docker_found_done(struct pd_docker_found *found);

const struct pd_docker_container *pd_docker_container_of(const struct pd_docker_deployed *deployed,
                                                         const char *workload);

/* Whether it has run at all, and so has all its files. */
bool pd_docker_is_started(const struct pd_docker_container *container);

/* The value of a variable of it; NULL: it has none such. */
const char *pd_docker_variable(const struct pd_docker_container *container, const char *name);

/* Where a port of it is published; NULL: it is not. *ret_port is set on success. */
const char *pd_docker_published(const struct pd_docker_container *container, unsigned port,
                                uint16_t *ret_port);

/* A label of an object (Labels) or a container (Config.Labels); "": it has none. */
const char *pd_docker_label(const json_t *object, const char *name);

#endif
