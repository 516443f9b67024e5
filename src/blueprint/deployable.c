/* deployable.c - the blueprint without the shared folder, its nodes called by their labels. */
#include "room.h"

#include <string.h>

#include "json/get.h"
#include "json/json.h"

static bool is_folder(const json_t *node)
{
        const char *type = pd_json_get_string(node, "node_type");

        return type != NULL && pd_word_is_shared_folder(type);
}

/* An operation, or an edge to one. */
static bool is_mount(const json_t *entry)
{
        const char *name =
                pd_json_get_string(pd_json_get(entry, "operation_signature"), "operation_name");

        return name != NULL && pd_word_is_mount(name);
}

/* Take out what is so, keep the others in their order. */
static void strip(json_t *array, bool (*is_so)(const json_t *item))
{
        size_t kept = 0;

        for (size_t i = 0; i < json_array_size(array); i++) {
                json_t *item = json_array_get(array, i);

                if (!is_so(item))
                        (void)json_array_set(array, kept++, item); /* in place: cannot fail */
        }
        while (json_array_size(array) > kept)
                (void)json_array_remove(array, json_array_size(array) - 1);
}

/*
 * Where entries say a name of a node, it becomes the label. That of an edge may be in another case;
 * no other may: it could mean nothing here, and then a label in the blueprint that comes of it.
 */
static int rename_in(const struct pd_blueprint *blueprint, json_t *entry, bool is_edge)
{
        const char *name = pd_json_get_string(entry, "container_name");
        const char *label;
        size_t node;

        if (name == NULL)
                return 0;
        node = is_edge ? pd_node_index_find_target(&blueprint->index, name)
                       : pd_node_index_find(&blueprint->index, name);
        label = node != PD_GRAPH_NONE ? blueprint->labels[node] : NULL;
        if (label == NULL || strcmp(name, label) == 0)
                return 0;
        return json_object_set_new(entry, "container_name", json_string(label));
}

static int rename_all(const struct pd_blueprint *blueprint, json_t *array, bool is_edge)
{
        json_t *entry;
        size_t i;

        json_array_foreach (array, i, entry) {
                if (rename_in(blueprint, entry, is_edge) < 0)
                        return -1;
        }
        return 0;
}

static int change_node(const struct pd_blueprint *blueprint, json_t *node)
{
        json_t *operations = pd_json_get_array(node, "operation_signature_list");
        json_t *operation;
        size_t i;

        strip(operations, is_mount);
        json_array_foreach (operations, i, operation) {
                json_t *edges = pd_json_get_array(operation, "connected_to");

                strip(edges, is_mount);
                if (rename_all(blueprint, edges, true) < 0)
                        return -1;
        }
        return rename_in(blueprint, node, false);
}

json_t *pd_blueprint_deployable(const struct pd_blueprint *blueprint)
{
        pd_auto(pd_json_free_ptr) json_t *copy = json_deep_copy(blueprint->json);
        json_t *nodes = pd_json_get_array(copy, "nodes");
        json_t *node;
        size_t i;

        strip(nodes, is_folder);
        json_array_foreach (nodes, i, node) {
                if (change_node(blueprint, node) < 0)
                        return NULL;
        }
        if (rename_all(blueprint, pd_json_get_array(copy, "input_ports"), false) < 0)
                return NULL;
        return pd_steal(&copy);
}
