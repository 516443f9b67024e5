#include "pair.h"

#include <stdio.h>
#include <string.h>

#define MAX_MESSAGE (1024 * 1024)

static void on_headers(struct pd_grpc_call *call, const struct pd_grpc_metadata *metadata,
                       void *user)
{
        struct witness *witness = user;

        (void)call;
        (void)metadata;
        witness->headers++;
}

static void on_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct witness *witness = user;

        witness->messages++;
        witness->bytes += message->len;
        pd_grpc_message_release(witness->last);
        witness->last = pd_grpc_message_hold(message);
        if (witness->stops_reading)
                pd_grpc_call_set_reading(call, false);
}

static void on_half_closed(struct pd_grpc_call *call, void *user)
{
        struct witness *witness = user;

        (void)call;
        witness->half_closed++;
}

static void on_writable(struct pd_grpc_call *call, void *user)
{
        struct witness *witness = user;

        (void)call;
        witness->writable++;
}

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct witness *witness = user;
        const struct pd_grpc_entry *trailer = pd_grpc_metadata_find(&status->metadata, "trailer");

        (void)call;
        witness->call = NULL;
        witness->ended++;
        witness->code = status->code;
        witness->is_unprocessed = status->is_unprocessed;
        (void)snprintf(witness->text, sizeof(witness->text), "%s", status->message);
        (void)snprintf(witness->trailer, sizeof(witness->trailer), "%s",
                       trailer != NULL ? trailer->value : "");
}

const struct pd_grpc_events witness_events = {
        .headers = on_headers,
        .message = on_message,
        .half_closed = on_half_closed,
        .writable = on_writable,
        .ended = on_ended,
};

void witness_done(struct witness *witness)
{
        pd_grpc_message_release(witness->last);
        witness->last = NULL;
}

static void side_wants_to_send(void *owner)
{
        (void)owner;
}

static void side_is_ready(void *owner)
{
        ((struct side *)owner)->is_ready = true;
}

static void side_is_going(void *owner)
{
        ((struct side *)owner)->is_going = true;
}

static const struct pd_grpc_method *find_method(void *owner, const char *path, size_t len)
{
        struct pair *pair = PD_OWNER_OF(owner, struct pair, server);

        for (size_t i = 0; i < pair->method_count; i++) {
                if (strlen(pair->methods[i].path) == len &&
                    memcmp(pair->methods[i].path, path, len) == 0)
                        return &pair->methods[i];
        }
        return NULL;
}

static const struct pd_grpc_session_ops side_ops = {
        .wants_to_send = side_wants_to_send,
        .is_ready = side_is_ready,
        .is_going = side_is_going,
        .calls_changed = side_wants_to_send,
        .find_method = find_method,
};

static int side_open(struct pair *pair, struct side *side, struct pd_err *err)
{
        struct pd_grpc_session_options options = {
                .is_server = side == &pair->server,
                .max_message = MAX_MESSAGE,
                .max_streams = 3,
                .peer = side == &pair->server ? "client" : "server",
                .authority = "server",
                .user_agent = "test",
                .app = pair,
        };

        return pd_grpc_session_new(pair->loop, &options, &side_ops, side, &side->session, err);
}

int pair_try_open(struct pair *pair, struct pd_err *err)
{
        return side_open(pair, &pair->client, err) < 0 || side_open(pair, &pair->server, err) < 0
                       ? -1
                       : 0;
}

void pair_open(struct pair *pair, const struct pd_grpc_method *methods, size_t count)
{
        struct pd_err err = {0};

        *pair = (struct pair){.methods = methods, .method_count = count};
        assert_pd_ok(pd_loop_new(&pair->loop, &err), err);
        assert_pd_ok(pair_try_open(pair, &err), err);
        pair_settle(pair);
        assert_true(pair->client.is_ready);
        assert_true(pair->server.is_ready);
}

void pair_close(struct pair *pair)
{
        struct side *sides[] = {&pair->client, &pair->server};

        for (size_t i = 0; i < PD_COUNT(sides); i++) {
                if (sides[i]->session != NULL)
                        pd_grpc_session_drop(sides[i]->session);
                pd_grpc_session_free(sides[i]->session);
        }
        if (pair->loop != NULL)
                (void)!pd_loop_turn(pair->loop, 0, NULL); /* what was to be told is told */
        pd_loop_free(pair->loop);
        witness_done(&pair->served);
}

/* Whether anything went from one to the other. */
static bool carry(const struct side *from, const struct side *to)
{
        static uint8_t bytes[PD_GRPC_PRODUCE_BYTES];
        ssize_t len = pd_grpc_session_produce(from->session, bytes, sizeof(bytes));

        assert_true(len >= 0);
        for (size_t at = 0; at < (size_t)len;) {
                size_t piece = (size_t)len - at;

                if (from->largest > 0 && piece > from->largest)
                        piece = from->largest;
                assert_int_equal(pd_grpc_session_receive(to->session, bytes + at, piece), 0);
                at += piece;
        }
        return len > 0;
}

void pair_settle(struct pair *pair)
{
        struct pd_err err = {0};
        int quiet = 0;

        while (quiet < 2) {
                bool moved = carry(&pair->client, &pair->server);

                moved = carry(&pair->server, &pair->client) || moved;
                assert_pd_ok(pd_loop_turn(pair->loop, 0, &err), err);
                quiet = moved ? 0 : quiet + 1;
        }
}

void pair_call(struct pair *pair, const struct pd_grpc_request *request, struct witness *witness)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_call_prepare(pair->loop, request, MAX_MESSAGE, &witness->call, &err),
                     err);
        pd_grpc_call_on(witness->call, &witness_events, witness);
        assert_pd_ok(pd_grpc_session_open(pair->client.session, witness->call, &err), err);
}

void pair_send(struct pd_grpc_call *call, const char *text)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                pd_grpc_message_of(text, strlen(text));
        struct pd_err err = {0};

        assert_non_null(message);
        assert_pd_ok(pd_grpc_call_send(call, message, &err), err);
}
