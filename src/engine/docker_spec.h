/* docker_spec.h - a wish as what Docker is asked to make. Pure. */
#ifndef PD_ENGINE_DOCKER_SPEC_H
#define PD_ENGINE_DOCKER_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "engine/engine.h"
#include "solution/findings.h"

/* A SHA-256 in hexadecimal digits, with a NUL. */
#define PD_DIGEST_SIZE 65

/* Whose object something is. */
struct pd_docker_owner {
        const char *name; /* of the deployment */
        const char *id;
        const char *owner; /* NULL: nobody in particular */
        const char *solution;
};

/* One container. */
struct pd_docker_spec {
        const struct pd_workload *workload;
        const char *container; /* its name */
        json_t *body;          /* of POST /containers/create, without labels and token */
        char digest[PD_DIGEST_SIZE];
        const char *ports; /* text of PD_LABEL_PORTS */
};

/* All of a wish; everything but the bodies lives in the arena. All zero is valid and empty. */
struct pd_docker_specs {
        struct pd_arena arena;
        struct pd_docker_spec *at;
        size_t count;
        const char *solution; /* its name as a label */
        const char *network;
        const char *volume; /* NULL: no shared folder */
        const char *tar;    /* what is copied into the orchestrator's container; NULL: none */
        size_t tar_len;
};

/* The names of a deployment's objects. In the arena; NULL: no memory. Two deployments never have
 * the same, for the name is a label and has no point. */
const char *pd_docker_network_name(struct pd_arena *arena, const char *name) PD_MUST_CHECK;
const char *pd_docker_volume_name(struct pd_arena *arena, const char *name) PD_MUST_CHECK;
const char *pd_docker_container_name(struct pd_arena *arena, const char *name,
                                     const char *workload) PD_MUST_CHECK;

/* What Docker cannot give goes into `findings`. PD_E_INVALID: the name is no label. */
int pd_docker_specs_make(const struct pd_engine_wish *wish, const char *publish_address,
                         struct pd_findings *findings, struct pd_docker_specs *ret,
                         struct pd_err *err) PD_MUST_CHECK;

void pd_docker_specs_done(struct pd_docker_specs *specs);

/* The labels of an object. The caller owns it; NULL: no memory. */
json_t *pd_docker_labels(const struct pd_docker_owner *owner) PD_MUST_CHECK;

/* The whole body: with its labels, and the token where it is the orchestrator's. */
json_t *pd_docker_spec_body(const struct pd_docker_spec *spec, const struct pd_docker_owner *owner,
                            const char *token) PD_MUST_CHECK;

#endif
