/* index.c - nodes by name, with and without case. */
#include "room.h"

int pd_node_index_add(struct pd_node_index *index, const char *name, size_t node)
{
        index->folded.ignore_case = true;
        if (pd_map_set(&index->exact, name, node) < 0)
                return -1;
        if (pd_map_get(&index->folded, name, NULL))
                node = PD_GRAPH_NONE;
        return pd_map_set(&index->folded, name, node);
}

void pd_node_index_done(struct pd_node_index *index)
{
        pd_map_done(&index->exact);
        pd_map_done(&index->folded);
}

size_t pd_node_index_find(const struct pd_node_index *index, const char *name)
{
        size_t node = PD_GRAPH_NONE;

        (void)pd_map_get(&index->exact, name, &node);
        return node;
}

size_t pd_node_index_find_target(const struct pd_node_index *index, const char *name)
{
        size_t node = pd_node_index_find(index, name);

        if (node == PD_GRAPH_NONE)
                (void)pd_map_get(&index->folded, name, &node);
        return node;
}
