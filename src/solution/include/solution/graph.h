/* graph.h - a pipeline as nodes, operations and edges: what its blueprint says, as plain data. */
#ifndef PD_SOLUTION_GRAPH_H
#define PD_SOLUTION_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** In place of an index: nothing has that name. */
#define PD_GRAPH_NONE ((size_t)-1)

struct pd_edge {
        const char *node_name;      /**< as written; "" when absent */
        const char *operation_name; /**< as written; "" when absent */
        size_t node;                /**< index into the nodes, or PD_GRAPH_NONE */
        size_t operation;           /**< index into that node's operations, or PD_GRAPH_NONE */
        size_t json_index;          /**< place in `connected_to` */
};

struct pd_operation {
        const char *name;   /**< "" when absent, as the messages */
        const char *input;  /**< name of the input message */
        const char *output; /**< name of the output message */
        bool input_stream;
        bool output_stream;
        bool streams_stated; /**< the blueprint says both flags */
        struct pd_edge *edges;
        size_t edge_count;
        size_t incoming;   /**< edges of any node that lead here */
        size_t json_index; /**< place in `operation_signature_list` */
};

struct pd_node {
        const char *name; /**< container_name as written; "" when absent; of a shared folder: its
                             path */
        const char *type; /**< node_type; "" when absent, as image and proto_uri */
        const char *image;
        const char *proto_uri;
        bool is_shared_folder;
        struct pd_operation *operations;
        size_t operation_count;
        size_t json_index; /**< place in `nodes` */
};

/** Strings and arrays belong to whoever made the graph. */
struct pd_graph {
        struct pd_node *nodes;
        size_t node_count;
};

/** Whether the name is `Empty`, in any package: `Empty`, `google.protobuf.Empty`. */
bool pd_message_is_empty(const char *name);

/** Whether runs begin here: `Empty` input and no edge leads to it. (Those of a shared folder are
 * never called.) */
bool pd_operation_is_source(const struct pd_operation *operation);

/** The graph for people: a block a node, a line an operation, an arrow an edge. */
void pd_graph_text(const struct pd_graph *graph, struct pd_buf *out);

/** The graph in Graphviz' dot language, names quoted. */
void pd_graph_dot(const struct pd_graph *graph, const char *name, struct pd_buf *out);

#endif
