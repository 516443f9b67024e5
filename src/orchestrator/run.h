/*
 * run.h - a pipeline that runs: lanes on one loop, from the first call of its sources to the end.
 *
 * Everything here is the loop's thread's alone.
 */
#ifndef PD_ORCHESTRATOR_RUN_H
#define PD_ORCHESTRATOR_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "grpc/grpc.h"
#include "loop/loop.h"
#include "plan.h"

/** Most messages that a queue takes, whoever asks for more: an empty one costs memory too. */
#define PD_RUN_MAX_QUEUE_MESSAGES 1000000

/** How lanes behave; zero members stand for what is in parentheses. */
struct pd_run_options {
        size_t queue_messages; /**< a queue (1000); PD_RUN_MAX_QUEUE_MESSAGES at most */
        size_t queue_bytes;    /**< likewise (64 MiB) */
        size_t max_message;    /**< longest that is taken from a node (64 MiB) */
        size_t concurrency;    /**< calls at once a lane (1) */
        size_t repeats;        /**< a unary call that failed is made so often again (0) */
        int64_t deadline_ms;   /**< of a call (none) */
        int64_t pause_ms;     /**< before a source that failed, or had nothing, is called again, and
                                   before what could not be sent is: at first (50 ms); then twice
                                   the last, */
        int64_t pause_max_ms; /**< at most (2 s) */
        int64_t stall_ms;     /**< nothing moves for so long and queues are full: stalled (10 s) */
        const struct pd_log *log;
};

enum pd_run_state {
        PD_RUN_READY, /**< has not begun */
        PD_RUN_RUNNING,
        PD_RUN_FINISHED, /**< every source has made its calls, and all that followed is done */
        PD_RUN_STOPPED,
};

struct pd_run;

/** What the owner is told; not from within a function that it calls. */
struct pd_run_ops {
        void (*finished)(void *owner);
};

/** Where a run lives. */
struct pd_run_place {
        struct pd_loop *loop;
        struct pd_events *events;
        const struct pd_run_ops *ops;
        void *owner;
};

/** Lanes of the plan, at rest. Takes over `plan` on success. */
int pd_run_new(const struct pd_run_place *place, const struct pd_run_options *options,
               struct pd_plan *plan, struct pd_run **ret, struct pd_err *err) PD_MUST_CHECK;

/** Stops it; no call of it is left. NULL is fine. */
void pd_run_free(struct pd_run *run);

/** Begin: sources are called, each `iterations` times (0: without end). Again after an end. */
void pd_run_start(struct pd_run *run, uint64_t iterations);

/** No call is left, what waits is thrown away. One that does not run is fine. */
void pd_run_stop(struct pd_run *run);

enum pd_run_state pd_run_state(const struct pd_run *run);
const struct pd_plan *pd_run_plan(const struct pd_run *run);

/** Lanes that have not ended. */
size_t pd_run_alive(const struct pd_run *run);

/** Nothing moves although there is something to move: since when (pd_clock_mono_us()); 0: it moves.
 */
int64_t pd_run_stalled_since(const struct pd_run *run);

/** How a lane is doing. */
struct pd_lane_report {
        const struct pd_plan_lane *plan;
        size_t waiting, waiting_bytes;
        size_t waiting_max, waiting_bytes_max; /**< where the queue is full */
        bool is_full;
        size_t calls; /**< open now */
        uint64_t called, finished, failed, dropped;
        uint64_t out_messages, out_bytes; /**< on each of its edges */
        double out_per_second;            /**< over the last seconds */
        const char *problem;              /**< of the connection, or of the last call; "" none */
};

void pd_run_report(const struct pd_run *run, size_t index, struct pd_lane_report *ret);

PD_DEFINE_AUTO(struct pd_run, pd_run_free)

#endif
