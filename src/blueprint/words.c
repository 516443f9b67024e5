/* words.c - the words of a blueprint that mean something. */
#include "room.h"

#include <string.h>
#include <strings.h>

bool pd_word_is_shared_folder(const char *node_type)
{
        return strcasestr(node_type, "SharedFolder") != NULL;
}

bool pd_word_is_never_run(const char *node_type)
{
        return strcasecmp(node_type, "Splitter") == 0 || strcasecmp(node_type, "Collator") == 0;
}

bool pd_word_is_mount(const char *operation_name)
{
        return strcasecmp(operation_name, "mountVolume") == 0;
}

bool pd_operation_is_mount(const struct pd_node *node, const struct pd_operation *operation)
{
        return node->is_shared_folder || pd_word_is_mount(operation->name);
}

bool pd_edge_is_mount(const struct pd_node *node, const struct pd_operation *operation,
                      const struct pd_edge *edge)
{
        return pd_operation_is_mount(node, operation) || pd_word_is_mount(edge->operation_name);
}
