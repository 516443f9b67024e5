/*
 * manifest.h - workloads as Kubernetes objects, and back. Pure; trees in, trees out.
 *
 * Wire: contract, section 4, "Manifests". What is read back is what runs: workload -> objects ->
 * workload is the identity.
 */
#ifndef PD_MANIFEST_MANIFEST_H
#define PD_MANIFEST_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "solution/solution.h"

/** The claim behind the shared folder. */
#define PD_MANIFEST_CLAIM_NAME "shared-folder"

enum pd_service_type { PD_SERVICE_NODE_PORT, PD_SERVICE_CLUSTER_IP };

/** How objects are written; nothing here changes what runs. */
struct pd_manifest_options {
        enum pd_service_type service_type;
        const char *pull_secret; /**< name of the Secret for the registries; NULL or "": none */
};

/** NodePort, "acumos-registry". */
extern const struct pd_manifest_options pd_manifest_default_options;

/** Whether any port is offered: only then there is a Service, which is nothing without ports. */
bool pd_manifest_has_service(const struct pd_workload *workload);

/* One object each, members in the order of the contract. NULL: no memory. The caller owns it. */
json_t *pd_manifest_service(const struct pd_workload *workload,
                            const struct pd_manifest_options *options) PD_MUST_CHECK;
json_t *pd_manifest_deployment(const struct pd_workload *workload,
                               const struct pd_manifest_options *options) PD_MUST_CHECK;
json_t *pd_manifest_claim(const struct pd_claim *claim) PD_MUST_CHECK;

/** An object out of a file. */
struct pd_manifest_object {
        const char *file; /**< for findings */
        const json_t *json;
};

/**
 * Read objects into the workloads and the claim of `solution`, in the order of the Deployments.
 *
 * Errors among the findings: another kind than Deployment, Service, PersistentVolumeClaim; what a
 * workload cannot say though it changes what runs (init containers, a second container,
 * `valueFrom`, `envFrom`, more than one claim); a wrong type; a name that is no label; two objects
 * of one kind and name. Everything else that is not kept is a note that names it. A Service is its
 * Deployment's when it selects the label `app` of its pods and has its name; `<c>webui` and others
 * are notes. -1 only for a lack of memory.
 */
int pd_manifest_read(const struct pd_manifest_object *objects, size_t count,
                     struct pd_solution *solution, struct pd_findings *findings,
                     struct pd_err *err) PD_MUST_CHECK;

#endif
