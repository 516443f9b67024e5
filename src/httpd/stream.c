/* stream.c - bytes between a writer and the connection that sends them. */
#include "stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "exchange.h"

/* What the server library asks for at once. */
#define BLOCK_BYTES (32 * 1024)

struct pd_http_stream {
        pthread_mutex_t
                lock; /* for what follows, and while the writer is told something: it may go */
        struct pd_buf waiting;
        size_t sent;                      /* of what waits, what has gone */
        struct MHD_Connection *suspended; /* NULL: it is not */
        unsigned holders;
        bool is_ended;
        bool is_closed;
        bool wants_room;
        const struct pd_http_stream_ops *ops;
        void *user;
};

/* Unlocks. */
static void let_go(struct pd_http_stream *stream)
{
        bool is_last = --stream->holders == 0;

        (void)pthread_mutex_unlock(&stream->lock);
        if (!is_last)
                return;
        pd_buf_done(&stream->waiting);
        (void)pthread_mutex_destroy(&stream->lock);
        free(stream);
}

int pd_http_stream_new(const struct pd_http_stream_ops *ops, void *user,
                       struct pd_http_stream **ret, struct pd_err *err)
{
        struct pd_http_stream *stream = calloc(1, sizeof(*stream));

        if (stream == NULL)
                return pd_fail_memory(err, "a stream");
        (void)pthread_mutex_init(&stream->lock, NULL);
        stream->waiting = (struct pd_buf)PD_BUF_INIT(2 * PD_HTTP_STREAM_MAX_BYTES);
        stream->holders = 1;
        stream->ops = ops;
        stream->user = user;
        *ret = stream;
        return 0;
}

/* The connection goes on, now that there is something to do. */
static void wake(struct pd_http_stream *stream)
{
        struct MHD_Connection *connection = pd_steal(&stream->suspended);

        if (connection != NULL)
                MHD_resume_connection(connection);
}

int pd_http_stream_write(struct pd_http_stream *stream, const void *bytes, size_t len)
{
        int result = -1;

        (void)pthread_mutex_lock(&stream->lock);
        if (stream->waiting.len - stream->sent + len > PD_HTTP_STREAM_MAX_BYTES) {
                stream->wants_room = true;
        } else if (!stream->is_closed && !stream->is_ended) {
                pd_buf_put(&stream->waiting, bytes, len);
                result = stream->waiting.failed == 0 ? 0 : -1;
                wake(stream);
        }
        (void)pthread_mutex_unlock(&stream->lock);
        return result;
}

void pd_http_stream_end(struct pd_http_stream *stream)
{
        (void)pthread_mutex_lock(&stream->lock);
        stream->is_ended = true;
        stream->ops = NULL;
        wake(stream);
        (void)pthread_mutex_unlock(&stream->lock);
}

struct pd_http_stream *pd_http_stream_hold(struct pd_http_stream *stream)
{
        (void)pthread_mutex_lock(&stream->lock);
        stream->holders++;
        (void)pthread_mutex_unlock(&stream->lock);
        return stream;
}

void pd_http_stream_release(struct pd_http_stream *stream)
{
        if (stream == NULL)
                return;
        (void)pthread_mutex_lock(&stream->lock);
        let_go(stream);
}

/* The server's part. */

/* What has gone is thrown away when it is as much as what waits. */
static void tidy(struct pd_http_stream *stream)
{
        size_t left = stream->waiting.len - stream->sent;

        if (stream->sent < left)
                return;
        memmove(stream->waiting.data, stream->waiting.data + stream->sent, left);
        pd_buf_cut(&stream->waiting, left);
        stream->sent = 0;
}

static size_t take(struct pd_http_stream *stream, char *bytes, size_t room)
{
        size_t left = stream->waiting.len - stream->sent;
        size_t len = left < room ? left : room;

        memcpy(bytes, stream->waiting.data + stream->sent, len);
        stream->sent += len;
        tidy(stream);
        return len;
}

static bool owes_room(struct pd_http_stream *stream)
{
        bool does = stream->wants_room &&
                    stream->waiting.len - stream->sent <= PD_HTTP_STREAM_MAX_BYTES / 2;

        if (does)
                stream->wants_room = false;
        return does;
}

/* What a response of a stream is made for. */
struct reading {
        struct pd_http_stream *stream;
        struct MHD_Connection *connection;
};

static ssize_t read_stream(void *context, uint64_t at, char *bytes, size_t room)
{
        struct reading *reading = context;
        struct pd_http_stream *stream = reading->stream;
        ssize_t result;

        (void)at;
        (void)pthread_mutex_lock(&stream->lock);
        if (stream->waiting.len > stream->sent) {
                result = (ssize_t)take(stream, bytes, room);
        } else if (stream->is_ended) {
                result = MHD_CONTENT_READER_END_OF_STREAM;
        } else {
                stream->suspended = reading->connection;
                MHD_suspend_connection(reading->connection);
                result = 0;
        }
        if (owes_room(stream) && stream->ops != NULL)
                stream->ops->has_room(stream->user);
        (void)pthread_mutex_unlock(&stream->lock);
        return result;
}

void pd_stream_close(struct pd_http_stream *stream)
{
        if (stream == NULL)
                return;
        (void)pthread_mutex_lock(&stream->lock);
        stream->is_closed = true;
        stream->suspended = NULL;
        if (stream->ops != NULL)
                stream->ops->is_gone(stream->user);
        stream->ops = NULL;
        let_go(stream);
}

static void reading_free(void *context)
{
        struct reading *reading = context;

        pd_stream_close(reading->stream);
        free(reading);
}

struct MHD_Response *pd_stream_response(struct pd_http_stream *stream,
                                        struct MHD_Connection *connection)
{
        struct reading *reading = malloc(sizeof(*reading));
        struct MHD_Response *response;

        if (reading == NULL)
                return NULL;
        *reading = (struct reading){.stream = stream, .connection = connection};
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream,
                                                     reading, reading_free);
        if (response == NULL)
                free(reading);
        return response;
}

void pd_http_reply_stream(struct pd_http_exchange *exchange, int status, const char *type,
                          struct pd_http_stream *stream)
{
        pd_http_reply_bytes(exchange, status, type, NULL, 0);
        exchange->reply.stream = pd_http_stream_hold(stream);
}
