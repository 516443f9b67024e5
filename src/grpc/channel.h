/*
 * channel.h - a channel from within: the calls that wait, and how it comes to a connection.
 *
 * channel.c has the calls and changes the state; channel_connect.c has the tries to connect and
 * tells how they end. A try looks the host up and goes to each of its addresses, beginning behind
 * the one that was dialled last, until one of them has said its SETTINGS.
 */
#ifndef PD_GRPC_CHANNEL_H
#define PD_GRPC_CHANNEL_H

#include "address.h"
#include "backoff.h"
#include "base/arena.h"
#include "connection.h"
#include "dial.h"
#include "resolver.h"

/** A connection of a channel: its current one, or one that lets its last calls end. */
struct pd_grpc_link {
        struct pd_grpc_channel *channel;
        struct pd_grpc_connection *connection;
        struct pd_grpc_link *next;
        bool was_used; /**< it has had a call: connecting was worth it */
};

struct pd_grpc_channel {
        struct pd_loop *loop;
        struct pd_grpc_channel_options options; /**< none is zero but `log` */
        struct pd_arena arena;
        const char *target;
        const char *authority;
        struct pd_grpc_address address;
        const char *dns_servers; /**< as of a question; NULL */
        enum pd_grpc_channel_state state;
        struct pd_err problem;

        struct pd_grpc_calls waiting;
        struct pd_grpc_calls untold; /**< have ended */
        struct pd_task send_waiting;
        struct pd_grpc_link *links;   /**< all of them */
        struct pd_grpc_link *current; /**< where calls go, once READY; NULL: none */

        /* the try to connect */
        struct pd_grpc_lookup *lookup;
        struct pd_grpc_place places[PD_GRPC_MAX_PLACES];
        size_t place_count;
        size_t places_left; /**< that have not been dialled in this try */
        size_t turn;        /**< goes on from try to try */
        struct pd_grpc_dial dial;
        int64_t place_ends_us; /**< the time for the place being tried */
        int64_t try_ends_us;
        struct pd_timer timer; /**< what there is to wait for: a try's end, or a pause's */
        struct pd_grpc_backoff backoff;
};

/* channel_connect.c, for channel.c. */

/** Begin a try; the channel is CONNECTING from now on. */
void pd_grpc_channel_connect(struct pd_grpc_channel *channel);

/** The end of a try that has failed: a pause begins. */
void pd_grpc_channel_pause(struct pd_grpc_channel *channel, const struct pd_err *why);

/** The connection gets no further calls; it is closed when those that run have ended. */
void pd_grpc_channel_retire(struct pd_grpc_link *link);

/** End whatever is under way, all connections included. */
void pd_grpc_channel_disconnect(struct pd_grpc_channel *channel);

/* channel.c, for channel_connect.c. */

/** The current connection may be used. */
void pd_grpc_channel_connected(struct pd_grpc_channel *channel);

/** A try has failed; channel->problem says why. */
void pd_grpc_channel_failed(struct pd_grpc_channel *channel);

/** The pause after a failure is over. */
void pd_grpc_channel_rested(struct pd_grpc_channel *channel);

/** The current connection, which was READY, is not the current one any more; it `was_used` or not.
 */
void pd_grpc_channel_lost(struct pd_grpc_channel *channel, bool was_used, const struct pd_err *why);

#endif
