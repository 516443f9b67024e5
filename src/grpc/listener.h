/* listener.h - a socket that takes connections, as long as there is room for them. */
#ifndef PD_GRPC_LISTENER_H
#define PD_GRPC_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/own.h"
#include "loop/loop.h"

/** Pause in which nothing is accepted when there is no descriptor or no memory for it. */
#define PD_GRPC_ACCEPT_PAUSE_MS 100

struct pd_grpc_listener;

struct pd_grpc_listener_ops {
        /** A connection: the descriptor, the owner's, not blocking; and who it is, as text. Must
         * not release the listener. */
        void (*take)(void *owner, int fd, const char *peer);
        /** Whether one more may come; when not, pd_grpc_listener_go_on() tells when again. */
        bool (*has_room)(void *owner);
};

/** Listen on an address (address.h). PD_E_INVALID: it is none, a name, or none of this machine;
 * PD_E_CONFLICT: taken; PD_E_FORBIDDEN. */
int pd_grpc_listener_new(struct pd_loop *loop, const char *address,
                         const struct pd_grpc_listener_ops *ops, void *owner,
                         struct pd_grpc_listener **ret, struct pd_err *err) PD_MUST_CHECK;

/** Those that wait may be taken: there is room again. */
void pd_grpc_listener_go_on(struct pd_grpc_listener *listener);

/** 0: a unix socket. */
uint16_t pd_grpc_listener_port(const struct pd_grpc_listener *listener);

/** A unix socket is removed, unless another one has its place by now. NULL is fine. */
void pd_grpc_listener_free(struct pd_grpc_listener *listener);

PD_DEFINE_AUTO(struct pd_grpc_listener, pd_grpc_listener_free)

#endif
