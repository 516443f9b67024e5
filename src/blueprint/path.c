/* path.c - where parts of the graph stand in the blueprint. */
#include "room.h"

/* The path of something and of its member. */
static struct pd_path join(struct pd_path path, const char *member)
{
        return member[0] != '\0' ? pd_path("%s.%s", path.text, member) : path;
}

struct pd_path pd_node_path(const struct pd_node *node, const char *member)
{
        return join(pd_path("nodes[%zu]", node->json_index), member);
}

struct pd_path pd_operation_path(const struct pd_node *node, const struct pd_operation *operation,
                                 const char *member)
{
        return join(pd_path("nodes[%zu].operation_signature_list[%zu]", node->json_index,
                            operation->json_index),
                    member);
}

struct pd_path pd_edge_path(const struct pd_node *node, const struct pd_operation *operation,
                            const struct pd_edge *edge, const char *member)
{
        return join(pd_path("%s.connected_to[%zu]", pd_operation_path(node, operation, "").text,
                            edge->json_index),
                    member);
}
