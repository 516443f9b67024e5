/* check_flow.c - whether anything starts, and whether messages get from node to node. */
#include "room.h"

#include <string.h>

struct flow {
        const struct pd_graph *graph;
        struct pd_findings *findings;
        bool *is_connected; /* of each node: some edge leads to or from it */
        size_t nodes;       /* those that run */
        size_t operations;  /* those that are called */
        size_t sources;
        size_t unstated;            /* operations without stream flags */
        struct pd_path unstated_at; /* the first of them */
};

/* The same message: a name without package fits any. */
static bool is_same_message(const char *a, const char *b)
{
        const char *a_dot = strrchr(a, '.');
        const char *b_dot = strrchr(b, '.');

        if ((a_dot == NULL) == (b_dot == NULL))
                return strcmp(a, b) == 0;
        return strcmp(a_dot != NULL ? a_dot + 1 : a, b_dot != NULL ? b_dot + 1 : b) == 0;
}

static void check_edge(struct flow *flow, const struct pd_node *node,
                       const struct pd_operation *operation, const struct pd_edge *edge)
{
        const struct pd_node *target_node;
        const struct pd_operation *target;

        if (pd_edge_is_mount(node, operation, edge) || edge->operation == PD_GRAPH_NONE)
                return;

        target_node = &flow->graph->nodes[edge->node];
        target = &target_node->operations[edge->operation];
        if (operation->output[0] == '\0' || target->input[0] == '\0' ||
            is_same_message(operation->output, target->input))
                return;
        pd_findings_add(flow->findings, PD_SEVERITY_WARNING,
                        pd_edge_path(node, operation, edge, "").text,
                        "messages differ along the edge: '%s' of '%s' gives '%s', '%s' of '%s' "
                        "takes '%s'",
                        pd_show(operation->name).text, pd_show(node->name).text,
                        pd_show(operation->output).text, pd_show(target->name).text,
                        pd_show(target_node->name).text, pd_show(target->input).text);
}

static void check_operation(struct flow *flow, const struct pd_node *node,
                            const struct pd_operation *operation)
{
        if (pd_operation_is_mount(node, operation))
                return;

        flow->operations++;
        flow->sources += pd_operation_is_source(operation);
        if (!operation->streams_stated && flow->unstated++ == 0)
                flow->unstated_at = pd_operation_path(node, operation, "operation_signature");
        if (operation->incoming == 0 && !pd_operation_is_source(operation))
                pd_findings_add(flow->findings, PD_SEVERITY_WARNING,
                                pd_operation_path(node, operation, "").text,
                                "operation '%s' of '%s' will never be called: no edge leads to it, "
                                "and its input is not 'Empty'",
                                pd_show(operation->name).text, pd_show(node->name).text);
}

static void check_operations(struct flow *flow, size_t place)
{
        const struct pd_node *node = &flow->graph->nodes[place];

        for (size_t k = 0; k < node->operation_count; k++) {
                const struct pd_operation *operation = &node->operations[k];

                check_operation(flow, node, operation);
                for (size_t n = 0; n < operation->edge_count; n++) {
                        const struct pd_edge *edge = &operation->edges[n];

                        check_edge(flow, node, operation, edge);
                        flow->is_connected[place] = true;
                        if (edge->node != PD_GRAPH_NONE)
                                flow->is_connected[edge->node] = true;
                }
        }
}

/* Whether anybody can call it; mounting the shared folder is no call. */
static bool has_operations(const struct pd_node *node)
{
        for (size_t i = 0; i < node->operation_count; i++) {
                if (!pd_operation_is_mount(node, &node->operations[i]))
                        return true;
        }
        return false;
}

static void check_connection(const struct flow *flow, size_t place)
{
        const struct pd_node *node = &flow->graph->nodes[place];

        if (!has_operations(node))
                pd_findings_add(flow->findings, PD_SEVERITY_WARNING, pd_node_path(node, "").text,
                                "node '%s' has no operations: it will run isolated, and never be "
                                "called",
                                pd_show(node->name).text);
        else if (!flow->is_connected[place] && flow->nodes > 1)
                pd_findings_add(flow->findings, PD_SEVERITY_WARNING, pd_node_path(node, "").text,
                                "node '%s' is isolated: no edge leads to it or from it",
                                pd_show(node->name).text);
}

/* What is said once for all of it. */
static void check_whole(const struct flow *flow)
{
        if (flow->sources == 0 && flow->operations > 0)
                pd_findings_add(flow->findings, PD_SEVERITY_WARNING, "nodes",
                                "there is no source, so nothing starts by itself: no operation has "
                                "the input 'Empty' and no edge leading to it");
        if (flow->unstated > 0)
                pd_findings_add(flow->findings, PD_SEVERITY_WARNING, flow->unstated_at.text,
                                "%zu of %zu operations do not say both 'input_message_stream' and "
                                "'output_message_stream': what is missing is taken as false",
                                flow->unstated, flow->operations);
}

int pd_check_flow(struct pd_blueprint *blueprint, struct pd_findings *findings)
{
        size_t count = blueprint->graph.node_count;
        struct flow flow = {
                .graph = &blueprint->graph,
                .findings = findings,
                .is_connected = pd_arena_alloc(&blueprint->arena, count + 1, sizeof(bool)),
        };

        if (flow.is_connected == NULL)
                return -1;
        for (size_t i = 0; i < count; i++) {
                flow.nodes += !blueprint->graph.nodes[i].is_shared_folder;
                check_operations(&flow, i);
        }
        for (size_t i = 0; i < count; i++) {
                if (!blueprint->graph.nodes[i].is_shared_folder)
                        check_connection(&flow, i);
        }
        check_whole(&flow);
        return 0;
}
