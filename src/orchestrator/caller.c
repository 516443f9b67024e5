/* caller.c - one call of a lane: what goes into it, what it tells, what becomes of its messages. */
#include "caller.h"

#include <stdio.h>
#include <string.h>

#include "run_private.h"

static struct pd_caller *caller_of(void *user)
{
        return user;
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

void pd_caller_reset(struct pd_caller *caller)
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
        pd_lane_rest(lane);
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
        pd_lane_rest(lane);
}

static void has_failed(struct pd_caller *caller, struct pd_grpc_call *call,
                       const struct pd_grpc_status *status)
{
        struct pd_lane *lane = caller->lane;

        say_exception(lane, status);
        if (lane->plan->is_source) {
                pd_lane_rest(lane);
        } else if (caller->message == NULL) {
                stream_has_failed(caller, call);
        } else if (caller->repeats < lane->run->options.repeats) {
                lane->again = caller->repeats + 1;
                give_back(lane, caller->message);
                pd_lane_rest(lane);
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
                pd_lane_rest(lane);
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
        pd_caller_reset(caller);
        pd_lane_work(lane);
}

static const struct pd_grpc_events caller_events = {
        .headers = on_headers,
        .message = on_message,
        .writable = on_writable,
        .ended = on_ended,
};

void pd_caller_feed(struct pd_caller *caller)
{
        struct pd_grpc_message *message = pd_lane_take(caller->lane);

        caller->fed++;
        if (!caller->is_begun && (caller->sent.count >= PD_CALLER_MAX_REPLAY ||
                                  pd_queue_push(&caller->sent, message) < 0))
                has_begun(caller);
        if (pd_grpc_call_send(caller->call, message, NULL) < 0)
                pd_grpc_call_cancel(caller->call); /* no memory; told as any failure */
        pd_grpc_message_release(message);
}

void pd_caller_close(struct pd_caller *caller)
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
                pd_caller_close(caller);
}

bool pd_caller_begin(struct pd_caller *caller)
{
        struct pd_lane *lane = caller->lane;
        const struct pd_grpc_request request = {.path = lane->plan->path,
                                                .deadline_ms = lane->run->options.deadline_ms,
                                                .waits_for_ready = true,
                                                .sends_one = !lane->plan->input_stream,
                                                .takes_one = !lane->plan->output_stream};
        struct pd_err err = {0};

        if (pd_grpc_call_start(lane->channel, &request, &caller_events, caller, &caller->call,
                               &err) < 0) {
                (void)snprintf(lane->problem, sizeof(lane->problem), "%s", err.msg);
                pd_lane_rest(lane);
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
                send_one(caller, pd_lane_take(lane));
        }
        return true;
}
