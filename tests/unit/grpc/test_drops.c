/* test_drops.c - calls, channels and servers that are given up in any event. */
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "grpc/grpc.h"
#include "pd_test.h"

/** Over what a call takes without being full. */
#define MUCH (PD_GRPC_MAX_UNSENT_BYTES + 100000)
/** Longest wait for the end of a scene. */
#define PATIENCE_MS 30000

#define MOMENTS(X)                                                                                 \
        X(CLIENT_STARTED)                                                                          \
        X(CLIENT_HEADERS)                                                                          \
        X(CLIENT_MESSAGE)                                                                          \
        X(CLIENT_WRITABLE)                                                                         \
        X(CLIENT_ENDED)                                                                            \
        X(SERVER_BEGUN)                                                                            \
        X(SERVER_MESSAGE)                                                                          \
        X(SERVER_WRITABLE)                                                                         \
        X(SERVER_HALF_CLOSED)                                                                      \
        X(SERVER_ENDED)

enum moment {
#define MOMENT_ENUM(name) name,
        MOMENTS(MOMENT_ENUM)
#undef MOMENT_ENUM
};

static const char *const moment_names[] = {
#define MOMENT_NAME(name) #name,
        MOMENTS(MOMENT_NAME)
#undef MOMENT_NAME
};

/* A call in which both sides send much, one after the other; at one moment of it something is done.
 */
struct scene {
        struct pd_loop *loop;
        struct pd_grpc_server *server;
        struct pd_grpc_channel *channel;
        struct pd_grpc_call *asked;  /* the client's; NULL: gone */
        struct pd_grpc_call *served; /* the server's; NULL: not yet, or gone */
        enum moment moment;
        void (*act)(struct scene *scene);
        bool has_acted;
        bool is_half_closed, is_writable; /* told to the server */
};

static void act_at(struct scene *scene, enum moment moment)
{
        if (moment != scene->moment || scene->has_acted)
                return;
        scene->has_acted = true;
        scene->act(scene);
}

static void send_bytes(struct pd_grpc_call *call, size_t len)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                pd_grpc_message_new(len);
        struct pd_err err = {0};

        assert_non_null(message);
        memset(pd_grpc_message_data(message), 'x', len);
        assert_pd_ok(pd_grpc_call_send(call, message, &err), err);
}

/* The client. */

static void asked_headers(struct pd_grpc_call *call, const struct pd_grpc_metadata *metadata,
                          void *user)
{
        struct scene *scene = user;

        (void)metadata;
        assert_ptr_equal(call, scene->asked);
        act_at(scene, CLIENT_HEADERS);
}

static void asked_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct scene *scene = user;

        assert_ptr_equal(call, scene->asked);
        assert_int_equal(message->len, MUCH);
        act_at(scene, CLIENT_MESSAGE);
}

static void asked_writable(struct pd_grpc_call *call, void *user)
{
        struct scene *scene = user;

        assert_ptr_equal(call, scene->asked);
        act_at(scene, CLIENT_WRITABLE);
        if (scene->asked != NULL)
                pd_grpc_call_close(call);
}

static void asked_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct scene *scene = user;

        assert_ptr_equal(call, scene->asked);
        assert_non_null(status->message);
        scene->asked = NULL;
        act_at(scene, CLIENT_ENDED);
}

static const struct pd_grpc_events asked_events = {
        .headers = asked_headers,
        .message = asked_message,
        .writable = asked_writable,
        .ended = asked_ended,
};

/* The server. */

static void served_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct scene *scene = user;

        assert_ptr_equal(call, scene->served);
        assert_int_equal(message->len, MUCH);
        act_at(scene, SERVER_MESSAGE);
}

/* The reply waits for both, so that both come. */
static void reply_if_done(struct scene *scene)
{
        static const struct pd_grpc_status ok = {.code = PD_GRPC_OK};

        if (scene->served != NULL && scene->is_half_closed && scene->is_writable)
                pd_grpc_call_reply(scene->served, &ok);
}

static void served_writable(struct pd_grpc_call *call, void *user)
{
        struct scene *scene = user;

        assert_ptr_equal(call, scene->served);
        scene->is_writable = true;
        act_at(scene, SERVER_WRITABLE);
        reply_if_done(scene);
}

static void served_half_closed(struct pd_grpc_call *call, void *user)
{
        struct scene *scene = user;

        assert_ptr_equal(call, scene->served);
        scene->is_half_closed = true;
        act_at(scene, SERVER_HALF_CLOSED);
        reply_if_done(scene);
}

static void served_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct scene *scene = user;

        assert_ptr_equal(call, scene->served);
        assert_non_null(status->message);
        scene->served = NULL;
        act_at(scene, SERVER_ENDED);
}

static const struct pd_grpc_events served_events = {
        .message = served_message,
        .writable = served_writable,
        .half_closed = served_half_closed,
        .ended = served_ended,
};

static void begin(struct pd_grpc_call *call, void *app)
{
        struct scene *scene = app;

        assert_null(scene->served);
        scene->served = call;
        pd_grpc_call_on(call, &served_events, scene);
        send_bytes(call, MUCH);
        act_at(scene, SERVER_BEGUN);
}

/* What is done. */

static void drop_asked(struct scene *scene)
{
        struct pd_grpc_call *call = pd_steal(&scene->asked);

        if (call != NULL)
                pd_grpc_call_drop(call);
}

static void drop_served(struct scene *scene)
{
        struct pd_grpc_call *call = pd_steal(&scene->served);

        if (call != NULL)
                pd_grpc_call_drop(call);
}

static void drop_both(struct scene *scene)
{
        drop_asked(scene);
        drop_served(scene);
}

static void cancel_asked(struct scene *scene)
{
        if (scene->asked != NULL)
                pd_grpc_call_cancel(scene->asked);
}

static void cancel_served(struct scene *scene)
{
        if (scene->served != NULL)
                pd_grpc_call_cancel(scene->served);
}

static void free_channel(struct scene *scene)
{
        scene->asked = NULL;
        pd_grpc_channel_free(pd_steal(&scene->channel));
}

static void free_server(struct scene *scene)
{
        scene->served = NULL;
        pd_grpc_server_free(pd_steal(&scene->server));
}

static void free_both(struct scene *scene)
{
        free_channel(scene);
        free_server(scene);
}

/* What has ended may not have been told yet. */
static void cancel_and_free(struct scene *scene)
{
        cancel_asked(scene);
        cancel_served(scene);
        free_both(scene);
}

static const struct {
        const char *name;
        void (*act)(struct scene *scene);
} acts[] = {
        {"drop the client's call", drop_asked},
        {"drop the server's call", drop_served},
        {"drop both calls", drop_both},
        {"cancel the client's call", cancel_asked},
        {"cancel the server's call", cancel_served},
        {"free the channel", free_channel},
        {"free the server", free_server},
        {"free both", free_both},
        {"cancel both calls and free both", cancel_and_free},
};

/* The scene. */

static void open_scene(struct scene *scene)
{
        static const struct pd_grpc_method methods[] = {
                {.path = "/T/Scene",
                 .client_streams = true,
                 .server_streams = true,
                 .begin = begin},
        };
        struct pd_err err = {0};
        char target[64];

        assert_pd_ok(pd_loop_new(&scene->loop, &err), err);
        assert_pd_ok(
                pd_grpc_server_new(scene->loop, NULL,
                                   &(struct pd_grpc_methods){methods, PD_COUNT(methods), scene},
                                   &scene->server, &err),
                err);
        assert_pd_ok(pd_grpc_server_listen(scene->server, "127.0.0.1:0", &err), err);
        pd_format(target, sizeof(target), "127.0.0.1:%u",
                  (unsigned)pd_grpc_server_port(scene->server));
        assert_pd_ok(pd_grpc_channel_new(scene->loop, target, NULL, &scene->channel, &err), err);
}

static void play(struct scene *scene)
{
        const struct pd_grpc_request request = {.path = "/T/Scene"};
        int64_t began_us = pd_clock_mono_us();
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_call_start(scene->channel, &request, &asked_events, scene,
                                        &scene->asked, &err),
                     err);
        send_bytes(scene->asked, MUCH);
        act_at(scene, CLIENT_STARTED);
        while (!scene->has_acted || scene->asked != NULL || scene->served != NULL) {
                assert_pd_ok(pd_loop_turn(scene->loop, 10, &err), err);
                assert_true(pd_clock_mono_us() - began_us < PATIENCE_MS * 1000);
        }
        for (int i = 0; i < 3; i++) /* nothing may come any more: the pointers would tell */
                assert_pd_ok(pd_loop_turn(scene->loop, 0, &err), err);
}

static void everything_may_be_given_up_in_every_event(void **state)
{
        (void)state;
        for (size_t moment = 0; moment < PD_COUNT(moment_names); moment++) {
                for (size_t i = 0; i < PD_COUNT(acts); i++) {
                        struct scene scene = {.moment = (enum moment)moment, .act = acts[i].act};

                        print_message("  %s: %s\n", moment_names[moment], acts[i].name);
                        open_scene(&scene);
                        play(&scene);
                        free_both(&scene);
                        pd_loop_free(scene.loop);
                }
        }
}

static void nothing(struct scene *scene)
{
        (void)scene;
}

/* Calls whose end is not told yet go with their channel and their server. */
static void a_loop_that_stops_anywhere_leaves_nothing_behind(void **state)
{
        bool is_done = false;

        (void)state;
        for (int turns = 0; !is_done; turns++) {
                struct scene scene = {.moment = CLIENT_STARTED, .act = nothing};
                const struct pd_grpc_request request = {.path = "/T/Scene"};
                struct pd_err err = {0};

                open_scene(&scene);
                assert_pd_ok(pd_grpc_call_start(scene.channel, &request, &asked_events, &scene,
                                                &scene.asked, &err),
                             err);
                send_bytes(scene.asked, MUCH);
                for (int i = 0; i < turns; i++)
                        assert_pd_ok(pd_loop_turn(scene.loop, 10, &err), err);
                is_done = scene.asked == NULL;
                cancel_and_free(&scene);
                pd_loop_free(scene.loop);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(everything_may_be_given_up_in_every_event),
                cmocka_unit_test(a_loop_that_stops_anywhere_leaves_nothing_behind),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
