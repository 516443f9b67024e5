/* listener.c - one socket, one thread, one poll(). */
#include "listener.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

struct pd_listener {
        int fd;
        int end_fd; /* an eventfd: readable when the thread is to end */
        uint16_t port;
        bool is_started;
        pthread_t thread;
        const struct pd_listener_ops *ops;
        void *context;
};

static int resolve(const char *address, uint16_t port, struct addrinfo **ret, struct pd_err *err)
{
        static const struct addrinfo numeric = {
                .ai_flags = AI_NUMERICHOST | AI_PASSIVE,
                .ai_socktype = SOCK_STREAM,
        };

        if (getaddrinfo(address, NULL, &numeric, ret) != 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is no IP address to listen on; write 127.0.0.1, 0.0.0.0 or ::",
                               address);

        if ((*ret)->ai_family == AF_INET6)
                ((struct sockaddr_in6 *)(void *)(*ret)->ai_addr)->sin6_port = htons(port);
        else
                ((struct sockaddr_in *)(void *)(*ret)->ai_addr)->sin_port = htons(port);
        return 0;
}

static enum pd_err_code code_of(int sys)
{
        switch (sys) {
        case EADDRINUSE:
                return PD_E_CONFLICT;
        case EADDRNOTAVAIL:
                return PD_E_INVALID;
        case EACCES:
        case EPERM:
                return PD_E_FORBIDDEN;
        default:
                return PD_E_INTERNAL;
        }
}

static int open_port(const struct addrinfo *at)
{
        pd_auto(pd_close_ptr) int fd =
                socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        int on = 1, result = -1;

        if (fd < 0)
                return -1;
        /* connections of the last run that wait to be forgotten do not keep the port */
        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
            bind(fd, at->ai_addr, at->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0)
                return -1;

        result = fd;
        fd = -1;
        return result;
}

static uint16_t port_of(int fd)
{
        union {
                struct sockaddr any;
                struct sockaddr_in v4;
                struct sockaddr_in6 v6;
        } at = {.v6 = {.sin6_port = 0}};
        socklen_t len = sizeof(at);
        int result = getsockname(fd, &at.any, &len);

        assert(result == 0); /* it is bound */
        return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

int pd_listener_new(const char *address, uint16_t port, struct pd_listener **ret,
                    struct pd_err *err)
{
        pd_auto(pd_listener_free_ptr) struct pd_listener *listener = calloc(1, sizeof(*listener));
        struct addrinfo *at = NULL;
        int sys;

        if (listener == NULL)
                return pd_fail_memory(err, "a listener");
        listener->fd = -1;
        listener->end_fd = eventfd(0, EFD_CLOEXEC);
        if (listener->end_fd < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot make an event");
        if (resolve(address, port, &at, err) < 0)
                return -1;

        listener->fd = open_port(at);
        sys = errno;
        freeaddrinfo(at);
        if (listener->fd < 0)
                return pd_fail(err, code_of(sys), sys, "cannot listen on '%s' port %u", address,
                               (unsigned)port);

        listener->port = port_of(listener->fd);
        *ret = pd_steal(&listener);
        return 0;
}

uint16_t pd_listener_port(const struct pd_listener *listener)
{
        return listener->port;
}

/* Accept what waits. false: there is something to accept, but no descriptor for it. */
static bool accept_all(struct pd_listener *listener)
{
        for (;;) {
                struct sockaddr_storage peer;
                socklen_t len = sizeof(peer);
                int fd = accept4(listener->fd, (struct sockaddr *)&peer, &len,
                                 SOCK_CLOEXEC | SOCK_NONBLOCK);

                if (fd >= 0)
                        listener->ops->take(listener->context, fd, (struct sockaddr *)&peer, len);
                else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                        return false;
                else if (errno != EINTR && errno != ECONNABORTED)
                        return true; /* EAGAIN: nobody is left */
                if (!listener->ops->has_room(listener->context))
                        return true;
        }
}

static void *listen_on(void *context)
{
        struct pd_listener *listener = context;
        struct pollfd fds[] = {
                {.fd = listener->end_fd, .events = POLLIN},
                {.fd = listener->fd, .events = POLLIN},
        };
        int64_t tick_us = pd_clock_mono_us();
        bool is_ticking = false;

        while (fds[0].revents == 0) {
                bool has_room = listener->ops->has_room(listener->context);
                bool is_able = true;
                int64_t now_us = pd_clock_mono_us();

                if (fds[1].revents != 0 && has_room) {
                        is_able = accept_all(listener);
                        is_ticking = true;
                }
                if (is_ticking && now_us - tick_us >= PD_LISTENER_TICK_MS * 1000) {
                        is_ticking = listener->ops->tick(listener->context, now_us);
                        tick_us = now_us;
                }

                /* without room or descriptors the socket would be ready again at once */
                fds[1].fd = has_room && is_able ? listener->fd : -1;
                fds[1].revents = 0;
                (void)poll(fds, 2, is_ticking ? PD_LISTENER_TICK_MS : -1);
        }
        (void)accept_all(listener); /* the kernel has told these that they are connected */
        return NULL;
}

int pd_listener_start(struct pd_listener *listener, const struct pd_listener_ops *ops,
                      void *context, struct pd_err *err)
{
        int sys;

        listener->ops = ops;
        listener->context = context;
        sys = pthread_create(&listener->thread, NULL, listen_on, listener);
        if (sys != 0)
                return pd_fail(err, PD_E_INTERNAL, sys, "cannot start the thread that listens");
        listener->is_started = true;
        return 0;
}

void pd_listener_free(struct pd_listener *listener)
{
        static const uint64_t one = 1;

        if (listener == NULL)
                return;

        if (listener->is_started) {
                (void)!write(listener->end_fd, &one, sizeof(one)); /* an eventfd takes it always */
                pthread_join(listener->thread, NULL);
        }
        if (listener->fd >= 0)
                (void)close(listener->fd);
        if (listener->end_fd >= 0)
                (void)close(listener->end_fd);
        free(listener);
}
