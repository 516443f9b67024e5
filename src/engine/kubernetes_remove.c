/* kubernetes_remove.c - objects removed by the cluster in the background, and their end awaited. */
#include "kubernetes_remove.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "tell.h"
#include "waiting.h"

/* How often it is looked. */
#define LOOK_EVERY_MS 300
/* Most bytes of what is told of those that hold something. */
#define MAX_HOLDERS 300

/* --- Removal --- */

/* This very object and no other of its name. NULL: no memory. */
static json_t *options_json(const struct pd_kubernetes_item *item)
{
        return json_pack("{s:s, s:s, s:s, s:{s:s*}}", "apiVersion", "v1", "kind", "DeleteOptions",
                         "propagationPolicy", "Background", "preconditions", "uid",
                         pd_json_get_string(pd_json_get(item->json, "metadata"), "uid"));
}

static int check_deleted(const struct pd_kubernetes_item *item, const struct pd_err *why,
                         struct pd_err *err)
{
        if (why->code == PD_OK || why->code == PD_E_NOT_FOUND || why->code == PD_E_CONFLICT)
                return 0;
        if (err != NULL)
                *err = *why;
        return pd_wrap(err, "remove %s '%s'", pd_kubernetes_kind_name(item->kind), item->name);
}

/* The failure is the first one; every request is made. */
static int send(const struct pd_kubernetes *kubernetes, struct pd_arena *arena,
                const struct pd_kubernetes_item *const *items,
                const struct pd_kubernetes_call *calls, size_t count, struct pd_err *err)
{
        struct pd_fetch_answer *answers = pd_arena_alloc(arena, count + 1, sizeof(*answers));
        struct pd_err *errs = pd_arena_alloc(arena, count + 1, sizeof(*errs));
        int result = 0;

        if (answers == NULL || errs == NULL)
                return pd_fail_memory(err, "requests to the cluster");
        pd_kubernetes_send(kubernetes, calls, count, answers, errs);
        for (size_t i = 0; i < count; i++) {
                pd_fetch_answer_done(&answers[i]);
                if (result == 0)
                        result = check_deleted(items[i], &errs[i], err);
        }
        return result;
}

int pd_kubernetes_delete(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                         const struct pd_kubernetes_item *const *items, size_t count,
                         struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_kubernetes_call *calls = pd_arena_alloc(&arena, count + 1, sizeof(*calls));
        pd_auto(pd_json_free_ptr) json_t *bodies = json_array();

        if (calls == NULL || bodies == NULL)
                return pd_fail_memory(err, "requests to the cluster");
        for (size_t i = 0; i < count; i++) {
                if (json_array_append_new(bodies, options_json(items[i])) < 0)
                        return pd_fail_memory(err, "requests to the cluster");
                calls[i] = (struct pd_kubernetes_call){
                        .method = "DELETE",
                        .path = pd_kubernetes_kind_path(items[i]->kind, &arena, namespace_name,
                                                        items[i]->name),
                        .body = json_array_get(bodies, i),
                        .body_type = PD_KUBERNETES_JSON,
                };
        }
        return send(kubernetes, &arena, items, calls, count, err);
}

/* --- Its end --- */

struct ending {
        const struct pd_kubernetes *kubernetes;
        const struct pd_engine_watcher *watcher;
        const struct pd_kubernetes_deployed *deployed; /* whose workloads are told; NULL: none */
        bool *are_gone;                                /* of its items; told already */
        const char *object;    /* the path of what is last to go; NULL: pods are */
        const char *pods;      /* the path of those that go before */
        const char *selector;  /* which of them; NULL: all */
        struct pd_buf holders; /* told last */
};

static void ending_done(struct ending *ending)
{
        pd_buf_done(&ending->holders);
}

static bool has_pod(const json_t *pods, const char *workload)
{
        json_t *pod;
        size_t i;

        json_array_foreach (pd_json_get_array(pods, "items"), i, pod) {
                if (strcmp(pd_kubernetes_label(pod, PD_LABEL_WORKLOAD), workload) == 0)
                        return true;
        }
        return false;
}

static void tell_workloads(struct ending *ending, const json_t *pods)
{
        for (size_t i = 0; ending->deployed != NULL && i < ending->deployed->count; i++) {
                const struct pd_kubernetes_item *item = &ending->deployed->items[i];

                if (item->kind != PD_KUBERNETES_DEPLOYMENT || ending->are_gone[i] ||
                    has_pod(pods, item->workload))
                        continue;
                ending->are_gone[i] = true;
                pd_tell(ending->watcher, item->workload, PD_STATE_GONE);
        }
}

static void put_pods(struct pd_buf *out, const json_t *pods)
{
        json_t *pod;
        size_t i;

        json_array_foreach (pd_json_get_array(pods, "items"), i, pod) {
                const char *name = pd_json_get_string(pd_json_get(pod, "metadata"), "name");

                pd_buf_printf(out, "%s%s", i == 0 ? "held by pods: " : ", ",
                              name != NULL ? name : "");
        }
}

/* What the cluster itself says about a namespace. */
static void put_conditions(struct pd_buf *out, const json_t *object)
{
        json_t *condition;
        size_t i;

        json_array_foreach (pd_json_dig(object, "status", "conditions", NULL), i, condition) {
                const char *status = pd_json_get_string(condition, "status");
                const char *message = pd_json_get_string(condition, "message");

                if (status != NULL && strcmp(status, "True") == 0 && message != NULL)
                        pd_buf_printf(out, "%s%s", out->len > 0 ? "; " : "", pd_show(message).text);
        }
}

static void tell_holders(struct ending *ending, const json_t *object, const json_t *pods)
{
        struct pd_buf holders = PD_BUF_INIT(MAX_HOLDERS);

        put_pods(&holders, pods);
        if (holders.len == 0)
                put_conditions(&holders, object);
        if (holders.len > 0 &&
            (ending->holders.len == 0 || strcmp(holders.data, ending->holders.data) != 0))
                pd_tell_event(ending->watcher, (struct pd_engine_event){.state = PD_STATE_REMOVING,
                                                                        .detail = holders.data});
        pd_buf_done(&ending->holders);
        ending->holders = holders;
}

/* Look once. */
static int look(struct ending *ending, bool *ret_gone, struct pd_err *err)
{
        struct pd_pair pair = {"labelSelector", ending->selector};
        const struct pd_pairs query = {&pair, 1};
        const struct pd_kubernetes_call calls[] = {
                {.path = ending->pods, .query = ending->selector != NULL ? &query : NULL},
                {.path = ending->object},
        };
        json_t *trees[PD_COUNT(calls)] = {0};

        if (pd_kubernetes_call_all(ending->kubernetes, calls, ending->object != NULL ? 2 : 1, trees,
                                   err) < 0)
                return -1;
        tell_workloads(ending, trees[0]);
        *ret_gone = json_array_size(pd_json_get_array(trees[0], "items")) == 0 && trees[1] == NULL;
        if (!*ret_gone)
                tell_holders(ending, trees[1], trees[0]);
        json_decref(trees[0]);
        json_decref(trees[1]);
        return 0;
}

static int fail_late(const struct ending *ending, struct pd_err *err)
{
        return pd_fail(err, PD_E_TIMEOUT, 0,
                       "the cluster is still removing it after %d s, and goes on: %s",
                       PD_KUBERNETES_END_MS / 1000,
                       ending->holders.len > 0 ? ending->holders.data
                                               : "it does not say what it waits for");
}

static int await(struct ending *ending, struct pd_err *err)
{
        int64_t ends_us = pd_clock_mono_us() + (int64_t)PD_KUBERNETES_END_MS * 1000;

        for (;;) {
                bool is_gone;

                if (pd_tell_check_canceled(ending->watcher, err) < 0 ||
                    look(ending, &is_gone, err) < 0)
                        return -1;
                if (is_gone)
                        return 0;
                if (pd_clock_mono_us() >= ends_us)
                        return fail_late(ending, err);
                pd_waiting_pause(ending->watcher != NULL ? ending->watcher->cancel_fd : NULL,
                                 LOOK_EVERY_MS);
        }
}

int pd_kubernetes_await_end(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                            const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        pd_auto(ending_done) struct ending ending = {
                .kubernetes = kubernetes,
                .watcher = watcher,
                .pods = pd_kubernetes_core_path(&arena, namespace_name, "pods", NULL),
                .object = pd_kubernetes_kind_path(PD_KUBERNETES_NAMESPACE, &arena, NULL,
                                                  namespace_name),
                .holders = PD_BUF_INIT(MAX_HOLDERS),
        };

        if (ending.object == NULL)
                return pd_fail_memory(err, "a request to the cluster");
        return await(&ending, err);
}

/* --- A deployment --- */

struct removal {
        const struct pd_kubernetes *kubernetes;
        const struct pd_engine_watcher *watcher;
        const struct pd_kubernetes_deployed *deployed;
        struct pd_arena arena;
        bool with_volumes;
        bool is_whole; /* a namespace of its own goes as a whole, unless it keeps a claim */
        struct ending ending;
};

static void removal_done(struct removal *removal)
{
        ending_done(&removal->ending);
        pd_arena_done(&removal->arena);
}

static int prepare(struct removal *removal, struct pd_err *err)
{
        const struct pd_kubernetes_deployed *deployed = removal->deployed;
        bool has_claim = false;

        for (size_t i = 0; i < deployed->count; i++)
                has_claim = has_claim || deployed->items[i].kind == PD_KUBERNETES_CLAIM;
        removal->is_whole = deployed->owns_namespace && (removal->with_volumes || !has_claim);
        removal->ending = (struct ending){
                .kubernetes = removal->kubernetes,
                .watcher = removal->watcher,
                .deployed = deployed,
                .are_gone = pd_arena_alloc(&removal->arena, deployed->count + 1, sizeof(bool)),
                .pods = pd_kubernetes_core_path(&removal->arena, deployed->namespace_name, "pods",
                                                NULL),
                .selector = pd_arena_printf(&removal->arena, PD_LABEL_ID "=%s", deployed->id),
                .holders = PD_BUF_INIT(MAX_HOLDERS),
        };
        return removal->ending.are_gone != NULL && removal->ending.selector != NULL
                       ? 0
                       : pd_fail_memory(err, "a list");
}

/* Where the namespace goes, what runs is ended at once all the same: the cluster takes its time
 * with namespaces. Where it stays, all that is in it goes, but a claim. */
static bool goes_first(const struct removal *removal, const struct pd_kubernetes_item *item)
{
        bool is_namespace = item->kind == PD_KUBERNETES_NAMESPACE;

        if (removal->is_whole)
                return is_namespace || item->kind == PD_KUBERNETES_DEPLOYMENT;
        return !is_namespace && item->kind != PD_KUBERNETES_CLAIM;
}

static bool goes_last(const struct removal *removal, const struct pd_kubernetes_item *item)
{
        return item->kind == PD_KUBERNETES_CLAIM && removal->with_volumes && !removal->is_whole;
}

/* Remove those of them, and wait until the pods and the namespace, or the claim, are gone. */
static int remove_some(struct removal *removal,
                       bool (*goes)(const struct removal *, const struct pd_kubernetes_item *),
                       struct pd_err *err)
{
        const struct pd_kubernetes_deployed *deployed = removal->deployed;
        const struct pd_kubernetes_item **items = pd_arena_alloc(
                &removal->arena, deployed->count + 1, sizeof(struct pd_kubernetes_item *));
        const char *place = deployed->namespace_name;
        size_t count = 0;

        if (items == NULL)
                return pd_fail_memory(err, "a list");
        for (size_t i = 0; i < deployed->count; i++) {
                const struct pd_kubernetes_item *item = &deployed->items[i];

                if (!goes(removal, item))
                        continue;
                items[count++] = item;
                if (item->kind != PD_KUBERNETES_NAMESPACE && item->kind != PD_KUBERNETES_CLAIM)
                        continue;
                removal->ending.object =
                        pd_kubernetes_kind_path(item->kind, &removal->arena, place, item->name);
                if (removal->ending.object == NULL)
                        return pd_fail_memory(err, "a request to the cluster");
        }
        if (pd_kubernetes_delete(removal->kubernetes, place, items, count, err) < 0)
                return -1;
        return await(&removal->ending, err);
}

static int run(struct removal *removal, struct pd_err *err)
{
        const struct pd_kubernetes_deployed *deployed = removal->deployed;

        for (size_t i = 0; i < deployed->count; i++) {
                if (deployed->items[i].kind == PD_KUBERNETES_DEPLOYMENT)
                        pd_tell(removal->watcher, deployed->items[i].workload, PD_STATE_REMOVING);
        }
        if (remove_some(removal, goes_first, err) < 0 || remove_some(removal, goes_last, err) < 0)
                return -1;
        pd_tell(removal->watcher, "", PD_STATE_GONE);
        return 0;
}

int pd_kubernetes_remove(const struct pd_kubernetes *kubernetes, const char *name,
                         bool with_volumes, const struct pd_engine_watcher *watcher,
                         struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        struct pd_kubernetes_deployed *deployed;
        pd_auto(removal_done) struct removal removal = {
                .kubernetes = kubernetes, .watcher = watcher, .with_volumes = with_volumes};

        if (pd_kubernetes_find(kubernetes, name, PD_LOOK_ALL, &found, err) < 0 ||
            pd_kubernetes_choose(&found, name, with_volumes, &deployed, err) < 0)
                return -1;
        removal.deployed = deployed;
        return prepare(&removal, err) == 0 ? run(&removal, err) : -1;
}
