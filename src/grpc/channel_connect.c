/* channel_connect.c - tries to connect, one after the other, and the pauses between. */
#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "channel.h"

static void wait_for(struct pd_grpc_channel *channel, void (*due)(struct pd_timer *timer),
                     int64_t due_us)
{
        pd_loop_clear_timer(channel->loop, &channel->timer);
        channel->timer.due = due;
        pd_loop_set_timer(channel->loop, &channel->timer, due_us);
}

static void pause_is_over(struct pd_timer *timer)
{
        pd_grpc_channel_rested(PD_OWNER_OF(timer, struct pd_grpc_channel, timer));
}

void pd_grpc_channel_pause(struct pd_grpc_channel *channel, const struct pd_err *why)
{
        uint32_t random = 0;
        int64_t pause_us;

        channel->problem = *why;
        (void)!getrandom(&random, sizeof(random), GRND_NONBLOCK); /* without: the shortest pause */
        pause_us = pd_grpc_backoff_fail(&channel->backoff, random);
        pd_log(channel->options.log, PD_LOG_DEBUG, "grpc", NULL,
               "no connection to '%s' for %lld ms: %s", channel->target,
               (long long)(pause_us / 1000), channel->problem.msg);
        wait_for(channel, pause_is_over, pd_clock_mono_us() + pause_us);
        pd_grpc_channel_failed(channel);
}

static void dial_next(struct pd_grpc_channel *channel);

/* One place, or the lookup of them all, has failed: on to the next one if there is one. */
static void try_failed(struct pd_grpc_channel *channel, const struct pd_err *why)
{
        pd_loop_clear_timer(channel->loop, &channel->timer);
        if (channel->places_left > 0 && pd_clock_mono_us() < channel->try_ends_us)
                dial_next(channel);
        else
                pd_grpc_channel_pause(channel, why);
}

/* Connections. */

static void link_free(struct pd_grpc_link *link)
{
        struct pd_grpc_channel *channel = link->channel;
        struct pd_grpc_link **at = &channel->links;

        while (*at != link)
                at = &(*at)->next;
        *at = link->next;
        if (channel->current == link)
                channel->current = NULL;
        pd_grpc_connection_free(link->connection);
        free(link);
}

/* The current connection does not take calls any more, whatever becomes of it. */
static void leave(struct pd_grpc_link *link, const struct pd_err *why)
{
        struct pd_grpc_channel *channel = link->channel;

        if (channel->current != link)
                return;

        channel->current = NULL;
        if (channel->state == PD_GRPC_CONNECTING)
                try_failed(channel, why);
        else
                pd_grpc_channel_lost(channel, link->was_used, why);
}

static void on_ready(void *owner, struct pd_grpc_connection *connection)
{
        struct pd_grpc_link *link = owner;
        struct pd_grpc_channel *channel = link->channel;

        if (channel->current != link)
                return;
        pd_log(channel->options.log, PD_LOG_DEBUG, "grpc", NULL, "connected to '%s' at %s",
               channel->target, pd_grpc_connection_peer(connection));
        pd_loop_clear_timer(channel->loop, &channel->timer);
        pd_grpc_channel_connected(channel);
}

static void on_going(void *owner, struct pd_grpc_connection *connection)
{
        struct pd_grpc_link *link = owner;
        struct pd_err why = {0};

        pd_err_fill(&why, PD_E_UNAVAILABLE, 0, "%s takes no further calls",
                    pd_grpc_connection_peer(connection));
        leave(link, &why);
}

void pd_grpc_channel_retire(struct pd_grpc_link *link)
{
        if (link->channel->current == link)
                link->channel->current = NULL;
        if (pd_grpc_connection_calls(link->connection) == 0)
                pd_grpc_connection_shut_down(link->connection);
}

static void on_calls_changed(void *owner, struct pd_grpc_connection *connection)
{
        struct pd_grpc_link *link = owner;
        struct pd_grpc_channel *channel = link->channel;

        (void)connection;
        if (channel->current != link)
                pd_grpc_channel_retire(link);
        else if (channel->waiting.first != NULL)
                pd_loop_later(channel->loop, &channel->send_waiting);
}

static void on_closed(void *owner, struct pd_grpc_connection *connection, const struct pd_err *why)
{
        struct pd_grpc_link *link = owner;
        struct pd_err in_order = {0};

        pd_log(link->channel->options.log, PD_LOG_DEBUG, "grpc", NULL,
               "connection to '%s' at %s is closed%s%s", link->channel->target,
               pd_grpc_connection_peer(connection), why->code == PD_OK ? "" : ": ", why->msg);
        pd_err_fill(&in_order, PD_E_UNAVAILABLE, 0, "%s has closed the connection",
                    pd_grpc_connection_peer(connection));
        leave(link, why->code == PD_OK ? &in_order : why);
        link_free(link);
}

static const struct pd_grpc_connection_ops ops = {
        .ready = on_ready,
        .going = on_going,
        .calls_changed = on_calls_changed,
        .closed = on_closed,
};

static int link_new(struct pd_grpc_channel *channel, int fd, struct pd_grpc_link **ret,
                    struct pd_err *err)
{
        pd_auto(pd_free_ptr) struct pd_grpc_link *link = calloc(1, sizeof(*link));
        char peer[PD_GRPC_PLACE_SIZE];
        struct pd_grpc_session_options options = {
                .max_message = channel->options.max_message,
                .peer = peer,
                .authority = channel->authority,
                .user_agent = channel->options.user_agent,
        };
        struct pd_grpc_connection_owner owner = {.ops = &ops};

        if (link == NULL) {
                pd_close_ptr(&fd);
                return pd_fail_memory(err, "a connection");
        }
        link->channel = channel;
        owner.self = link;
        pd_grpc_place_write(&channel->dial.place, peer);
        if (pd_grpc_connection_new(channel->loop, fd, &options, &owner, &link->connection, err) < 0)
                return -1;

        link->next = channel->links;
        channel->links = link;
        *ret = pd_steal(&link);
        return 0;
}

/* The steps of a try. */

static void greeting_is_late(struct pd_timer *timer)
{
        struct pd_grpc_channel *channel = PD_OWNER_OF(timer, struct pd_grpc_channel, timer);
        struct pd_err why = {0};

        pd_err_fill(&why, PD_E_TIMEOUT, 0, "%s is connected but does not speak HTTP/2",
                    pd_grpc_connection_peer(channel->current->connection));
        link_free(channel->current);
        try_failed(channel, &why);
}

static void on_dialled(struct pd_grpc_dial *dial, int fd, const struct pd_err *err)
{
        struct pd_grpc_channel *channel = PD_OWNER_OF(dial, struct pd_grpc_channel, dial);
        struct pd_err own = {0};

        if (err == NULL && link_new(channel, fd, &channel->current, &own) < 0)
                err = &own;
        if (err != NULL)
                try_failed(channel, err);
        else
                wait_for(channel, greeting_is_late, channel->place_ends_us);
}

/* What is left of the time is shared by the places that are left. */
static void dial_next(struct pd_grpc_channel *channel)
{
        int64_t now_us = pd_clock_mono_us();
        int64_t share_us = (channel->try_ends_us - now_us) / (int64_t)channel->places_left;
        const struct pd_grpc_place *place = &channel->places[channel->turn % channel->place_count];

        channel->turn++;
        channel->places_left--;
        channel->place_ends_us = now_us + share_us;
        channel->dial.done = on_dialled;
        pd_grpc_dial_start(&channel->dial, channel->loop, place, channel->place_ends_us,
                           channel->options.unanswered_ms);
}

static void on_found(void *user, const struct pd_grpc_place *places, size_t count,
                     const struct pd_err *err)
{
        struct pd_grpc_channel *channel = user;

        channel->lookup = NULL;
        if (err != NULL) {
                try_failed(channel, err);
                return;
        }

        pd_loop_clear_timer(channel->loop, &channel->timer);
        for (size_t i = 0; i < count; i++)
                channel->places[i] = places[i];
        channel->place_count = count;
        channel->places_left = count;
        dial_next(channel);
}

static void answer_is_late(struct pd_timer *timer)
{
        struct pd_grpc_channel *channel = PD_OWNER_OF(timer, struct pd_grpc_channel, timer);
        struct pd_err why = {0};

        pd_grpc_lookup_cancel(pd_steal(&channel->lookup));
        pd_err_fill(&why, PD_E_TIMEOUT, 0, "cannot look up host '%s': no answer in time",
                    channel->address.host);
        try_failed(channel, &why);
}

static int look_up(struct pd_grpc_channel *channel, struct pd_err *err)
{
        struct pd_grpc_question question = {
                .host = channel->address.host,
                .port = channel->address.port,
                .servers = channel->dns_servers,
                .found = on_found,
                .user = channel,
        };

        if (pd_grpc_lookup_start(channel->loop, &question, &channel->lookup, err) < 0)
                return -1;
        wait_for(channel, answer_is_late, channel->try_ends_us);
        return 0;
}

void pd_grpc_channel_connect(struct pd_grpc_channel *channel)
{
        struct pd_err err = {0};

        assert(channel->current == NULL);
        channel->state = PD_GRPC_CONNECTING;
        channel->try_ends_us = pd_clock_mono_us() + channel->options.connect_ms * 1000;
        if (channel->address.place.len > 0) {
                on_found(channel, &channel->address.place, 1, NULL);
        } else {
                channel->places_left = 0;
                if (look_up(channel, &err) < 0)
                        try_failed(channel, &err);
        }
}

void pd_grpc_channel_disconnect(struct pd_grpc_channel *channel)
{
        pd_grpc_lookup_cancel(pd_steal(&channel->lookup));
        pd_grpc_dial_cancel(&channel->dial);
        pd_loop_clear_timer(channel->loop, &channel->timer);
        while (channel->links != NULL)
                link_free(channel->links);
}
