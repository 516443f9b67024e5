/*
 * kubernetes.h - the engine on a cluster: any Kubernetes, by its API alone.
 *
 * A deployment is a Deployment and Services a workload, with what they need beside them, in a
 * namespace of its own or in one that somebody names: docs/engines.md.
 */
#ifndef PD_ENGINE_KUBERNETES_H
#define PD_ENGINE_KUBERNETES_H

#include "base/attr.h"
#include "base/err.h"
#include "engine/engine.h"
#include "fetch/fetch.h"

/** How the web pages of nodes, and a single model, are reached. */
enum pd_kubernetes_expose {
        PD_EXPOSE_NODE_PORT, /**< at a port of every machine */
        PD_EXPOSE_INGRESS,   /**< web pages at <node>.<host> */
        PD_EXPOSE_NONE,
};

/** All may be NULL. */
struct pd_kubernetes_options {
        /** Kubeconfig files, as KUBECONFIG: one, or several with ':' between them. NULL or "":
         * the account of the pod that this runs in, where `service_host` says that it does. */
        const char *kubeconfig;
        const char *context;      /**< of the kubeconfig; NULL or "": its current one */
        const char *service_host; /**< KUBERNETES_SERVICE_HOST, and _PORT */
        const char *service_port;
        /** All of it is in this namespace, which is there already. NULL: each deployment has its
         * own, of its name, which is made and removed with it. */
        const char *namespace_name;
        enum pd_kubernetes_expose expose;
        const char *host;          /**< for PD_EXPOSE_INGRESS */
        const char *storage_class; /**< of a shared folder; NULL: as the solution says */
        const char *access_mode;   /**< likewise; NULL: ReadWriteMany */
        /** A file like docker's config.json: the credentials in it of those registries that the
         * images need become a pull secret. NULL: none. */
        const char *registry_config;
        /** What a namespace of its own may use altogether, as the `hard` of a ResourceQuota
         * (`requests.cpu`, `pods`), and the limits of containers that name none, as a LimitRange
         * has them. Empty: none. Borrowed. */
        struct pd_pairs quota, default_limits;
};

/**
 * Reads the kubeconfig; the cluster is not asked yet. Options are copied; `fetch` is borrowed and
 * outlives it. PD_E_NOT_FOUND: no kubeconfig; PD_E_INVALID, PD_E_UNPROCESSABLE: it cannot be used,
 * or an option is none; the message says what to do.
 */
int pd_kubernetes_open(const struct pd_kubernetes_options *options, struct pd_fetch *fetch,
                       struct pd_engine *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
