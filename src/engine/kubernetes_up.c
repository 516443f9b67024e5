/*
 * kubernetes_up.c - a plan carried out: first what is wished for, then what is not goes.
 *
 * Every object is applied each time, what is equal too: the cluster sees that it is, and one that
 * was cut short is so completed.
 */
#include "kubernetes_up.h"

#include "kubernetes_apply.h"
#include "kubernetes_plan.h"
#include "kubernetes_remove.h"
#include "kubernetes_restart.h"
#include "tell.h"

struct going_up {
        const struct pd_kubernetes *kubernetes;
        const struct pd_engine_wish *wish;
        const struct pd_engine_watcher *watcher;
        struct pd_kubernetes_plan plan;
};

/* What the cluster cannot give was said by pd_engine_plan(). */
static int make_plan(struct going_up *up, struct pd_err *err)
{
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        return pd_kubernetes_plan_make(up->kubernetes, up->wish, &findings, &up->plan, err);
}

/* A namespace that an earlier `down` has left on its way out takes nothing new. */
static int make_way(struct going_up *up, struct pd_err *err)
{
        if (!up->plan.is_waiting)
                return 0;
        if (pd_kubernetes_await_end(up->kubernetes, up->plan.shape.namespace_name, up->watcher,
                                    err) < 0)
                return -1;
        pd_kubernetes_plan_done(&up->plan);
        return make_plan(up, err);
}

static int make(struct going_up *up, struct pd_err *err)
{
        struct pd_kubernetes_plan *plan = &up->plan;
        struct pd_kubernetes_outcome *outcomes =
                pd_arena_alloc(&plan->arena, plan->objects.count + 1, sizeof(*outcomes));
        const struct pd_kubernetes_how how = {
                .cancel_fd = up->watcher != NULL ? up->watcher->cancel_fd : NULL,
        };
        int result;

        if (outcomes == NULL)
                return pd_fail_memory(err, "a plan");
        result = pd_kubernetes_apply_objects(up->kubernetes, &plan->objects, &how, outcomes, err);
        for (size_t i = 0; i < plan->objects.count; i++) {
                const struct pd_kubernetes_object *object = &plan->objects.at[i];

                if (object->kind == PD_KUBERNETES_DEPLOYMENT && outcomes[i].is_created)
                        pd_tell(up->watcher, object->name, PD_STATE_CREATED);
        }
        return result;
}

/* Where a pod was refused, the cluster takes long until it tries again. What was applied just now
 * is restarted too: its old refusal must not count as that of the new pod. */
static int retry(struct going_up *up, struct pd_err *err)
{
        struct pd_kubernetes_plan *plan = &up->plan;
        const struct pd_kubernetes_item **list = pd_arena_alloc(
                &plan->arena, plan->objects.count + 1, sizeof(struct pd_kubernetes_item *));
        size_t count = 0;

        if (list == NULL)
                return pd_fail_memory(err, "a list");
        for (size_t i = 0; i < plan->objects.count; i++) {
                const struct pd_kubernetes_item *item =
                        pd_kubernetes_plan_existing(plan, &plan->objects.at[i]);

                if (pd_kubernetes_plan_retries(item))
                        list[count++] = item;
        }
        return pd_kubernetes_renew_pods(up->kubernetes, plan->shape.namespace_name, list, count,
                                        err);
}

static int prune(struct going_up *up, struct pd_err *err)
{
        const struct pd_kubernetes_item **list;
        size_t count;

        if (pd_kubernetes_plan_leftovers(&up->plan, &list, &count, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (list[i]->kind == PD_KUBERNETES_DEPLOYMENT)
                        pd_tell(up->watcher, list[i]->workload, PD_STATE_REMOVING);
        }
        return pd_kubernetes_delete(up->kubernetes, up->plan.shape.namespace_name, list, count,
                                    err);
}

int pd_kubernetes_up(const struct pd_kubernetes *kubernetes, const struct pd_engine_wish *wish,
                     const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        struct going_up up = {.kubernetes = kubernetes, .wish = wish, .watcher = watcher};
        int result = make_plan(&up, err);

        if (result == 0)
                result = make_way(&up, err);
        if (result == 0)
                result = pd_tell_check_canceled(watcher, err);
        if (result == 0)
                result = make(&up, err);
        if (result == 0)
                result = retry(&up, err);
        if (result == 0)
                result = prune(&up, err);
        pd_kubernetes_plan_done(&up.plan);
        return result;
}
