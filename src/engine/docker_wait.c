/* docker_wait.c - wait until a deployment is ready, or cannot become so. */
#include "base/clock.h"
#include "docker_status.h"
#include "tell.h"
#include "waiting.h"

/* How often it is looked. */
#define LOOK_EVERY_MS 200

struct looking {
        struct pd_docker *docker;
        const char *name;
        struct pd_waiting waiting;

        /* of the look that is under way */
        struct pd_arena *arena;
        const struct pd_docker_deployed *deployed;
};

static const char *last_lines(void *context, size_t i)
{
        const struct looking *looking = context;

        return pd_docker_last_lines(looking->docker, looking->arena,
                                    &looking->deployed->containers[i]);
}

static int judge_all(struct looking *looking, bool *ret_ready, struct pd_err *err)
{
        size_t count = looking->deployed->count;
        struct pd_waiting_workload *workloads =
                pd_arena_alloc(looking->arena, count + 1, sizeof(*workloads));
        struct pd_docker_verdict *verdicts;

        if (workloads == NULL)
                return pd_fail_memory(err, "a look at the containers");
        if (pd_docker_look(looking->docker, looking->arena, looking->deployed, &verdicts, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                workloads[i] = (struct pd_waiting_workload){
                        .name = looking->deployed->containers[i].workload,
                        .state = verdicts[i].state,
                        .reason = verdicts[i].reason,
                        .since_ms = verdicts[i].since_ms,
                        .restarts = verdicts[i].restarts,
                        .detail = verdicts[i].detail,
                        .advice = pd_reason_advice(verdicts[i].reason),
                };
        return pd_waiting_look(&looking->waiting, workloads, count, ret_ready, err);
}

static int look(struct looking *looking, bool *ret_ready, struct pd_err *err)
{
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        int result;

        if (pd_docker_find_one(looking->docker, looking->name, &found, err) < 0)
                return -1;
        looking->arena = &found.arena;
        looking->deployed = &found.at[0];
        result = judge_all(looking, ret_ready, err);
        looking->arena = NULL;
        looking->deployed = NULL;
        return result;
}

static int wait_for_all(struct looking *looking, int64_t timeout_ms, struct pd_err *err)
{
        const struct pd_engine_watcher *watcher = looking->waiting.watcher;
        int64_t ends_us = pd_clock_mono_us() + timeout_ms * 1000;

        for (;;) {
                bool is_ready;

                if (pd_tell_check_canceled(watcher, err) < 0 || look(looking, &is_ready, err) < 0)
                        return -1;
                if (is_ready)
                        return 0;
                if (pd_clock_mono_us() >= ends_us)
                        return pd_waiting_fail(&looking->waiting, timeout_ms, err);
                pd_waiting_pause(watcher != NULL ? watcher->cancel_fd : NULL, LOOK_EVERY_MS);
        }
}

int pd_docker_wait(struct pd_docker *docker, const char *name, int64_t timeout_ms,
                   const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        struct looking looking = {
                .docker = docker,
                .name = name,
                .waiting = {.watcher = watcher, .last_lines = last_lines, .context = &looking},
        };
        int result = wait_for_all(&looking, timeout_ms, err);

        pd_waiting_done(&looking.waiting);
        return result;
}
