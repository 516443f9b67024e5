/* plan.c - what a deployment would be. */
#include "plan.h"

#include <string.h>

#include "json/json.h"

/* Append a member; what is NULL, list or value, stays NULL: memory was short. */
static void append(json_t **list, json_t *value)
{
        if (json_array_append_new(*list, value) < 0) {
                json_decref(*list);
                *list = NULL;
        }
}

static json_t *manifests_json(const struct pd_solution *solution,
                              const struct pd_manifest_options *options)
{
        json_t *list = json_array();

        if (solution->claim != NULL)
                append(&list, pd_manifest_claim(solution->claim));
        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];

                if (pd_manifest_has_service(workload))
                        append(&list, pd_manifest_service(workload, options));
                append(&list, pd_manifest_deployment(workload, options));
        }
        return list;
}

/* Workloads stand in the order of the nodes, shared folders left out. */
static json_t *renamings_json(const struct pd_assembly *assembly)
{
        json_t *list = json_array();
        const struct pd_graph *graph;
        size_t next = 0;

        if (!assembly->kept.is_pipeline)
                return list;
        graph = pd_blueprint_graph(assembly->kept.blueprint);
        for (size_t i = 0; i < graph->node_count; i++) {
                const char *from = graph->nodes[i].name;
                const char *to;

                if (graph->nodes[i].is_shared_folder)
                        continue;
                to = assembly->solution->workloads[next++].name;
                if (strcmp(from, to) != 0)
                        append(&list, json_pack("{s:s, s:s}", "from", from, "to", to));
        }
        return list;
}

int pd_plan_make(const struct pd_assembly *assembly, const struct pd_manifest_options *options,
                 json_t **ret, struct pd_err *err)
{
        json_t *plan = json_pack(
                "{s:o, s:o, s:o, s:o}", "solution", pd_solution_json(assembly->solution),
                "manifests", manifests_json(assembly->solution, options), "renamings",
                renamings_json(assembly), "findings", pd_findings_json(&assembly->findings));

        if (plan == NULL)
                return pd_fail_memory(err, "the plan");
        *ret = plan;
        return 0;
}
