/* docker_wait.c - wait until a deployment is ready, or cannot become so. */
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "docker_status.h"
#include "docker_tell.h"

/* How often it is looked. */
#define LOOK_EVERY_MS 200

/* What was told of a workload last. */
struct told {
        char *name;
        enum pd_state state;
        enum pd_reason reason;
        unsigned restarts;
};

struct waiting {
        struct pd_docker *docker;
        const char *name;
        const struct pd_engine_watcher *watcher;
        struct pd_arena arena; /* of what was told */
        struct told *told;
        size_t told_count;
        char unready[640]; /* the first that is not ready, and why */
};

/* True: something is new about it, and is remembered. */
static bool is_new(struct waiting *waiting, const char *workload,
                   const struct pd_docker_verdict *verdict)
{
        struct told *told = NULL;

        for (size_t i = 0; i < waiting->told_count; i++)
                if (strcmp(waiting->told[i].name, workload) == 0)
                        told = &waiting->told[i];
        if (told != NULL && told->state == verdict->state && told->reason == verdict->reason &&
            told->restarts == verdict->restarts)
                return false;
        if (told == NULL) {
                char *name = pd_arena_string(&waiting->arena, workload);

                told = name != NULL ? pd_arena_push(&waiting->arena, &waiting->told,
                                                    &waiting->told_count, sizeof(*told))
                                    : NULL;
                if (told == NULL)
                        return true; /* it is told once more than needed */
                told->name = name;
        }
        told->state = verdict->state;
        told->reason = verdict->reason;
        told->restarts = verdict->restarts;
        return true;
}

static bool is_hopeless(const struct pd_docker_verdict *verdict)
{
        return verdict->state == PD_STATE_FAILED || verdict->state == PD_STATE_STOPPED ||
               verdict->state == PD_STATE_CREATED;
}

static void tell(struct waiting *waiting, struct pd_arena *arena,
                 const struct pd_docker_container *container,
                 const struct pd_docker_verdict *verdict)
{
        if (!is_new(waiting, container->workload, verdict))
                return;
        pd_docker_tell_event(
                waiting->watcher,
                (struct pd_engine_event){
                        .workload = container->workload,
                        .state = verdict->state,
                        .at_ms = verdict->since_ms,
                        .reason = verdict->reason,
                        .detail = verdict->detail,
                        .advice = pd_reason_advice(verdict->reason),
                        .lines = is_hopeless(verdict)
                                         ? pd_docker_last_lines(waiting->docker, arena, container)
                                         : "",
                });
}

/* One that cannot become ready counts before one that is not ready yet. */
static void name_unready(struct waiting *waiting, const struct pd_docker_deployed *deployed,
                         const struct pd_docker_verdict *verdicts)
{
        size_t first = SIZE_MAX;

        for (size_t i = 0; i < deployed->count; i++)
                if (verdicts[i].state != PD_STATE_READY &&
                    (first == SIZE_MAX ||
                     (is_hopeless(&verdicts[i]) && !is_hopeless(&verdicts[first]))))
                        first = i;
        if (first == SIZE_MAX)
                return;
        pd_format(waiting->unready, sizeof(waiting->unready), "'%s' %s: %s",
                  deployed->containers[first].workload,
                  is_hopeless(&verdicts[first]) ? "cannot start" : "is not ready",
                  verdicts[first].detail[0] != '\0' ? verdicts[first].detail
                                                    : pd_state_name(verdicts[first].state));
}

/* Look once: *ret_ready: all are; PD_E_NOT_READY: one never will be. */
static int look(struct waiting *waiting, bool *ret_ready, struct pd_err *err)
{
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        struct pd_docker_verdict *verdicts;
        const struct pd_docker_deployed *deployed;
        bool is_over = false;

        if (pd_docker_find_one(waiting->docker, waiting->name, &found, err) < 0)
                return -1;
        deployed = &found.at[0];
        if (pd_docker_look(waiting->docker, &found.arena, deployed, &verdicts, err) < 0)
                return -1;
        *ret_ready = deployed->count > 0;
        for (size_t i = 0; i < deployed->count; i++) {
                tell(waiting, &found.arena, &deployed->containers[i], &verdicts[i]);
                *ret_ready = *ret_ready && verdicts[i].state == PD_STATE_READY;
                is_over = is_over || is_hopeless(&verdicts[i]);
        }
        name_unready(waiting, deployed, verdicts);
        return is_over ? pd_fail(err, PD_E_NOT_READY, 0, "%s", waiting->unready) : 0;
}

static void pause_for(const struct pd_engine_watcher *watcher, int64_t ms)
{
        bool may_end = watcher != NULL && watcher->cancel_fd != NULL;
        struct pollfd look = {.fd = may_end ? *watcher->cancel_fd : -1, .events = POLLIN};

        (void)poll(&look, 1, (int)ms);
}

static int wait_for_all(struct waiting *waiting, int64_t timeout_ms, struct pd_err *err)
{
        int64_t ends_us = pd_clock_mono_us() + timeout_ms * 1000;

        for (;;) {
                bool is_ready;

                if (pd_docker_check_canceled(waiting->watcher, err) < 0 ||
                    look(waiting, &is_ready, err) < 0)
                        return -1;
                if (is_ready) {
                        pd_docker_tell(waiting->watcher, "", PD_STATE_READY);
                        return 0;
                }
                if (pd_clock_mono_us() >= ends_us)
                        return pd_fail(err, PD_E_NOT_READY, 0, "%s after %lld s",
                                       waiting->unready[0] != '\0' ? waiting->unready
                                                                   : "nothing is there",
                                       (long long)(timeout_ms / 1000));
                pause_for(waiting->watcher, LOOK_EVERY_MS);
        }
}

int pd_docker_wait(struct pd_docker *docker, const char *name, int64_t timeout_ms,
                   const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        struct waiting waiting = {.docker = docker, .name = name, .watcher = watcher};
        int result = wait_for_all(&waiting, timeout_ms, err);

        pd_arena_done(&waiting.arena);
        return result;
}
