/* graph_text.c - a graph for people. */
#include "solution/graph.h"

#include "solution/findings.h"

/* A name as it may be printed; a dash where there is none. */
static struct pd_shown show(const char *name)
{
        return pd_show(name[0] != '\0' ? name : "-");
}

static void put_edge(struct pd_buf *out, const struct pd_edge *edge)
{
        bool is_known = edge->node != PD_GRAPH_NONE && edge->operation != PD_GRAPH_NONE;

        pd_buf_printf(out, "    -> %s.%s%s\n", show(edge->node_name).text,
                      show(edge->operation_name).text, is_known ? "" : " (unknown)");
}

static void put_operation(struct pd_buf *out, const struct pd_node *node,
                          const struct pd_operation *operation)
{
        pd_buf_printf(out, "  %s: %s%s -> %s%s%s\n", show(operation->name).text,
                      operation->input_stream ? "stream " : "", show(operation->input).text,
                      operation->output_stream ? "stream " : "", show(operation->output).text,
                      !node->is_shared_folder && pd_operation_is_source(operation) ? " (source)"
                                                                                   : "");
        for (size_t i = 0; i < operation->edge_count; i++)
                put_edge(out, &operation->edges[i]);
}

static void put_node(struct pd_buf *out, const struct pd_node *node)
{
        pd_buf_printf(out, "%s (%s)", show(node->name).text, show(node->type).text);
        if (!node->is_shared_folder)
                pd_buf_printf(out, " %s", show(node->image).text);
        pd_buf_putc(out, '\n');
        for (size_t i = 0; i < node->operation_count; i++)
                put_operation(out, node, &node->operations[i]);
}

void pd_graph_text(const struct pd_graph *graph, struct pd_buf *out)
{
        for (size_t i = 0; i < graph->node_count; i++) {
                if (i > 0)
                        pd_buf_putc(out, '\n');
                put_node(out, &graph->nodes[i]);
        }
}
