/* solution_json.c - a solution as one JSON object: every member is there, null or empty if absent.
 */
#include "solution/solution.h"

#include "base/format.h"
#include "json/build.h"

json_t *pd_strings_json(const struct pd_strings *strings)
{
        json_t *list = json_array();

        for (size_t i = 0; i < strings->count; i++)
                pd_json_append(&list, json_string(strings->at[i]));
        return list;
}

json_t *pd_pairs_json(const struct pd_pairs *pairs)
{
        json_t *list = json_array();

        for (size_t i = 0; i < pairs->count; i++)
                pd_json_append(&list, json_pack("{s:s, s:s}", "name", pairs->at[i].name, "value",
                                                pairs->at[i].value));
        return list;
}

static json_t *ports_json(const struct pd_ports *ports)
{
        json_t *list = json_array();

        for (size_t i = 0; i < ports->count; i++)
                pd_json_append(&list, json_pack("{s:s?, s:i, s:i}", "name", ports->at[i].name,
                                                "container_port", ports->at[i].container_port,
                                                "service_port", ports->at[i].service_port));
        return list;
}

static json_t *files_json(const struct pd_files *files)
{
        json_t *list = json_array();

        for (size_t i = 0; i < files->count; i++)
                pd_json_append(&list, json_pack("{s:s, s:I}", "name", files->at[i].name, "size",
                                                (json_int_t)files->at[i].size));
        return list;
}

/* The size of a file that may be absent. */
static json_t *size_json(const struct pd_file *file)
{
        return file->data != NULL ? json_integer((json_int_t)file->size) : json_null();
}

/* clang-format off: a member a line */
static json_t *workload_json(const struct pd_workload *workload)
{
        return json_pack(
                "{s:s, s:s, s:o, s:o, s:s?, s:o, s:o, s:s?, s:o, s:o, s:s}", "name", workload->name,
                "image", workload->image, "command", pd_strings_json(&workload->command), "args",
                pd_strings_json(&workload->args), "working_dir", workload->working_dir, "env",
                pd_pairs_json(&workload->env), "ports", ports_json(&workload->ports), "mount_path",
                workload->mount_path, "requests", pd_pairs_json(&workload->requests), "limits",
                pd_pairs_json(&workload->limits), "pull_policy",
                pd_pull_policy_name(workload->pull_policy));
}
/* clang-format on */

static json_t *workloads_json(const struct pd_solution *solution)
{
        json_t *list = json_array();

        for (size_t i = 0; i < solution->workload_count; i++)
                pd_json_append(&list, workload_json(&solution->workloads[i]));
        return list;
}

static json_t *claim_json(const struct pd_claim *claim)
{
        if (claim == NULL)
                return json_null();
        return json_pack("{s:s?, s:s}", "storage_class", claim->storage_class, "size", claim->size);
}

/* clang-format off */
json_t *pd_solution_json(const struct pd_solution *solution)
{
        return json_pack("{s:s, s:s, s:o, s:o, s:O?, s:o, s:o, s:o, s:o}",
                         "kind", solution->kind == PD_SOLUTION_PIPELINE ? "pipeline" : "model",
                         "name", solution->name,
                         "workloads", workloads_json(solution),
                         "claim", claim_json(solution->claim),
                         "blueprint", solution->blueprint,
                         "protos", files_json(&solution->protos),
                         "icon", size_json(&solution->icon),
                         "description", size_json(&solution->description),
                         "extras", files_json(&solution->extras));
}
/* clang-format on */

/* --- dockerinfo.json --- */

static json_t *dockerinfo_entry(const struct pd_workload *workload)
{
        char port[sizeof("65535")];

        pd_format(port, sizeof(port), "%u", pd_workload_api_port(workload));
        return json_pack("{s:s, s:s, s:s}", "container_name", workload->name, "ip_address",
                         workload->name, "port", port);
}

json_t *pd_solution_dockerinfo(const struct pd_solution *solution)
{
        json_t *list = json_array();

        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];

                if (pd_workload_api_port(workload) != 0 &&
                    json_array_append_new(list, dockerinfo_entry(workload)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return json_pack("{s:o}", "docker_info_list", list);
}
