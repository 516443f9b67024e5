/* docker_pipeline.c - what an orchestrator is given: the pipeline as a tar archive. */
#include "docker_pipeline.h"

#include "base/buf.h"
#include "base/format.h"
#include "base/own.h"
#include "engine/engine.h"
#include "json/json.h"
#include "tar.h"

/* Archives are unpacked at the root. */
#define FOLDER (&PD_ENGINE_PIPELINE_FOLDER[1])

static json_t *dockerinfo_json(const struct pd_solution *solution)
{
        json_t *list = json_array();

        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];
                char port[8];

                if (workload->ports.count == 0)
                        continue;
                pd_format(port, sizeof(port), "%u", workload->ports.at[0].container_port);
                if (json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "container_name",
                                                          workload->name, "ip_address",
                                                          workload->name, "port", port)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return json_pack("{s:o}", "docker_info_list", list);
}

static int put_file(struct pd_buf *tar, const char *name, const void *bytes, size_t len,
                    struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf path = PD_BUF_INIT(1024);

        pd_buf_printf(&path, "%s/%s", FOLDER, name);
        if (pd_buf_check(&path, "a file name", err) < 0)
                return -1;
        return pd_tar_file(tar, path.data, bytes, len, err);
}

/* Takes the tree; NULL for want of memory. */
static int put_json(struct pd_buf *tar, const char *name, json_t *json, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *owned = json;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PIPELINE_MAX_TAR);

        if (owned == NULL)
                return pd_fail_memory(err, name);
        pd_json_write(&text, owned, PD_JSON_COMPACT);
        if (pd_buf_check(&text, name, err) < 0)
                return -1;
        return put_file(tar, name, text.data, text.len, err);
}

int pd_pipeline_tar(const struct pd_solution *solution, struct pd_arena *arena, const char **ret,
                    size_t *ret_len, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf folder = PD_BUF_INIT(64);
        pd_auto(pd_buf_done) struct pd_buf tar = PD_BUF_INIT(PD_PIPELINE_MAX_TAR);
        char *copy;

        pd_buf_printf(&folder, "%s/", FOLDER);
        if (pd_buf_check(&folder, "a folder", err) < 0 ||
            pd_tar_folder(&tar, folder.data, err) < 0 ||
            put_json(&tar, "blueprint.json", json_incref(solution->blueprint), err) < 0 ||
            put_json(&tar, "dockerinfo.json", dockerinfo_json(solution), err) < 0)
                return -1;
        for (size_t i = 0; i < solution->protos.count; i++) {
                const struct pd_file *proto = &solution->protos.at[i];

                if (put_file(&tar, proto->name, proto->data, proto->size, err) < 0)
                        return -1;
        }
        pd_tar_end(&tar);
        if (pd_buf_check(&tar, "the pipeline's files", err) < 0)
                return -1;

        copy = pd_arena_copy(arena, tar.data, tar.len);
        if (copy == NULL)
                return pd_fail_memory(err, "the pipeline's files");
        *ret_len = tar.len;
        *ret = copy;
        return 0;
}
