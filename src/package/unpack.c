/* unpack.c - from the files of a solution.zip to the solution. */
#include "package/package.h"

#include <stdbool.h>
#include <string.h>

#include "agree.h"
#include "base/map.h"
#include "base/utf8.h"
#include "json/get.h"
#include "json/json.h"
#include "layout.h"
#include "solution/names.h"
#include "yaml/yaml.h"

struct unpacking {
        const struct pd_archive *archive;
        struct pd_findings *findings;
        struct pd_solution *solution;
        const struct pd_archive_entry *files[PD_LAYOUT_ROLES]; /* by role, the last of several */
        struct pd_manifest_object *objects;                    /* one a manifest; owned */
        size_t object_count;
        bool *is_proto_of_workload; /* of each entry of the archive */
        struct pd_arena arena;
};

static void unpacking_done(struct unpacking *unpacking)
{
        for (size_t i = 0; i < unpacking->object_count; i++)
                json_decref(pd_json_unconst(unpacking->objects[i].json));
        pd_solution_free(unpacking->solution);
        pd_arena_done(&unpacking->arena);
}

static enum pd_solution_kind find_kind(const struct pd_archive *archive)
{
        for (size_t i = 0; i < archive->count; i++) {
                if (pd_layout_is_of_pipeline(archive->entries[i].name))
                        return PD_SOLUTION_PIPELINE;
        }
        return PD_SOLUTION_MODEL;
}

static int read_manifest(struct unpacking *unpacking, const struct pd_archive_entry *entry,
                         struct pd_err *err)
{
        struct pd_manifest_object *object;
        json_t *json = NULL;

        if (pd_yaml_parse(entry->data, entry->size, &json, err) < 0)
                return pd_wrap(err, "%s", entry->name);
        object = pd_arena_push(&unpacking->arena, &unpacking->objects, &unpacking->object_count,
                               sizeof(*object));
        if (object == NULL) {
                json_decref(json);
                return pd_fail_memory(err, entry->name);
        }
        *object = (struct pd_manifest_object){.file = entry->name, .json = json};
        return 0;
}

/* Sort the files by what they are; manifests are read. */
static int sort_files(struct unpacking *unpacking, struct pd_err *err)
{
        for (size_t i = 0; i < unpacking->archive->count; i++) {
                const struct pd_archive_entry *entry = &unpacking->archive->entries[i];
                enum pd_layout_role role = pd_layout_role(unpacking->solution->kind, entry->name);

                unpacking->files[role] = entry;
                if (role == PD_LAYOUT_MANIFEST && read_manifest(unpacking, entry, err) < 0)
                        return -1;
        }
        if (unpacking->object_count == 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "this is no solution: there are no manifests in 'deployments/'");
        return 0;
}

/* The tree of a file that must be a JSON object; NULL where there is no such file. */
static int read_json(const struct pd_archive_entry *entry, json_t **ret, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;

        if (entry == NULL)
                return 0;
        if (pd_json_parse(entry->data, entry->size, &pd_json_default_limits, &json, err) < 0)
                return pd_wrap(err, "%s", entry->name);
        if (!json_is_object(json))
                return pd_fail(err, PD_E_INVALID, 0, "%s: it is %s, not an object", entry->name,
                               pd_json_kind(json));
        *ret = pd_steal(&json);
        return 0;
}

static int read_pipeline(struct unpacking *unpacking, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *dockerinfo = NULL;
        struct pd_solution *solution = unpacking->solution;
        const char *name;

        if (read_json(unpacking->files[PD_LAYOUT_BLUEPRINT], &solution->blueprint, err) < 0 ||
            read_json(unpacking->files[PD_LAYOUT_DOCKERINFO], &dockerinfo, err) < 0)
                return -1;

        if (pd_solution_find(solution, PD_ORCHESTRATOR_NAME) == NULL)
                pd_findings_add(unpacking->findings, PD_SEVERITY_ERROR, "",
                                "there is no deployment of the orchestrator");
        if (solution->blueprint == NULL)
                pd_findings_add(unpacking->findings, PD_SEVERITY_ERROR,
                                pd_layout_name(PD_LAYOUT_BLUEPRINT), "the file is missing");

        name = pd_json_get_string(solution->blueprint, "name");
        if (name != NULL && pd_solution_set_name(solution, name, err) < 0)
                return -1;
        if (solution->blueprint != NULL &&
            pd_agree_blueprint(solution, unpacking->findings, err) < 0)
                return -1;
        return pd_agree_dockerinfo(solution, dockerinfo, unpacking->findings, err);
}

static int read_model_name(struct unpacking *unpacking, const struct pd_archive_entry *entry,
                           struct pd_err *err)
{
        size_t len = entry->size;
        const char *name;

        if (len > PD_PACKAGE_MAX_NAME)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "%s: it is over %d bytes", entry->name,
                               PD_PACKAGE_MAX_NAME);
        if (!pd_utf8_valid(entry->data, len, NULL) || strlen(entry->data) != len)
                return pd_fail(err, PD_E_INVALID, 0, "%s: it is no UTF-8 text", entry->name);

        while (len > 0 && (entry->data[len - 1] == '\n' || entry->data[len - 1] == '\r'))
                len--;
        name = pd_arena_copy(&unpacking->arena, entry->data, len);
        if (name == NULL)
                return pd_fail_memory(err, "name");
        return pd_solution_set_name(unpacking->solution, name, err);
}

static int read_model(struct unpacking *unpacking, struct pd_err *err)
{
        const struct pd_archive_entry *name = unpacking->files[PD_LAYOUT_MODEL_NAME];
        struct pd_solution *solution = unpacking->solution;

        if (solution->workload_count != 1)
                pd_findings_add(unpacking->findings, PD_SEVERITY_ERROR, "",
                                "a single model has one deployment, but there are %zu",
                                solution->workload_count);
        if (name != NULL)
                return read_model_name(unpacking, name, err);

        pd_findings_add(unpacking->findings, PD_SEVERITY_WARNING,
                        pd_layout_name(PD_LAYOUT_MODEL_NAME), "the file is missing");
        if (solution->workload_count == 0)
                return 0;
        return pd_solution_set_name(solution, solution->workloads[0].name, err);
}

/* The protos of the archive: the places of their entries by the names of their workloads. */
static int index_protos(struct unpacking *unpacking, struct pd_map *ret, struct pd_err *err)
{
        const struct pd_archive *archive = unpacking->archive;

        for (size_t i = 0; i < archive->count; i++) {
                const char *name = archive->entries[i].name;
                const char *owner;

                if (pd_layout_role(unpacking->solution->kind, name) != PD_LAYOUT_PROTO)
                        continue;
                owner = pd_layout_proto_owner(name, &unpacking->arena);
                if (owner == NULL || pd_map_set(ret, owner, i) < 0)
                        return pd_fail_memory(err, "names of protos");
        }
        return 0;
}

/* The one proto of a model is its own, whatever it is called. */
static bool find_only_proto(const struct unpacking *unpacking, const struct pd_map *protos,
                            const struct pd_workload *workload, size_t *ret)
{
        const struct pd_solution *solution = unpacking->solution;
        const struct pd_archive_entry *proto = unpacking->files[PD_LAYOUT_PROTO];

        if (solution->kind != PD_SOLUTION_MODEL || solution->workload_count != 1 ||
            protos->count != 1)
                return false;
        pd_findings_add(unpacking->findings, PD_SEVERITY_NOTE, proto->name,
                        "it is called '%s.proto' now", workload->name);
        *ret = (size_t)(proto - unpacking->archive->entries);
        return true;
}

static int take_proto(struct unpacking *unpacking, const struct pd_workload *workload, size_t place,
                      struct pd_err *err)
{
        const struct pd_archive_entry *entry = &unpacking->archive->entries[place];

        unpacking->is_proto_of_workload[place] = true;
        return pd_solution_add_proto(unpacking->solution, workload->name, entry->data, entry->size,
                                     err);
}

static int read_protos(struct unpacking *unpacking, struct pd_err *err)
{
        pd_auto(pd_map_done) struct pd_map protos = {.ignore_case = true};
        const struct pd_solution *solution = unpacking->solution;

        if (index_protos(unpacking, &protos, err) < 0)
                return -1;
        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];
                size_t place;

                if (pd_map_get(&protos, workload->name, &place) ||
                    find_only_proto(unpacking, &protos, workload, &place)) {
                        if (take_proto(unpacking, workload, place, err) < 0)
                                return -1;
                } else if (!pd_workload_is_orchestrator(workload)) {
                        pd_findings_add(unpacking->findings, PD_SEVERITY_WARNING, "",
                                        "there is no proto of '%s'", workload->name);
                }
        }
        return 0;
}

static int read_file(struct unpacking *unpacking, enum pd_layout_role role, struct pd_file *ret,
                     struct pd_err *err)
{
        const struct pd_archive_entry *entry = unpacking->files[role];

        if (entry == NULL)
                return 0;
        return pd_solution_copy_file(unpacking->solution,
                                     &(struct pd_file){.data = entry->data, .size = entry->size},
                                     ret, err);
}

static int read_extras(struct unpacking *unpacking, struct pd_err *err)
{
        struct pd_solution *solution = unpacking->solution;

        for (size_t i = 0; i < unpacking->archive->count; i++) {
                const struct pd_archive_entry *entry = &unpacking->archive->entries[i];
                enum pd_layout_role role = pd_layout_role(solution->kind, entry->name);
                bool is_stray = role == PD_LAYOUT_PROTO && !unpacking->is_proto_of_workload[i];

                if (is_stray)
                        pd_findings_add(unpacking->findings, PD_SEVERITY_WARNING, entry->name,
                                        "there is no deployment that it belongs to");
                if ((is_stray || role == PD_LAYOUT_EXTRA) &&
                    pd_solution_add_file(solution, &solution->extras, entry->name, entry->data,
                                         entry->size, err) < 0)
                        return -1;
        }
        return 0;
}

int pd_package_unpack(const struct pd_archive *archive, enum pd_rights rights,
                      struct pd_findings *findings, struct pd_solution **ret, struct pd_err *err)
{
        pd_auto(unpacking_done) struct unpacking unpacking = {.archive = archive,
                                                              .findings = findings};
        struct pd_solution *solution;

        if (pd_solution_new(find_kind(archive), &unpacking.solution, err) < 0)
                return -1;
        solution = unpacking.solution;
        unpacking.is_proto_of_workload = pd_arena_alloc(&unpacking.arena, archive->count,
                                                        sizeof(*unpacking.is_proto_of_workload));
        if (unpacking.is_proto_of_workload == NULL)
                return pd_fail_memory(err, "files of an archive");

        if (sort_files(&unpacking, err) < 0 ||
            pd_manifest_read(unpacking.objects, unpacking.object_count, rights, solution, findings,
                             err) < 0 ||
            (solution->kind == PD_SOLUTION_PIPELINE ? read_pipeline(&unpacking, err)
                                                    : read_model(&unpacking, err)) < 0 ||
            read_protos(&unpacking, err) < 0 ||
            read_file(&unpacking, PD_LAYOUT_ICON, &solution->icon, err) < 0 ||
            read_file(&unpacking, PD_LAYOUT_DESCRIPTION, &solution->description, err) < 0 ||
            read_extras(&unpacking, err) < 0)
                return -1;

        *ret = pd_steal(&unpacking.solution);
        return 0;
}
