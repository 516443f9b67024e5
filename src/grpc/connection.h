/* connection.h - a socket with a session on it: carries the bytes between both. */
#ifndef PD_GRPC_CONNECTION_H
#define PD_GRPC_CONNECTION_H

#include "session.h"

/** Most frames, data apart, that wait for a peer that does not read; then it is not read either. */
#define PD_GRPC_MAX_BACKLOG 1000
/** Longest wait for a peer to close after we have said everything. */
#define PD_GRPC_LINGER_MS 2000

struct pd_grpc_connection;

/** What an owner is told; never from within a function that it calls. */
struct pd_grpc_connection_ops {
        void (*ready)(void *owner, struct pd_grpc_connection *connection);
        void (*going)(void *owner, struct pd_grpc_connection *connection); /**< no further calls */
        void (*calls_changed)(void *owner, struct pd_grpc_connection *connection);
        /** Its calls have ended; the owner frees it, now or later. `why` has code PD_OK when both
         * sides had said good bye. */
        void (*closed)(void *owner, struct pd_grpc_connection *connection,
                       const struct pd_err *why);
        /** A server: the method of that path; NULL: none. */
        const struct pd_grpc_method *(*find_method)(void *owner, const char *path, size_t len);
};

/** Who is told. */
struct pd_grpc_connection_owner {
        const struct pd_grpc_connection_ops *ops;
        void *self; /**< their first argument */
};

/** Takes over `fd`, connected and not blocking, also when it fails. What the options point to is
 * copied, but `app`. */
int pd_grpc_connection_new(struct pd_loop *loop, int fd,
                           const struct pd_grpc_session_options *options,
                           const struct pd_grpc_connection_owner *owner,
                           struct pd_grpc_connection **ret, struct pd_err *err) PD_MUST_CHECK;

/** Its calls are dropped, nobody is told; a good bye is sent if the socket takes it. From any
 * event, its own included. NULL is fine. */
void pd_grpc_connection_free(struct pd_grpc_connection *connection);

/** End it in order: no further calls, `closed` when those that run have ended. */
void pd_grpc_connection_shut_down(struct pd_grpc_connection *connection);

bool pd_grpc_connection_has_room(const struct pd_grpc_connection *connection); /**< for a call */
int pd_grpc_connection_open(struct pd_grpc_connection *connection, struct pd_grpc_call *call,
                            struct pd_err *err) PD_MUST_CHECK;
size_t pd_grpc_connection_calls(const struct pd_grpc_connection *connection);
bool pd_grpc_connection_is_ready(const struct pd_grpc_connection *connection);
const char *pd_grpc_connection_peer(const struct pd_grpc_connection *connection);

PD_DEFINE_AUTO(struct pd_grpc_connection, pd_grpc_connection_free)

#endif
