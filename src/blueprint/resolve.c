/* resolve.c - edges find the nodes and operations that they name. */
#include "room.h"

/* The operations of one node, as the ends of edges. */
struct target {
        struct pd_map operations; /* by name */
        size_t *last_sender; /* of each: the operation whose edge led here last, counted from 1 */
};

struct resolver {
        struct pd_arena *arena;
        struct pd_graph *graph;
        struct pd_node_index *index;
        struct pd_findings *findings;
        struct target *targets; /* one a node */
        size_t sender;          /* counts operations */
};

/* Two shared folders of one path are one; all others must differ. */
static int add_name(struct resolver *resolver, size_t place)
{
        const struct pd_node *node = &resolver->graph->nodes[place];
        const struct pd_node *first;
        size_t other;

        if (node->name[0] == '\0')
                return 0;
        if (!pd_map_get(&resolver->index->exact, node->name, &other))
                return pd_node_index_add(resolver->index, node->name, place);

        first = &resolver->graph->nodes[other];
        if (!first->is_shared_folder || !node->is_shared_folder)
                pd_findings_add(resolver->findings, PD_SEVERITY_ERROR,
                                pd_node_path(node, "container_name").text,
                                "'%s' is the name of %s as well: give each node its own",
                                pd_show(node->name).text, pd_node_path(first, "").text);
        return 0;
}

static int add_operation(struct resolver *resolver, size_t node_place, size_t place)
{
        const struct pd_node *node = &resolver->graph->nodes[node_place];
        const struct pd_operation *operation = &node->operations[place];
        struct pd_map *names = &resolver->targets[node_place].operations;

        if (operation->name[0] == '\0')
                return 0;
        if (!pd_map_get(names, operation->name, NULL))
                return pd_map_set(names, operation->name, place);
        if (pd_operation_is_mount(node, operation))
                return 0;

        pd_findings_add(
                resolver->findings, PD_SEVERITY_ERROR,
                pd_operation_path(node, operation, "operation_signature.operation_name").text,
                "node '%s' has operation '%s' twice: edges could not tell which is meant",
                pd_show(node->name).text, pd_show(operation->name).text);
        return 0;
}

/* Make all names known. */
static int add_nodes(struct resolver *resolver)
{
        for (size_t i = 0; i < resolver->graph->node_count; i++) {
                const struct pd_node *node = &resolver->graph->nodes[i];
                struct target *target = &resolver->targets[i];

                target->last_sender = pd_arena_alloc(resolver->arena, node->operation_count + 1,
                                                     sizeof(*target->last_sender));
                if (target->last_sender == NULL || add_name(resolver, i) < 0)
                        return -1;
                for (size_t k = 0; k < node->operation_count; k++) {
                        if (add_operation(resolver, i, k) < 0)
                                return -1;
                }
        }
        return 0;
}

/* An edge under treatment, and where it comes from. */
struct line {
        const struct pd_node *node;
        const struct pd_operation *operation;
        struct pd_edge *edge;
};

/* An edge of the shared folder carries no message; only where it leads is of interest. */
static void find_mount(const struct resolver *resolver, struct pd_edge *edge)
{
        if (edge->node != PD_GRAPH_NONE)
                (void)pd_map_get(&resolver->targets[edge->node].operations, edge->operation_name,
                                 &edge->operation);
}

/* Whether the node is one that messages can be sent to; else that is told. */
static bool is_target(const struct resolver *resolver, const struct line *line)
{
        const struct pd_edge *edge = line->edge;
        bool is_unknown = edge->node == PD_GRAPH_NONE;

        if (edge->node_name[0] == '\0')
                return false;
        if (!is_unknown && !resolver->graph->nodes[edge->node].is_shared_folder)
                return true;
        pd_findings_add(resolver->findings, PD_SEVERITY_ERROR,
                        pd_edge_path(line->node, line->operation, edge, "container_name").text,
                        is_unknown ? "the edge leads to '%s', and no node has that name"
                                   : "the edge leads to the shared folder '%s', which takes no "
                                     "messages: remove the edge",
                        pd_show(edge->node_name).text);
        return false;
}

static void count_edge(const struct resolver *resolver, const struct line *line)
{
        const struct pd_edge *edge = line->edge;
        const struct pd_node *node = &resolver->graph->nodes[edge->node];
        size_t *last_sender = &resolver->targets[edge->node].last_sender[edge->operation];

        node->operations[edge->operation].incoming++;
        if (*last_sender == resolver->sender)
                pd_findings_add(resolver->findings, PD_SEVERITY_WARNING,
                                pd_edge_path(line->node, line->operation, edge, "").text,
                                "the edge to operation '%s' of '%s' is there twice: each message "
                                "is sent twice",
                                pd_show(edge->operation_name).text, pd_show(node->name).text);
        *last_sender = resolver->sender;
}

static void resolve_edge(const struct resolver *resolver, const struct line *line)
{
        struct pd_edge *edge = line->edge;

        edge->node = pd_node_index_find_target(resolver->index, edge->node_name);
        if (pd_edge_is_mount(line->node, line->operation, edge)) {
                find_mount(resolver, edge);
                return;
        }
        if (!is_target(resolver, line) || edge->operation_name[0] == '\0')
                return;

        if (pd_map_get(&resolver->targets[edge->node].operations, edge->operation_name,
                       &edge->operation))
                count_edge(resolver, line);
        else
                pd_findings_add(resolver->findings, PD_SEVERITY_ERROR,
                                pd_edge_path(line->node, line->operation, edge,
                                             "operation_signature.operation_name")
                                        .text,
                                "node '%s' has no operation '%s'", pd_show(edge->node_name).text,
                                pd_show(edge->operation_name).text);
}

static void resolve_edges(struct resolver *resolver)
{
        for (size_t i = 0; i < resolver->graph->node_count; i++) {
                const struct pd_node *node = &resolver->graph->nodes[i];

                for (size_t k = 0; k < node->operation_count; k++) {
                        const struct pd_operation *operation = &node->operations[k];

                        resolver->sender++;
                        for (size_t n = 0; n < operation->edge_count; n++)
                                resolve_edge(resolver,
                                             &(struct line){node, operation, &operation->edges[n]});
                }
        }
}

int pd_graph_resolve(struct pd_blueprint *blueprint, struct pd_findings *findings)
{
        size_t count = blueprint->graph.node_count;
        struct resolver resolver = {
                .arena = &blueprint->arena,
                .graph = &blueprint->graph,
                .index = &blueprint->index,
                .findings = findings,
                .targets = pd_arena_alloc(&blueprint->arena, count + 1, sizeof(struct target)),
        };
        int result;

        if (resolver.targets == NULL)
                return -1;
        result = add_nodes(&resolver);
        if (result == 0)
                resolve_edges(&resolver);
        for (size_t i = 0; i < count; i++)
                pd_map_done(&resolver.targets[i].operations);
        return result;
}
