/* channel.c - calls to a target: they go out, wait, or fail, as the channel's state says. */
#include "channel.h"

#include <stdlib.h>
#include <string.h>

#define CONNECT_MS     20000
#define BACKOFF_MS     1000
#define BACKOFF_MAX_MS 120000
#define UNANSWERED_MS  30000
#define USER_AGENT     "pd-grpc"

/** Whom a server behind a unix socket is asked for, as gRPC names it there. */
#define LOCAL_AUTHORITY "localhost"

/* Give the call to the current connection. Where that fails the connection is of no use to others
 * either (no further stream can be had): the next call gets a new one. */
static void send_call(struct pd_grpc_channel *channel, struct pd_grpc_call *call)
{
        struct pd_grpc_link *link = channel->current;
        struct pd_err err = {0};

        if (pd_grpc_connection_open(link->connection, call, &err) == 0) {
                link->was_used = true;
                pd_grpc_backoff_reset(&channel->backoff);
                return;
        }
        pd_grpc_call_end(call, PD_GRPC_UNAVAILABLE, err.msg, true);
        pd_grpc_channel_retire(link);
        pd_grpc_channel_lost(channel, link->was_used, &err);
}

static bool has_room(const struct pd_grpc_channel *channel)
{
        return channel->state == PD_GRPC_READY &&
               pd_grpc_connection_has_room(channel->current->connection);
}

static void send_waiting(struct pd_task *task)
{
        struct pd_grpc_channel *channel = PD_OWNER_OF(task, struct pd_grpc_channel, send_waiting);

        while (channel->waiting.first != NULL && has_room(channel)) {
                struct pd_grpc_call *call = channel->waiting.first;

                pd_grpc_calls_remove(call);
                send_call(channel, call);
        }
}

void pd_grpc_channel_connected(struct pd_grpc_channel *channel)
{
        channel->state = PD_GRPC_READY;
        channel->problem = (struct pd_err){0};
        pd_loop_later(channel->loop, &channel->send_waiting);
}

void pd_grpc_channel_failed(struct pd_grpc_channel *channel)
{
        struct pd_grpc_call *call, *next;

        channel->state = PD_GRPC_FAILED;
        for (call = channel->waiting.first; call != NULL; call = next) {
                next = call->next;
                if (!call->waits_for_ready)
                        pd_grpc_call_end(call, PD_GRPC_UNAVAILABLE, channel->problem.msg, true);
        }
}

void pd_grpc_channel_rested(struct pd_grpc_channel *channel)
{
        channel->state = PD_GRPC_IDLE;
        if (channel->waiting.first != NULL)
                pd_grpc_channel_connect(channel);
}

/* A server that sends everybody away at once is not asked again at once. */
void pd_grpc_channel_lost(struct pd_grpc_channel *channel, bool was_used, const struct pd_err *why)
{
        channel->state = PD_GRPC_IDLE;
        if (channel->waiting.first == NULL)
                return;
        if (was_used)
                pd_grpc_channel_connect(channel);
        else
                pd_grpc_channel_pause(channel, why);
}

/* What the caller has left at zero. */
static void set_defaults(struct pd_grpc_channel_options *options)
{
        if (options->max_message == 0)
                options->max_message = PD_GRPC_MAX_MESSAGE_BYTES;
        if (options->connect_ms == 0)
                options->connect_ms = CONNECT_MS;
        if (options->backoff_ms == 0)
                options->backoff_ms = BACKOFF_MS;
        if (options->backoff_max_ms == 0)
                options->backoff_max_ms = BACKOFF_MAX_MS;
        if (options->unanswered_ms == 0)
                options->unanswered_ms = UNANSWERED_MS;
        if (options->user_agent == NULL)
                options->user_agent = USER_AGENT;
}

int pd_grpc_channel_new(struct pd_loop *loop, const char *target,
                        const struct pd_grpc_channel_options *options, struct pd_grpc_channel **ret,
                        struct pd_err *err)
{
        struct pd_grpc_address address;
        pd_auto(pd_grpc_channel_free_ptr) struct pd_grpc_channel *channel = NULL;

        if (pd_grpc_address_read(target, &address, err) < 0)
                return -1;
        channel = calloc(1, sizeof(*channel));
        if (channel == NULL)
                return pd_fail_memory(err, "a channel");

        channel->loop = loop;
        channel->address = address;
        channel->send_waiting.run = send_waiting;
        if (options != NULL)
                channel->options = *options;
        set_defaults(&channel->options);
        channel->backoff.first_us = channel->options.backoff_ms * 1000;
        channel->backoff.most_us = channel->options.backoff_max_ms * 1000;
        channel->target = pd_arena_string(&channel->arena, target);
        channel->authority =
                address.place.at.any.sa_family == AF_UNIX ? LOCAL_AUTHORITY : channel->target;
        channel->options.user_agent = pd_arena_string(&channel->arena, channel->options.user_agent);
        if (channel->target == NULL || channel->options.user_agent == NULL)
                return pd_fail_memory(err, "a channel");

        *ret = pd_steal(&channel);
        return 0;
}

void pd_grpc_channel_free(struct pd_grpc_channel *channel)
{
        if (channel == NULL)
                return;

        pd_grpc_calls_drop(&channel->waiting);
        pd_grpc_calls_drop(&channel->untold);
        pd_grpc_channel_disconnect(channel);
        pd_loop_forget(channel->loop, &channel->send_waiting);
        pd_arena_done(&channel->arena);
        free(channel);
}

enum pd_grpc_channel_state pd_grpc_channel_state(const struct pd_grpc_channel *channel)
{
        return channel->state;
}

const char *pd_grpc_channel_problem(const struct pd_grpc_channel *channel)
{
        return channel->problem.msg;
}

int pd_grpc_call_start(struct pd_grpc_channel *channel, const struct pd_grpc_request *request,
                       const struct pd_grpc_events *events, void *user, struct pd_grpc_call **ret,
                       struct pd_err *err)
{
        struct pd_grpc_call *call;

        if (pd_grpc_call_prepare(channel->loop, request, channel->options.max_message, &call, err) <
            0)
                return -1;

        call->untold = &channel->untold;
        pd_grpc_call_on(call, events, user);
        *ret = call;
        if (channel->state == PD_GRPC_FAILED && !call->waits_for_ready) {
                pd_grpc_call_end(call, PD_GRPC_UNAVAILABLE, channel->problem.msg, true);
        } else if (channel->waiting.first == NULL && has_room(channel)) {
                send_call(channel, call);
        } else {
                pd_grpc_calls_add(&channel->waiting, call);
                if (channel->state == PD_GRPC_IDLE)
                        pd_grpc_channel_connect(channel);
        }
        return 0;
}
