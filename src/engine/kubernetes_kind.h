/* kubernetes_kind.h - the kinds of objects a deployment is made of, and where the API has them. */
#ifndef PD_ENGINE_KUBERNETES_KIND_H
#define PD_ENGINE_KUBERNETES_KIND_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"

/* In the order in which they are made, for each wants those before it; removed the other way round.
 * id, kind, group and version, collection, stage */
#define PD_KUBERNETES_KINDS(X)                                                                     \
        X(NAMESPACE, "Namespace", "v1", "namespaces", 0)                                           \
        X(NETWORK_POLICY, "NetworkPolicy", "networking.k8s.io/v1", "networkpolicies", 1)           \
        X(RESOURCE_QUOTA, "ResourceQuota", "v1", "resourcequotas", 1)                              \
        X(LIMIT_RANGE, "LimitRange", "v1", "limitranges", 1)                                       \
        X(SECRET, "Secret", "v1", "secrets", 2)                                                    \
        X(CONFIG_MAP, "ConfigMap", "v1", "configmaps", 3)                                          \
        X(CLAIM, "PersistentVolumeClaim", "v1", "persistentvolumeclaims", 3)                       \
        X(SERVICE, "Service", "v1", "services", 4)                                                 \
        X(INGRESS, "Ingress", "networking.k8s.io/v1", "ingresses", 4)                              \
        X(DEPLOYMENT, "Deployment", "apps/v1", "deployments", 5)

enum pd_kubernetes_kind {
#define PD_KUBERNETES_KIND_ENUM(id, kind, version, collection, stage) PD_KUBERNETES_##id,
        PD_KUBERNETES_KINDS(PD_KUBERNETES_KIND_ENUM)
#undef PD_KUBERNETES_KIND_ENUM
};

#define PD_KUBERNETES_KIND_COUNT (PD_KUBERNETES_DEPLOYMENT + 1)
#define PD_KUBERNETES_STAGES     6

const char *pd_kubernetes_kind_name(enum pd_kubernetes_kind kind);    /* "Namespace" */
const char *pd_kubernetes_kind_version(enum pd_kubernetes_kind kind); /* "v1" */
unsigned pd_kubernetes_kind_stage(enum pd_kubernetes_kind kind);

/*
 * Where an object (`name` NULL: all of them) is: "/apis/apps/v1/namespaces/NS/deployments/NAME".
 * `namespace_name` NULL: those of all namespaces. Both are labels. NULL: no memory.
 */
const char *pd_kubernetes_kind_path(enum pd_kubernetes_kind kind, struct pd_arena *arena,
                                    const char *namespace_name, const char *name) PD_MUST_CHECK;

/* Likewise of what we never make, but look at: "pods", "events". */
const char *pd_kubernetes_core_path(struct pd_arena *arena, const char *namespace_name,
                                    const char *collection, const char *name) PD_MUST_CHECK;

#endif
