/*
 * stream.h - an answer that goes on when its handler has returned: server-sent events and the like.
 *
 * Any thread writes it. What the client has not taken yet is kept, within a limit; while there is
 * nothing to send the connection is suspended and costs no thread.
 */
#ifndef PD_HTTPD_STREAM_H
#define PD_HTTPD_STREAM_H

#include "httpd/httpd.h"

/** Most bytes that wait for the client. */
#define PD_HTTP_STREAM_MAX_BYTES (1024 * 1024)

struct pd_http_stream;

/** What its writer is told, on a thread of the server. May not call anything of this header. */
struct pd_http_stream_ops {
        /** There was no room, and half of what waited has gone. */
        void (*has_room)(void *user);
        /** The client is gone. Nothing is told after it. */
        void (*is_gone)(void *user);
};

/** With one holder. */
int pd_http_stream_new(const struct pd_http_stream_ops *ops, void *user,
                       struct pd_http_stream **ret, struct pd_err *err) PD_MUST_CHECK;

struct pd_http_stream *pd_http_stream_hold(struct pd_http_stream *stream); /**< one holder more */
void pd_http_stream_release(struct pd_http_stream *stream); /**< one less. NULL is fine */

/** Answer with the stream, which may hold something already, or have ended. A handler's last word.
 */
void pd_http_reply_stream(struct pd_http_exchange *exchange, int status, const char *type,
                          struct pd_http_stream *stream);

/** Take over bytes to be sent, all or none. -1: no room (wait to be told), no memory, or it is
 * over. */
int pd_http_stream_write(struct pd_http_stream *stream, const void *bytes,
                         size_t len) PD_MUST_CHECK;

/** The answer ends behind what was written. When this returns, nothing is told any more. */
void pd_http_stream_end(struct pd_http_stream *stream);

PD_DEFINE_AUTO(struct pd_http_stream, pd_http_stream_release)

#endif
