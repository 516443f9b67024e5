/* kubernetes_apply.c - objects made what they say, by server-side apply. */
#include "base/buf.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "kubernetes_api.h"

/* JSON is YAML, too. */
#define APPLY_TYPE "application/apply-patch+yaml"

/* The objects of one stage, on their way. */
struct stage {
        const struct pd_kubernetes *cluster;
        const struct pd_kubernetes_object *objects;
        size_t count;
        struct pd_arena arena; /* of what is sent */
        struct pd_fetch_request *requests;
        struct pd_fetch_answer *answers;
        struct pd_err *errs;
        bool is_dry;
};

static void stage_done(struct stage *stage)
{
        for (size_t i = 0; stage->answers != NULL && i < stage->count; i++)
                pd_fetch_answer_done(&stage->answers[i]);
        pd_arena_done(&stage->arena);
}

static const char *url_of(struct stage *stage, const struct pd_kubernetes_object *object)
{
        const json_t *metadata = pd_json_get(object->json, "metadata");
        const char *path =
                pd_kubernetes_kind_path(object->kind, &stage->arena,
                                        pd_json_get_string(metadata, "namespace"), object->name);

        if (path == NULL)
                return NULL;
        return pd_arena_printf(&stage->arena, "%s%s?fieldManager=" PD_KUBERNETES_MANAGER "%s",
                               stage->cluster->access->server, path,
                               stage->is_dry ? "&dryRun=All" : "");
}

static int fill_request(struct stage *stage, size_t i, const struct pd_fetch_identity *identity,
                        struct pd_err *err)
{
        const struct pd_kubernetes_object *object = &stage->objects[i];
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_KUBERNETES_MAX_ANSWER);
        struct pd_fetch_request *request = &stage->requests[i];

        pd_json_write(&text, object->json, PD_JSON_COMPACT);
        if (pd_buf_check(&text, object->name, err) < 0)
                return -1;
        *request = (struct pd_fetch_request){
                .method = "PATCH",
                .url = url_of(stage, object),
                .body = pd_arena_copy(&stage->arena, text.data, text.len),
                .body_len = text.len,
                .body_type = APPLY_TYPE,
                .identity = identity,
                .deadline_ms = PD_KUBERNETES_DEADLINE_MS,
                .max_bytes = PD_KUBERNETES_MAX_ANSWER,
        };
        return request->url != NULL && request->body != NULL ? 0
                                                             : pd_fail_memory(err, object->name);
}

static int fill(struct stage *stage, const struct pd_fetch_identity *identity, struct pd_err *err)
{
        struct pd_arena *arena = &stage->arena;

        stage->requests = pd_arena_alloc(arena, stage->count, sizeof(*stage->requests));
        stage->errs = pd_arena_alloc(arena, stage->count, sizeof(*stage->errs));
        stage->answers = pd_arena_alloc(arena, stage->count, sizeof(*stage->answers));
        if (stage->requests == NULL || stage->errs == NULL || stage->answers == NULL)
                return pd_fail_memory(err, "requests");
        for (size_t i = 0; i < stage->count; i++) {
                if (fill_request(stage, i, identity, err) < 0)
                        return -1;
        }
        return 0;
}

static void note(const struct stage *stage, size_t i, struct pd_kubernetes_outcome *ret)
{
        const struct pd_kubernetes_object *object = &stage->objects[i];

        *ret = (struct pd_kubernetes_outcome){.err = stage->errs[i]};
        if (ret->err.code == PD_OK && pd_kubernetes_check(&stage->answers[i], &ret->err) == 0)
                ret->is_created = stage->answers[i].status == 201;
        if (ret->err.code != PD_OK)
                (void)pd_wrap(&ret->err, "%s '%s'", pd_kubernetes_kind_name(object->kind),
                              object->name);
}

static int run(struct stage *stage, struct pd_kubernetes_outcome *outcomes, struct pd_err *err)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *token = NULL;
        struct pd_fetch_identity identity;
        int result = 0;

        if (pd_kubernetes_access_identity(stage->cluster->access, &token, &identity, err) < 0 ||
            fill(stage, &identity, err) < 0)
                return -1;
        pd_fetch_all(stage->cluster->fetch, stage->requests, stage->count, stage->answers,
                     stage->errs);
        for (size_t i = 0; i < stage->count; i++) {
                note(stage, i, &outcomes[i]);
                if (outcomes[i].err.code != PD_OK && result == 0) {
                        result = -1;
                        if (err != NULL)
                                *err = outcomes[i].err;
                }
        }
        return result;
}

/* How many objects from there on are of one stage. */
static size_t count_stage(const struct pd_kubernetes_objects *objects, size_t from)
{
        unsigned stage = pd_kubernetes_kind_stage(objects->at[from].kind);
        size_t end = from;

        while (end < objects->count && pd_kubernetes_kind_stage(objects->at[end].kind) == stage)
                end++;
        return end - from;
}

int pd_kubernetes_apply(const struct pd_kubernetes *cluster,
                        const struct pd_kubernetes_objects *objects, bool is_dry,
                        struct pd_kubernetes_outcome *outcomes, struct pd_err *err)
{
        for (size_t i = 0; i < objects->count; i++)
                outcomes[i] = (struct pd_kubernetes_outcome){
                        .err = {.code = PD_E_UNAVAILABLE,
                                .msg = "not tried, for something before it failed"}};
        for (size_t at = 0; at < objects->count;) {
                pd_auto(stage_done) struct stage stage = {
                        .cluster = cluster,
                        .objects = &objects->at[at],
                        .count = count_stage(objects, at),
                        .is_dry = is_dry,
                };

                if (run(&stage, &outcomes[at], err) < 0)
                        return -1;
                at += stage.count;
        }
        return 0;
}
