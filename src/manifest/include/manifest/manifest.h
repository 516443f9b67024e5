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
 * What becomes of members that ask for more than a container of its own: the machine's network,
 * ports, devices and files, privileges, the cluster's secrets and accounts. What runs never has
 * them.
 */
enum pd_rights {
        PD_RIGHTS_DROPPED, /**< a note, as for all that is not kept */
        PD_RIGHTS_REFUSED, /**< an error; but for the orchestrator's files on the machine: existing
                                ones keep their logs there */
};

/**
 * Read objects into the workloads and the claim of an empty `solution`, in the order of the
 * Deployments. A workload with errors may be there or not; nothing of the trees is kept.
 *
 * Findings have the path `FILE: spec.ports[0].name`.
 * Errors: another kind than Deployment, Service, PersistentVolumeClaim, or another apiVersion than
 * they have here; what a workload cannot say though it changes what runs (init containers, a second
 * container, `valueFrom`, `envFrom`, `subPath`, no replicas, UDP, a claim that no file has, more
 * than one claim); what Kubernetes would not take (a wrong type, a missing member, a name that is
 * no label, two objects of one kind and name, an image or an amount that is none). But for ports,
 * which may be text of digits, and amounts, which may be numbers, no type stands for another.
 * Warnings: several replicas (a workload runs once), a claim that is not ReadWriteMany, a
 * Deployment that no Service leads to.
 * By `rights`: what asks for more than a container of its own.
 * Notes: everything else that is not kept, one for each member. Without a word goes what says
 * nothing about what runs: members that are empty or have Kubernetes' default value, `status`,
 * labels, annotations and the like in `metadata`, pull secrets and the type NodePort or ClusterIP,
 * which whoever deploys chooses.
 *
 * A claim `shared-folder` may be called `pipeline` by Deployments, as older ones do (a note).
 * A Service is its Deployment's when it has its name and selects its pods; others, `<c>webui` too,
 * are notes. The port that it offers first becomes the workload's first.
 *
 * -1 only for a lack of memory, of which `findings` may know as well.
 */
int pd_manifest_read(const struct pd_manifest_object *objects, size_t count, enum pd_rights rights,
                     struct pd_solution *solution, struct pd_findings *findings,
                     struct pd_err *err) PD_MUST_CHECK;

#endif
