/* input_solution.c - what was read, held against its protos and made into a solution. */
#include "input_parts.h"

#include <string.h>

#include "base/own.h"

/* The protos of a package, one a node of its blueprint. */
static int find_packed_protos(struct pd_input *input, struct pd_err *err)
{
        const struct pd_graph *graph = pd_blueprint_graph(input->blueprint);
        const struct pd_files *files = &input->package->protos;
        struct pd_strings names = {.count = files->count};

        names.at = pd_arena_alloc(&input->arena, files->count + 1, sizeof(*names.at));
        if (names.at == NULL)
                return pd_fail_memory(err, "protos");

        for (size_t i = 0; i < files->count; i++)
                names.at[i] = files->at[i].name;
        for (size_t i = 0; i < graph->node_count; i++) {
                size_t file = pd_input_find_proto(&names, &graph->nodes[i]);

                if (file != PD_GRAPH_NONE)
                        input->protos[i] = (struct pd_node_proto){.text = files->at[file].data,
                                                                  .size = files->at[file].size};
        }
        return 0;
}

static int check_pipeline(struct pd_input *input, struct pd_findings *findings, struct pd_err *err)
{
        size_t count = pd_blueprint_graph(input->blueprint)->node_count;

        if (input->kind == PD_INPUT_IS_PACKAGE && find_packed_protos(input, err) < 0)
                return -1;
        if (pd_protos_check(&input->found, input->protos, count, findings, err) < 0)
                return -1;
        pd_blueprint_check_protos(input->blueprint, input->protos, findings);
        return 0;
}

/* The proto of a model, wherever the model comes from. */
static int check_model(struct pd_input *input, struct pd_findings *findings, struct pd_err *err)
{
        struct pd_file file = input->model.proto;
        struct pd_node_proto proto = {0};

        if (input->kind == PD_INPUT_IS_PACKAGE && input->package->protos.count > 0)
                file = input->package->protos.at[0];
        proto.text = file.data;
        proto.size = file.size;
        if (pd_protos_check(&input->found, &proto, 1, findings, err) < 0)
                return -1;

        if (proto.fault != NULL)
                pd_findings_add(findings, PD_SEVERITY_WARNING, "proto", "'%s' is no proto: %s",
                                pd_show(file.name).text, proto.fault);
        else if (proto.is_checked && proto.rpcs.count == 0)
                pd_findings_add(findings, PD_SEVERITY_WARNING, "proto",
                                "there is nothing to call in '%s'", pd_show(file.name).text);
        return 0;
}

static int make_solution(struct pd_input *input, const struct pd_solution_options *options,
                         struct pd_findings *findings, struct pd_solution **ret, struct pd_err *err)
{
        struct pd_blueprint_parts parts = {input->protos, input->icon, input->description};

        switch (input->kind) {
        case PD_INPUT_IS_BLUEPRINT:
                return pd_blueprint_solution(input->blueprint, &parts, options, ret, err);
        case PD_INPUT_IS_MODEL:
                input->model.icon = input->icon;
                input->model.description = input->description;
                return pd_solution_from_model(&input->model, options, findings, ret, err);
        case PD_INPUT_IS_PACKAGE:
                break;
        }
        *ret = pd_steal(&input->package);
        return 0;
}

int pd_input_solution(struct pd_input *input, const struct pd_solution_options *options,
                      struct pd_findings *findings, struct pd_solution **ret, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;

        if (findings->errors == 0 &&
            (input->blueprint != NULL ? check_pipeline(input, findings, err)
                                      : check_model(input, findings, err)) < 0)
                return -1;
        if (findings->errors == 0 && make_solution(input, options, findings, &solution, err) < 0)
                return -1;
        if (findings->failed != 0)
                return pd_fail_memory(err, "findings");

        *ret = findings->errors == 0 ? pd_steal(&solution) : NULL;
        return 0;
}
