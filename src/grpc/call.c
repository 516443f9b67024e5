/* call.c - the life of a call: made, told about, ended, released. */
#include "call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "session.h"
#include "wire.h"

static const struct pd_grpc_events silence = {0};

void pd_grpc_calls_add(struct pd_grpc_calls *calls, struct pd_grpc_call *call)
{
        assert(call->list == NULL);
        if (calls->first == NULL)
                calls->end = &calls->first;

        call->list = calls;
        call->next = NULL;
        call->anchor = calls->end;
        *calls->end = call;
        calls->end = &call->next;
        calls->count++;
}

void pd_grpc_calls_remove(struct pd_grpc_call *call)
{
        struct pd_grpc_calls *calls = call->list;

        if (calls == NULL)
                return;

        *call->anchor = call->next;
        if (call->next != NULL)
                call->next->anchor = call->anchor;
        else
                calls->end = call->anchor;
        calls->count--;
        call->list = NULL;
}

void pd_grpc_calls_drop(struct pd_grpc_calls *calls)
{
        while (calls->first != NULL)
                pd_grpc_call_drop(calls->first);
}

/* It neither waits nor has a stream any more: its owner keeps it until its end is told. */
static void await_telling(struct pd_grpc_call *call)
{
        pd_grpc_calls_remove(call);
        if (call->untold != NULL && !call->is_told)
                pd_grpc_calls_add(call->untold, call);
}

static void call_free(struct pd_grpc_call *call)
{
        pd_grpc_calls_remove(call);
        pd_loop_forget(call->loop, &call->work);
        pd_loop_clear_timer(call->loop, &call->deadline);
        pd_grpc_call_forget_input(call);
        pd_grpc_unsent_done(&call->unsent);
        pd_arena_done(&call->arena);
        free(call);
}

void pd_grpc_call_settle(struct pd_grpc_call *call)
{
        if (call->is_told && call->session == NULL && call->busy == 0)
                call_free(call);
}

static void tell_end(struct pd_grpc_call *call)
{
        void (*ended)(struct pd_grpc_call *, const struct pd_grpc_status *, void *) =
                call->events->ended;

        call->is_told = true;
        call->events = &silence;
        pd_loop_clear_timer(call->loop, &call->deadline);
        if (call->session == NULL)
                pd_grpc_calls_remove(call);
        if (ended != NULL)
                ended(call, &call->status, call->user);
}

static void tell_writable(struct pd_grpc_call *call)
{
        if (!call->was_full || call->local != PD_GRPC_LOCAL_OPEN || call->is_final ||
            !pd_grpc_unsent_has_room(&call->unsent))
                return;

        call->was_full = false;
        if (call->events->writable != NULL)
                call->events->writable(call, call->user);
}

static void work(struct pd_task *task)
{
        struct pd_grpc_call *call = PD_OWNER_OF(task, struct pd_grpc_call, work);

        call->busy++;
        pd_grpc_call_deliver(call);
        tell_writable(call);
        if (call->is_final && !call->is_told)
                tell_end(call);
        call->busy--;
        pd_grpc_call_settle(call);
}

static const char deadline_text[] = "the deadline has passed";

static void deadline_passed(struct pd_timer *timer)
{
        pd_grpc_call_end(PD_OWNER_OF(timer, struct pd_grpc_call, deadline),
                         PD_GRPC_DEADLINE_EXCEEDED, deadline_text, false);
}

struct pd_grpc_call *pd_grpc_call_new(struct pd_loop *loop, const char *path, size_t max_message)
{
        size_t path_size = path != NULL ? strlen(path) + 1 : 0;
        struct pd_grpc_call *call = calloc(1, sizeof(*call) + path_size);

        if (call == NULL)
                return NULL;

        call->loop = loop;
        call->events = &silence;
        call->work.run = work;
        call->deadline.due = deadline_passed;
        call->reader.max_message = max_message;
        call->held = (struct pd_buf)PD_BUF_INIT(PD_GRPC_STREAM_WINDOW + PD_GRPC_FRAME_BYTES);
        call->is_reading = true;
        call->path = "";
        if (path != NULL)
                call->path = memcpy(call + 1, path, path_size);
        return call;
}

static bool is_path(const char *path)
{
        for (const char *sign = path; *sign != '\0'; sign++) {
                if (*sign <= ' ' || *sign > '~')
                        return false;
        }
        return path[0] == '/';
}

int pd_grpc_call_prepare(struct pd_loop *loop, const struct pd_grpc_request *request,
                         size_t max_message, struct pd_grpc_call **ret, struct pd_err *err)
{
        struct pd_grpc_call *call;

        if (!is_path(request->path))
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is no path of a method", request->path);
        for (size_t i = 0; i < request->metadata.count; i++) {
                if (!pd_grpc_is_metadata(&request->metadata.at[i]))
                        return pd_fail(err, PD_E_INVALID, 0, "'%s' cannot be sent as metadata",
                                       request->metadata.at[i].name);
        }

        call = pd_grpc_call_new(loop, request->path, max_message);
        if (call == NULL)
                return pd_fail_memory(err, "a call");
        call->waits_for_ready = request->waits_for_ready;
        call->sends_one = request->sends_one;
        call->takes_one = request->takes_one;
        if (pd_grpc_entries_to_wire(&request->metadata, &call->arena, &call->out, err) < 0) {
                call_free(call);
                return -1;
        }
        if (request->deadline_ms > 0)
                pd_grpc_call_set_deadline(call, pd_clock_mono_us() + request->deadline_ms * 1000);
        *ret = call;
        return 0;
}

void pd_grpc_call_stir(struct pd_grpc_call *call)
{
        pd_loop_later(call->loop, &call->work);
}

void pd_grpc_call_set_deadline(struct pd_grpc_call *call, int64_t deadline_us)
{
        pd_loop_set_timer(call->loop, &call->deadline, deadline_us);
}

static void set_status(struct pd_grpc_call *call, enum pd_grpc_code code, const char *message)
{
        char *copy = pd_arena_string(&call->arena, message);

        call->is_final = true;
        call->status.code = code;
        call->status.message = copy != NULL ? copy : "";
}

/* A server's client hears the status if nothing but trailers can follow; else its stream is reset.
 */
static void end_stream(struct pd_grpc_call *call)
{
        bool is_answerable = call->is_server && call->local == PD_GRPC_LOCAL_OPEN &&
                             call->status.code != PD_GRPC_CANCELLED;

        if (!is_answerable) {
                pd_grpc_session_reset(call->session, call, NGHTTP2_CANCEL);
                return;
        }
        pd_grpc_unsent_done(&call->unsent);
        call->reply = call->status;
        call->local = PD_GRPC_LOCAL_CLOSING;
        pd_grpc_call_submit_reply(call);
}

void pd_grpc_call_end(struct pd_grpc_call *call, enum pd_grpc_code code, const char *message,
                      bool is_unprocessed)
{
        if (call->is_final)
                return;

        set_status(call, code, message);
        call->status.is_unprocessed = is_unprocessed || (!call->is_server && !call->was_sent);
        pd_grpc_call_forget_input(call);
        if (call->session != NULL)
                end_stream(call);
        else
                await_telling(call);
        pd_grpc_call_stir(call);
}

/* The stream ended otherwise than by an answer. */
static void end_closed(struct pd_grpc_call *call, uint32_t error_code)
{
        char message[64];
        /* a server that sees the deadline first says so by a reset, as grpc-go does */
        bool is_late = error_code == NGHTTP2_CANCEL && pd_timer_is_set(&call->deadline) &&
                       pd_clock_mono_us() >= call->deadline.due_us;

        if (call->is_server && call->local == PD_GRPC_LOCAL_CLOSED &&
            error_code == NGHTTP2_NO_ERROR) {
                set_status(call, PD_GRPC_OK, "");
                return;
        }
        if (is_late) {
                set_status(call, PD_GRPC_DEADLINE_EXCEEDED, deadline_text);
                return;
        }
        (void)snprintf(message, sizeof(message), "the stream was reset with %s",
                       pd_grpc_reset_name(error_code));
        set_status(call, call->is_server ? PD_GRPC_CANCELLED : pd_grpc_code_of_reset(error_code),
                   message);
        call->status.is_unprocessed = !call->is_server && error_code == NGHTTP2_REFUSED_STREAM;
}

static void leave_session(struct pd_grpc_call *call)
{
        call->session->held -= call->accounted;
        call->accounted = 0;
        call->session = NULL;
        await_telling(call);
}

void pd_grpc_call_stream_closed(struct pd_grpc_call *call, uint32_t error_code)
{
        if (!call->is_final && !call->is_answered)
                end_closed(call, error_code);
        if (!call->is_answered)
                pd_grpc_call_forget_input(call);
        leave_session(call);
        if (!call->is_told)
                pd_grpc_call_stir(call);
        pd_grpc_call_settle(call);
}

void pd_grpc_call_lost(struct pd_grpc_call *call, const char *why)
{
        if (!call->is_final && !call->is_answered) {
                set_status(call, PD_GRPC_UNAVAILABLE, why);
                call->status.is_unprocessed = !call->is_server && !call->was_sent;
        }
        pd_grpc_call_stream_closed(call, NGHTTP2_NO_ERROR);
}

/* What callers call. */

void pd_grpc_call_cancel(struct pd_grpc_call *call)
{
        pd_grpc_call_end(call, PD_GRPC_CANCELLED, "cancelled", false);
}

void pd_grpc_call_drop(struct pd_grpc_call *call)
{
        if (!call->is_server || call->local == PD_GRPC_LOCAL_OPEN)
                pd_grpc_call_cancel(call);
        pd_grpc_call_forget_input(call);
        call->is_told = true;
        if (call->session == NULL)
                pd_grpc_calls_remove(call);
        call->events = &silence;
        pd_loop_clear_timer(call->loop, &call->deadline);
        pd_grpc_call_settle(call);
}

void pd_grpc_call_on(struct pd_grpc_call *call, const struct pd_grpc_events *events, void *user)
{
        assert(!call->is_told);
        call->events = events;
        call->user = user;
}

const char *pd_grpc_call_path(const struct pd_grpc_call *call)
{
        return call->path;
}

const char *pd_grpc_call_peer(const struct pd_grpc_call *call)
{
        return call->session != NULL ? call->session->options.peer : "";
}

const struct pd_grpc_metadata *pd_grpc_call_metadata(const struct pd_grpc_call *call)
{
        return &call->received;
}

int64_t pd_grpc_call_deadline_us(const struct pd_grpc_call *call)
{
        return pd_timer_is_set(&call->deadline) ? call->deadline.due_us : 0;
}

void *pd_grpc_call_user(const struct pd_grpc_call *call)
{
        return call->user;
}
