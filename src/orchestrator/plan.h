/*
 * plan.h - what an orchestrator does with a pipeline: lanes, and which feeds which. Pure.
 *
 * Every operation of the blueprint is a lane: a queue of messages, and an RPC that takes them.
 */
#ifndef PD_ORCHESTRATOR_PLAN_H
#define PD_ORCHESTRATOR_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "addresses.h"
#include "base/own.h"
#include "proto/descriptors.h"
#include "solution/findings.h"
#include "solution/graph.h"

/** Most lanes, and most edges of all of them. */
#define PD_PLAN_MAX_LANES 4096
#define PD_PLAN_MAX_EDGES 65536

struct pd_plan_lane {
        const char *node;      /**< as in the blueprint */
        const char *operation; /**< as in the blueprint */
        const char *path;      /**< of the RPC: "/package.Service/Method" */
        const char *target;    /**< "host:port" */
        const char *component; /**< of its calls, in events */
        const char *queue;     /**< of its queue, in events */
        const char *rpc;       /**< "Service.Method" without the package, in events */
        const struct pd_proto_message *input; /**< for text; NULL: not known, like the next */
        const struct pd_proto_message *output;
        bool input_stream, output_stream; /**< what the proto says */
        bool is_source;
        size_t *targets; /**< indexes of the lanes that it feeds */
        size_t target_count;
        size_t *feeders; /**< and of those that feed it */
        size_t feeder_count;
        size_t group; /**< lanes on a common cycle have one group; alone it is a group of its own */
        bool is_on_cycle;
};

struct pd_plan {
        size_t holders; /**< besides the first one */
        struct pd_arena arena;
        struct pd_plan_lane *lanes;
        size_t lane_count;
        size_t group_count; /**< groups are numbered so that one never feeds one before it */
        size_t *order;      /**< the lanes by their groups */
        size_t edge_count;
        bool has_source;
        struct pd_proto **protos; /**< one a node of the graph, NULL where it has none; owned */
        size_t proto_count;
};

/**
 * The plan of a pipeline. protos[i] is that of nodes[i] of the graph (NULL: none was given); on
 * success they are taken out of the array and belong to the plan. `warnings` gets what can be lived
 * with: no source.
 *
 * PD_E_UNPROCESSABLE, naming the node: no address, no proto, an operation in none of its services;
 * PD_E_TOO_LARGE. The caller releases *ret.
 */
int pd_plan_new(const struct pd_graph *graph, const struct pd_addresses *addresses,
                struct pd_proto **protos, struct pd_findings *warnings, struct pd_plan **ret,
                struct pd_err *err) PD_MUST_CHECK;

/** One holder more. Returns the plan. */
struct pd_plan *pd_plan_hold(struct pd_plan *plan);

/** One holder less; with the last one it is released. NULL is fine. */
void pd_plan_free(struct pd_plan *plan);

PD_DEFINE_AUTO(struct pd_plan, pd_plan_free)

#endif
