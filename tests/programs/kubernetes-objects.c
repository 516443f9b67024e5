/*
 * kubernetes-objects.c - what the engine makes of a solution.zip, as a List that kubectl takes.
 *
 *     kubernetes-objects SOLUTION.zip NAMESPACE owned|given node-port|ingress|none
 *             [apply|dry-run KUBECONFIG]
 *
 * With a kubeconfig they are applied instead; then a line of JSON for each tells what became of it.
 */
#include <stdio.h>
#include <string.h>

#include <fcntl.h>

#include "archive/archive.h"
#include "base/file.h"
#include "json/json.h"
#include "kubernetes_apply.h"
#include "kubernetes_objects.h"
#include "package/package.h"

#define MAX_ZIP (64 * 1024 * 1024)

static int read_solution(const char *path, struct pd_findings *findings, struct pd_solution **ret,
                         struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *bytes = NULL;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, MAX_ZIP, &bytes, &len, err) < 0 ||
            pd_archive_read(bytes, len, &pd_archive_default_limits, &archive, err) < 0 ||
            pd_package_unpack(archive, PD_RIGHTS_DROPPED, findings, ret, err) < 0)
                return -1;
        return pd_findings_check(findings, err);
}

static int write_list(const struct pd_kubernetes_objects *objects, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *list =
                json_pack("{s:s, s:s, s:[]}", "apiVersion", "v1", "kind", "List", "items");
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_ZIP);

        for (size_t i = 0; i < objects->count; i++) {
                if (json_array_append(json_object_get(list, "items"), objects->at[i].json) < 0)
                        return pd_fail_memory(err, "the list");
        }
        pd_json_write(&text, list, PD_JSON_INDENT);
        if (pd_buf_check(&text, "the list", err) < 0)
                return -1;
        return pd_file_write_fd(1, "standard output", text.data, text.len, err);
}

static void show(const struct pd_kubernetes_object *object,
                 const struct pd_kubernetes_outcome *outcome)
{
        pd_auto(pd_json_free_ptr) json_t *json = json_pack(
                "{s:s, s:s, s:b, s:s, s:s}", "kind", pd_kubernetes_kind_name(object->kind), "name",
                object->name, "is_created", outcome->is_created, "code",
                pd_err_name(outcome->err.code), "message", outcome->err.msg);
        pd_auto(pd_free_ptr) char *text = json_dumps(json, JSON_COMPACT);

        puts(text != NULL ? text : "not to be shown");
}

static int apply(struct pd_kubernetes_objects *objects, bool is_dry, const char *kubeconfig,
                 struct pd_err *err)
{
        pd_auto(pd_kubernetes_access_done) struct pd_kubernetes_access access = {0};
        pd_auto(pd_fetch_free_ptr) struct pd_fetch *fetch = NULL;
        struct pd_kubernetes_outcome *outcomes =
                pd_arena_alloc(&objects->arena, objects->count, sizeof(*outcomes));
        int result;

        if (outcomes == NULL)
                return pd_fail_memory(err, "outcomes");
        if (pd_kubernetes_access_by_config(kubeconfig, NULL, &access, err) < 0 ||
            pd_fetch_new("kubernetes-objects/1", &fetch, err) < 0)
                return -1;
        result = pd_kubernetes_apply_objects(
                &(struct pd_kubernetes){.fetch = fetch, .access = access}, objects,
                &(struct pd_kubernetes_how){.is_dry = is_dry}, outcomes, err);
        for (size_t i = 0; i < objects->count; i++)
                show(&objects->at[i], &outcomes[i]);
        for (size_t i = 0; i < objects->count; i++)
                json_decref(outcomes[i].json);
        return result;
}

static int run(char **args, struct pd_err *err)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *token = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_kubernetes_objects_done) struct pd_kubernetes_objects objects = {0};
        struct pd_kubernetes_shape shape = {
                .namespace_name = args[2],
                .owns_namespace = strcmp(args[3], "owned") == 0,
                .id = "0123456789abcdef",
                .expose = strcmp(args[4], "ingress") == 0     ? PD_EXPOSE_INGRESS
                          : strcmp(args[4], "node-port") == 0 ? PD_EXPOSE_NODE_PORT
                                                              : PD_EXPOSE_NONE,
                .host = "example.org",
        };

        if (pd_secret_new("{\"auths\": {}}", 13, &token, err) < 0 ||
            read_solution(args[1], &findings, &solution, err) < 0)
                return -1;
        shape.token = token;
        shape.registries = token;
        if (pd_kubernetes_objects_make(&(struct pd_engine_wish){.solution = solution,
                                                                .name = args[2],
                                                                .owner = "a@example.org"},
                                       &shape, &objects, err) < 0)
                return -1;
        if (args[5] != NULL)
                return apply(&objects, strcmp(args[5], "dry-run") == 0, args[6], err);
        return write_list(&objects, err);
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        if (argc != 5 && argc != 7) {
                (void)fprintf(stderr, "usage: kubernetes-objects SOLUTION.zip NAMESPACE "
                                      "owned|given node-port|ingress|none "
                                      "[apply|dry-run KUBECONFIG]\n");
                return 64;
        }
        if (run(argv, &err) == 0)
                return 0;
        (void)fprintf(stderr, "kubernetes-objects: %s\n", err.msg);
        return pd_err_exit(err.code);
}
