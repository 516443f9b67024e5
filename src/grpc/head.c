/* head.c - header lines of requests and answers, and what they mean (doc/PROTOCOL-HTTP2.md). */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "session.h"
#include "wire.h"

static bool is_name(const struct pd_grpc_entry *line, const char *name)
{
        return strcmp(line->name, name) == 0;
}

static int decode_message(struct pd_grpc_call *call, const struct pd_grpc_entry *line)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(3 * PD_GRPC_MAX_HEADER_BYTES);

        pd_grpc_percent_decode(&text, line->value, line->len);
        call->head.message = text.failed != 0 ? NULL : pd_arena_string(&call->arena, text.data);
        return call->head.message != NULL ? 0 : -1;
}

static int take_path(struct pd_grpc_call *call, const struct pd_grpc_entry *line)
{
        struct pd_grpc_session *session = call->session;

        call->method = session->ops->find_method(session->owner, line->value, line->len);
        call->path = call->method != NULL && call->method->path != NULL
                             ? call->method->path
                             : pd_arena_copy(&call->arena, line->value, line->len);
        return call->path != NULL ? 0 : -1;
}

static void take_timeout(struct pd_grpc_call *call, const struct pd_grpc_entry *line)
{
        int64_t us;

        if (pd_grpc_timeout_read(line->value, line->len, &us))
                pd_grpc_call_set_deadline(call, pd_clock_mono_us() + us);
        else
                call->head.is_timeout_bad = true;
}

static int request_line(struct pd_grpc_call *call, const struct pd_grpc_entry *line)
{
        if (is_name(line, ":path"))
                return take_path(call, line);
        if (is_name(line, ":method"))
                call->head.is_post = strcmp(line->value, "POST") == 0;
        else if (is_name(line, "grpc-timeout"))
                take_timeout(call, line);
        else
                return pd_grpc_entries_add_line(&call->head.entries, &call->arena, line, NULL);
        return 0;
}

/* Three digits: nghttp2 lets nothing else pass. */
static int read_http_status(const struct pd_grpc_entry *line)
{
        int status = 0;

        for (size_t i = 0; i < line->len; i++)
                status = status * 10 + (line->value[i] - '0');
        return status;
}

/* 100 Continue and its like: the answer is yet to come. */
static bool is_informational(const struct pd_grpc_head *head)
{
        return head->http_status / 100 == 1;
}

/* Of a status that comes twice the last one counts, as in other implementations. */
static int answer_line(struct pd_grpc_call *call, const struct pd_grpc_entry *line)
{
        if (is_name(line, ":status")) {
                call->head.http_status = read_http_status(line);
        } else if (is_informational(&call->head)) {
                return 0; /* of which there may be any number: nothing is kept */
        } else if (is_name(line, "grpc-status")) {
                call->head.has_code = true;
                call->head.code = pd_grpc_code_read(line->value, line->len);
        } else if (is_name(line, "grpc-message")) {
                return decode_message(call, line);
        } else {
                return pd_grpc_entries_add_line(&call->head.entries, &call->arena, line, NULL);
        }
        return 0;
}

void pd_grpc_head_line(struct pd_grpc_call *call, const struct pd_grpc_entry *line)
{
        int result = 0;

        if (is_name(line, "content-type"))
                call->head.is_grpc = pd_grpc_is_content_type(line->value, line->len);
        else if (!call->is_server)
                result = answer_line(call, line);
        else if (!call->head.is_whole)
                result = request_line(call, line);
        if (result < 0)
                pd_grpc_call_end(call, PD_GRPC_RESOURCE_EXHAUSTED, "no memory for header lines",
                                 false);
}

/* HTTP's own answer to what is no gRPC. */
static void refuse_http(struct pd_grpc_session *session, struct pd_grpc_call *call,
                        const char *http_status)
{
        nghttp2_nv status = {.name = (uint8_t *)(uintptr_t) ":status",
                             .namelen = strlen(":status"),
                             .value = (uint8_t *)(uintptr_t)http_status,
                             .valuelen = strlen(http_status)};

        call->is_told = true; /* there is nobody to tell */
        call->local = PD_GRPC_LOCAL_CLOSED;
        (void)nghttp2_submit_response(session->h2, call->stream, &status, 1, NULL);
        session->ops->wants_to_send(session->owner);
}

static void begin(struct pd_grpc_session *session, struct pd_grpc_call *call)
{
        call->method->begin(call, session->options.app);
        if (!call->is_told && call->events->ended == NULL)
                pd_grpc_call_end(call, PD_GRPC_UNIMPLEMENTED, "nobody takes this call", false);
}

static void refuse_path(struct pd_grpc_call *call)
{
        char text[160];

        (void)snprintf(text, sizeof(text), "there is no method '%s'", call->path);
        pd_grpc_call_end(call, PD_GRPC_UNIMPLEMENTED, text, false);
}

void pd_grpc_request_came(struct pd_grpc_session *session, struct pd_grpc_call *call)
{
        struct pd_grpc_head *head = &call->head;

        head->is_whole = true;
        call->received = pd_grpc_entries_metadata(&head->entries);
        if (!head->is_post)
                refuse_http(session, call, "405");
        else if (!head->is_grpc)
                refuse_http(session, call, "415");
        else if (head->bytes > PD_GRPC_MAX_HEADER_BYTES)
                pd_grpc_call_end(call, PD_GRPC_RESOURCE_EXHAUSTED, "too many header lines", false);
        else if (head->is_timeout_bad)
                pd_grpc_call_end(call, PD_GRPC_INTERNAL, "grpc-timeout is no duration", false);
        else if (call->method == NULL)
                refuse_path(call);
        else if (!call->is_final)
                begin(session, call);
}

static void end_http(struct pd_grpc_call *call)
{
        char text[64];

        (void)snprintf(text, sizeof(text), "answered with HTTP status %d", call->head.http_status);
        pd_grpc_call_end(call, pd_grpc_code_of_http(call->head.http_status), text, false);
}

static void tell_headers(struct pd_grpc_call *call)
{
        struct pd_grpc_metadata metadata = pd_grpc_entries_metadata(&call->head.entries);

        call->head.entries = (struct pd_grpc_entries){0};
        if (call->events->headers != NULL)
                call->events->headers(call, &metadata, call->user);
}

void pd_grpc_answer_came(struct pd_grpc_call *call, bool is_end)
{
        struct pd_grpc_head *head = &call->head;
        bool is_first = !head->is_whole;

        if (is_informational(head)) {
                head->http_status = 0;
                return;
        }
        head->is_whole = true;
        if (head->bytes > PD_GRPC_MAX_HEADER_BYTES)
                pd_grpc_call_end(call, PD_GRPC_RESOURCE_EXHAUSTED,
                                 "the answer has too many header lines", false);
        else if (head->http_status != 200 && !head->has_code)
                end_http(call);
        else if (!head->is_grpc && !head->has_code)
                pd_grpc_call_end(call, PD_GRPC_UNKNOWN,
                                 "the answer's content-type is not application/grpc", false);
        else if (is_first && !is_end)
                tell_headers(call);
}
