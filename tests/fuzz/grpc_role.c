/* grpc_role.c - what the targets for the two sides of gRPC share. */
#include "grpc_role.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"

/* More than a good peer makes us say for one piece: to one that reads what it is sent there is an
 * end. */
#define MAX_PRODUCED (64 * 1024 * 1024)

static void say_nothing(void *owner)
{
        (void)owner;
}

static const struct pd_grpc_method *find_method(void *owner, const char *path, size_t len)
{
        const struct role *role = owner;

        assert(path[len] == '\0');
        for (size_t i = 0; i < role->method_count; i++) {
                if (strcmp(role->methods[i].path, path) == 0)
                        return &role->methods[i];
        }
        return NULL;
}

static const struct pd_grpc_session_ops ops = {
        .wants_to_send = say_nothing,
        .is_ready = say_nothing,
        .is_going = say_nothing,
        .calls_changed = say_nothing,
        .find_method = find_method,
};

bool role_open(struct role *role, bool is_server)
{
        const struct pd_grpc_session_options options = {
                .is_server = is_server,
                .max_message = ROLE_MAX_MESSAGE,
                .max_streams = 10,
                .peer = "fuzzer",
                .authority = "fuzzer",
                .user_agent = "fuzz",
                .app = role,
        };

        if (pd_loop_new(&role->loop, NULL) < 0)
                return false;
        if (pd_grpc_session_new(role->loop, &options, &ops, role, &role->session, NULL) == 0)
                return true;
        pd_loop_free(role->loop);
        return false;
}

/* What the session has to say goes nowhere. */
static bool produce_all(struct role *role)
{
        static uint8_t out[PD_GRPC_PRODUCE_BYTES];
        size_t all = 0;
        ssize_t len;

        while ((len = pd_grpc_session_produce(role->session, out, sizeof(out))) > 0) {
                assert((size_t)len <= sizeof(out));
                all += (size_t)len;
                assert(all < MAX_PRODUCED);
        }
        return len == 0;
}

bool role_feed(struct role *role, const uint8_t *bytes, size_t len)
{
        bool is_fine = pd_grpc_session_receive(role->session, bytes, len) == 0;

        assert(role->session->held <= PD_GRPC_MAX_CONNECTION_BYTES);
        is_fine = produce_all(role) && is_fine;
        if (pd_loop_turn(role->loop, 0, NULL) < 0)
                return false;
        is_fine = is_fine && produce_all(role);
        assert(is_fine || role->session->has_failed);
        return is_fine && !pd_grpc_session_is_over(role->session);
}

void role_run(struct role *role, const uint8_t *data, size_t size)
{
        size_t step = size > 0 ? data[0] + 1U : 1;

        if (!produce_all(role))
                return;
        for (size_t at = 1; at < size; at += step) {
                size_t len = size - at < step ? size - at : step;

                if (at > 1 && at <= 1 + step && data[0] % 2 == 1)
                        pd_grpc_session_shut_down(role->session);
                if (!role_feed(role, data + at, len))
                        return;
        }
}

void role_close(struct role *role)
{
        if (role->stopped != NULL)
                pd_grpc_call_set_reading(role->stopped, true); /* it may have been answered */
        pd_grpc_session_lose(role->session, role->session->has_failed ? role->session->reason
                                                                      : "the fuzzer is gone");
        assert(role->session->calls.count == 0 && role->session->held == 0);
        if (pd_loop_turn(role->loop, 0, NULL) == 0)
                assert(role->ended == role->begun);
        pd_grpc_session_free(role->session);
        pd_loop_free(role->loop);
}

/* Events. */

static void count_end(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct role *role = user;

        if (call == role->stopped)
                role->stopped = NULL;
        assert(status->message != NULL);
        assert(pd_utf8_valid(status->message, strlen(status->message), NULL));
        role->ended++;
}

static void echo(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)user;
        assert(message->len <= ROLE_MAX_MESSAGE);
        if (pd_grpc_call_is_writable(call))
                (void)!pd_grpc_call_send(call, message, NULL);
}

static void stop_reading(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct role *role = user;

        echo(call, message, user);
        role->stopped = call;
        pd_grpc_call_set_reading(call, false);
}

static void cancel(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)message;
        (void)user;
        pd_grpc_call_cancel(call);
}

/* A client has said all, but for what it may still echo. */
static void reply(struct pd_grpc_call *call, void *user)
{
        const struct pd_grpc_status status = {.message = "100% \xc3\xa4",
                                              .metadata = *pd_grpc_call_metadata(call)};

        (void)user;
        pd_grpc_call_reply(call, &status);
}

const struct pd_grpc_events role_echoes = {
        .message = echo, .half_closed = reply, .ended = count_end};
const struct pd_grpc_events role_stops = {
        .message = stop_reading, .half_closed = reply, .ended = count_end};
const struct pd_grpc_events role_cancels = {
        .message = cancel, .half_closed = reply, .ended = count_end};
const struct pd_grpc_events role_waits = {.ended = count_end};
