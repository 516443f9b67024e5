/* h2.c - nghttp2 with our options, and what it calls back. */
#include <string.h>

#include "base/own.h"
#include "session.h"
#include "wire.h"

/** Bytes of the header of an HTTP/2 frame. */
#define FRAME_HEADER_BYTES 9
/** Of header lines over the limit that much is borne before the connection is ended. */
#define HEADER_BYTES_BORNE 4

static struct pd_grpc_call *call_of(nghttp2_session *h2, int32_t stream)
{
        return nghttp2_session_get_stream_user_data(h2, stream);
}

/* A new stream of a client. Without memory it is reset by what this returns. */
static int begin_request(struct pd_grpc_session *session, int32_t stream)
{
        struct pd_grpc_call *call =
                pd_grpc_call_new(session->loop, NULL, session->options.max_message);

        if (call == NULL)
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;

        call->is_server = true;
        call->session = session;
        call->untold = session->options.untold;
        call->stream = stream;
        pd_grpc_calls_add(&session->calls, call);
        (void)nghttp2_session_set_stream_user_data(session->h2, stream, call); /* it exists */
        session->ops->calls_changed(session->owner);
        return 0;
}

static int on_begin_headers(nghttp2_session *h2, const nghttp2_frame *frame, void *user)
{
        struct pd_grpc_session *session = user;
        struct pd_grpc_call *call;

        if (frame->hd.type != NGHTTP2_HEADERS)
                return 0;
        if (frame->headers.cat == NGHTTP2_HCAT_REQUEST)
                return begin_request(session, frame->hd.stream_id);
        call = call_of(h2, frame->hd.stream_id);
        if (call != NULL)
                call->head.bytes = 0;
        return 0;
}

static int on_header(nghttp2_session *h2, const nghttp2_frame *frame, nghttp2_rcbuf *name,
                     nghttp2_rcbuf *value, uint8_t flags, void *user)
{
        struct pd_grpc_session *session = user;
        struct pd_grpc_call *call = call_of(h2, frame->hd.stream_id);
        nghttp2_vec name_bytes = nghttp2_rcbuf_get_buf(name);
        nghttp2_vec value_bytes = nghttp2_rcbuf_get_buf(value);
        struct pd_grpc_entry line = {.name = (const char *)name_bytes.base,
                                     .value = (const char *)value_bytes.base,
                                     .len = value_bytes.len};

        (void)flags;
        if (call == NULL)
                return 0;

        call->head.bytes += name_bytes.len + value_bytes.len + 32;
        if (call->head.bytes > HEADER_BYTES_BORNE * PD_GRPC_MAX_HEADER_BYTES) {
                pd_grpc_session_blame(session, "sent more than %d bytes of header lines",
                                      HEADER_BYTES_BORNE * PD_GRPC_MAX_HEADER_BYTES);
                (void)nghttp2_session_terminate_session(h2, NGHTTP2_ENHANCE_YOUR_CALM);
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        }
        if (call->head.bytes <= PD_GRPC_MAX_HEADER_BYTES)
                pd_grpc_head_line(call, &line);
        return 0;
}

static void headers_came(struct pd_grpc_session *session, struct pd_grpc_call *call,
                         const nghttp2_frame *frame)
{
        bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;

        call->busy++;
        if (!call->is_server)
                pd_grpc_answer_came(call, is_end);
        else if (frame->headers.cat == NGHTTP2_HCAT_REQUEST)
                pd_grpc_request_came(session, call);
        if (is_end && call->session != NULL)
                pd_grpc_call_remote_ended(call);
        call->busy--;
        pd_grpc_call_settle(call);
}

static void settings_came(struct pd_grpc_session *session, const nghttp2_frame *frame)
{
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0 || session->is_settled)
                return;
        session->is_settled = true;
        session->ops->is_ready(session->owner);
}

static void goaway_came(struct pd_grpc_session *session, const nghttp2_goaway *goaway)
{
        if (goaway->error_code != NGHTTP2_NO_ERROR)
                pd_grpc_session_blame(session, "sent us away with %s: %.*s",
                                      pd_grpc_reset_name(goaway->error_code),
                                      (int)goaway->opaque_data_len, goaway->opaque_data);
        session->is_going = true;
        session->ops->is_going(session->owner);
}

/* The client has heard that no call is taken any more: those that it sent before are here. */
static void pong_came(struct pd_grpc_session *session, const nghttp2_frame *frame)
{
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0 || !session->awaits_pong)
                return;
        session->awaits_pong = false;
        (void)nghttp2_submit_goaway(session->h2, NGHTTP2_FLAG_NONE,
                                    nghttp2_session_get_last_proc_stream_id(session->h2),
                                    NGHTTP2_NO_ERROR, NULL, 0);
}

static int on_frame_recv(nghttp2_session *h2, const nghttp2_frame *frame, void *user)
{
        struct pd_grpc_session *session = user;
        struct pd_grpc_call *call;

        switch (frame->hd.type) {
        case NGHTTP2_HEADERS:
        case NGHTTP2_DATA:
                call = call_of(h2, frame->hd.stream_id);
                if (call == NULL)
                        break;
                if (frame->hd.type == NGHTTP2_HEADERS)
                        headers_came(session, call, frame);
                else if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
                        pd_grpc_call_remote_ended(call);
                break;
        case NGHTTP2_SETTINGS:
                settings_came(session, frame);
                break;
        case NGHTTP2_GOAWAY:
                goaway_came(session, &frame->goaway);
                break;
        case NGHTTP2_PING:
                pong_came(session, frame);
                break;
        default:
                break;
        }
        return 0;
}

static int on_data_chunk(nghttp2_session *h2, uint8_t flags, int32_t stream, const uint8_t *bytes,
                         size_t len, void *user)
{
        struct pd_grpc_call *call = call_of(h2, stream);

        (void)flags;
        (void)user;
        (void)nghttp2_session_consume_connection(h2, len); /* fails for want of memory alone, and
                                                              then the peer waits a little longer */
        if (call != NULL)
                pd_grpc_call_data_came(call, bytes, len);
        return 0;
}

static int on_stream_close(nghttp2_session *h2, int32_t stream, uint32_t error_code, void *user)
{
        struct pd_grpc_session *session = user;
        struct pd_grpc_call *call = call_of(h2, stream);

        if (call == NULL)
                return 0;
        (void)nghttp2_session_set_stream_user_data(h2, stream, NULL);
        pd_grpc_call_stream_closed(call, error_code);
        session->ops->calls_changed(session->owner);
        return 0;
}

static void goaway_sent(struct pd_grpc_session *session, const nghttp2_goaway *goaway)
{
        if (goaway->error_code == NGHTTP2_INTERNAL_ERROR)
                pd_grpc_session_blame(session,
                                      "resets too many streams"); /* nghttp2's word for it */
        else if (goaway->error_code != NGHTTP2_NO_ERROR)
                pd_grpc_session_blame(session, "broke HTTP/2: %s%s%.*s",
                                      pd_grpc_reset_name(goaway->error_code),
                                      goaway->opaque_data_len > 0 ? ": " : "",
                                      (int)goaway->opaque_data_len, goaway->opaque_data);
}

/* nghttp2 limits the streams that a client resets; those that it makes us reset begin calls, and
 * end them, just as well. */
static void reset_sent(struct pd_grpc_session *session, uint32_t error_code)
{
        if (error_code != NGHTTP2_PROTOCOL_ERROR && error_code != NGHTTP2_FLOW_CONTROL_ERROR &&
            error_code != NGHTTP2_STREAM_CLOSED)
                return;
        if (++session->faults < PD_GRPC_MAX_FAULTS)
                return;
        pd_grpc_session_blame(session, "broke the rules of %d streams", PD_GRPC_MAX_FAULTS);
        (void)nghttp2_session_terminate_session(session->h2, NGHTTP2_ENHANCE_YOUR_CALM);
}

/* A server that has said all ends the stream, whether or not the client has. */
static void part_sent(struct pd_grpc_session *session, const nghttp2_frame_hd *head)
{
        struct pd_grpc_call *call = call_of(session->h2, head->stream_id);

        if (call != NULL)
                call->was_sent = true;
        if (session->options.is_server && (head->flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
            nghttp2_session_get_stream_remote_close(session->h2, head->stream_id) == 0)
                (void)nghttp2_submit_rst_stream(session->h2, NGHTTP2_FLAG_NONE, head->stream_id,
                                                NGHTTP2_NO_ERROR);
}

static int on_frame_send(nghttp2_session *h2, const nghttp2_frame *frame, void *user)
{
        struct pd_grpc_session *session = user;

        (void)h2;
        switch (frame->hd.type) {
        case NGHTTP2_HEADERS:
        case NGHTTP2_DATA:
                part_sent(session, &frame->hd);
                break;
        case NGHTTP2_RST_STREAM:
                reset_sent(session, frame->rst_stream.error_code);
                break;
        case NGHTTP2_GOAWAY:
                goaway_sent(session, &frame->goaway);
                break;
        default:
                break;
        }
        return 0;
}

/* The room that pd_grpc_h2_data() has promised to fill. */
static int on_send_data(nghttp2_session *h2, nghttp2_frame *frame, const uint8_t *head, size_t len,
                        nghttp2_data_source *source, void *user)
{
        struct pd_grpc_session *session = user;
        struct pd_grpc_call *call = call_of(h2, frame->hd.stream_id);

        (void)source;
        if (call == NULL || (call->is_final && len > 0) || call->unsent.bytes < len)
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        if (session->out_room - session->out_len < FRAME_HEADER_BYTES + len)
                return NGHTTP2_ERR_WOULDBLOCK;

        memcpy(session->out + session->out_len, head, FRAME_HEADER_BYTES);
        session->out_len += FRAME_HEADER_BYTES;
        pd_grpc_unsent_take(&call->unsent, session->out + session->out_len, len);
        session->out_len += len;
        if (call->was_full && call->unsent.bytes <= PD_GRPC_MAX_UNSENT_BYTES / 2 &&
            call->unsent.count <= PD_GRPC_MAX_UNSENT_MESSAGES / 2)
                pd_grpc_call_stir(call);
        return 0;
}

ssize_t pd_grpc_h2_data(nghttp2_session *h2, int32_t stream, uint8_t *bytes, size_t room,
                        uint32_t *flags, nghttp2_data_source *source, void *user)
{
        struct pd_grpc_session *session = user;
        struct pd_grpc_call *call = call_of(h2, stream);
        size_t len;

        (void)bytes;
        (void)source;
        if (call == NULL)
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        if (call->unsent.bytes == 0 && call->local == PD_GRPC_LOCAL_OPEN) {
                call->is_deferred = true;
                return NGHTTP2_ERR_DEFERRED;
        }

        len = call->unsent.bytes < room ? call->unsent.bytes : room;
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (len == call->unsent.bytes && call->local != PD_GRPC_LOCAL_OPEN) {
                call->local = PD_GRPC_LOCAL_CLOSED;
                *flags |= NGHTTP2_DATA_FLAG_EOF;
                if (call->is_server && pd_grpc_session_trail(session, call) == 0)
                        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        }
        return (ssize_t)len;
}

static ssize_t on_frame_length(nghttp2_session *h2, uint8_t type, int32_t stream,
                               int32_t connection_window, int32_t stream_window, uint32_t peer_most,
                               void *user)
{
        (void)h2;
        (void)type;
        (void)stream;
        (void)connection_window;
        (void)stream_window;
        (void)user;
        return peer_most < PD_GRPC_FRAME_BYTES ? peer_most : PD_GRPC_FRAME_BYTES;
}

static void set_callbacks(nghttp2_session_callbacks *callbacks)
{
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
        nghttp2_session_callbacks_set_on_header_callback2(callbacks, on_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
        nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
        nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks, on_frame_length);
}

static void callbacks_free(nghttp2_session_callbacks **callbacks)
{
        nghttp2_session_callbacks_del(*callbacks);
}

static void option_free(nghttp2_option **option)
{
        nghttp2_option_del(*option);
}

/* Windows are given back by us alone; closed streams are not kept for priorities; and a message of
 * a status that ends with a blank, which grpc-go and grpcio send as it is, costs no call. */
int pd_grpc_h2_new(struct pd_grpc_session *session)
{
        pd_auto(callbacks_free) nghttp2_session_callbacks *callbacks = NULL;
        pd_auto(option_free) nghttp2_option *option = NULL;

        if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0)
                return -1;

        set_callbacks(callbacks);
        nghttp2_option_set_no_auto_window_update(option, 1);
        nghttp2_option_set_no_closed_streams(option, 1);
        nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, 1);
        nghttp2_option_set_stream_reset_rate_limit(option, PD_GRPC_RESETS_AT_ONCE,
                                                   PD_GRPC_RESETS_A_SECOND);
        return session->options.is_server
                       ? nghttp2_session_server_new2(&session->h2, callbacks, session, option)
                       : nghttp2_session_client_new2(&session->h2, callbacks, session, option);
}
