/*
 * blueprint.h - blueprint.json: read, checked, and made into a solution. No I/O.
 *
 * Wire: contract, section 3. `null` and absent are the same everywhere; unknown members are kept.
 */
#ifndef PD_BLUEPRINT_BLUEPRINT_H
#define PD_BLUEPRINT_BLUEPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "solution/findings.h"
#include "solution/graph.h"
#include "solution/rpc.h"
#include "solution/solution.h"

/** Most bytes of a blueprint.json. */
#define PD_BLUEPRINT_MAX_BYTES (4 * 1024 * 1024)
/** Deepest nesting. */
#define PD_BLUEPRINT_MAX_DEPTH 64
/** Most JSON values. */
#define PD_BLUEPRINT_MAX_VALUES 500000
/** Most nodes. */
#define PD_BLUEPRINT_MAX_NODES 1024
/** Most operations of one node, and most edges out of one operation. */
#define PD_BLUEPRINT_MAX_OPERATIONS 1024
#define PD_BLUEPRINT_MAX_EDGES      4096
/** Longest path of a shared folder. */
#define PD_BLUEPRINT_MAX_FOLDER_PATH 4095

/** What a pipeline without a name is called. */
#define PD_BLUEPRINT_NAME "pipeline"

struct pd_blueprint;

/**
 * Read a blueprint and say everything that is to be said about it without its protos, what its
 * nodes will be called as well.
 *
 * -1: PD_E_INVALID (no JSON object; with line and column), PD_E_TOO_LARGE (over one of the limits),
 * nothing being added to `findings`; or PD_E_INTERNAL. 0: *ret is set, and `findings` tells what is
 * wrong; where it holds errors, only pd_blueprint_name(), _graph() and _json() make sense further
 * on.
 */
int pd_blueprint_read(const char *text, size_t len, struct pd_findings *findings,
                      struct pd_blueprint **ret, struct pd_err *err) PD_MUST_CHECK;

void pd_blueprint_free(struct pd_blueprint *blueprint); /**< NULL is fine */

/* All borrowed from the blueprint, as written in it. The name is never NULL. */
const char *pd_blueprint_name(const struct pd_blueprint *blueprint);
const struct pd_graph *pd_blueprint_graph(const struct pd_blueprint *blueprint);
const json_t *pd_blueprint_json(const struct pd_blueprint *blueprint);

/** Whether the operation only mounts the shared folder: it is never called. */
bool pd_operation_is_mount(const struct pd_node *node, const struct pd_operation *operation);

/** What is known of the proto of one node. */
struct pd_node_proto {
        const char *text; /**< NULL: there is none */
        size_t size;
        bool is_checked;   /**< somebody looked into it: `fault` and `rpcs` mean something */
        const char *fault; /**< why it is no proto; NULL: it is one */
        struct pd_rpcs rpcs;
};

/**
 * Hold the blueprint against its protos, protos[i] that of nodes[i]: missing, no proto, operation
 * in no service, stream flags that differ. All are warnings. Shared folders have none.
 */
void pd_blueprint_check_protos(const struct pd_blueprint *blueprint,
                               const struct pd_node_proto *protos, struct pd_findings *findings);

/** What comes from beside the blueprint. */
struct pd_blueprint_parts {
        const struct pd_node_proto
                *protos;     /**< one a node of the graph, in its order; NULL: none at all */
        struct pd_file icon; /**< data NULL: none */
        struct pd_file description;
};

/**
 * Make the solution of a blueprint without errors (an assertion): a workload a node and the
 * orchestrator, names made labels (as pd_blueprint_read() has warned), shared folders turned into
 * the claim, the deployable blueprint of contract 3. The caller owns *ret.
 */
int pd_blueprint_solution(const struct pd_blueprint *blueprint,
                          const struct pd_blueprint_parts *parts,
                          const struct pd_solution_options *options, struct pd_solution **ret,
                          struct pd_err *err) PD_MUST_CHECK;

PD_DEFINE_AUTO(struct pd_blueprint, pd_blueprint_free)

#endif
