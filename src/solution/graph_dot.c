/* graph_dot.c - a graph in the language of Graphviz. */
#include "solution/graph.h"

#include "solution/findings.h"

/* The inside of a quoted string. Doubled, a backslash is one for the reader and for the label. */
static void put_text(struct pd_buf *out, const char *text)
{
        struct pd_shown shown = pd_show(text);

        for (const char *c = shown.text; *c != '\0'; c++) {
                if (*c == '"' || *c == '\\')
                        pd_buf_putc(out, '\\');
                pd_buf_putc(out, *c);
        }
}

/* Nodes whose names are one stay two: they are known by their place. */
static void put_node(struct pd_buf *out, const struct pd_node *node, size_t place)
{
        bool has_source = false;

        for (size_t i = 0; i < node->operation_count; i++)
                has_source = has_source || pd_operation_is_source(&node->operations[i]);

        pd_buf_printf(out, "        n%zu [label=\"", place);
        put_text(out, node->name);
        pd_buf_puts(out, "\\n");
        put_text(out, node->type);
        pd_buf_printf(out, "\"%s%s];\n", node->is_shared_folder ? ", shape=folder" : "",
                      has_source && !node->is_shared_folder ? ", style=bold" : "");
}

/* What an edge to nowhere leads to; no node that is known begins with '?'. */
static void put_unknown_id(struct pd_buf *out, const char *name)
{
        pd_buf_puts(out, "\"?");
        put_text(out, name);
        pd_buf_putc(out, '"');
}

static void put_unknown(struct pd_buf *out, const char *name)
{
        pd_buf_puts(out, "        ");
        put_unknown_id(out, name);
        pd_buf_puts(out, " [label=\"");
        put_text(out, name);
        pd_buf_puts(out, "\", style=dashed];\n");
}

static void put_edge(struct pd_buf *out, size_t from, const struct pd_operation *operation,
                     const struct pd_edge *edge)
{
        if (edge->node == PD_GRAPH_NONE)
                put_unknown(out, edge->node_name);

        pd_buf_printf(out, "        n%zu -> ", from);
        if (edge->node == PD_GRAPH_NONE)
                put_unknown_id(out, edge->node_name);
        else
                pd_buf_printf(out, "n%zu", edge->node);

        pd_buf_puts(out, " [label=\"");
        put_text(out, operation->output);
        pd_buf_puts(out, "\", taillabel=\"");
        put_text(out, operation->name);
        pd_buf_puts(out, "\", headlabel=\"");
        put_text(out, edge->operation_name);
        pd_buf_printf(out, "\"%s];\n", operation->output_stream ? ", penwidth=2" : "");
}

static void put_edges(struct pd_buf *out, size_t from, const struct pd_node *node)
{
        for (size_t i = 0; i < node->operation_count; i++) {
                const struct pd_operation *operation = &node->operations[i];

                for (size_t k = 0; k < operation->edge_count; k++)
                        put_edge(out, from, operation, &operation->edges[k]);
        }
}

void pd_graph_dot(const struct pd_graph *graph, const char *name, struct pd_buf *out)
{
        pd_buf_puts(out, "digraph \"");
        put_text(out, name);
        pd_buf_puts(out, "\" {\n        rankdir=LR;\n        node [shape=box];\n");
        for (size_t i = 0; i < graph->node_count; i++)
                put_node(out, &graph->nodes[i], i);
        for (size_t i = 0; i < graph->node_count; i++)
                put_edges(out, i, &graph->nodes[i]);
        pd_buf_puts(out, "}\n");
}
