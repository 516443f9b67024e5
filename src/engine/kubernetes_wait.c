/* kubernetes_wait.c - wait until a deployment is ready, or cannot become so. */
#include "base/clock.h"
#include "json/get.h"
#include "kubernetes_logs.h"
#include "kubernetes_status.h"
#include "kubernetes_watch.h"
#include "solution/findings.h"
#include "waiting.h"

struct looking {
        const struct pd_kubernetes *kubernetes;
        const char *name;
        struct pd_waiting waiting;

        /* of the last look */
        int result;
        struct pd_err failure;
        bool is_ready;

        /* of the look that is under way */
        struct pd_arena arena;
        struct pd_kubernetes_verdict *verdicts;
};

static const char *last_lines(void *context, size_t i)
{
        struct looking *looking = context;

        return pd_kubernetes_last_lines(looking->kubernetes, &looking->arena,
                                        looking->verdicts[i].pod);
}

/* Judge each Deployment; the time when one of the verdicts is no longer sure. */
static int64_t judge_all(const struct pd_kubernetes_view *view,
                         struct pd_kubernetes_verdict *verdicts,
                         struct pd_waiting_workload *workloads)
{
        struct pd_kubernetes_seen seen = {
                .pods = view->pods, .events = view->events, .now_ms = pd_clock_unix_ms()};
        int64_t again_ms = 0;
        size_t count = json_array_size(view->deployments);

        for (size_t i = 0; i < count; i++) {
                struct pd_kubernetes_verdict *verdict = &verdicts[i];

                seen.deployment = json_array_get(view->deployments, i);
                pd_kubernetes_judge(&seen, verdict);
                if (verdict->again_ms != 0 && (again_ms == 0 || verdict->again_ms < again_ms))
                        again_ms = verdict->again_ms;
                workloads[i] = (struct pd_waiting_workload){
                        .name = pd_kubernetes_label(seen.deployment, PD_LABEL_WORKLOAD),
                        .state = verdict->state,
                        .reason = verdict->reason,
                        .since_ms = verdict->since_ms,
                        .restarts = verdict->restarts,
                        .detail = verdict->detail,
                        .advice = pd_kubernetes_advice(verdict->reason),
                };
        }
        return again_ms;
}

static int look_once(struct looking *looking, const struct pd_kubernetes_view *view,
                     int64_t *ret_again_ms, bool *ret_ready, struct pd_err *err)
{
        size_t count = json_array_size(view->deployments);
        struct pd_waiting_workload *workloads;

        if (count == 0)
                return pd_fail(err, PD_E_NOT_FOUND, 0,
                               "'%s' has no workloads: its `up` was cut short, or it is being "
                               "removed",
                               pd_show(looking->name).text);
        looking->verdicts = pd_arena_alloc(&looking->arena, count, sizeof(*looking->verdicts));
        workloads = pd_arena_alloc(&looking->arena, count, sizeof(*workloads));
        if (looking->verdicts == NULL || workloads == NULL)
                return pd_fail_memory(err, "a look at the cluster");
        *ret_again_ms = judge_all(view, looking->verdicts, workloads);
        return pd_waiting_look(&looking->waiting, workloads, count, ret_ready, err);
}

static bool look(void *context, const struct pd_kubernetes_view *view, int64_t *ret_again_ms)
{
        struct looking *looking = context;

        looking->result =
                look_once(looking, view, ret_again_ms, &looking->is_ready, &looking->failure);
        pd_arena_done(&looking->arena);
        return looking->result == 0 && !looking->is_ready;
}

static int wait_for_all(struct looking *looking, const char *namespace_name, const char *selector,
                        int64_t timeout_ms, struct pd_err *err)
{
        const struct pd_engine_watcher *watcher = looking->waiting.watcher;
        const struct pd_kubernetes_watch watch = {
                .namespace_name = namespace_name,
                .selector = selector,
                .look = look,
                .context = looking,
                .timeout_ms = timeout_ms,
                .cancel_fd = watcher != NULL ? watcher->cancel_fd : NULL,
        };

        if (pd_kubernetes_watch(looking->kubernetes, &watch, err) < 0)
                return -1;
        if (looking->result < 0) {
                if (err != NULL)
                        *err = looking->failure;
                return -1;
        }
        return looking->is_ready ? 0 : pd_waiting_fail(&looking->waiting, timeout_ms, err);
}

int pd_kubernetes_wait(const struct pd_kubernetes *kubernetes, const char *name, int64_t timeout_ms,
                       const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        struct looking looking = {
                .kubernetes = kubernetes,
                .name = name,
                .waiting = {.watcher = watcher, .last_lines = last_lines, .context = &looking},
        };
        const char *selector;
        int result;

        if (pd_kubernetes_find_one(kubernetes, name, PD_LOOK_STATE, &found, err) < 0)
                return -1;
        selector = pd_kubernetes_selector(&found.arena, name);
        if (selector == NULL)
                return pd_fail_memory(err, "a look at the cluster");
        result = wait_for_all(&looking, found.at[0].namespace_name, selector, timeout_ms, err);
        pd_waiting_done(&looking.waiting);
        return result;
}
