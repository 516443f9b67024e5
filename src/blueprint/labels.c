/* labels.c - what Kubernetes calls the nodes. */
#include "room.h"

#include <string.h>

#include "solution/names.h"

/* The names of what runs, in order, and from there the labels to all nodes. */
static int assign(struct pd_blueprint *blueprint, size_t count)
{
        const struct pd_graph *graph = &blueprint->graph;
        const char **names = pd_arena_alloc(&blueprint->arena, count + 1, sizeof(*names));
        const char **labels = pd_arena_alloc(&blueprint->arena, count + 1, sizeof(*labels));
        size_t running = 0;

        blueprint->labels = pd_arena_alloc(&blueprint->arena, count + 1, sizeof(*labels));
        if (names == NULL || labels == NULL || blueprint->labels == NULL)
                return -1;

        for (size_t i = 0; i < count; i++) {
                if (!graph->nodes[i].is_shared_folder)
                        names[running++] = graph->nodes[i].name;
        }
        if (pd_labels_assign(names, running, &blueprint->arena, labels) < 0)
                return -1;

        running = 0;
        for (size_t i = 0; i < count; i++) {
                if (!graph->nodes[i].is_shared_folder)
                        blueprint->labels[i] = labels[running++];
        }
        return 0;
}

int pd_blueprint_label(struct pd_blueprint *blueprint, struct pd_findings *findings)
{
        const struct pd_graph *graph = &blueprint->graph;

        if (assign(blueprint, graph->node_count) < 0)
                return -1;
        for (size_t i = 0; i < graph->node_count; i++) {
                const struct pd_node *node = &graph->nodes[i];
                const char *label = blueprint->labels[i];

                if (label != NULL && node->name[0] != '\0' && strcmp(node->name, label) != 0)
                        pd_findings_add(findings, PD_SEVERITY_WARNING,
                                        pd_node_path(node, "container_name").text,
                                        "node '%s' is renamed to '%s': Kubernetes takes a-z, 0-9 "
                                        "and '-', and each name once",
                                        pd_show(node->name).text, label);
        }
        return 0;
}
