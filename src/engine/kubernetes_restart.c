/* kubernetes_restart.c - pods ended and made anew. */
#include "kubernetes_restart.h"

#include "base/clock.h"
#include "choice.h"
#include "json/json.h"
#include "kubernetes_reason.h"
#include "tell.h"

/* What is applied does not speak of it, and another manager has it: the next apply leaves it. */
static json_t *patch_json(void)
{
        char now[PD_RFC3339_SIZE];

        pd_clock_rfc3339(pd_clock_unix_ms(), now);
        return json_pack("{s:{s:{s:{s:{s:s}}}}}", "spec", "template", "metadata", "annotations",
                         PD_KUBERNETES_RESTARTED_AT, now);
}

/* The Deployments that are meant, as a list in the arena. */
static int choose(struct pd_kubernetes_found *found, const char *workload,
                  const struct pd_kubernetes_item ***ret, size_t *ret_count, struct pd_err *err)
{
        const struct pd_kubernetes_deployed *deployed = &found->at[0];
        const struct pd_kubernetes_item **list = pd_arena_alloc(
                &found->arena, deployed->count + 1, sizeof(struct pd_kubernetes_item *));
        size_t count = 0;

        if (list == NULL)
                return pd_fail_memory(err, "a list");
        for (size_t i = 0; i < deployed->count; i++) {
                const struct pd_kubernetes_item *item = &deployed->items[i];

                if (item->kind == PD_KUBERNETES_DEPLOYMENT &&
                    pd_choice_has(workload, item->workload))
                        list[count++] = item;
        }
        if (workload != NULL && count == 0)
                return pd_choice_fail(workload, deployed->name, err);
        *ret = list;
        *ret_count = count;
        return 0;
}

int pd_kubernetes_renew_pods(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                             const struct pd_kubernetes_item *const *list, size_t count,
                             struct pd_err *err)
{
        struct pd_pair manager = {"fieldManager", PD_KUBERNETES_MANAGER "-restart"};
        const struct pd_pairs query = {&manager, 1};
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        pd_auto(pd_json_free_ptr) json_t *patch = patch_json();
        struct pd_kubernetes_call *calls = pd_arena_alloc(&arena, count + 1, sizeof(*calls));
        json_t **trees = pd_arena_alloc(&arena, count + 1, sizeof(json_t *));

        if (patch == NULL || calls == NULL || trees == NULL)
                return pd_fail_memory(err, "a restart");
        for (size_t i = 0; i < count; i++)
                calls[i] = (struct pd_kubernetes_call){
                        .method = "PATCH",
                        .path = pd_kubernetes_kind_path(PD_KUBERNETES_DEPLOYMENT, &arena,
                                                        namespace_name, list[i]->name),
                        .query = &query,
                        .body = patch,
                        .body_type = PD_KUBERNETES_MERGE,
                };
        if (pd_kubernetes_call_all(kubernetes, calls, count, trees, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                json_decref(trees[i]);
        return 0;
}

int pd_kubernetes_restart(const struct pd_kubernetes *kubernetes, const char *name,
                          const char *workload, const struct pd_engine_watcher *watcher,
                          struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        const struct pd_kubernetes_item **list;
        size_t count;

        if (pd_kubernetes_find_one(kubernetes, name, PD_LOOK_STATE, &found, err) < 0 ||
            choose(&found, workload, &list, &count, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                pd_tell(watcher, list[i]->workload, PD_STATE_RESTARTING);
        return pd_kubernetes_renew_pods(kubernetes, found.at[0].namespace_name, list, count, err);
}
