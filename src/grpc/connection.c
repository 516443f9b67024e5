/* connection.c - a socket with a session on it. */
#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"

/** Read at once, and so often before others have their turn. */
#define READ_BYTES (64 * 1024)
#define READS      8

struct pd_grpc_connection {
        struct pd_loop *loop;
        struct pd_grpc_session *session;
        const struct pd_grpc_connection_ops *ops; /**< NULL: freed, but for what is under way */
        void *owner;
        struct pd_arena texts; /**< peer, authority and user agent */
        struct pd_watch watch;
        struct pd_task flush;
        struct pd_timer linger;
        uint8_t *pending; /**< bytes that the socket has not taken; NULL: none */
        size_t pending_from, pending_to;
        unsigned busy;     /**< our functions are below: not to be released now */
        bool is_lingering; /**< all is said: waits for the peer to close */
        bool is_closed;    /**< the owner has been told */
};

static void connection_release(struct pd_grpc_connection *connection)
{
        pd_loop_unwatch(connection->loop, &connection->watch);
        pd_loop_forget(connection->loop, &connection->flush);
        pd_loop_clear_timer(connection->loop, &connection->linger);
        (void)close(connection->watch.fd);
        pd_grpc_session_free(connection->session);
        free(connection->pending);
        pd_arena_done(&connection->texts);
        free(connection);
}

static void enter(struct pd_grpc_connection *connection)
{
        connection->busy++;
}

static void leave(struct pd_grpc_connection *connection)
{
        if (--connection->busy == 0 && connection->ops == NULL)
                connection_release(connection);
}

static void close_with(struct pd_grpc_connection *connection, const struct pd_err *why)
{
        if (connection->is_closed || connection->ops == NULL)
                return;
        connection->is_closed = true;
        pd_loop_unwatch(connection->loop, &connection->watch);
        pd_loop_forget(connection->loop, &connection->flush);
        pd_loop_clear_timer(connection->loop, &connection->linger);
        pd_grpc_session_lose(connection->session,
                             why->code == PD_OK ? "the connection was closed" : why->msg);
        if (connection->ops != NULL)
                connection->ops->closed(connection->owner, connection, why);
}

/* The peer went wrong: it is to blame; else the socket failed. */
static void close_failed(struct pd_grpc_connection *connection, const char *what, int sys)
{
        const struct pd_grpc_session *session = connection->session;
        struct pd_err why = {0};

        if (session->has_failed)
                (void)pd_fail(&why, PD_E_BAD_GATEWAY, 0, "%s %s", session->options.peer,
                              session->reason);
        else
                (void)pd_fail(&why, PD_E_UNAVAILABLE, sys, "%s %s", what, session->options.peer);
        close_with(connection, &why);
}

/* All is said on both sides, unless what we said was what is wrong. */
static void close_done(struct pd_grpc_connection *connection)
{
        const struct pd_err in_order = {.code = PD_OK};

        if (connection->session->has_failed)
                close_failed(connection, "", 0);
        else
                close_with(connection, &in_order);
}

static uint32_t wanted(const struct pd_grpc_connection *connection)
{
        bool is_stuck = connection->pending != NULL;
        bool reads =
                !is_stuck || pd_grpc_session_backlog(connection->session) <= PD_GRPC_MAX_BACKLOG;

        return (reads ? EPOLLIN : 0U) | (is_stuck ? EPOLLOUT : 0U);
}

static void watch_again(struct pd_grpc_connection *connection)
{
        uint32_t events = wanted(connection);

        if (!connection->is_closed && events != connection->watch.events)
                pd_loop_rewatch(connection->loop, &connection->watch, events);
}

/* All is said and heard: our side is closed, and the peer's awaited, so that nothing that is on its
 * way makes the kernel reset what the peer has not read yet. */
static void linger(struct pd_grpc_connection *connection)
{
        if (connection->is_lingering)
                return;
        connection->is_lingering = true;
        (void)shutdown(connection->watch.fd, SHUT_WR);
        pd_loop_set_timer(connection->loop, &connection->linger,
                          pd_clock_mono_us() + (int64_t)PD_GRPC_LINGER_MS * 1000);
}

static ssize_t write_some(int fd, const uint8_t *bytes, size_t len)
{
        ssize_t written;

        do {
                written = send(fd, bytes, len, MSG_NOSIGNAL);
        } while (written < 0 && errno == EINTR);
        if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
                return 0;
        return written;
}

/* The socket has taken less than there was. */
static int keep_pending(struct pd_grpc_connection *connection, const uint8_t *bytes, size_t len)
{
        connection->pending = malloc(len);
        if (connection->pending == NULL) {
                errno = ENOMEM;
                return -1;
        }
        memcpy(connection->pending, bytes, len);
        connection->pending_from = 0;
        connection->pending_to = len;
        return 0;
}

static int write_pending(struct pd_grpc_connection *connection)
{
        ssize_t written;

        if (connection->pending == NULL)
                return 0;
        written = write_some(connection->watch.fd, connection->pending + connection->pending_from,
                             connection->pending_to - connection->pending_from);
        if (written < 0)
                return -1;
        connection->pending_from += (size_t)written;
        if (connection->pending_from == connection->pending_to) {
                free(connection->pending);
                connection->pending = NULL;
        }
        return 0;
}

/* 0: all is out, or the socket takes no more. */
static int write_all(struct pd_grpc_connection *connection)
{
        uint8_t bytes[PD_GRPC_PRODUCE_BYTES];

        if (write_pending(connection) < 0)
                return -1;
        while (connection->pending == NULL) {
                ssize_t written;
                ssize_t len = pd_grpc_session_produce(connection->session, bytes, sizeof(bytes));

                if (len <= 0)
                        return (int)len;
                written = write_some(connection->watch.fd, bytes, (size_t)len);
                if (written < 0 || (written < len && keep_pending(connection, bytes + written,
                                                                  (size_t)(len - written)) < 0))
                        return -1;
        }
        return 0;
}

static void flush(struct pd_grpc_connection *connection)
{
        if (connection->is_closed || connection->is_lingering || connection->ops == NULL)
                return;
        if (write_all(connection) < 0) {
                close_failed(connection, "cannot send to", errno);
                return;
        }
        if (connection->pending == NULL && pd_grpc_session_is_over(connection->session))
                linger(connection);
        watch_again(connection);
}

static void flush_task(struct pd_task *task)
{
        struct pd_grpc_connection *connection = PD_OWNER_OF(task, struct pd_grpc_connection, flush);

        enter(connection);
        flush(connection);
        leave(connection);
}

static void ended_by_peer(struct pd_grpc_connection *connection)
{
        if (connection->is_lingering ||
            (connection->session->calls.count == 0 && connection->session->is_settled))
                close_done(connection);
        else
                close_failed(connection, "connection closed by", 0);
}

/* Whether there may be more to read now. */
static bool read_once(struct pd_grpc_connection *connection)
{
        uint8_t bytes[READ_BYTES];
        ssize_t len = recv(connection->watch.fd, bytes, sizeof(bytes), 0);

        if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
                return false;
        if (len < 0) {
                close_failed(connection, "cannot receive from", errno);
                return false;
        }
        if (len == 0) {
                ended_by_peer(connection);
                return false;
        }
        if (connection->is_lingering)
                return true;
        if (pd_grpc_session_receive(connection->session, bytes, (size_t)len) < 0) {
                (void)write_all(connection); /* a last word, if it can be said */
                close_failed(connection, "cannot understand", 0);
                return false;
        }
        return len == sizeof(bytes);
}

static void ready(struct pd_watch *watch, uint32_t events)
{
        struct pd_grpc_connection *connection =
                PD_OWNER_OF(watch, struct pd_grpc_connection, watch);

        enter(connection);
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
                for (int i = 0; i < READS && read_once(connection); i++) {
                        if (connection->is_closed || connection->ops == NULL)
                                break;
                }
        }
        if (connection->ops != NULL && !connection->is_closed)
                pd_loop_later(connection->loop, &connection->flush);
        leave(connection);
}

static void linger_is_over(struct pd_timer *timer)
{
        struct pd_grpc_connection *connection =
                PD_OWNER_OF(timer, struct pd_grpc_connection, linger);

        enter(connection);
        close_done(connection);
        leave(connection);
}

/* What the session tells is passed on, as long as somebody listens. */

static void session_wants_to_send(void *owner)
{
        struct pd_grpc_connection *connection = owner;

        if (!connection->is_closed && connection->ops != NULL)
                pd_loop_later(connection->loop, &connection->flush);
}

static void session_is_ready(void *owner)
{
        struct pd_grpc_connection *connection = owner;

        if (connection->ops != NULL)
                connection->ops->ready(connection->owner, connection);
}

static void session_is_going(void *owner)
{
        struct pd_grpc_connection *connection = owner;

        if (connection->ops != NULL)
                connection->ops->going(connection->owner, connection);
}

static void session_calls_changed(void *owner)
{
        struct pd_grpc_connection *connection = owner;

        if (connection->ops != NULL)
                connection->ops->calls_changed(connection->owner, connection);
}

static const struct pd_grpc_method *session_find_method(void *owner, const char *path, size_t len)
{
        struct pd_grpc_connection *connection = owner;

        return connection->ops != NULL ? connection->ops->find_method(connection->owner, path, len)
                                       : NULL;
}

static const struct pd_grpc_session_ops session_ops = {
        .wants_to_send = session_wants_to_send,
        .is_ready = session_is_ready,
        .is_going = session_is_going,
        .calls_changed = session_calls_changed,
        .find_method = session_find_method,
};

/* The texts of the options in memory of ours. */
static int copy_texts(struct pd_grpc_connection *connection,
                      struct pd_grpc_session_options *options)
{
        const char **texts[] = {&options->peer, &options->authority, &options->user_agent};

        for (size_t i = 0; i < PD_COUNT(texts); i++) {
                *texts[i] = pd_arena_string(&connection->texts, *texts[i] != NULL ? *texts[i] : "");
                if (*texts[i] == NULL)
                        return -1;
        }
        return 0;
}

int pd_grpc_connection_new(struct pd_loop *loop, int fd,
                           const struct pd_grpc_session_options *options,
                           const struct pd_grpc_connection_owner *owner,
                           struct pd_grpc_connection **ret, struct pd_err *err)
{
        struct pd_grpc_session_options own = *options;
        struct pd_grpc_connection *connection = calloc(1, sizeof(*connection));

        if (connection == NULL) {
                (void)close(fd);
                return pd_fail_memory(err, "a connection");
        }
        connection->loop = loop;
        connection->ops = owner->ops;
        connection->owner = owner->self;
        connection->watch = (struct pd_watch){.ready = ready, .fd = fd};
        connection->flush.run = flush_task;
        connection->linger.due = linger_is_over;
        if (copy_texts(connection, &own) < 0) {
                connection_release(connection);
                return pd_fail_memory(err, "a connection");
        }
        if (pd_grpc_session_new(loop, &own, &session_ops, connection, &connection->session, err) <
                    0 ||
            pd_loop_watch(loop, &connection->watch, EPOLLIN, err) < 0) {
                connection_release(connection);
                return -1;
        }
        pd_loop_later(loop, &connection->flush);
        *ret = connection;
        return 0;
}

void pd_grpc_connection_free(struct pd_grpc_connection *connection)
{
        if (connection == NULL || connection->ops == NULL)
                return;

        enter(connection);
        connection->ops = NULL;
        pd_grpc_session_drop(connection->session);
        pd_loop_unwatch(connection->loop, &connection->watch);
        pd_loop_forget(connection->loop, &connection->flush);
        leave(connection);
}

void pd_grpc_connection_shut_down(struct pd_grpc_connection *connection)
{
        pd_grpc_session_shut_down(connection->session);
}

bool pd_grpc_connection_has_room(const struct pd_grpc_connection *connection)
{
        return !connection->is_closed && pd_grpc_session_has_room(connection->session);
}

int pd_grpc_connection_open(struct pd_grpc_connection *connection, struct pd_grpc_call *call,
                            struct pd_err *err)
{
        return pd_grpc_session_open(connection->session, call, err);
}

size_t pd_grpc_connection_calls(const struct pd_grpc_connection *connection)
{
        return connection->session->calls.count;
}

bool pd_grpc_connection_is_ready(const struct pd_grpc_connection *connection)
{
        return connection->session->is_settled;
}

const char *pd_grpc_connection_peer(const struct pd_grpc_connection *connection)
{
        return connection->session->options.peer;
}
