/* resolver.c - a channel of c-ares for one lookup: its sockets and its timeouts on the loop. */
#include "resolver.h"

#include <ares.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"

/** How long a DNS server has for its first answer, and how often it is asked; each further time it
 * has twice as long. Together under the 20 s that a try to connect has by default. */
#define PD_GRPC_DNS_TIMEOUT_MS 2500
#define PD_GRPC_DNS_TRIES      3
/** Most sockets at once: one for UDP and one for TCP of each DNS server. What is over them waits
 * for its timeout. */
#define PD_GRPC_MAX_DNS_SOCKETS 16

struct dns_socket {
        struct pd_watch watch; /* fd -1: free */
        struct pd_grpc_lookup *lookup;
};

struct pd_grpc_lookup {
        struct pd_loop *loop;
        void (*found)(void *user, const struct pd_grpc_place *places, size_t count,
                      const struct pd_err *err);
        void *user;
        char host[PD_GRPC_MAX_HOST + 1];
        uint16_t port;

        ares_channel channel;
        struct dns_socket sockets[PD_GRPC_MAX_DNS_SOCKETS];
        struct pd_timer timeout;
        struct pd_task tell;
        int status; /* of c-ares, once `tell` waits */
        struct ares_addrinfo *answer;
};

void pd_grpc_lookup_cancel(struct pd_grpc_lookup *lookup)
{
        if (lookup == NULL)
                return;

        if (lookup->channel != NULL)
                ares_destroy(lookup->channel); /* calls on_answer() and on_socket() */
        pd_loop_forget(lookup->loop, &lookup->tell);
        pd_loop_clear_timer(lookup->loop, &lookup->timeout);
        ares_freeaddrinfo(lookup->answer);
        free(lookup);
}

/* Have c-ares called when it is time to ask again. */
static void set_timeout(struct pd_grpc_lookup *lookup)
{
        struct timeval left;

        if (ares_timeout(lookup->channel, NULL, &left) == NULL)
                pd_loop_clear_timer(lookup->loop, &lookup->timeout);
        else
                pd_loop_set_timer(lookup->loop, &lookup->timeout,
                                  pd_clock_mono_us() + left.tv_sec * 1000000 + left.tv_usec);
}

static void on_timeout(struct pd_timer *timer)
{
        struct pd_grpc_lookup *lookup = PD_OWNER_OF(timer, struct pd_grpc_lookup, timeout);

        ares_process_fd(lookup->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        set_timeout(lookup);
}

static void on_ready(struct pd_watch *watch, uint32_t events)
{
        struct pd_grpc_lookup *lookup = PD_OWNER_OF(watch, struct dns_socket, watch)->lookup;
        int fd = watch->fd;

        /* an error is found by reading */
        ares_process_fd(lookup->channel, (events & ~(uint32_t)EPOLLOUT) != 0 ? fd : ARES_SOCKET_BAD,
                        (events & EPOLLOUT) != 0 ? fd : ARES_SOCKET_BAD);
        set_timeout(lookup);
}

/* What watches that socket, or is free to; NULL: neither. */
static struct pd_watch *find_watch(struct pd_grpc_lookup *lookup, int fd)
{
        struct pd_watch *free_one = NULL;

        for (size_t i = 0; i < PD_COUNT(lookup->sockets); i++) {
                struct pd_watch *watch = &lookup->sockets[i].watch;

                if (watch->fd == fd)
                        return watch;
                if (watch->fd < 0)
                        free_one = watch;
        }
        return free_one;
}

/* c-ares wants to hear of a socket; neither to read nor to write: it is about to close it. */
static void on_socket(void *context, ares_socket_t fd, int reads, int writes)
{
        struct pd_grpc_lookup *lookup = context;
        struct pd_watch *watch = find_watch(lookup, fd);
        uint32_t events = (reads ? EPOLLIN : 0U) | (writes ? EPOLLOUT : 0U);

        if (watch == NULL)
                return; /* its timeout will tell */

        pd_loop_unwatch(lookup->loop, watch);
        watch->fd = fd;
        if (events == 0 || pd_loop_watch(lookup->loop, watch, events, NULL) < 0)
                watch->fd = -1;
}

/* From within a function of c-ares, which may not be destroyed there: the rest is done later. */
static void on_answer(void *context, int status, int timeouts, struct ares_addrinfo *answer)
{
        struct pd_grpc_lookup *lookup = context;

        (void)timeouts;
        lookup->status = status;
        lookup->answer = answer;
        pd_loop_later(lookup->loop, &lookup->tell);
}

static size_t copy_places(const struct pd_grpc_lookup *lookup,
                          struct pd_grpc_place places[PD_GRPC_MAX_PLACES])
{
        const struct ares_addrinfo_node *node = lookup->answer->nodes;
        size_t count = 0;

        for (; node != NULL && count < PD_GRPC_MAX_PLACES; node = node->ai_next) {
                struct pd_grpc_place *place = &places[count];

                if (node->ai_addrlen > sizeof(place->at))
                        continue;
                memcpy(&place->at, node->ai_addr, node->ai_addrlen);
                place->len = node->ai_addrlen;
                pd_grpc_place_set_port(place, lookup->port);
                count++;
        }
        return count;
}

static void tell(struct pd_task *task)
{
        pd_auto(pd_grpc_lookup_cancel_ptr) struct pd_grpc_lookup *lookup =
                PD_OWNER_OF(task, struct pd_grpc_lookup, tell);
        struct pd_grpc_place places[PD_GRPC_MAX_PLACES];
        size_t count = lookup->status == ARES_SUCCESS ? copy_places(lookup, places) : 0;
        struct pd_err err = {0};

        if (count == 0)
                pd_err_fill(&err, lookup->status == ARES_ENOMEM ? PD_E_INTERNAL : PD_E_UNAVAILABLE,
                            0, "cannot look up host '%s': %s", lookup->host,
                            ares_strerror(lookup->status == ARES_SUCCESS ? ARES_ENODATA
                                                                         : lookup->status));
        lookup->found(lookup->user, places, count, count == 0 ? &err : NULL);
}

static int make_channel(struct pd_grpc_lookup *lookup, const char *servers, struct pd_err *err)
{
        struct ares_options options = {
                .timeout = PD_GRPC_DNS_TIMEOUT_MS,
                .tries = PD_GRPC_DNS_TRIES,
                .sock_state_cb = on_socket,
                .sock_state_cb_data = lookup,
        };
        int status =
                ares_init_options(&lookup->channel, &options,
                                  ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);

        if (status == ARES_SUCCESS && servers != NULL)
                status = ares_set_servers_ports_csv(lookup->channel, servers);
        if (status != ARES_SUCCESS)
                return pd_fail(err, PD_E_INTERNAL, 0, "cannot look up host '%s': %s", lookup->host,
                               ares_strerror(status));
        return 0;
}

int pd_grpc_lookup_start(struct pd_loop *loop, const struct pd_grpc_question *question,
                         struct pd_grpc_lookup **ret, struct pd_err *err)
{
        static const struct ares_addrinfo_hints hints = {
                .ai_family = AF_UNSPEC,
                .ai_socktype = SOCK_STREAM,
        };
        pd_auto(pd_grpc_lookup_cancel_ptr) struct pd_grpc_lookup *lookup =
                calloc(1, sizeof(*lookup));

        if (lookup == NULL)
                return pd_fail_memory(err, "a lookup");
        lookup->loop = loop;
        lookup->found = question->found;
        lookup->user = question->user;
        lookup->port = question->port;
        lookup->timeout.due = on_timeout;
        lookup->tell.run = tell;
        pd_format(lookup->host, sizeof(lookup->host), "%s", question->host);
        for (size_t i = 0; i < PD_COUNT(lookup->sockets); i++)
                lookup->sockets[i] = (struct dns_socket){
                        .watch = {.ready = on_ready, .fd = -1},
                        .lookup = lookup,
                };
        if (make_channel(lookup, question->servers, err) < 0)
                return -1;

        ares_getaddrinfo(lookup->channel, lookup->host, NULL, &hints, on_answer, lookup);
        set_timeout(lookup);
        *ret = pd_steal(&lookup);
        return 0;
}
