/* protos.c - what the blueprint says, held against what the protos offer. */
#include "room.h"

#include <string.h>

static const char *word(bool is)
{
        return is ? "true" : "false";
}

static void say_flag(const char *operation, const char *flag, bool is_in_proto,
                     const struct pd_path *path, struct pd_findings *findings)
{
        pd_findings_add(findings, PD_SEVERITY_WARNING, path->text,
                        "'%s' of operation '%s' is %s in the blueprint, and %s in the proto", flag,
                        pd_show(operation).text, word(!is_in_proto), word(is_in_proto));
}

static void check_operation(const struct pd_node *node, const struct pd_operation *operation,
                            const struct pd_rpcs *rpcs, struct pd_findings *findings)
{
        struct pd_path path = pd_operation_path(node, operation, "operation_signature");
        const struct pd_rpc *rpc = pd_rpcs_find(rpcs, operation->name);

        if (rpc == NULL) {
                pd_findings_add(findings, PD_SEVERITY_WARNING, path.text,
                                "no service in the proto of '%s' has the operation '%s'",
                                pd_show(node->name).text, pd_show(operation->name).text);
                return;
        }
        if (strcmp(rpc->method, operation->name) != 0)
                pd_findings_add(findings, PD_SEVERITY_WARNING, path.text,
                                "operation '%s' is called '%s' in the proto of '%s'",
                                pd_show(operation->name).text, pd_show(rpc->method).text,
                                pd_show(node->name).text);
        if (operation->input_stream != rpc->input_stream)
                say_flag(operation->name, "input_message_stream", rpc->input_stream, &path,
                         findings);
        if (operation->output_stream != rpc->output_stream)
                say_flag(operation->name, "output_message_stream", rpc->output_stream, &path,
                         findings);
}

static size_t count_called(const struct pd_node *node)
{
        size_t count = 0;

        for (size_t i = 0; i < node->operation_count; i++)
                count += !pd_operation_is_mount(node, &node->operations[i]);
        return count;
}

static void check_node(const struct pd_node *node, const struct pd_node_proto *proto,
                       struct pd_findings *findings)
{
        struct pd_path path = pd_node_path(node, "proto_uri");

        if (proto->text == NULL && count_called(node) > 0)
                pd_findings_add(findings, PD_SEVERITY_WARNING, path.text,
                                "there is no proto for '%s': nothing tells how to call it",
                                pd_show(node->name).text);
        if (proto->text == NULL || !proto->is_checked)
                return;

        if (proto->fault != NULL) {
                pd_findings_add(findings, PD_SEVERITY_WARNING, path.text,
                                "the proto of '%s' is none: %s", pd_show(node->name).text,
                                proto->fault);
                return;
        }
        for (size_t i = 0; i < node->operation_count; i++) {
                if (!pd_operation_is_mount(node, &node->operations[i]) &&
                    node->operations[i].name[0] != '\0')
                        check_operation(node, &node->operations[i], &proto->rpcs, findings);
        }
}

void pd_blueprint_check_protos(const struct pd_blueprint *blueprint,
                               const struct pd_node_proto *protos, struct pd_findings *findings)
{
        const struct pd_graph *graph = &blueprint->graph;

        for (size_t i = 0; i < graph->node_count; i++) {
                if (!graph->nodes[i].is_shared_folder)
                        check_node(&graph->nodes[i], &protos[i], findings);
        }
}
