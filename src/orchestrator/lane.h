/*
 * lane.h - one operation at work: its queue, and the calls that take from it. (contract, section 6)
 *
 * A lane looks at three things and does what follows (pd_lane_work()): whether those that it feeds
 * take more, what waits in its queue, and which calls are open. Whoever changes one of them stirs
 * the lane.
 */
#ifndef PD_ORCHESTRATOR_LANE_H
#define PD_ORCHESTRATOR_LANE_H

#include "ending.h"
#include "queue.h"
#include "run.h"

struct pd_caller;

struct pd_lane {
        struct pd_run *run;
        const struct pd_plan_lane *plan;
        struct pd_grpc_channel *channel; /**< the node's; the run's */
        struct pd_queue queue;
        struct pd_caller *callers;
        size_t open; /**< callers with a call */
        struct pd_task work;
        struct pd_timer pause;
        int64_t pause_ms; /**< of the last pause; 0: none */
        bool is_pausing;
        uint64_t left; /**< calls that a source has to make still */
        size_t again;  /**< repeats of the message at the front of the queue */
        enum pd_lane_ending ending;
        uint64_t called, finished, failed, dropped;
        uint64_t taken;      /**< messages out of the queue */
        uint64_t taken_seen; /**< at the last look */
        int64_t taken_us;    /**< when they last differed, or the queue was not full */
        bool is_stuck;       /**< neither since long, in spite of the reserve */
        uint64_t out_messages, out_bytes;
        uint64_t counted; /**< out_messages at the last look */
        double out_per_second;
        char problem[sizeof(((struct pd_err *)0)->msg)];
};

int pd_lane_init(struct pd_lane *lane, struct pd_run *run, const struct pd_plan_lane *plan,
                 struct pd_grpc_channel *channel) PD_MUST_CHECK; /**< -1: no memory */
void pd_lane_done(struct pd_lane *lane);

void pd_lane_start(struct pd_lane *lane, uint64_t iterations);

/** Drop its calls, throw away what waits. */
void pd_lane_stop(struct pd_lane *lane);

/** Have pd_lane_work() run at the end of the round. */
void pd_lane_stir(struct pd_lane *lane);
void pd_lane_work(struct pd_lane *lane);

/* For its callers. */

/** Take the first message out; the caller holds it now. The queue is not empty. */
struct pd_grpc_message *pd_lane_take(struct pd_lane *lane);

/** Begin no call for a while: twice as long as the last time, with a jitter of a fifth, so that
 * many lanes do not come back together. */
void pd_lane_rest(struct pd_lane *lane);

/** Close the sending side of its open streams: nothing will come any more. */
void pd_lane_close_streams(struct pd_lane *lane);

void pd_lane_state(const struct pd_lane *lane, struct pd_lane_state *ret);

#endif
