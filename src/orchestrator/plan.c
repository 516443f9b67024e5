/* plan.c - a pipeline as lanes and edges. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "blueprint/blueprint.h"
#include "cycles.h"

/** What a plan is made of. */
struct making {
        const struct pd_graph *graph;
        const struct pd_addresses *addresses;
        struct pd_proto *const *protos;
        struct pd_findings *warnings;
        struct pd_plan *plan;
        size_t *first_lane; /**< of each node */
};

struct pd_plan *pd_plan_hold(struct pd_plan *plan)
{
        plan->holders++;
        return plan;
}

void pd_plan_free(struct pd_plan *plan)
{
        if (plan == NULL || plan->holders-- > 0)
                return;
        for (size_t i = 0; i < plan->proto_count; i++)
                pd_proto_free(plan->protos[i]);
        free(plan->protos);
        pd_arena_done(&plan->arena);
        free(plan);
}

static bool is_lane(const struct pd_node *node, const struct pd_operation *operation)
{
        return !pd_operation_is_mount(node, operation);
}

/* Lanes, so that each operation has a number. */

static int number_lanes(struct making *making, struct pd_err *err)
{
        const struct pd_graph *graph = making->graph;
        struct pd_plan *plan = making->plan;

        making->first_lane =
                pd_arena_alloc(&plan->arena, graph->node_count + 1, sizeof(*making->first_lane));
        if (making->first_lane == NULL)
                return pd_fail_memory(err, "a plan");
        for (size_t i = 0; i < graph->node_count; i++) {
                making->first_lane[i] = plan->lane_count;
                for (size_t j = 0; j < graph->nodes[i].operation_count; j++)
                        plan->lane_count +=
                                is_lane(&graph->nodes[i], &graph->nodes[i].operations[j]);
        }
        if (plan->lane_count > PD_PLAN_MAX_LANES)
                return pd_fail(err, PD_E_TOO_LARGE, 0,
                               "the pipeline has %zu operations; the limit is %d", plan->lane_count,
                               PD_PLAN_MAX_LANES);
        plan->lanes = pd_arena_alloc(&plan->arena, plan->lane_count + 1, sizeof(*plan->lanes));
        return plan->lanes != NULL ? 0 : pd_fail_memory(err, "a plan");
}

static size_t lane_of(const struct making *making, size_t node, size_t operation)
{
        size_t lane = making->first_lane[node];

        for (size_t i = 0; i < operation; i++)
                lane += is_lane(&making->graph->nodes[node],
                                &making->graph->nodes[node].operations[i]);
        return lane;
}

/* What a lane calls. */

/* The name of a service without its package, as events say it. */
static const char *without_package(const char *service)
{
        const char *dot = strrchr(service, '.');

        return dot != NULL ? dot + 1 : service;
}

static int name_lane(struct pd_plan *plan, struct pd_plan_lane *lane, const struct pd_rpc *rpc,
                     const struct pd_address *address, struct pd_err *err)
{
        struct pd_arena *arena = &plan->arena;
        bool is_ipv6 = strchr(address->host, ':') != NULL;
        const char *service = without_package(rpc->service);

        lane->path = pd_arena_printf(arena, "/%s/%s", rpc->service, rpc->method);
        lane->target =
                pd_arena_printf(arena, is_ipv6 ? "[%s]:%u" : "%s:%u", address->host, address->port);
        lane->component =
                pd_arena_printf(arena, "OrchestrationThreadBase[component=%s,svc=%s,rpc=%s]",
                                lane->node, service, rpc->method);
        lane->queue = pd_arena_printf(arena, "OrchestrationQueue[%s_%s]", lane->node, rpc->method);
        lane->rpc = pd_arena_printf(arena, "%s.%s", service, rpc->method);
        return lane->path != NULL && lane->target != NULL && lane->component != NULL &&
                               lane->queue != NULL && lane->rpc != NULL
                       ? 0
                       : pd_fail_memory(err, "a plan");
}

static int make_lane(struct making *making, size_t node_index, const struct pd_operation *operation,
                     struct pd_plan_lane *lane, struct pd_err *err)
{
        const struct pd_node *node = &making->graph->nodes[node_index];
        const struct pd_address *address = pd_addresses_find(making->addresses, node->name);
        const struct pd_proto *proto = making->protos[node_index];
        const struct pd_rpc *rpc;

        if (address == NULL)
                return pd_fail(err, PD_E_UNPROCESSABLE, 0, "node '%s' is not in dockerinfo",
                               pd_show(node->name).text);
        if (proto == NULL)
                return pd_fail(err, PD_E_UNPROCESSABLE, 0,
                               "node '%s' has no proto: '%s.proto' is missing",
                               pd_show(node->name).text, pd_show(node->name).text);
        rpc = pd_rpcs_find(pd_proto_rpcs(proto), operation->name);
        if (rpc == NULL)
                return pd_fail(err, PD_E_UNPROCESSABLE, 0,
                               "no service in the proto of node '%s' has the operation '%s'",
                               pd_show(node->name).text, pd_show(operation->name).text);

        lane->node = pd_arena_string(&making->plan->arena, node->name);
        lane->operation = pd_arena_string(&making->plan->arena, operation->name);
        if (lane->node == NULL || lane->operation == NULL)
                return pd_fail_memory(err, "a plan");
        lane->input = pd_proto_find(proto, rpc->input);
        lane->output = pd_proto_find(proto, rpc->output);
        lane->input_stream = rpc->input_stream;
        lane->output_stream = rpc->output_stream;
        lane->is_source = pd_message_is_empty(rpc->input) && operation->incoming == 0;
        return name_lane(making->plan, lane, rpc, address, err);
}

/* Edges. */

static int add_edge(struct making *making, size_t from, size_t to, struct pd_err *err)
{
        struct pd_plan *plan = making->plan;
        size_t *target = pd_arena_push(&plan->arena, &plan->lanes[from].targets,
                                       &plan->lanes[from].target_count, sizeof(*target));
        size_t *feeder = pd_arena_push(&plan->arena, &plan->lanes[to].feeders,
                                       &plan->lanes[to].feeder_count, sizeof(*feeder));

        if (target == NULL || feeder == NULL)
                return pd_fail_memory(err, "a plan");
        *target = to;
        *feeder = from;
        if (++plan->edge_count > PD_PLAN_MAX_EDGES)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "the pipeline has more than %d edges",
                               PD_PLAN_MAX_EDGES);
        return 0;
}

static int add_edges(struct making *making, size_t from, const struct pd_operation *operation,
                     struct pd_err *err)
{
        const struct pd_graph *graph = making->graph;

        for (size_t i = 0; i < operation->edge_count; i++) {
                const struct pd_edge *edge = &operation->edges[i];

                if (edge->node == PD_GRAPH_NONE || edge->operation == PD_GRAPH_NONE ||
                    !is_lane(&graph->nodes[edge->node],
                             &graph->nodes[edge->node].operations[edge->operation]))
                        continue; /* to the shared folder */
                if (add_edge(making, from, lane_of(making, edge->node, edge->operation), err) < 0)
                        return -1;
        }
        return 0;
}

static int make_lanes(struct making *making, struct pd_err *err)
{
        const struct pd_graph *graph = making->graph;
        struct pd_plan *plan = making->plan;
        size_t lane = 0;

        for (size_t i = 0; i < graph->node_count; i++) {
                for (size_t j = 0; j < graph->nodes[i].operation_count; j++) {
                        const struct pd_operation *operation = &graph->nodes[i].operations[j];

                        if (!is_lane(&graph->nodes[i], operation))
                                continue;
                        if (make_lane(making, i, operation, &plan->lanes[lane], err) < 0 ||
                            add_edges(making, lane, operation, err) < 0)
                                return -1;
                        plan->has_source = plan->has_source || plan->lanes[lane].is_source;
                        lane++;
                }
        }
        if (!plan->has_source)
                pd_findings_add(making->warnings, PD_SEVERITY_WARNING, "",
                                "no operation has the input Empty and no incoming edge: a run "
                                "starts nothing");
        return 0;
}

/* The protos go to the plan: lanes point into them. */
static int take_protos(struct pd_plan *plan, struct pd_proto **protos, size_t count,
                       struct pd_err *err)
{
        plan->protos = calloc(count + 1, sizeof(struct pd_proto *));
        if (plan->protos == NULL)
                return pd_fail_memory(err, "a plan");
        for (size_t i = 0; i < count; i++)
                plan->protos[i] = pd_steal(&protos[i]);
        plan->proto_count = count;
        return 0;
}

int pd_plan_new(const struct pd_graph *graph, const struct pd_addresses *addresses,
                struct pd_proto **protos, struct pd_findings *warnings, struct pd_plan **ret,
                struct pd_err *err)
{
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = calloc(1, sizeof(*plan));
        struct making making = {.graph = graph,
                                .addresses = addresses,
                                .protos = protos,
                                .warnings = warnings,
                                .plan = plan};

        if (plan == NULL)
                return pd_fail_memory(err, "a plan");
        if (number_lanes(&making, err) < 0 || make_lanes(&making, err) < 0 ||
            pd_cycles_find(plan, err) < 0 || take_protos(plan, protos, graph->node_count, err) < 0)
                return -1;
        *ret = pd_steal(&plan);
        return 0;
}
