/* submit.c - header lines that we send: a request, the head of an answer, its trailers. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "session.h"
#include "wire.h"

/** Header lines of ours beside metadata. */
#define OWN_LINES 10
/** So many lines in all need no memory of their own. */
#define FEW_LINES 16

/** Lines to be sent; `at` is `few`, or the call's arena's. */
struct lines {
        nghttp2_nv *at;
        size_t count;
        nghttp2_nv few[FEW_LINES];
};

static int lines_begin(struct lines *lines, struct pd_grpc_call *call)
{
        size_t most = OWN_LINES + call->out.count;

        lines->count = 0;
        lines->at = most <= FEW_LINES ? lines->few
                                      : pd_arena_alloc(&call->arena, most, sizeof(*lines->at));
        return lines->at != NULL ? 0 : -1;
}

/* nghttp2 copies what is not constant. */
static void add(struct lines *lines, const char *name, const char *value, size_t len, uint8_t flags)
{
        lines->at[lines->count++] = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)name,
                                                 .namelen = strlen(name),
                                                 .value = (uint8_t *)(uintptr_t)value,
                                                 .valuelen = len,
                                                 .flags = flags};
}

static void add_constant(struct lines *lines, const char *name, const char *value)
{
        add(lines, name, value, strlen(value),
            NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE);
}

static void add_text(struct lines *lines, const char *name, const char *value)
{
        add(lines, name, value, strlen(value), NGHTTP2_NV_FLAG_NO_COPY_NAME);
}

static void add_metadata(struct lines *lines, struct pd_grpc_call *call)
{
        for (size_t i = 0; i < call->out.count; i++)
                add(lines, call->out.at[i].name, call->out.at[i].value, call->out.at[i].len,
                    NGHTTP2_NV_FLAG_NONE);
        call->out = (struct pd_grpc_entries){0};
}

static void add_timeout(struct lines *lines, const struct pd_grpc_call *call,
                        char text[PD_GRPC_TIMEOUT_SIZE])
{
        int64_t deadline_us = pd_grpc_call_deadline_us(call);

        if (deadline_us == 0)
                return;
        pd_grpc_timeout_write(deadline_us - pd_clock_mono_us(), text);
        add_text(lines, "grpc-timeout", text);
}

int pd_grpc_session_open(struct pd_grpc_session *session, struct pd_grpc_call *call,
                         struct pd_err *err)
{
        nghttp2_data_provider data = {.read_callback = pd_grpc_h2_data};
        char timeout[PD_GRPC_TIMEOUT_SIZE];
        struct lines lines;

        assert(call->session == NULL && call->list == NULL);
        if (lines_begin(&lines, call) < 0)
                return pd_fail_memory(err, "a request");

        add_constant(&lines, ":method", "POST");
        add_constant(&lines, ":scheme", "http");
        add_text(&lines, ":path", call->path);
        add_text(&lines, ":authority", session->options.authority);
        add_constant(&lines, "te", "trailers");
        add_constant(&lines, "content-type", "application/grpc");
        add_text(&lines, "user-agent", session->options.user_agent);
        add_constant(&lines, "grpc-accept-encoding", "identity");
        add_timeout(&lines, call, timeout);
        add_metadata(&lines, call);

        call->stream =
                nghttp2_submit_request(session->h2, NULL, lines.at, lines.count, &data, call);
        if (call->stream < 0)
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "no stream for '%s': %s", call->path,
                               nghttp2_strerror(call->stream));
        call->session = session;
        pd_grpc_calls_add(&session->calls, call);
        session->ops->wants_to_send(session->owner);
        return 0;
}

/* The status, and the text as it goes on the wire, which `text` keeps. */
static void add_status(struct lines *lines, const struct pd_grpc_call *call, char digits[12],
                       struct pd_buf *text)
{
        (void)snprintf(digits, 12, "%d", (int)call->reply.code);
        add_text(lines, "grpc-status", digits);
        pd_grpc_percent_encode(text, call->reply.message);
        if (text->failed == 0 && text->len > 0)
                add(lines, "grpc-message", text->data, text->len, NGHTTP2_NV_FLAG_NO_COPY_NAME);
}

static void add_answer(struct lines *lines)
{
        add_constant(lines, ":status", "200");
        add_constant(lines, "content-type", "application/grpc");
        add_constant(lines, "grpc-accept-encoding", "identity");
}

void pd_grpc_session_answer(struct pd_grpc_session *session, struct pd_grpc_call *call, bool is_all)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_GRPC_MAX_HEADER_BYTES);
        nghttp2_data_provider data = {.read_callback = pd_grpc_h2_data};
        char digits[12];
        struct lines lines;

        call->has_sent_headers = true;
        if (lines_begin(&lines, call) < 0) {
                pd_grpc_session_reset(session, call, NGHTTP2_INTERNAL_ERROR);
                return;
        }
        add_answer(&lines);
        if (is_all)
                add_status(&lines, call, digits, &text);
        add_metadata(&lines, call);
        if (nghttp2_submit_response(session->h2, call->stream, lines.at, lines.count,
                                    is_all ? NULL : &data) != 0)
                pd_grpc_session_reset(session, call, NGHTTP2_INTERNAL_ERROR);
        session->ops->wants_to_send(session->owner);
}

int pd_grpc_session_trail(struct pd_grpc_session *session, struct pd_grpc_call *call)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_GRPC_MAX_HEADER_BYTES);
        char digits[12];
        struct lines lines;

        if (lines_begin(&lines, call) < 0)
                return -1;
        add_status(&lines, call, digits, &text);
        add_metadata(&lines, call);
        return nghttp2_submit_trailer(session->h2, call->stream, lines.at, lines.count);
}
