/* check_nodes.c - what is to be said of each node by itself. */
#include "room.h"

#include <string.h>

#include "solution/image.h"

/* What is wrong with where the shared folder is to be mounted; NULL: nothing. */
static const char *find_path_fault(const char *path)
{
        if (path[0] != '/')
                return "is not absolute: write it from '/' on";
        if (path[1] == '\0')
                return "is the whole file system: name a folder in it";
        if (strlen(path) > PD_BLUEPRINT_MAX_FOLDER_PATH)
                return "is too long for a path";
        for (const char *c = path; *c != '\0'; c++) {
                if ((unsigned char)*c < ' ' || *c == 0x7f || *c == ':')
                        return "has a control character or a ':' in it";
        }
        if (strstr(path, "$(") != NULL || strstr(path, "$$") != NULL)
                return "has '$(' or '$$' in it, which Kubernetes takes for a variable";
        if (path[strlen(path) - 1] == '/')
                return "ends with '/': leave that out";
        while (path != NULL) {
                const char *part = path + 1;
                size_t len = strcspn(part, "/");

                if (len == 0 || (len <= 2 && strspn(part, ".") == len))
                        return "has an empty part, '.' or '..' in it: write it without";
                path = strchr(part, '/');
        }
        return NULL;
}

/* `first` is the first shared folder of the blueprint, perhaps this one. */
static void check_folder(const struct pd_node *node, const struct pd_node *first,
                         struct pd_findings *findings)
{
        struct pd_path path = pd_node_path(node, "container_name");
        const char *fault = node->name[0] != '\0' ? find_path_fault(node->name) : NULL;

        if (fault != NULL)
                pd_findings_add(findings, PD_SEVERITY_ERROR, path.text,
                                "the shared folder's path '%s' %s", pd_show(node->name).text,
                                fault);
        if (strcmp(node->name, first->name) != 0)
                pd_findings_add(findings, PD_SEVERITY_ERROR, path.text,
                                "the shared folder '%s' is a second one beside '%s': a pipeline "
                                "has one path for all",
                                pd_show(node->name).text, pd_show(first->name).text);
}

static bool ends_with(const char *text, const char *end)
{
        size_t len = strlen(text);

        return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static void check_node(const struct pd_node *node, struct pd_findings *findings)
{
        if (pd_word_is_never_run(node->type))
                pd_findings_add(findings, PD_SEVERITY_ERROR, pd_node_path(node, "node_type").text,
                                "node '%s' is a %s, which no orchestrator runs: make it a model "
                                "that does the same",
                                pd_show(node->name).text, node->type);
        if (node->image[0] != '\0')
                (void)pd_image_check(node->image, pd_node_path(node, "image").text, findings, NULL);
        if (node->proto_uri[0] != '\0' && !ends_with(node->proto_uri, ".proto"))
                pd_findings_add(findings, PD_SEVERITY_WARNING, pd_node_path(node, "proto_uri").text,
                                "proto_uri '%s' of node '%s' names no .proto file",
                                pd_show(node->proto_uri).text, pd_show(node->name).text);
}

void pd_check_nodes(const struct pd_graph *graph, struct pd_findings *findings)
{
        const struct pd_node *folder = NULL;
        size_t folders = 0;

        for (size_t i = 0; i < graph->node_count; i++) {
                const struct pd_node *node = &graph->nodes[i];

                if (!node->is_shared_folder) {
                        check_node(node, findings);
                        continue;
                }
                folders++;
                if (folder == NULL)
                        folder = node;
                check_folder(node, folder, findings);
        }
        if (folders > 0 && folders == graph->node_count)
                pd_findings_add(findings, PD_SEVERITY_ERROR, "nodes",
                                "there is nothing to run: all nodes are shared folders");
}
