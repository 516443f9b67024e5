/* lane.c - what a lane does: takes from its queue, begins calls, feeds streams, rests. */
#include "lane.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "caller.h"
#include "run_private.h"

/* How a lane rests. */

static void pause_is_over(struct pd_timer *timer)
{
        struct pd_lane *lane = PD_OWNER_OF(timer, struct pd_lane, pause);

        lane->is_pausing = false;
        pd_lane_work(lane);
}

void pd_lane_rest(struct pd_lane *lane)
{
        const struct pd_run_options *options = &lane->run->options;
        int64_t now_us = pd_clock_mono_us();
        int64_t pause_us;

        lane->pause_ms = lane->pause_ms == 0 ? options->pause_ms : 2 * lane->pause_ms;
        if (lane->pause_ms > options->pause_max_ms)
                lane->pause_ms = options->pause_max_ms;
        pause_us = lane->pause_ms * 1000;
        pause_us -= pause_us / 5 * (now_us % 1024) / 1024;
        lane->is_pausing = true;
        pd_loop_set_timer(lane->run->loop, &lane->pause, now_us + pause_us);
}

/* Taking from the queue. */

/* Whether somebody may go on who could not. */
static bool has_room_again(const struct pd_lane *lane, const struct pd_queue *before)
{
        const struct pd_queue *now = &lane->queue;

        return pd_queue_is_blocking(before) != pd_queue_is_blocking(now) ||
               (lane->plan->is_on_cycle &&
                (pd_queue_is_half_full(before) != pd_queue_is_half_full(now) ||
                 pd_queue_is_crammed(before) != pd_queue_is_crammed(now)));
}

struct pd_grpc_message *pd_lane_take(struct pd_lane *lane)
{
        const struct pd_queue before = lane->queue;
        struct pd_grpc_message *message = pd_queue_pop(&lane->queue);

        lane->taken++;
        pd_run_tell(lane, PD_EVENT_QUEUE_CONSUMED, message);
        if (has_room_again(lane, &before))
                pd_run_unblock(lane);
        return message;
}

static void feed_stream(struct pd_lane *lane)
{
        struct pd_caller *caller = &lane->callers[0];

        while (caller->call != NULL && !caller->is_closed && lane->queue.count > 0 &&
               pd_grpc_call_is_writable(caller->call))
                pd_caller_feed(caller);
}

/* There is one: may_begin() has seen to it. */
static struct pd_caller *free_caller(struct pd_lane *lane)
{
        size_t i = 0;

        while (i < lane->run->options.concurrency && lane->callers[i].call != NULL)
                i++;
        assert(i < lane->run->options.concurrency);
        return &lane->callers[i];
}

static bool may_begin(const struct pd_lane *lane)
{
        size_t most = lane->plan->input_stream || lane->plan->is_source
                              ? 1
                              : lane->run->options.concurrency;

        return lane->open < most && !lane->is_pausing &&
               (lane->plan->is_source ? lane->left > 0 : lane->queue.count > 0);
}

static void read_or_not(struct pd_lane *lane, bool is_reading)
{
        for (size_t i = 0; i < lane->run->options.concurrency && lane->open > 0; i++) {
                struct pd_caller *caller = &lane->callers[i];

                if (caller->call == NULL || caller->is_reading == is_reading)
                        continue;
                caller->is_reading = is_reading;
                pd_grpc_call_set_reading(caller->call, is_reading);
        }
}

void pd_lane_work(struct pd_lane *lane)
{
        bool is_blocked;

        if (lane->run->state != PD_RUN_RUNNING)
                return;

        is_blocked = pd_run_is_blocked(lane);
        if (lane->plan->output_stream)
                read_or_not(lane, !is_blocked);
        while (!is_blocked && may_begin(lane) && pd_caller_begin(free_caller(lane))) {
                if (lane->plan->input_stream)
                        break;
        }
        if (lane->plan->input_stream && lane->open > 0 && !lane->plan->is_source)
                feed_stream(lane);
        if (lane->queue.count == 0)
                pd_run_consider(lane->run);
}

static void work_task(struct pd_task *task)
{
        pd_lane_work(PD_OWNER_OF(task, struct pd_lane, work));
}

void pd_lane_stir(struct pd_lane *lane)
{
        pd_loop_later(lane->run->loop, &lane->work);
}

/* Its life. */

int pd_lane_init(struct pd_lane *lane, struct pd_run *run, const struct pd_plan_lane *plan,
                 struct pd_grpc_channel *channel)
{
        const struct pd_run_options *options = &run->options;

        lane->run = run;
        lane->plan = plan;
        lane->channel = channel;
        lane->work.run = work_task;
        lane->pause.due = pause_is_over;
        pd_queue_init(&lane->queue, options->queue_messages, options->queue_bytes);
        lane->callers = calloc(options->concurrency, sizeof(*lane->callers));
        if (lane->callers == NULL)
                return -1;
        for (size_t i = 0; i < options->concurrency; i++) {
                lane->callers[i].lane = lane;
                pd_queue_init(&lane->callers[i].sent, PD_CALLER_MAX_REPLAY, SIZE_MAX);
        }
        return 0;
}

static void drop_calls(struct pd_lane *lane)
{
        for (size_t i = 0; i < lane->run->options.concurrency; i++) {
                if (lane->callers[i].call != NULL)
                        pd_grpc_call_drop(lane->callers[i].call);
                pd_caller_reset(&lane->callers[i]);
        }
        lane->open = 0;
}

void pd_lane_stop(struct pd_lane *lane)
{
        char count[32];

        drop_calls(lane);
        pd_loop_clear_timer(lane->run->loop, &lane->pause);
        pd_loop_forget(lane->run->loop, &lane->work);
        lane->is_pausing = false;
        if (lane->queue.count > 0) {
                (void)snprintf(count, sizeof(count), "%zu", lane->queue.count);
                pd_run_tell_detail(lane, PD_EVENT_QUEUE_DISCARDED, "messages", count);
                pd_queue_clear(&lane->queue);
        }
}

void pd_lane_done(struct pd_lane *lane)
{
        if (lane->callers == NULL)
                return;
        pd_lane_stop(lane);
        for (size_t i = 0; i < lane->run->options.concurrency; i++)
                pd_queue_done(&lane->callers[i].sent);
        pd_queue_done(&lane->queue);
        free(lane->callers);
}

void pd_lane_start(struct pd_lane *lane, uint64_t iterations)
{
        lane->left = lane->plan->is_source ? (iterations == 0 ? UINT64_MAX : iterations) : 0;
        lane->pause_ms = 0;
        pd_queue_clear(&lane->queue); /* a reserve that the last run was granted */
        lane->ending = PD_LANE_GOES_ON;
        lane->called = lane->finished = lane->failed = lane->dropped = 0;
        lane->out_messages = lane->out_bytes = lane->counted = 0;
        lane->out_per_second = 0;
        lane->taken_us = pd_clock_mono_us();
        lane->is_stuck = false;
        lane->problem[0] = '\0';
        pd_run_tell(lane, PD_EVENT_THREAD_START, NULL);
        pd_lane_stir(lane);
}

void pd_lane_close_streams(struct pd_lane *lane)
{
        for (size_t i = 0; i < lane->run->options.concurrency; i++) {
                struct pd_caller *caller = &lane->callers[i];

                if (caller->call != NULL && !caller->is_closed)
                        pd_caller_close(caller);
        }
}

void pd_lane_state(const struct pd_lane *lane, struct pd_lane_state *ret)
{
        *ret = (struct pd_lane_state){
                .waiting = lane->queue.count,
                .unary_calls = lane->plan->input_stream ? 0 : lane->open,
                .stream_calls = lane->plan->input_stream ? lane->open : 0,
                .may_begin = lane->left > 0,
        };
}
