/* kubernetes_apply.c - objects made what they say, by server-side apply. */
#include "kubernetes_apply.h"

#include "json/get.h"

/* The objects of one stage, on their way. */
struct stage {
        const struct pd_kubernetes *kubernetes;
        const struct pd_kubernetes_object *objects;
        size_t count;
        const struct pd_kubernetes_how *how;
        struct pd_arena arena; /* of what is sent */
        struct pd_kubernetes_call *calls;
        struct pd_fetch_answer *answers;
        struct pd_err *errs;
};

static void stage_done(struct stage *stage)
{
        for (size_t i = 0; stage->answers != NULL && i < stage->count; i++)
                pd_fetch_answer_done(&stage->answers[i]);
        pd_arena_done(&stage->arena);
}

static const char *path_of(struct stage *stage, const struct pd_kubernetes_object *object)
{
        const json_t *metadata = pd_json_get(object->json, "metadata");

        return pd_kubernetes_kind_path(object->kind, &stage->arena,
                                       pd_json_get_string(metadata, "namespace"), object->name);
}

static int fill(struct stage *stage, struct pd_err *err)
{
        static struct pd_pair pairs[] = {{"fieldManager", PD_KUBERNETES_MANAGER},
                                         {"dryRun", "All"}};
        static const struct pd_pairs earnest = {pairs, 1}, dry = {pairs, 2};
        struct pd_arena *arena = &stage->arena;

        stage->calls = pd_arena_alloc(arena, stage->count, sizeof(*stage->calls));
        stage->errs = pd_arena_alloc(arena, stage->count, sizeof(*stage->errs));
        stage->answers = pd_arena_alloc(arena, stage->count, sizeof(*stage->answers));
        if (stage->calls == NULL || stage->errs == NULL || stage->answers == NULL)
                return pd_fail_memory(err, "requests to the cluster");
        for (size_t i = 0; i < stage->count; i++)
                stage->calls[i] = (struct pd_kubernetes_call){
                        .method = "PATCH",
                        .path = path_of(stage, &stage->objects[i]),
                        .query = stage->how->is_dry ? &dry : &earnest,
                        .body = stage->objects[i].json,
                        .body_type = PD_KUBERNETES_APPLY,
                        .cancel_fd = stage->how->cancel_fd,
                };
        return 0;
}

static void note(const struct stage *stage, size_t i, struct pd_kubernetes_outcome *ret)
{
        const struct pd_kubernetes_object *object = &stage->objects[i];

        *ret = (struct pd_kubernetes_outcome){
                .is_created = stage->answers[i].status == 201,
                .err = stage->errs[i],
        };
        if (ret->err.code == PD_OK && stage->how->is_dry)
                (void)!pd_kubernetes_read(&stage->answers[i], &ret->json, &ret->err);
        if (ret->err.code != PD_OK)
                (void)pd_wrap(&ret->err, "%s '%s'", pd_kubernetes_kind_name(object->kind),
                              object->name);
}

static int run(struct stage *stage, struct pd_kubernetes_outcome *outcomes, struct pd_err *err)
{
        int result = 0;

        if (fill(stage, err) < 0)
                return -1;
        pd_kubernetes_send(stage->kubernetes, stage->calls, stage->count, stage->answers,
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

int pd_kubernetes_apply_objects(const struct pd_kubernetes *kubernetes,
                                const struct pd_kubernetes_objects *objects,
                                const struct pd_kubernetes_how *how,
                                struct pd_kubernetes_outcome *outcomes, struct pd_err *err)
{
        for (size_t i = 0; i < objects->count; i++)
                outcomes[i] = (struct pd_kubernetes_outcome){
                        .err = {.code = PD_E_UNAVAILABLE,
                                .msg = "not tried, for something before it failed"}};
        for (size_t at = 0; at < objects->count;) {
                pd_auto(stage_done) struct stage stage = {
                        .kubernetes = kubernetes,
                        .objects = &objects->at[at],
                        .count = count_stage(objects, at),
                        .how = how,
                };

                if (run(&stage, &outcomes[at], err) < 0)
                        return -1;
                at += stage.count;
        }
        return 0;
}

int pd_kubernetes_rehearse(const struct pd_kubernetes *kubernetes,
                           const struct pd_kubernetes_objects *objects,
                           struct pd_kubernetes_outcome *outcomes, struct pd_err *err)
{
        const struct pd_kubernetes_how dry = {.is_dry = true};

        return pd_kubernetes_apply_objects(kubernetes, objects, &dry, outcomes, err);
}
