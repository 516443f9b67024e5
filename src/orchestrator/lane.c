/* lane.c - what a lane does: begins calls, feeds streams, passes on what comes. */
#include "lane.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run_private.h"

static struct pd_caller *caller_of(void *user)
{
        return user;
}

/* How a lane rests. */

static void pause_is_over(struct pd_timer *timer)
{
        struct pd_lane *lane = PD_OWNER_OF(timer, struct pd_lane, pause);

        lane->is_pausing = false;
        pd_lane_work(lane);
}

/* A lane of concurrency one repeats at a pace of its own; twice the last pause, with a jitter of a
 * fifth, so that many lanes do not come back together. */
static void take_a_break(struct pd_lane *lane)
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

/* Messages that did not reach the node go back to where they came from, the last one first. */

static void give_back(struct pd_lane *lane, struct pd_grpc_message *message)
{
        if (pd_queue_return(&lane->queue, message) < 0) {
                lane->dropped++;
                pd_run_tell(lane, PD_EVENT_DROPPED, message);
        }
}

static void give_back_sent(struct pd_caller *caller)
{
        struct pd_lane *lane = caller->lane;
        struct pd_queue back;
        struct pd_grpc_message *message;

        pd_queue_init(&back, 1, 1);
        while ((message = pd_queue_pop(&caller->sent)) != NULL) {
                if (pd_queue_return(&back, message) < 0)
                        lane->dropped++;
                pd_grpc_message_release(message);
        }
        while ((message = pd_queue_pop(&back)) != NULL) {
                give_back(lane, message);
                pd_grpc_message_release(message);
        }
        pd_queue_done(&back);
}

/* Of a stream: what was never sent; what was sent is lost. How many were not. */
static size_t give_back_unsent(struct pd_caller *caller, struct pd_grpc_call *call)
{
        struct pd_grpc_message *message;
        size_t count = 0;

        pd_queue_clear(&caller->sent);
        while ((message = pd_grpc_call_take_unsent(call)) != NULL) {
                if (pd_queue_push(&caller->sent, message) < 0)
                        caller->lane->dropped++;
                pd_grpc_message_release(message);
                count++;
        }
        give_back_sent(caller);
        return count;
}

static void caller_reset(struct pd_caller *caller)
{
        pd_grpc_message_release(caller->message);
        pd_queue_clear(&caller->sent);
        caller->message = NULL;
        caller->call = NULL;
        caller->is_begun = caller->is_closed = caller->had_output = false;
        caller->repeats = 0;
        caller->fed = 0;
}

/* What the call tells. */

static void has_begun(struct pd_caller *caller)
{
        if (caller->is_begun)
                return;
        caller->is_begun = true;
        pd_queue_clear(&caller->sent);
}

static void on_headers(struct pd_grpc_call *call, const struct pd_grpc_metadata *metadata,
                       void *user)
{
        (void)call;
        (void)metadata;
        has_begun(caller_of(user));
}

static void on_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct pd_caller *caller = caller_of(user);
        struct pd_lane *lane = caller->lane;

        has_begun(caller);
        if (message->len > 0)
                caller->had_output = true;
        pd_run_tell(lane, lane->plan->output_stream ? PD_EVENT_STREAM_OUTPUT : PD_EVENT_OUTPUT,
                    message);
        pd_run_distribute(lane, message);
        if (lane->plan->output_stream && pd_run_is_blocked(lane)) {
                caller->is_reading = false;
                pd_grpc_call_set_reading(call, false);
        }
}

static void on_writable(struct pd_grpc_call *call, void *user)
{
        (void)call;
        pd_lane_work(caller_of(user)->lane);
}

static void say_exception(struct pd_lane *lane, const struct pd_grpc_status *status)
{
        (void)snprintf(lane->problem, sizeof(lane->problem), "%s: %s",
                       pd_grpc_code_name(status->code), status->message);
        lane->failed++;
        pd_run_tell_detail(lane, PD_EVENT_EXCEPTION, "traceback", lane->problem);
}

/* The node has not seen the call: it is as if it had not been made. */
static void not_sent(struct pd_caller *caller, struct pd_grpc_call *call)
{
        struct pd_lane *lane = caller->lane;

        lane->called--;
        if (lane->plan->is_source) {
                if (lane->left != UINT64_MAX)
                        lane->left++;
        } else if (caller->message != NULL) {
                lane->again = caller->repeats;
                give_back(lane, caller->message);
        } else if (caller->is_begun) {
                (void)give_back_unsent(caller, call);
        } else {
                give_back_sent(caller);
        }
        take_a_break(lane);
}

/* Of a stream that gives messages, those it has taken may have had theirs: nobody knows which. */
static void stream_has_failed(struct pd_caller *caller, struct pd_grpc_call *call)
{
        struct pd_lane *lane = caller->lane;
        bool is_known = !lane->plan->output_stream || !caller->is_begun;
        size_t lost = caller->fed - give_back_unsent(caller, call);
        char count[32];

        if (is_known && lost > 0) {
                lane->dropped += lost;
                (void)snprintf(count, sizeof(count), "%zu", lost);
                pd_run_tell_detail(lane, PD_EVENT_DROPPED, "messages", count);
        }
        take_a_break(lane);
}

static void has_failed(struct pd_caller *caller, struct pd_grpc_call *call,
                       const struct pd_grpc_status *status)
{
        struct pd_lane *lane = caller->lane;

        say_exception(lane, status);
        if (lane->plan->is_source) {
                take_a_break(lane);
        } else if (caller->message == NULL) {
                stream_has_failed(caller, call);
        } else if (caller->repeats < lane->run->options.repeats) {
                lane->again = caller->repeats + 1;
                give_back(lane, caller->message);
                take_a_break(lane);
        } else {
                lane->dropped++;
                pd_run_tell(lane, PD_EVENT_DROPPED, caller->message);
        }
}

static void has_finished(struct pd_caller *caller)
{
        struct pd_lane *lane = caller->lane;

        lane->finished++;
        lane->problem[0] = '\0';
        pd_run_tell(lane, PD_EVENT_RPC_FINISHED, NULL);
        if (lane->plan->is_source && !caller->had_output)
                take_a_break(lane);
        else
                lane->pause_ms = 0;
}

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct pd_caller *caller = caller_of(user);
        struct pd_lane *lane = caller->lane;

        lane->open--;
        if (status->code == PD_GRPC_OK)
                has_finished(caller);
        else if (status->is_unprocessed)
                not_sent(caller, call);
        else
                has_failed(caller, call, status);
        caller_reset(caller);
        pd_lane_work(lane);
}

static const struct pd_grpc_events caller_events = {
        .headers = on_headers,
        .message = on_message,
        .writable = on_writable,
        .ended = on_ended,
};

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

static struct pd_grpc_message *take(struct pd_lane *lane)
{
        const struct pd_queue before = lane->queue;
        struct pd_grpc_message *message = pd_queue_pop(&lane->queue);

        lane->taken++;
        pd_run_tell(lane, PD_EVENT_QUEUE_CONSUMED, message);
        if (has_room_again(lane, &before))
                pd_run_unblock(lane);
        return message;
}

/* One more message into an open stream. */
static void feed(struct pd_caller *caller)
{
        struct pd_grpc_message *message = take(caller->lane);

        caller->fed++;
        if (!caller->is_begun &&
            (caller->sent.count >= PD_LANE_MAX_REPLAY || pd_queue_push(&caller->sent, message) < 0))
                has_begun(caller);
        if (pd_grpc_call_send(caller->call, message, NULL) < 0)
                pd_grpc_call_cancel(caller->call); /* no memory; told as any failure */
        pd_grpc_message_release(message);
}

static void feed_stream(struct pd_lane *lane)
{
        struct pd_caller *caller = &lane->callers[0];

        while (caller->call != NULL && !caller->is_closed && lane->queue.count > 0 &&
               pd_grpc_call_is_writable(caller->call))
                feed(caller);
}

/* Beginning calls. */

static void close_side(struct pd_caller *caller)
{
        caller->is_closed = true;
        pd_grpc_call_close(caller->call);
}

static void send_one(struct pd_caller *caller, struct pd_grpc_message *message)
{
        caller->message = message;
        if (pd_grpc_call_send(caller->call, message, NULL) < 0)
                pd_grpc_call_cancel(caller->call); /* no memory; told as any failure */
        else
                close_side(caller);
}

static struct pd_caller *free_caller(struct pd_lane *lane)
{
        for (size_t i = 0; i < lane->run->options.concurrency; i++) {
                if (lane->callers[i].call == NULL)
                        return &lane->callers[i];
        }
        return NULL;
}

static bool begin_call(struct pd_lane *lane)
{
        struct pd_caller *caller = free_caller(lane);
        const struct pd_grpc_request request = {.path = lane->plan->path,
                                                .deadline_ms = lane->run->options.deadline_ms,
                                                .waits_for_ready = true,
                                                .sends_one = !lane->plan->input_stream,
                                                .takes_one = !lane->plan->output_stream};
        struct pd_err err = {0};

        assert(caller != NULL); /* may_begin() has seen to it */
        if (pd_grpc_call_start(lane->channel, &request, &caller_events, caller, &caller->call,
                               &err) < 0) {
                (void)snprintf(lane->problem, sizeof(lane->problem), "%s", err.msg);
                take_a_break(lane);
                return false;
        }
        lane->open++;
        lane->called++;
        caller->is_reading = true;
        caller->repeats = lane->again;
        lane->again = 0;
        pd_run_tell(lane, PD_EVENT_RPC_CALL, NULL);
        if (lane->plan->is_source) {
                if (lane->left != UINT64_MAX && --lane->left == 0)
                        lane->run->is_ending = true;
                send_one(caller, pd_grpc_message_hold(lane->run->empty));
        } else if (!lane->plan->input_stream) {
                send_one(caller, take(lane));
        }
        return true;
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
        while (!is_blocked && may_begin(lane) && begin_call(lane)) {
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
                pd_queue_init(&lane->callers[i].sent, PD_LANE_MAX_REPLAY, SIZE_MAX);
        }
        return 0;
}

static void drop_calls(struct pd_lane *lane)
{
        for (size_t i = 0; i < lane->run->options.concurrency; i++) {
                if (lane->callers[i].call != NULL)
                        pd_grpc_call_drop(lane->callers[i].call);
                caller_reset(&lane->callers[i]);
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
                        close_side(caller);
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
