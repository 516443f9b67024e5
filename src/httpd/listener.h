/*
 * listener.h - the listening socket, and the thread that accepts connections from it.
 *
 * Not libmicrohttpd's own: its MHD_quiesce_daemon() may abort the process when it meets one of its
 * epoll threads, and it leaves connections behind that the kernel has accepted already.
 */
#ifndef PD_HTTPD_LISTENER_H
#define PD_HTTPD_LISTENER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

struct pd_listener;

/** What is done with it. All on the listener's thread, with `context` of pd_listener_start(). */
struct pd_listener_ops {
        /** Take over a new connection, not blocking and close-on-exec. */
        void (*take)(void *context, int fd, const struct sockaddr *peer, socklen_t peer_len);
        /** Whether there is room for one more; else those to come wait in the kernel. */
        bool (*has_room)(void *context);
        /** Called about every PD_LISTENER_TICK_MS; false: not needed before the next connection. */
        bool (*tick)(void *context, int64_t now_us);
};

#define PD_LISTENER_TICK_MS 250

/**
 * Open the port. PD_E_INVALID: no IP address, or none of this machine; PD_E_CONFLICT: somebody else
 * has the port; PD_E_FORBIDDEN: not allowed. Connections wait in the kernel until
 * pd_listener_start().
 */
int pd_listener_new(const char *address, uint16_t port, struct pd_listener **ret,
                    struct pd_err *err) PD_MUST_CHECK;

uint16_t pd_listener_port(const struct pd_listener *listener);

/** Start the thread. */
int pd_listener_start(struct pd_listener *listener, const struct pd_listener_ops *ops,
                      void *context, struct pd_err *err) PD_MUST_CHECK;

/** Take what has come so far, close the port and end the thread. NULL is fine. */
void pd_listener_free(struct pd_listener *listener);

PD_DEFINE_AUTO(struct pd_listener, pd_listener_free)

#endif
