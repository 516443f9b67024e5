/* both.c - an echo and what belongs to it. */
#include "both.h"

#include "base/format.h"

static void server_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct both *both = user;

        both->ended++;
        both->last = status->code;
        for (size_t i = 0; i < both->kept_count; i++) {
                if (both->kept[i] == call)
                        both->kept[i] = both->kept[--both->kept_count];
        }
}

static void send_back(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct pd_err err = {0};

        (void)user;
        assert_pd_ok(pd_grpc_call_send(call, message, &err), err);
        pd_grpc_call_set_reading(call, pd_grpc_call_is_writable(call));
}

static void read_on(struct pd_grpc_call *call, void *user)
{
        (void)user;
        pd_grpc_call_set_reading(call, true);
}

static void reply_ok(struct pd_grpc_call *call, void *user)
{
        static const struct pd_grpc_status ok = {.code = PD_GRPC_OK};

        (void)user;
        pd_grpc_call_reply(call, &ok);
}

static const struct pd_grpc_events echo_events = {
        .message = send_back,
        .writable = read_on,
        .half_closed = reply_ok,
        .ended = server_ended,
};

static const struct pd_grpc_events keep_events = {.ended = server_ended};

static void begin_echo(struct pd_grpc_call *call, void *app)
{
        struct both *both = app;

        both->begun++;
        pd_grpc_call_on(call, &echo_events, both);
}

static void begin_keep(struct pd_grpc_call *call, void *app)
{
        struct both *both = app;

        both->begun++;
        assert_true(both->kept_count < BOTH_MAX_KEPT);
        both->kept[both->kept_count++] = call;
        pd_grpc_call_on(call, &keep_events, both);
}

static const struct pd_grpc_method methods[] = {
        {.path = ONE, .begin = begin_echo},
        {.path = KEEP, .client_streams = true, .server_streams = true, .begin = begin_keep},
        {.path = ECHO, .client_streams = true, .server_streams = true, .begin = begin_echo},
};

void both_serve(struct both *both, const struct pd_grpc_server_options *options)
{
        const char *address = both->target[0] == '\0' ? "127.0.0.1:0" : both->target;
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_server_new(both->loop, options,
                                        &(struct pd_grpc_methods){methods, PD_COUNT(methods), both},
                                        &both->server, &err),
                     err);
        assert_pd_ok(pd_grpc_server_listen(both->server, address, &err), err);
        if (both->target[0] == '\0')
                pd_format(both->target, sizeof(both->target), "127.0.0.1:%u",
                          (unsigned)pd_grpc_server_port(both->server));
}

void both_kill(struct both *both)
{
        pd_grpc_server_free(both->server);
        both->server = NULL;
        both->kept_count = 0;
}

void both_dial(struct both *both, const struct pd_grpc_channel_options *options)
{
        struct pd_grpc_channel_options quick = {0};
        struct pd_err err = {0};

        if (options != NULL)
                quick = *options;
        if (quick.backoff_ms == 0)
                quick.backoff_ms = 5;
        if (quick.backoff_max_ms == 0)
                quick.backoff_max_ms = 20;
        assert_pd_ok(pd_grpc_channel_new(both->loop, both->target, &quick, &both->channel, &err),
                     err);
}

void both_open(struct both *both, const struct pd_grpc_server_options *server,
               const struct pd_grpc_channel_options *channel)
{
        struct pd_err err = {0};

        *both = (struct both){.loop = NULL};
        assert_pd_ok(pd_loop_new(&both->loop, &err), err);
        both_serve(both, server);
        both_dial(both, channel);
}

void both_close(struct both *both)
{
        pd_grpc_channel_free(both->channel);
        pd_grpc_server_free(both->server);
        pd_loop_free(both->loop);
}

void both_call(struct both *both, const struct pd_grpc_request *request, struct witness *witness)
{
        struct pd_err err = {0};

        *witness = (struct witness){.call = NULL};
        assert_pd_ok(pd_grpc_call_start(both->channel, request, &witness_events, witness,
                                        &witness->call, &err),
                     err);
        assert_int_equal(witness->ended, 0); /* never from within */
}

void both_ask(struct both *both, bool waits_for_ready, struct witness *witness)
{
        const struct pd_grpc_request request = {
                .path = ONE,
                .waits_for_ready = waits_for_ready,
                .sends_one = true,
                .takes_one = true,
        };

        both_call(both, &request, witness);
        pair_send(witness->call, "hello");
        pd_grpc_call_close(witness->call);
        BOTH_UNTIL(both, witness->ended > 0);
        witness_done(witness);
}

void both_turn(struct both *both)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_loop_turn(both->loop, 50, &err), err);
}
