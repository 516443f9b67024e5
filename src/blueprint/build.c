/* build.c - from JSON to a graph. */
#include "room.h"

/* Room for what an array may hold; NULL: no memory. */
static void *room_for(struct pd_arena *arena, size_t count, size_t size)
{
        return pd_arena_alloc(arena, count > 0 ? count : 1, size);
}

static void read_edge(const struct pd_object *entry, struct pd_edge *edge)
{
        struct pd_object signature;

        edge->json_index = entry->index;
        edge->node = PD_GRAPH_NONE;
        edge->operation = PD_GRAPH_NONE;
        edge->node_name = pd_object_required(entry, "container_name",
                                             "the edge does not say to which node it leads");
        (void)pd_object_member(entry, "operation_signature", &signature);
        edge->operation_name = pd_object_required(
                &signature, "operation_name", "the edge does not say to which operation it leads");
}

static int read_edges(const struct pd_object *entry, struct pd_arena *arena,
                      struct pd_operation *operation)
{
        size_t count = pd_object_array_size(entry, "connected_to");
        struct pd_object item;

        operation->edges = room_for(arena, count, sizeof(*operation->edges));
        if (operation->edges == NULL)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (pd_object_item(entry, "connected_to", i, &item))
                        read_edge(&item, &operation->edges[operation->edge_count++]);
        }
        return 0;
}

static int read_operation(const struct pd_object *entry, struct pd_arena *arena,
                          struct pd_operation *operation)
{
        struct pd_object signature;
        bool says_input, says_output;

        operation->json_index = entry->index;
        (void)pd_object_member(entry, "operation_signature", &signature);
        operation->name =
                pd_object_required(&signature, "operation_name", "the operation has no name");
        operation->input = pd_object_string(&signature, "input_message_name");
        operation->input_stream = pd_object_flag(&signature, "input_message_stream", &says_input);
        operation->output = pd_object_string(&signature, "output_message_name");
        operation->output_stream =
                pd_object_flag(&signature, "output_message_stream", &says_output);
        operation->streams_stated = says_input && says_output;
        return read_edges(entry, arena, operation);
}

static int read_operations(const struct pd_object *entry, struct pd_arena *arena,
                           struct pd_node *node)
{
        size_t count = pd_object_array_size(entry, "operation_signature_list");
        struct pd_object item;

        node->operations = room_for(arena, count, sizeof(*node->operations));
        if (node->operations == NULL)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (pd_object_item(entry, "operation_signature_list", i, &item) &&
                    read_operation(&item, arena, &node->operations[node->operation_count++]) < 0)
                        return -1;
        }
        return 0;
}

static void read_image(const struct pd_object *entry, struct pd_node *node)
{
        struct pd_path what =
                pd_path("node '%s' has no image: name one to run", pd_show(node->name).text);

        node->image = pd_object_required(entry, "image", what.text);
}

static int read_node(const struct pd_object *entry, struct pd_arena *arena, struct pd_node *node)
{
        node->json_index = entry->index;
        node->name = pd_object_required(entry, "container_name", "the node has no name");
        node->type = pd_object_string(entry, "node_type");
        node->is_shared_folder = pd_word_is_shared_folder(node->type);
        node->image = "";
        node->proto_uri = "";

        if (!node->is_shared_folder)
                node->proto_uri = pd_object_string(entry, "proto_uri");
        if (!node->is_shared_folder && !pd_word_is_never_run(node->type))
                read_image(entry, node);
        return read_operations(entry, arena, node);
}

int pd_graph_build(const struct pd_object *top, struct pd_arena *arena, struct pd_graph *ret)
{
        size_t errors_before = top->findings->errors;
        size_t count = pd_object_array_size(top, "nodes");
        struct pd_object item;

        ret->nodes = room_for(arena, count, sizeof(*ret->nodes));
        if (ret->nodes == NULL)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (pd_object_item(top, "nodes", i, &item) &&
                    read_node(&item, arena, &ret->nodes[ret->node_count++]) < 0)
                        return -1;
        }
        if (ret->node_count == 0 && top->findings->errors == errors_before)
                pd_findings_add(top->findings, PD_SEVERITY_ERROR, "nodes",
                                "there are no nodes: a pipeline runs at least one");
        return 0;
}
