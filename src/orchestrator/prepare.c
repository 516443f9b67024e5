/* prepare.c - texts of a pipeline become a plan. */
#include "prepare.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "blueprint/blueprint.h"
#include "proto/proto.h"

#define PROTO_SUFFIX ".proto"

void pd_pipeline_texts_free(struct pd_pipeline_texts *texts)
{
        if (texts == NULL)
                return;
        pd_arena_done(&texts->arena);
        free(texts);
}

/* From a folder. */

static int load(struct pd_arena *arena, int folder, const char *name, size_t max_bytes,
                const char **ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len;

        if (pd_file_read_at(folder, name, max_bytes, &text, &len, err) < 0)
                return -1;
        if (memchr(text, '\0', len) != NULL)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' holds a NUL", name);
        *ret = pd_arena_copy(arena, text, len);
        return *ret != NULL ? 0 : pd_fail_memory(err, "a pipeline");
}

static bool is_proto(const char *name)
{
        size_t len = strlen(name);
        size_t suffix = strlen(PROTO_SUFFIX);

        return len > suffix && strcmp(name + len - suffix, PROTO_SUFFIX) == 0;
}

static void close_folder(DIR **folder)
{
        if (*folder != NULL)
                (void)closedir(*folder);
}

static int load_protos(struct pd_pipeline_texts *texts, DIR *folder, struct pd_err *err)
{
        struct pd_text_pair *pairs = NULL;
        size_t count = 0;
        const struct dirent *entry;

        while ((entry = readdir(folder)) != NULL) {
                struct pd_text_pair *pair;

                if (!is_proto(entry->d_name))
                        continue;
                pair = pd_arena_push(&texts->arena, &pairs, &count, sizeof(*pairs));
                if (pair == NULL ||
                    (pair->key = pd_arena_string(&texts->arena, entry->d_name)) == NULL)
                        return pd_fail_memory(err, "a pipeline");
                if (load(&texts->arena, dirfd(folder), entry->d_name, PD_PROTO_MAX_BYTES,
                         &pair->value, err) < 0)
                        return -1;
        }
        texts->texts.protofiles = (struct pd_text_map){.at = pairs, .count = count};
        return 0;
}

int pd_pipeline_texts_load(const char *path, struct pd_pipeline_texts **ret, struct pd_err *err)
{
        pd_auto(close_folder) DIR *folder = opendir(path);
        pd_auto(pd_pipeline_texts_free_ptr) struct pd_pipeline_texts *texts =
                calloc(1, sizeof(*texts));

        if (texts == NULL)
                return pd_fail_memory(err, "a pipeline");
        if (folder == NULL)
                return pd_fail(err, errno == ENOENT ? PD_E_NOT_FOUND : PD_E_FORBIDDEN, errno,
                               "cannot read the folder '%s'", path);
        if (load(&texts->arena, dirfd(folder), "blueprint.json", PD_BLUEPRINT_MAX_BYTES,
                 &texts->texts.blueprint, err) < 0 ||
            load(&texts->arena, dirfd(folder), "dockerinfo.json", PD_ADDRESSES_MAX_BYTES,
                 &texts->texts.dockerinfo, err) < 0 ||
            load_protos(texts, folder, err) < 0)
                return pd_wrap(err, "'%s'", path);
        *ret = pd_steal(&texts);
        return 0;
}

/* To a plan. */

/** Protos of the nodes of a graph, while they are compiled. */
struct protos {
        struct pd_proto **at;
        struct pd_node_proto *said; /**< the same as the blueprint is held against */
        size_t count;
};

static void protos_done(struct protos *protos)
{
        for (size_t i = 0; protos->at != NULL && i < protos->count; i++)
                pd_proto_free(protos->at[i]);
        free(protos->at);
        free(protos->said);
}

static const char *text_of(const struct pd_text_map *files, const char *node)
{
        size_t len = strlen(node);

        for (size_t i = 0; i < files->count; i++) {
                const char *name = files->at[i].key;

                if (strncasecmp(name, node, len) == 0 && strcasecmp(name + len, PROTO_SUFFIX) == 0)
                        return files->at[i].value;
        }
        return NULL;
}

static int compile(const char *text, const atomic_bool *is_cancelled, struct pd_proto **ret,
                   struct pd_node_proto *ret_said, struct pd_err *err)
{
        size_t len = strlen(text);

        if (pd_proto_compile(text, len, is_cancelled, ret, err) < 0)
                return -1;
        *ret_said = (struct pd_node_proto){
                .text = text, .size = len, .is_checked = true, .rpcs = *pd_proto_rpcs(*ret)};
        return 0;
}

static int compile_all(const struct pd_graph *graph, const struct pd_text_map *files,
                       const atomic_bool *is_cancelled, struct protos *protos, struct pd_err *err)
{
        for (size_t i = 0; i < graph->node_count; i++) {
                const struct pd_node *node = &graph->nodes[i];
                const char *text = node->is_shared_folder ? NULL : text_of(files, node->name);

                if (atomic_load(is_cancelled))
                        return pd_fail(err, PD_E_UNAVAILABLE, 0, "the orchestrator ends");
                if (text != NULL &&
                    compile(text, is_cancelled, &protos->at[i], &protos->said[i], err) < 0)
                        return pd_wrap(err, "the proto of node '%s'", pd_show(node->name).text);
        }
        return 0;
}

int pd_prepare(const struct pd_orchestration *texts, const atomic_bool *is_cancelled,
               struct pd_findings *warnings, struct pd_plan **ret, struct pd_err *err)
{
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        pd_auto(protos_done) struct protos protos = {0};
        struct pd_addresses addresses;
        const struct pd_graph *graph;

        if (pd_blueprint_read(texts->blueprint, strlen(texts->blueprint), warnings, &blueprint,
                              err) < 0)
                return pd_wrap(err, "blueprint");
        if (pd_findings_check(warnings, err) < 0)
                return pd_wrap(err, "blueprint");
        if (pd_addresses_read(texts->dockerinfo, strlen(texts->dockerinfo), &arena, &addresses,
                              err) < 0)
                return pd_wrap(err, "dockerinfo");

        graph = pd_blueprint_graph(blueprint);
        protos.count = graph->node_count;
        protos.at = calloc(graph->node_count + 1, sizeof(struct pd_proto *));
        protos.said = calloc(graph->node_count + 1, sizeof(*protos.said));
        if (protos.at == NULL || protos.said == NULL)
                return pd_fail_memory(err, "protos");
        if (compile_all(graph, &texts->protofiles, is_cancelled, &protos, err) < 0)
                return -1;
        pd_blueprint_check_protos(blueprint, protos.said, warnings);
        return pd_plan_new(graph, &addresses, protos.at, warnings, ret, err);
}
