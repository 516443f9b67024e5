/* waiting.h - waiting for a deployment on any engine: what is told, and when it is over. */
#ifndef PD_ENGINE_WAITING_H
#define PD_ENGINE_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "engine/engine.h"

/* How a workload is at one look. */
struct pd_waiting_workload {
        const char *name;
        enum pd_state state;
        enum pd_reason reason;
        int64_t since_ms;
        unsigned restarts;
        const char *detail; /* "" */
        const char *advice; /* "" */
};

/* What was told of a workload last. */
struct pd_waiting_told {
        const char *name;
        enum pd_state state;
        enum pd_reason reason;
        unsigned restarts;
};

struct pd_waiting {
        const struct pd_engine_watcher *watcher; /* may be NULL */
        /* The last log lines of workload `i` of the look, which has failed; may be NULL. */
        const char *(*last_lines)(void *context, size_t i);
        void *context;

        /* zero at first */
        struct pd_arena arena;
        struct pd_waiting_told *told;
        size_t told_count;
        char unready[640]; /* the first that is not ready, and why */
};

/*
 * Tell what is new since the look before. *ret_ready: all are ready, which is told as well.
 * PD_E_NOT_READY: one will never be; the message names it with its reason.
 */
int pd_waiting_look(struct pd_waiting *waiting, const struct pd_waiting_workload *workloads,
                    size_t count, bool *ret_ready, struct pd_err *err) PD_MUST_CHECK;

/* PD_E_NOT_READY, for they are not ready after that time; the message names the first. */
int pd_waiting_fail(const struct pd_waiting *waiting, int64_t timeout_ms,
                    struct pd_err *err) PD_MUST_CHECK;

void pd_waiting_done(struct pd_waiting *waiting);

/* Let time go by, until somebody cancels (NULL: nobody can). */
void pd_waiting_pause(const int *cancel_fd, int64_t ms);

#endif
