/* dial.c - connect() without waiting. */
#include "dial.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

/** Probes of an idle connection in the time after which it is given up. */
#define PD_GRPC_PROBES 3
/** Longest time that the kernel takes for the pause between probes (seconds, tcp(7)). */
#define PD_GRPC_MAX_PROBE_S 32767

static void set_option(int fd, int level, int option, int value)
{
        (void)setsockopt(fd, level, option, &value, sizeof(value)); /* without it goes worse, but */
}

static bool is_tcp(int fd)
{
        int domain = AF_UNSPEC;
        socklen_t len = sizeof(domain);

        (void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
        return domain == AF_INET || domain == AF_INET6;
}

void pd_grpc_socket_watch_peer(int fd, int64_t unanswered_ms)
{
        int64_t probe_s = unanswered_ms / 1000 / PD_GRPC_PROBES;
        int limit_ms = unanswered_ms > INT_MAX ? INT_MAX : (int)unanswered_ms;

        if (!is_tcp(fd))
                return;

        if (probe_s < 1)
                probe_s = 1;
        if (probe_s > PD_GRPC_MAX_PROBE_S)
                probe_s = PD_GRPC_MAX_PROBE_S;
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
        set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, (int)probe_s);
        set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, (int)probe_s);
        set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, PD_GRPC_PROBES);
        set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, limit_ms);
}

void pd_grpc_dial_cancel(struct pd_grpc_dial *dial)
{
        if (dial->loop == NULL)
                return;

        pd_loop_clear_timer(dial->loop, &dial->deadline);
        pd_loop_forget(dial->loop, &dial->told_later);
        pd_loop_unwatch(dial->loop, &dial->watch);
        pd_close_ptr(&dial->watch.fd);
        dial->loop = NULL;
}

/* The try is over before its owner is told, who may begin another one, or release it. */
static void succeed(struct pd_grpc_dial *dial)
{
        int fd = dial->watch.fd;

        pd_loop_unwatch(dial->loop, &dial->watch);
        dial->watch.fd = -1;
        pd_grpc_dial_cancel(dial);
        dial->done(dial, fd, NULL);
}

static void fail(struct pd_grpc_dial *dial, enum pd_err_code code, int sys)
{
        struct pd_err err = {0};
        char place[PD_GRPC_PLACE_SIZE];

        pd_grpc_place_write(&dial->place, place);
        pd_err_fill(&err, code, sys, "cannot connect to '%s'", place);
        pd_grpc_dial_cancel(dial);
        dial->done(dial, -1, &err);
}

static void on_writable(struct pd_watch *watch, uint32_t events)
{
        struct pd_grpc_dial *dial = PD_OWNER_OF(watch, struct pd_grpc_dial, watch);
        int sys = 0;
        socklen_t len = sizeof(sys);

        (void)events;
        if (getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &sys, &len) < 0)
                sys = errno;
        if (sys == 0)
                succeed(dial);
        else
                fail(dial, PD_E_UNAVAILABLE, sys);
}

static void on_deadline(struct pd_timer *timer)
{
        fail(PD_OWNER_OF(timer, struct pd_grpc_dial, deadline), PD_E_TIMEOUT, ETIMEDOUT);
}

static void tell_failure(struct pd_task *task)
{
        struct pd_grpc_dial *dial = PD_OWNER_OF(task, struct pd_grpc_dial, told_later);

        fail(dial, PD_E_UNAVAILABLE, dial->sys);
}

/* -1: errno says why. The socket stays with the dial in any case. */
static int begin(struct pd_grpc_dial *dial, int64_t unanswered_ms)
{
        const struct pd_grpc_place *place = &dial->place;
        struct pd_err err = {0};

        dial->watch.fd =
                socket(place->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (dial->watch.fd < 0)
                return -1;

        pd_grpc_socket_watch_peer(dial->watch.fd, unanswered_ms);
        if (connect(dial->watch.fd, &place->at.any, place->len) < 0 && errno != EINPROGRESS)
                return -1;
        if (pd_loop_watch(dial->loop, &dial->watch, EPOLLOUT, &err) < 0) {
                errno = err.sys;
                return -1;
        }
        return 0;
}

void pd_grpc_dial_start(struct pd_grpc_dial *dial, struct pd_loop *loop,
                        const struct pd_grpc_place *place, int64_t deadline_us,
                        int64_t unanswered_ms)
{
        assert(dial->loop == NULL);
        *dial = (struct pd_grpc_dial){
                .done = dial->done,
                .loop = loop,
                .watch = {.ready = on_writable, .fd = -1},
                .deadline.due = on_deadline,
                .told_later.run = tell_failure,
                .place = *place,
        };
        if (begin(dial, unanswered_ms) < 0) {
                dial->sys = errno;
                pd_loop_later(loop, &dial->told_later);
                return;
        }
        pd_loop_set_timer(loop, &dial->deadline, deadline_us);
}
