/* waiting.c - waiting for a deployment on any engine: what is told, and when it is over. */
#include "waiting.h"

#include <poll.h>
#include <string.h>

#include "base/format.h"
#include "tell.h"

static struct pd_waiting_told *find_told(struct pd_waiting *waiting, const char *name)
{
        struct pd_waiting_told *told;
        char *copy;

        for (size_t i = 0; i < waiting->told_count; i++)
                if (strcmp(waiting->told[i].name, name) == 0)
                        return &waiting->told[i];
        copy = pd_arena_string(&waiting->arena, name);
        if (copy == NULL)
                return NULL;
        told = pd_arena_push(&waiting->arena, &waiting->told, &waiting->told_count, sizeof(*told));
        if (told != NULL)
                *told = (struct pd_waiting_told){.name = copy, .state = PD_STATE_GONE};
        return told;
}

/* True: something is new about it, and is remembered. */
static bool is_new(struct pd_waiting *waiting, const struct pd_waiting_workload *workload)
{
        struct pd_waiting_told *told = find_told(waiting, workload->name);

        if (told == NULL)
                return true; /* no memory: it is told once more than needed */
        if (told->state == workload->state && told->reason == workload->reason &&
            told->restarts == workload->restarts)
                return false;
        told->state = workload->state;
        told->reason = workload->reason;
        told->restarts = workload->restarts;
        return true;
}

static bool is_hopeless(const struct pd_waiting_workload *workload)
{
        return workload->state == PD_STATE_FAILED || workload->state == PD_STATE_STOPPED ||
               workload->state == PD_STATE_CREATED;
}

static void tell(struct pd_waiting *waiting, const struct pd_waiting_workload *workload, size_t i)
{
        if (!is_new(waiting, workload))
                return;
        pd_tell_event(waiting->watcher,
                      (struct pd_engine_event){
                              .workload = workload->name,
                              .state = workload->state,
                              .at_ms = workload->since_ms,
                              .reason = workload->reason,
                              .detail = workload->detail,
                              .advice = workload->advice,
                              .lines = is_hopeless(workload) && waiting->last_lines != NULL
                                               ? waiting->last_lines(waiting->context, i)
                                               : "",
                      });
}

/* One that cannot become ready counts before one that is not ready yet. */
static void name_unready(struct pd_waiting *waiting, const struct pd_waiting_workload *workloads,
                         size_t count)
{
        const struct pd_waiting_workload *first = NULL;

        for (size_t i = 0; i < count; i++)
                if (workloads[i].state != PD_STATE_READY &&
                    (first == NULL || (is_hopeless(&workloads[i]) && !is_hopeless(first))))
                        first = &workloads[i];
        if (first == NULL)
                return;
        pd_format(waiting->unready, sizeof(waiting->unready), "'%s' %s: %s", first->name,
                  is_hopeless(first) ? "cannot start" : "is not ready",
                  first->detail[0] != '\0' ? first->detail : pd_state_name(first->state));
}

int pd_waiting_look(struct pd_waiting *waiting, const struct pd_waiting_workload *workloads,
                    size_t count, bool *ret_ready, struct pd_err *err)
{
        bool is_ready = count > 0, is_over = false;

        for (size_t i = 0; i < count; i++) {
                tell(waiting, &workloads[i], i);
                is_ready = is_ready && workloads[i].state == PD_STATE_READY;
                is_over = is_over || is_hopeless(&workloads[i]);
        }
        name_unready(waiting, workloads, count);
        if (is_over)
                return pd_fail(err, PD_E_NOT_READY, 0, "%s", waiting->unready);
        if (is_ready)
                pd_tell(waiting->watcher, "", PD_STATE_READY);
        *ret_ready = is_ready;
        return 0;
}

int pd_waiting_fail(const struct pd_waiting *waiting, int64_t timeout_ms, struct pd_err *err)
{
        return pd_fail(err, PD_E_NOT_READY, 0, "%s after %lld s",
                       waiting->unready[0] != '\0' ? waiting->unready : "nothing is there",
                       (long long)(timeout_ms / 1000));
}

void pd_waiting_done(struct pd_waiting *waiting)
{
        pd_arena_done(&waiting->arena);
}

void pd_waiting_pause(const int *cancel_fd, int64_t ms)
{
        struct pollfd look = {.fd = cancel_fd != NULL ? *cancel_fd : -1, .events = POLLIN};

        (void)poll(&look, 1, (int)ms);
}
