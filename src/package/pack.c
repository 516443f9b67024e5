/* pack.c - a solution as a solution.zip. */
#include "package/package.h"

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "constants.h"
#include "json/json.h"
#include "layout.h"
#include "yaml/yaml.h"

struct packing {
        const struct pd_solution *solution;
        const struct pd_manifest_options *options;
        struct pd_archive_writer *writer;
        struct pd_arena arena; /* names and texts, until the zip is finished */
        struct pd_buf text;    /* the one at hand */
};

static void packing_done(struct packing *packing)
{
        pd_archive_writer_free(packing->writer);
        pd_arena_done(&packing->arena);
        pd_buf_done(&packing->text);
}

/* Begin a text that can be read again if it is not over `max` bytes. */
static struct pd_buf *begin_text(struct packing *packing, size_t max)
{
        pd_buf_clear(&packing->text);
        packing->text.max = max;
        return &packing->text;
}

/* Add the text at hand under a name; NULL: no memory for the name. */
static int add_text(struct packing *packing, const char *name, struct pd_err *err)
{
        size_t len = packing->text.len;
        const char *copy;

        if (name == NULL)
                return pd_fail_memory(err, "names of files");
        if (pd_buf_check(&packing->text, name, err) < 0)
                return -1;
        copy = pd_arena_copy(&packing->arena, packing->text.data, len);
        if (copy == NULL)
                return pd_fail_memory(err, name);
        return pd_archive_add(packing->writer, name, copy, len, err);
}

static int add_constants(struct packing *packing, struct pd_err *err)
{
        const char *name = NULL, *from = NULL;
        size_t at = 0;

        while (pd_layout_next_constant(packing->solution->kind, &at, &name, &from)) {
                if (pd_archive_add_constant(packing->writer, name, from, err) < 0)
                        return -1;
        }
        return 0;
}

/* Add a Kubernetes object, which is released; NULL: no memory for it. */
static int add_object(struct packing *packing, const char *name, json_t *json, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *object = json;

        if (object == NULL)
                return pd_fail_memory(err, "a manifest");
        pd_yaml_write(begin_text(packing, PD_YAML_MAX_BYTES), object);
        return add_text(packing, name, err);
}

static int add_manifests(struct packing *packing, const struct pd_workload *workload,
                         struct pd_err *err)
{
        enum pd_solution_kind kind = packing->solution->kind;
        const struct pd_manifest_options *options = packing->options;

        if (pd_manifest_has_service(workload) &&
            add_object(packing, pd_layout_service(kind, workload->name, &packing->arena),
                       pd_manifest_service(workload, options), err) < 0)
                return -1;
        return add_object(packing, pd_layout_deployment(kind, workload->name, &packing->arena),
                          pd_manifest_deployment(workload, options), err);
}

static int add_all_manifests(struct packing *packing, struct pd_err *err)
{
        const struct pd_solution *solution = packing->solution;

        for (size_t i = 0; i < solution->workload_count; i++) {
                if (add_manifests(packing, &solution->workloads[i], err) < 0)
                        return -1;
        }
        if (solution->claim == NULL)
                return 0;
        return add_object(packing, pd_layout_claim, pd_manifest_claim(solution->claim), err);
}

static int add_json(struct packing *packing, enum pd_layout_role role, const json_t *json,
                    struct pd_err *err)
{
        pd_json_write(begin_text(packing, pd_json_default_limits.max_bytes), json, PD_JSON_INDENT);
        return add_text(packing, pd_layout_name(role), err);
}

static int add_dockerinfo(struct packing *packing, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *dockerinfo = pd_solution_dockerinfo(packing->solution);

        if (dockerinfo == NULL)
                return pd_fail_memory(err, "dockerinfo");
        return add_json(packing, PD_LAYOUT_DOCKERINFO, dockerinfo, err);
}

/* What only zips of the kind have. */
static int add_parts_of_kind(struct packing *packing, struct pd_err *err)
{
        const struct pd_solution *solution = packing->solution;

        if (solution->kind == PD_SOLUTION_MODEL) {
                pd_buf_puts(begin_text(packing, PD_PACKAGE_MAX_NAME), solution->name);
                return add_text(packing, pd_layout_name(PD_LAYOUT_MODEL_NAME), err);
        }
        if (add_json(packing, PD_LAYOUT_BLUEPRINT, solution->blueprint, err) < 0)
                return -1;
        return add_dockerinfo(packing, err);
}

static int add_file(struct packing *packing, const char *name, const struct pd_file *file,
                    struct pd_err *err)
{
        if (name == NULL)
                return pd_fail_memory(err, "names of files");
        return pd_archive_add(packing->writer, name, file->data, file->size, err);
}

static int add_files(struct packing *packing, struct pd_err *err)
{
        const struct pd_solution *solution = packing->solution;

        for (size_t i = 0; i < solution->protos.count; i++) {
                const struct pd_file *proto = &solution->protos.at[i];

                if (add_file(packing, pd_layout_proto(proto->name, &packing->arena), proto, err) <
                    0)
                        return -1;
        }
        if (solution->icon.data != NULL &&
            add_file(packing, pd_layout_name(PD_LAYOUT_ICON), &solution->icon, err) < 0)
                return -1;
        if (solution->description.data == NULL)
                return 0;
        return add_file(packing, pd_layout_name(PD_LAYOUT_DESCRIPTION), &solution->description,
                        err);
}

/* Whether a reader would take a file for a part of the solution. */
static bool has_meaning(const struct pd_solution *solution, const char *name)
{
        enum pd_layout_role role = pd_layout_role(solution->kind, name);

        if (role == PD_LAYOUT_PROTO) /* of no workload, as it was read */
                return false;
        return role != PD_LAYOUT_EXTRA ||
               (solution->kind == PD_SOLUTION_MODEL && pd_layout_is_of_pipeline(name));
}

/* Extras give way to what is ours. */
static int add_extras(struct packing *packing, struct pd_err *err)
{
        const struct pd_files *extras = &packing->solution->extras;

        for (size_t i = 0; i < extras->count; i++) {
                struct pd_err failed = {0};

                if (has_meaning(packing->solution, extras->at[i].name) ||
                    add_file(packing, extras->at[i].name, &extras->at[i], &failed) == 0 ||
                    failed.code == PD_E_CONFLICT)
                        continue;
                if (err != NULL)
                        *err = failed;
                return -1;
        }
        return 0;
}

static int check_kind(const struct pd_solution *solution, struct pd_err *err)
{
        if (solution->kind == PD_SOLUTION_MODEL && solution->workload_count != 1)
                return pd_fail(err, PD_E_UNPROCESSABLE, 0,
                               "a model is one workload, but this one has %zu",
                               solution->workload_count);
        if (solution->kind == PD_SOLUTION_PIPELINE && solution->blueprint == NULL)
                return pd_fail(err, PD_E_UNPROCESSABLE, 0, "a pipeline has a blueprint");
        return 0;
}

int pd_package_pack(const struct pd_solution *solution, const struct pd_manifest_options *options,
                    void **ret, size_t *ret_len, struct pd_err *err)
{
        pd_auto(packing_done) struct packing packing = {
                .solution = solution, .options = options, .text = PD_BUF_INIT(0)};

        if (check_kind(solution, err) < 0 ||
            pd_archive_writer_new(pd_package_constants, pd_package_constants_len, &packing.writer,
                                  err) < 0 ||
            add_constants(&packing, err) < 0 || add_parts_of_kind(&packing, err) < 0 ||
            add_all_manifests(&packing, err) < 0 || add_files(&packing, err) < 0 ||
            add_extras(&packing, err) < 0)
                return -1;
        return pd_archive_finish(packing.writer, ret, ret_len, err);
}
