/* receive.c - what comes in on a call: bytes become messages, and messages are told. */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>

#include "session.h"

/** Of the longest message so many fit into what a connection may hold. */
#define LONGEST_AT_ONCE 4

static bool takes_one(const struct pd_grpc_call *call)
{
        return call->is_server ? call->method != NULL && !call->method->client_streams
                               : call->takes_one;
}

static void tell_message(struct pd_grpc_call *call, struct pd_grpc_message *message)
{
        if (call->events->message != NULL)
                call->events->message(call, message, call->user);
        pd_grpc_message_release(message);
}

static void take_message(struct pd_grpc_call *call, struct pd_grpc_message *message)
{
        if (!takes_one(call)) {
                tell_message(call, message);
        } else if (call->sole == NULL) {
                call->sole = message;
        } else {
                pd_grpc_message_release(message);
                pd_grpc_call_end(call, PD_GRPC_UNIMPLEMENTED,
                                 "more than one message where one is due", false);
        }
}

static void refuse(struct pd_grpc_call *call, enum pd_grpc_reading reading)
{
        char text[80];

        switch (reading) {
        case PD_GRPC_READ_TOO_LONG:
                (void)snprintf(text, sizeof(text),
                               "a message is longer than the limit of %zu bytes",
                               call->reader.max_message);
                pd_grpc_call_end(call, PD_GRPC_RESOURCE_EXHAUSTED, text, false);
                return;
        case PD_GRPC_READ_COMPRESSED:
                pd_grpc_call_end(call, PD_GRPC_UNIMPLEMENTED, "compressed messages are not taken",
                                 false);
                return;
        case PD_GRPC_READ_NO_MEMORY:
                pd_grpc_call_end(call, PD_GRPC_RESOURCE_EXHAUSTED, "no memory for a message",
                                 false);
                return;
        default:
                pd_grpc_call_end(call, PD_GRPC_INTERNAL, "what came is no message", false);
        }
}

/* The memory that the call uses for what has come counts against what a connection may hold. */
static void account(struct pd_grpc_call *call)
{
        struct pd_grpc_session *session = call->session;
        size_t now = call->held.len + pd_grpc_reader_held(&call->reader) +
                     (call->sole != NULL ? call->sole->len : 0);
        size_t most = LONGEST_AT_ONCE * call->reader.max_message;

        if (session == NULL || now == call->accounted)
                return;

        session->held += now - call->accounted;
        call->accounted = now;
        if (most < PD_GRPC_MAX_CONNECTION_BYTES)
                most = PD_GRPC_MAX_CONNECTION_BYTES;
        if (session->held > most)
                pd_grpc_call_end(call, PD_GRPC_RESOURCE_EXHAUSTED,
                                 "the connection holds too many bytes that nobody has read", false);
}

static void hold(struct pd_grpc_call *call, const uint8_t *bytes, size_t len)
{
        pd_buf_put(&call->held, bytes, len);
        if (call->held.failed != 0)
                pd_grpc_call_end(call, PD_GRPC_RESOURCE_EXHAUSTED,
                                 "no memory for what nobody has read", false);
}

/* Tell the messages in the bytes as long as they are read; hold the rest. */
static void read_bytes(struct pd_grpc_call *call, const uint8_t *bytes, size_t len)
{
        size_t left = len;

        while (left > 0 && call->is_reading && !call->is_final) {
                struct pd_grpc_message *message;
                enum pd_grpc_reading reading =
                        pd_grpc_reader_take(&call->reader, &bytes, &left, &message);

                if (reading == PD_GRPC_READ_MESSAGE)
                        take_message(call, message);
                else if (reading != PD_GRPC_READ_ALL)
                        refuse(call, reading);
        }

        if (call->is_final)
                return;
        if (left > 0)
                hold(call, bytes, left);
        if (call->session != NULL)
                pd_grpc_session_consume(call->session, call, len - left);
}

void pd_grpc_call_data_came(struct pd_grpc_call *call, const uint8_t *bytes, size_t len)
{
        if (call->is_final || call->is_told)
                return;

        call->busy++;
        if (call->held.len > 0)
                hold(call, bytes, len);
        else
                read_bytes(call, bytes, len);
        account(call);
        call->busy--;
        pd_grpc_call_settle(call);
}

static void read_held(struct pd_grpc_call *call)
{
        struct pd_buf held = call->held;

        call->held = (struct pd_buf)PD_BUF_INIT(held.max);
        read_bytes(call, (const uint8_t *)held.data, held.len);
        pd_buf_done(&held);
        account(call);
}

static void tell_sole(struct pd_grpc_call *call)
{
        struct pd_grpc_message *sole = call->sole;

        call->sole = NULL;
        account(call);
        if (sole != NULL)
                tell_message(call, sole);
}

/* A request has come whole. */
static void tell_half_closed(struct pd_grpc_call *call)
{
        if (call->is_half_closed_told)
                return;

        call->is_half_closed_told = true;
        if (!pd_grpc_reader_is_between(&call->reader)) {
                pd_grpc_call_end(call, PD_GRPC_INTERNAL, "the request ended within a message",
                                 false);
                return;
        }
        if (takes_one(call) && call->sole == NULL) {
                pd_grpc_call_end(call, PD_GRPC_UNIMPLEMENTED, "no message where one is due", false);
                return;
        }
        tell_sole(call);
        if (call->events->half_closed != NULL && !call->is_final)
                call->events->half_closed(call, call->user);
}

/* Why an answer is not taken at its word; NULL: it is. */
static const char *fault_of_answer(const struct pd_grpc_call *call, enum pd_grpc_code *ret_code)
{
        *ret_code = PD_GRPC_UNKNOWN;
        if (!call->head.has_code)
                return "the answer ended without a status";
        if (call->head.code != PD_GRPC_OK)
                return NULL;

        *ret_code = PD_GRPC_INTERNAL;
        if (!pd_grpc_reader_is_between(&call->reader))
                return "the answer ended within a message";
        *ret_code = PD_GRPC_UNIMPLEMENTED;
        if (call->takes_one && call->sole == NULL)
                return "the answer is OK and has no message";
        return NULL;
}

/* An answer has come whole, and everything in it is read: its trailers say how the call ends. */
static void conclude(struct pd_grpc_call *call)
{
        const struct pd_grpc_head *head = &call->head;
        enum pd_grpc_code code;
        const char *fault = fault_of_answer(call, &code);

        if (fault != NULL) {
                pd_grpc_call_end(call, code, fault, false);
                return;
        }
        if (head->code == PD_GRPC_OK)
                tell_sole(call);
        if (call->is_final)
                return;

        call->is_final = true;
        call->status.code = head->code;
        call->status.message = head->message != NULL ? head->message : "";
        call->status.metadata = pd_grpc_entries_metadata(&head->entries);
        pd_grpc_call_stir(call);
}

void pd_grpc_call_deliver(struct pd_grpc_call *call)
{
        if (call->is_told || call->is_final)
                return;
        if (call->is_reading && call->held.len > 0)
                read_held(call);
        if (call->held.len > 0 || (call->sole != NULL && !call->is_reading) ||
            call->remote != PD_GRPC_REMOTE_ENDED || call->is_final)
                return;

        if (call->is_server)
                tell_half_closed(call);
        else
                conclude(call);
}

void pd_grpc_call_forget_input(struct pd_grpc_call *call)
{
        pd_grpc_reader_done(&call->reader);
        pd_buf_done(&call->held);
        pd_grpc_message_release(call->sole);
        call->sole = NULL;
        account(call);
}

void pd_grpc_call_remote_ended(struct pd_grpc_call *call)
{
        call->remote = PD_GRPC_REMOTE_ENDED;
        if (call->is_final)
                return;
        call->is_answered = !call->is_server;
        if (call->is_answered && call->local != PD_GRPC_LOCAL_CLOSED)
                pd_grpc_session_reset(call->session, call, NGHTTP2_CANCEL);

        call->busy++;
        pd_grpc_call_deliver(call);
        call->busy--;
        pd_grpc_call_settle(call);
}

void pd_grpc_call_set_reading(struct pd_grpc_call *call, bool is_reading)
{
        call->is_reading = is_reading;
        if (is_reading)
                pd_grpc_call_stir(call);
}
