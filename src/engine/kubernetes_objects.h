/* kubernetes_objects.h - the objects that make a solution run on Kubernetes. Pure. */
#ifndef PD_ENGINE_KUBERNETES_OBJECTS_H
#define PD_ENGINE_KUBERNETES_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "engine/engine.h"
#include "engine/kubernetes.h"
#include "kubernetes_kind.h"

/* Most bytes of files in a ConfigMap: the API server's limit is 1 MiB for all of the object. */
#define PD_KUBERNETES_MAX_CONFIG_MAP (1000 * 1024)

/* Names of objects beside those that are called like their workload. */
#define PD_KUBERNETES_PIPELINE     "pipeline"         /* ConfigMaps: pipeline-0, pipeline-1, ... */
#define PD_KUBERNETES_RUN          "orchestrator-run" /* ConfigMap: what is kept by keep() */
#define PD_KUBERNETES_TOKEN_SECRET "orchestrator-token"
#define PD_KUBERNETES_TOKEN_KEY    "token"
#define PD_KUBERNETES_PULL_SECRET  "registries"
#define PD_KUBERNETES_NODES_POLICY "nodes"
#define PD_KUBERNETES_LIMITS       "playground" /* ResourceQuota and LimitRange */
/* On the orchestrator's pods: another pipeline means other pods. */
#define PD_KUBERNETES_PIPELINE_HASH "playground/pipeline"

/* What is decided for the whole deployment. */
struct pd_kubernetes_shape {
        const char *namespace_name;
        bool owns_namespace; /* it is made by us, for this deployment alone */
        const char *id;
        const struct pd_secret *token;      /* of the orchestrator's HTTP face */
        const struct pd_secret *registries; /* a .dockerconfigjson; NULL: none */
        bool is_foreign; /* the orchestrator is not called like ours: clients call it by gRPC */
        enum pd_kubernetes_expose expose;
        const char *host;                      /* of an Ingress */
        const char *storage_class;             /* NULL: as the solution says */
        const char *access_mode;               /* NULL: ReadWriteMany */
        const struct pd_pairs *quota;          /* of a namespace of its own; NULL: none */
        const struct pd_pairs *default_limits; /* of containers there; NULL: none */
};

struct pd_kubernetes_object {
        enum pd_kubernetes_kind kind;
        const char *name; /* borrowed from the tree */
        json_t *json;
};

/* All zero is valid and empty. */
struct pd_kubernetes_objects {
        struct pd_arena arena;
        struct pd_kubernetes_object *at; /* in the order of their kinds */
        size_t count;
};

/*
 * All objects of a wish, each with our labels: owner and solution, which need be no labels, are
 * there as annotations too. The same input gives equal trees.
 *
 * PD_E_TOO_LARGE: a file of the pipeline is over PD_KUBERNETES_MAX_CONFIG_MAP.
 */
int pd_kubernetes_objects_make(const struct pd_engine_wish *wish,
                               const struct pd_kubernetes_shape *shape,
                               struct pd_kubernetes_objects *ret, struct pd_err *err) PD_MUST_CHECK;

void pd_kubernetes_objects_done(struct pd_kubernetes_objects *objects);

#endif
