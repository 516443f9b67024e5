/* session.c - one HTTP/2 connection without its socket: made, fed, emptied, ended. */
#include "session.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void pd_grpc_session_blame(struct pd_grpc_session *session, const char *fmt, ...)
{
        va_list args;

        if (session->has_failed)
                return;
        session->has_failed = true;
        va_start(args, fmt);
        (void)vsnprintf(session->reason, sizeof(session->reason), fmt, args);
        va_end(args);
        pd_utf8_make_printable(session->reason);
}

static int submit_settings(struct pd_grpc_session *session)
{
        nghttp2_settings_entry settings[] = {
                {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, PD_GRPC_STREAM_WINDOW},
                {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, PD_GRPC_FRAME_BYTES},
                {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, PD_GRPC_MAX_HEADER_BYTES},
                {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        };

        if (session->options.is_server)
                settings[3] = (nghttp2_settings_entry){NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                                       session->options.max_streams};
        return nghttp2_submit_settings(session->h2, NGHTTP2_FLAG_NONE, settings,
                                       PD_COUNT(settings));
}

int pd_grpc_session_new(struct pd_loop *loop, const struct pd_grpc_session_options *options,
                        const struct pd_grpc_session_ops *ops, void *owner,
                        struct pd_grpc_session **ret, struct pd_err *err)
{
        struct pd_grpc_session *session = calloc(1, sizeof(*session));

        if (session == NULL)
                return pd_fail_memory(err, "an HTTP/2 session");

        session->loop = loop;
        session->options = *options;
        session->ops = ops;
        session->owner = owner;
        if (pd_grpc_h2_new(session) != 0 || submit_settings(session) != 0 ||
            nghttp2_session_set_local_window_size(session->h2, NGHTTP2_FLAG_NONE, 0,
                                                  PD_GRPC_CONNECTION_WINDOW) != 0) {
                pd_grpc_session_free(session);
                return pd_fail_memory(err, "an HTTP/2 session");
        }
        *ret = session;
        return 0;
}

void pd_grpc_session_free(struct pd_grpc_session *session)
{
        if (session == NULL)
                return;
        assert(session->calls.first == NULL);
        nghttp2_session_del(session->h2);
        free(session);
}

int pd_grpc_session_receive(struct pd_grpc_session *session, const uint8_t *bytes, size_t len)
{
        ssize_t taken = nghttp2_session_mem_recv(session->h2, bytes, len);

        if (taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC)
                pd_grpc_session_blame(session, "does not speak HTTP/2");
        else if (taken < 0)
                pd_grpc_session_blame(session, "broke HTTP/2: %s", nghttp2_strerror((int)taken));
        return taken < 0 ? -1 : 0;
}

/* What nghttp2 gives goes out before the next is asked for, in several turns if need be. */
static bool carry(struct pd_grpc_session *session)
{
        size_t room = session->out_room - session->out_len;
        size_t len = session->carried_len < room ? session->carried_len : room;

        if (len == 0)
                return session->carried_len == 0;
        memcpy(session->out + session->out_len, session->carried, len);
        session->out_len += len;
        session->carried += len;
        session->carried_len -= len;
        return session->carried_len == 0;
}

ssize_t pd_grpc_session_produce(struct pd_grpc_session *session, uint8_t *out, size_t room)
{
        assert(room >= PD_GRPC_PRODUCE_BYTES);
        session->out = out;
        session->out_room = room;
        session->out_len = 0;

        while (carry(session)) {
                ssize_t len = nghttp2_session_mem_send(session->h2, &session->carried);

                if (len < 0) {
                        pd_grpc_session_blame(session, "%s", nghttp2_strerror((int)len));
                        return -1;
                }
                if (len == 0)
                        break;
                session->carried_len = (size_t)len;
        }
        return (ssize_t)session->out_len;
}

bool pd_grpc_session_is_over(const struct pd_grpc_session *session)
{
        return session->carried_len == 0 && !session->awaits_pong &&
               nghttp2_session_want_read(session->h2) == 0 &&
               nghttp2_session_want_write(session->h2) == 0;
}

size_t pd_grpc_session_backlog(const struct pd_grpc_session *session)
{
        return nghttp2_session_get_outbound_queue_size(session->h2);
}

bool pd_grpc_session_has_room(const struct pd_grpc_session *session)
{
        return session->is_settled && !session->is_going &&
               session->calls.count < nghttp2_session_get_remote_settings(
                                              session->h2, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

void pd_grpc_session_shut_down(struct pd_grpc_session *session)
{
        static const uint8_t good_bye[8] = "goodbye";

        if (session->is_going)
                return;
        session->is_going = true;
        if (!session->options.is_server) {
                (void)nghttp2_session_terminate_session(session->h2, NGHTTP2_NO_ERROR);
        } else {
                session->awaits_pong =
                        nghttp2_submit_shutdown_notice(session->h2) == 0 &&
                        nghttp2_submit_ping(session->h2, NGHTTP2_FLAG_NONE, good_bye) == 0;
        }
        session->ops->wants_to_send(session->owner);
}

void pd_grpc_session_lose(struct pd_grpc_session *session, const char *why)
{
        while (session->calls.first != NULL) {
                struct pd_grpc_call *call = session->calls.first;

                (void)nghttp2_session_set_stream_user_data(session->h2, call->stream, NULL);
                pd_grpc_call_lost(call, why);
        }
}

void pd_grpc_session_drop(struct pd_grpc_session *session)
{
        while (session->calls.first != NULL) {
                struct pd_grpc_call *call = session->calls.first;

                (void)nghttp2_session_set_stream_user_data(session->h2, call->stream, NULL);
                call->is_told = true;
                pd_grpc_call_lost(call, "");
        }
}

void pd_grpc_session_reset(struct pd_grpc_session *session, struct pd_grpc_call *call,
                           uint32_t error_code)
{
        (void)nghttp2_submit_rst_stream(session->h2, NGHTTP2_FLAG_NONE, call->stream, error_code);
        session->ops->wants_to_send(session->owner);
}

void pd_grpc_session_resume(struct pd_grpc_session *session, struct pd_grpc_call *call)
{
        if (call->is_deferred) {
                call->is_deferred = false;
                (void)nghttp2_session_resume_data(session->h2, call->stream);
        }
        session->ops->wants_to_send(session->owner);
}

void pd_grpc_session_consume(struct pd_grpc_session *session, struct pd_grpc_call *call, size_t len)
{
        (void)nghttp2_session_consume_stream(session->h2, call->stream, len);
        session->ops->wants_to_send(session->owner);
}
