/*
 * solution.h - the word in the middle: what is to be run, as one plain struct.
 *
 * A blueprint becomes a solution, a solution becomes manifests and a zip, a zip becomes a solution
 * again; engines run solutions. Nothing that cannot be said here is ever run.
 */
#ifndef PD_SOLUTION_SOLUTION_H
#define PD_SOLUTION_SOLUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "solution/findings.h"

struct pd_pair {
        const char *name;
        const char *value;
};

/** Names and values in order: environment variables, amounts of resources. */
struct pd_pairs {
        struct pd_pair *at;
        size_t count;
};

/**
 * Set a value, at the place of its name if that is there already; NULL takes the name away. Texts
 * and the new list are in the arena: the old one, which others may share, stays as it is. -1: no
 * memory.
 */
int pd_pairs_set(struct pd_arena *arena, struct pd_pairs *pairs, const char *name,
                 const char *value) PD_MUST_CHECK;

struct pd_strings {
        const char **at;
        size_t count;
};

/** The names that existing scripts and servers know the ports by. */
#define PD_PORT_NODE_API         "protobuf-api"
#define PD_PORT_ORCHESTRATOR_API "mc-api"
#define PD_PORT_WEB              "webui"

struct pd_port {
        const char *name; /**< NULL: none; at most one offered port of a workload is without */
        uint16_t container_port;
        uint16_t
                service_port; /**< what it is called under at the workload's name; 0: not offered */
};

struct pd_ports {
        struct pd_port *at; /**< the first one is the gRPC port */
        size_t count;
};

enum pd_pull_policy {
        PD_PULL_UNSET, /**< the engine's own choice */
        PD_PULL_ALWAYS,
        PD_PULL_IF_NOT_PRESENT,
        PD_PULL_NEVER,
};

/** A taint of a machine that a workload puts up with, as Kubernetes has it; absent texts are NULL.
 */
struct pd_toleration {
        const char *key; /**< NULL: every one */
        const char *op;  /**< "Exists", or "Equal" to the value, as without */
        const char *value;
        const char *effect; /**< "NoSchedule", ...; NULL: every one */
};

struct pd_tolerations {
        struct pd_toleration *at;
        size_t count;
};

/** One container that runs, with a Service of the same name. Absent texts are NULL, lists empty. */
struct pd_workload {
        const char *name;          /**< a label (names.h); never NULL */
        const char *image;         /**< never NULL */
        struct pd_strings command; /**< empty: the image's own */
        struct pd_strings args;
        const char *working_dir;
        struct pd_pairs env;
        struct pd_ports ports;
        const char *mount_path;   /**< where the shared folder is mounted */
        struct pd_pairs requests; /**< amounts of resources, as Kubernetes writes them */
        struct pd_pairs limits;
        enum pd_pull_policy pull_policy;
        /* Where it may run; said by whoever deploys, never by a zip. */
        struct pd_pairs node_selector; /**< labels that the machine must have */
        struct pd_tolerations tolerations;
};

/** The volume behind the shared folder: ReadWriteMany. */
struct pd_claim {
        const char
                *storage_class; /**< "": a volume made by hand; NULL: the cluster's default class */
        const char *size;       /**< a Kubernetes quantity */
};

/** Bytes under a name; a NUL stands after the last byte. */
struct pd_file {
        const char *name;
        const char *data;
        size_t size;
};

struct pd_files {
        struct pd_file *at;
        size_t count;
};

enum pd_solution_kind { PD_SOLUTION_PIPELINE, PD_SOLUTION_MODEL };

struct pd_solution {
        struct pd_arena arena; /**< holds everything below but the tree */
        enum pd_solution_kind kind;
        const char *name; /**< as its author wrote it */
        struct pd_workload *workloads;
        size_t workload_count;
        struct pd_claim *claim; /**< NULL: no shared folder */
        json_t *blueprint; /**< of a pipeline: deployable, names are labels; owned; NULL for a model
                            */
        struct pd_files protos; /**< named `<workload>.proto` */
        struct pd_file icon;    /**< a PNG; data NULL: none; its name is not used, as of the next */
        struct pd_file description; /**< HTML; data NULL: none */
        struct pd_files extras;     /**< files of somebody's zip that mean nothing here, kept */
};

/** What the one who deploys decides, the same for a whole solution. */
struct pd_solution_options {
        const char *orchestrator_image;
        uint16_t orchestrator_port; /**< of its gRPC, in the container and at its name */
        uint16_t service_port;      /**< at which a node's gRPC is called */
        uint16_t target_port;       /**< where its container listens for gRPC */
        uint16_t web_port;          /**< where a container serves its web page, if it has one */
        struct pd_claim claim;      /**< for a shared folder, if there is one */
        struct pd_pairs requests;   /**< of every workload */
        struct pd_pairs limits;
        enum pd_pull_policy pull_policy;
};

/** Contract, section 4: 8061, 8556, 8061, 8062; class "", 1Gi; image
 * playground-orchestrator:<version>. */
extern const struct pd_solution_options pd_solution_default_options;

/** An empty solution. */
int pd_solution_new(enum pd_solution_kind kind, struct pd_solution **ret,
                    struct pd_err *err) PD_MUST_CHECK;

void pd_solution_free(struct pd_solution *solution); /**< NULL is fine */

/** Append an empty workload; it stays where it is until the next one is added. NULL: no memory. */
struct pd_workload *pd_solution_add_workload(struct pd_solution *solution) PD_MUST_CHECK;

/**
 * Append a workload as a deployer makes it: ports and amounts by the options, and with
 * `mount_path` (NULL: none) the mount and the variable SHARED_FOLDER_PATH. The name `orchestrator`
 * gets the orchestrator's ports. Names and texts are copied.
 */
int pd_solution_add_node(struct pd_solution *solution, const char *name, const char *image,
                         const char *mount_path, const struct pd_solution_options *options,
                         struct pd_err *err) PD_MUST_CHECK;

/** Set the name to a copy of it. */
int pd_solution_set_name(struct pd_solution *solution, const char *name,
                         struct pd_err *err) PD_MUST_CHECK;

/** Append a copy of the bytes to `files`, which belong to the solution. */
int pd_solution_add_file(struct pd_solution *solution, struct pd_files *files, const char *name,
                         const void *bytes, size_t size, struct pd_err *err) PD_MUST_CHECK;

/** Append the proto of a workload to `protos`, under its name. */
int pd_solution_add_proto(struct pd_solution *solution, const char *workload, const char *text,
                          size_t size, struct pd_err *err) PD_MUST_CHECK;

/** A nameless copy that belongs to the solution in *ret, which is part of it: icon, description. */
int pd_solution_copy_file(struct pd_solution *solution, const struct pd_file *file,
                          struct pd_file *ret, struct pd_err *err) PD_MUST_CHECK;

/** The workload of that name in any case, or NULL. */
const struct pd_workload *pd_solution_find(const struct pd_solution *solution, const char *name);

bool pd_workload_is_orchestrator(const struct pd_workload *workload);

/** The port at which its gRPC is called at its name; 0: it is not offered. */
uint16_t pd_workload_api_port(const struct pd_workload *workload);

/** "Always", ...; "" for PD_PULL_UNSET. */
const char *pd_pull_policy_name(enum pd_pull_policy policy);

/** The policy of that exact name; false: there is none. */
bool pd_pull_policy_parse(const char *name, enum pd_pull_policy *ret);

/**
 * A single model as a solution: one workload. Its name is the image's repository without the
 * solution's id, else the solution's name, as a label; a renaming is a note.
 * An image that is none is a finding; then *ret is NULL and the result 0.
 */
struct pd_model_source {
        const char *name;        /**< of the solution */
        const char *image;       /**< as the catalogue says it; never NULL, as the name */
        const char *solution_id; /**< NULL: unknown; a UUID is no part of the model's name */
        struct pd_file proto;    /**< data NULL: none, a warning */
        struct pd_file icon;
        struct pd_file description;
};

int pd_solution_from_model(const struct pd_model_source *source,
                           const struct pd_solution_options *options, struct pd_findings *findings,
                           struct pd_solution **ret, struct pd_err *err) PD_MUST_CHECK;

/* A list of texts, and one of {name, value}, as JSON. NULL: no memory. */
json_t *pd_strings_json(const struct pd_strings *strings) PD_MUST_CHECK;
json_t *pd_pairs_json(const struct pd_pairs *pairs) PD_MUST_CHECK;

/** Everything that it says as one JSON object, bytes as their size: for people and for comparing.
 * NULL: no memory. */
json_t *pd_solution_json(const struct pd_solution *solution) PD_MUST_CHECK;

/** dockerinfo.json: at which name and port (text, as existing readers expect it) each workload that
 * offers any is called by the others. NULL: no memory. */
json_t *pd_solution_dockerinfo(const struct pd_solution *solution) PD_MUST_CHECK;

PD_DEFINE_AUTO(struct pd_solution, pd_solution_free)

#endif
