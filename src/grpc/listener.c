/* listener.c - bind, accept, and what becomes of the file of a unix socket. */
#include "listener.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "address.h"
#include "base/clock.h"

struct pd_grpc_listener {
        struct pd_loop *loop;
        const struct pd_grpc_listener_ops *ops;
        void *owner;
        struct pd_watch watch;
        struct pd_timer pause;
        struct pd_grpc_place place; /* with the port that was given */
        struct stat file;           /* of a unix socket: its file; st_ino 0: it is not ours */
};

static enum pd_err_code code_of(int sys)
{
        switch (sys) {
        case EADDRINUSE:
                return PD_E_CONFLICT;
        case EADDRNOTAVAIL:
        case EAFNOSUPPORT:
        case ENOENT:
        case ENOTDIR:
                return PD_E_INVALID;
        case EACCES:
        case EPERM:
        case EROFS:
                return PD_E_FORBIDDEN;
        default:
                return PD_E_INTERNAL;
        }
}

/* A socket file that nobody listens at any more. A file of another kind refuses connections as
 * well, and is left alone. */
static bool is_stale(const struct pd_grpc_place *place)
{
        pd_auto(pd_close_ptr) int fd =
                socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        struct stat file;

        return fd >= 0 && lstat(place->at.local.sun_path, &file) == 0 && S_ISSOCK(file.st_mode) &&
               connect(fd, &place->at.any, place->len) < 0 && errno == ECONNREFUSED;
}

/* -1: errno says why. */
static int bind_to(int fd, const struct pd_grpc_place *place)
{
        static const int on = 1, off = 0;

        /* connections of the last run that wait to be forgotten do not keep the port; without
         * SO_REUSEPORT, so that two servers do not share one unknowingly */
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (place->at.any.sa_family == AF_INET6)
                (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
        if (bind(fd, &place->at.any, place->len) == 0)
                return 0;
        if (place->at.any.sa_family != AF_UNIX || errno != EADDRINUSE)
                return -1;

        if (!is_stale(place)) {
                errno = EADDRINUSE;
                return -1;
        }
        return unlink(place->at.local.sun_path) < 0 ? -1 : bind(fd, &place->at.any, place->len);
}

/* -1: errno says why. */
static int start_listening(struct pd_grpc_listener *listener)
{
        struct pd_grpc_place *place = &listener->place;
        socklen_t len = sizeof(place->at);
        int fd = socket(place->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        listener->watch.fd = fd;
        if (fd < 0 || bind_to(fd, place) < 0)
                return -1;
        if (place->at.any.sa_family == AF_UNIX)
                return lstat(place->at.local.sun_path, &listener->file) < 0 ? -1
                                                                            : listen(fd, SOMAXCONN);
        return listen(fd, SOMAXCONN) < 0 ? -1 : getsockname(fd, &place->at.any, &len);
}

static void stop_for_a_while(struct pd_grpc_listener *listener)
{
        pd_loop_rewatch(listener->loop, &listener->watch, 0);
        pd_loop_set_timer(listener->loop, &listener->pause,
                          pd_clock_mono_us() + PD_GRPC_ACCEPT_PAUSE_MS * 1000);
}

static void accept_all(struct pd_watch *watch, uint32_t events)
{
        struct pd_grpc_listener *listener = PD_OWNER_OF(watch, struct pd_grpc_listener, watch);

        (void)events;
        while (listener->ops->has_room(listener->owner)) {
                struct pd_grpc_place peer = {.len = sizeof(peer.at)};
                char text[PD_GRPC_PLACE_SIZE];
                int fd = accept4(watch->fd, &peer.at.any, &peer.len, SOCK_CLOEXEC | SOCK_NONBLOCK);

                if (fd >= 0) {
                        pd_grpc_place_write(&peer, text);
                        listener->ops->take(listener->owner, fd, text);
                } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                           errno == ENOMEM) {
                        stop_for_a_while(listener);
                        return;
                } else if (errno != EINTR && errno != ECONNABORTED) {
                        return; /* EAGAIN: nobody is left. What else there is comes again */
                }
        }
        pd_loop_rewatch(listener->loop, watch, 0); /* it would be ready again at once */
}

static void end_pause(struct pd_timer *timer)
{
        pd_grpc_listener_go_on(PD_OWNER_OF(timer, struct pd_grpc_listener, pause));
}

int pd_grpc_listener_new(struct pd_loop *loop, const char *address,
                         const struct pd_grpc_listener_ops *ops, void *owner,
                         struct pd_grpc_listener **ret, struct pd_err *err)
{
        pd_auto(pd_grpc_listener_free_ptr) struct pd_grpc_listener *listener = NULL;
        struct pd_grpc_address where;

        if (pd_grpc_address_read(address, &where, err) < 0)
                return -1;
        if (where.place.len == 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is no IP address to listen on; write 127.0.0.1:PORT, "
                               "0.0.0.0:PORT or [::]:PORT",
                               address);

        listener = calloc(1, sizeof(*listener));
        if (listener == NULL)
                return pd_fail_memory(err, "a listener");
        listener->loop = loop;
        listener->ops = ops;
        listener->owner = owner;
        listener->watch = (struct pd_watch){.ready = accept_all, .fd = -1};
        listener->pause.due = end_pause;
        listener->place = where.place;
        if (start_listening(listener) < 0)
                return pd_fail(err, code_of(errno), errno, "cannot listen on '%s'", address);
        if (pd_loop_watch(loop, &listener->watch, EPOLLIN, err) < 0)
                return -1;

        *ret = pd_steal(&listener);
        return 0;
}

void pd_grpc_listener_go_on(struct pd_grpc_listener *listener)
{
        if (!pd_timer_is_set(&listener->pause))
                pd_loop_rewatch(listener->loop, &listener->watch, EPOLLIN);
}

uint16_t pd_grpc_listener_port(const struct pd_grpc_listener *listener)
{
        return pd_grpc_place_port(&listener->place);
}

static void remove_file(const struct pd_grpc_listener *listener)
{
        const char *path = listener->place.at.local.sun_path;
        struct stat now;

        if (listener->file.st_ino != 0 && lstat(path, &now) == 0 &&
            now.st_dev == listener->file.st_dev && now.st_ino == listener->file.st_ino)
                (void)unlink(path);
}

void pd_grpc_listener_free(struct pd_grpc_listener *listener)
{
        if (listener == NULL)
                return;

        remove_file(listener);
        pd_loop_clear_timer(listener->loop, &listener->pause);
        pd_loop_unwatch(listener->loop, &listener->watch);
        pd_close_ptr(&listener->watch.fd);
        free(listener);
}
