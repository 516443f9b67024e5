/* client.c - makes calls as its settings say, and tells how they went. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "grpc/grpc.h"
#include "peer.h"
#include "result.h"

#define MAX_ENTRIES 32
#define MAX_PATH    200
/* Most bytes of the last message that are shown. */
#define SHOWN_BYTES 1000

struct client_settings {
        const char *target, *method, *stalled;
        int64_t calls, in_flight, size, stalled_size, count, max_message, cancel_after;
        int64_t deadline_ms, cancel_ms, read_pause_ms, backoff_ms, unanswered_ms, seconds;
        bool waits, checks, turns, keeps_open, resends;
};

static const struct peer_setting settings[] = {
        {"target", offsetof(struct client_settings, target), PEER_TEXT},
        {"method", offsetof(struct client_settings, method), PEER_TEXT},
        {"stalled", offsetof(struct client_settings, stalled), PEER_TEXT},
        {"calls", offsetof(struct client_settings, calls), PEER_NUMBER},
        {"in_flight", offsetof(struct client_settings, in_flight), PEER_NUMBER},
        {"size", offsetof(struct client_settings, size), PEER_NUMBER},
        {"stalled_size", offsetof(struct client_settings, stalled_size), PEER_NUMBER},
        {"count", offsetof(struct client_settings, count), PEER_NUMBER},
        {"max_message", offsetof(struct client_settings, max_message), PEER_NUMBER},
        {"cancel_after", offsetof(struct client_settings, cancel_after), PEER_NUMBER},
        {"deadline_ms", offsetof(struct client_settings, deadline_ms), PEER_NUMBER},
        {"cancel_ms", offsetof(struct client_settings, cancel_ms), PEER_NUMBER},
        {"read_pause_ms", offsetof(struct client_settings, read_pause_ms), PEER_NUMBER},
        {"backoff_ms", offsetof(struct client_settings, backoff_ms), PEER_NUMBER},
        {"unanswered_ms", offsetof(struct client_settings, unanswered_ms), PEER_NUMBER},
        {"seconds", offsetof(struct client_settings, seconds), PEER_NUMBER},
        {"waits", offsetof(struct client_settings, waits), PEER_FLAG},
        {"checks", offsetof(struct client_settings, checks), PEER_FLAG},
        {"turns", offsetof(struct client_settings, turns), PEER_FLAG},
        {"keeps_open", offsetof(struct client_settings, keeps_open), PEER_FLAG},
        {"resends", offsetof(struct client_settings, resends), PEER_FLAG},
};

static const struct kind {
        const char *method;
        bool client_streams, server_streams;
} kinds[] = {
        {"ServerStream", false, true},
        {"ClientStream", true, false},
        {"Bidi", true, true},
        {"", false, false}, /* every other one */
};

/* Metadata out of arguments; what is decoded is freed with it. */
struct metadata {
        struct pd_grpc_entry at[MAX_ENTRIES];
        char *decoded[MAX_ENTRIES];
        size_t count;
};

struct client {
        struct client_settings with;
        struct metadata metadata, stalled_metadata;
        struct pd_loop *loop;
        struct pd_grpc_channel *channel;
        struct pd_grpc_message *message, *stalled_message;
        struct pd_grpc_call *stalled; /* NULL: there is none, or it has ended */
        struct pd_watch input;
        struct result result;
        int64_t begun, running;
        struct pd_err err; /* why it could not go on */
};

/* A call that was made. */
struct made {
        struct client *client;
        struct pd_grpc_call *call;
        const struct kind *kind;
        struct pd_timer cancel, pause;
        int64_t began_us, sent, received;
        bool is_closed;
};

/* --- Arguments --- */

static const struct kind *find_kind(const char *method)
{
        const struct kind *kind = kinds;

        while (kind->method[0] != '\0' && strcmp(kind->method, method) != 0)
                kind++;
        return kind;
}

static int add_entry(struct metadata *to, char *word, struct pd_err *err)
{
        char *value = strchr(word, '=');
        struct pd_grpc_entry *entry = &to->at[to->count];

        if (value == NULL || to->count == MAX_ENTRIES)
                return pd_fail(err, PD_E_USAGE, 0, "what is '%s'?", word);
        *value++ = '\0';
        *entry = (struct pd_grpc_entry){word, value, strlen(value)};
        if (peer_is_binary(word)) {
                char *decoded = malloc(entry->len + 3);

                if (decoded == NULL)
                        return pd_fail_memory(err, "metadata");
                to->decoded[to->count] = decoded;
                if (!pd_base64_decode(value, entry->len, decoded, &entry->len))
                        return pd_fail(err, PD_E_USAGE, 0, "'%s' is no base64", value);
                entry->value = decoded;
        }
        to->count++;
        return 0;
}

static int read_word(struct client *client, char *word, struct pd_err *err)
{
        if (word[0] == '+')
                return add_entry(&client->metadata, word + 1, err);
        if (word[0] == '~')
                return add_entry(&client->stalled_metadata, word + 1, err);
        return peer_set(&client->with, settings, PD_COUNT(settings), word, err);
}

static void metadata_done(struct metadata *metadata)
{
        for (size_t i = 0; i < MAX_ENTRIES; i++)
                free(metadata->decoded[i]);
}

/* --- A call --- */

static bool wants_more(const struct client *client)
{
        if (client->with.seconds > 0)
                return pd_clock_mono_us() - client->result.began_us <
                       client->with.seconds * 1000000;
        return client->begun < client->with.calls;
}

/* In turns, each message but the first waits for what comes for the last one. */
static bool may_send(const struct made *made)
{
        const struct client_settings *with = &made->client->with;
        int64_t count = made->kind->client_streams ? with->count : 1;

        return made->sent < count && (!with->turns || made->sent <= made->received);
}

static void send_some(struct made *made)
{
        struct client *client = made->client;
        int64_t count = made->kind->client_streams ? client->with.count : 1;
        struct pd_err err = {0};

        while (may_send(made) && pd_grpc_call_is_writable(made->call)) {
                if (pd_grpc_call_send(made->call, client->message, &err) < 0) {
                        pd_grpc_call_cancel(made->call);
                        return;
                }
                made->sent++;
        }
        if (made->sent < count || made->is_closed || client->with.keeps_open ||
            (client->with.turns && made->received < count))
                return;
        made->is_closed = true;
        pd_grpc_call_close(made->call);
}

static void on_headers(struct pd_grpc_call *call, const struct pd_grpc_metadata *metadata,
                       void *user)
{
        struct made *made = user;

        (void)call;
        result_keep(&made->client->result.headers, peer_entries(metadata));
}

static void on_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct made *made = user;
        struct client *client = made->client;
        const char *data = (const char *)pd_grpc_message_data(message);
        bool is_echo = !made->kind->client_streams || made->kind->server_streams;
        size_t shown = message->len < SHOWN_BYTES ? message->len : SHOWN_BYTES;

        made->received++;
        client->result.messages++;
        client->result.bytes += (int64_t)message->len;
        if (is_echo && client->with.checks &&
            (message->len != client->message->len ||
             memcmp(data, pd_grpc_message_data(client->message), message->len) != 0))
                client->result.wrong++;
        if (client->with.checks)
                result_keep(&client->result.last, json_stringn(data, shown));

        if (made->received == client->with.cancel_after) {
                pd_grpc_call_cancel(call);
                return;
        }
        if (client->with.read_pause_ms > 0) {
                pd_grpc_call_set_reading(call, false);
                pd_loop_set_timer(client->loop, &made->pause,
                                  pd_clock_mono_us() + client->with.read_pause_ms * 1000);
        }
        send_some(made);
}

static void on_writable(struct pd_grpc_call *call, void *user)
{
        (void)call;
        send_some(user);
}

static void on_cancel(struct pd_timer *timer)
{
        pd_grpc_call_cancel(PD_OWNER_OF(timer, struct made, cancel)->call);
}

static void on_pause_over(struct pd_timer *timer)
{
        pd_grpc_call_set_reading(PD_OWNER_OF(timer, struct made, pause)->call, true);
}

static void begin_call(struct client *client);

static void all_done(struct client *client);

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct made *made = user;
        struct client *client = made->client;
        bool is_sent_again = client->with.resends && status->is_unprocessed;

        (void)call;
        client->result.unprocessed += status->is_unprocessed;
        if (is_sent_again) {
                client->begun--;
        } else {
                result_add(&client->result, status, pd_clock_mono_us() - made->began_us);
        }
        pd_loop_clear_timer(client->loop, &made->cancel);
        pd_loop_clear_timer(client->loop, &made->pause);
        free(made);

        client->running--;
        if (wants_more(client))
                begin_call(client);
        else if (client->running == 0)
                all_done(client);
}

static const struct pd_grpc_events events = {
        .headers = on_headers,
        .message = on_message,
        .writable = on_writable,
        .ended = on_ended,
};

static const char *path_of(const char *method, char room[MAX_PATH])
{
        if (method[0] == '/')
                return method;
        pd_format(room, MAX_PATH, "/test.Echo/%s", method);
        return room;
}

static int start(struct client *client, struct made *made)
{
        const struct client_settings *with = &client->with;
        char room[MAX_PATH];
        const struct pd_grpc_request request = {
                .path = path_of(with->method, room),
                .metadata = {client->metadata.at, client->metadata.count},
                .deadline_ms = with->deadline_ms,
                .waits_for_ready = with->waits,
                .sends_one = !made->kind->client_streams,
                .takes_one = !made->kind->server_streams,
        };

        return pd_grpc_call_start(client->channel, &request, &events, made, &made->call,
                                  &client->err);
}

static void begin_call(struct client *client)
{
        struct made *made = calloc(1, sizeof(*made));

        if (made == NULL) {
                (void)pd_fail_memory(&client->err, "a call");
                pd_loop_stop(client->loop);
                return;
        }
        *made = (struct made){
                .client = client,
                .kind = find_kind(client->with.method),
                .cancel.due = on_cancel,
                .pause.due = on_pause_over,
                .began_us = pd_clock_mono_us(),
        };
        if (start(client, made) < 0) {
                free(made);
                pd_loop_stop(client->loop);
                return;
        }
        client->begun++;
        client->running++;
        if (client->with.cancel_ms > 0)
                pd_loop_set_timer(client->loop, &made->cancel,
                                  made->began_us + client->with.cancel_ms * 1000);
        send_some(made);
}

/* --- The call that stands still --- */

static void send_without_end(struct pd_grpc_call *call, void *user)
{
        struct client *client = user;
        bool sends_one = !find_kind(client->with.stalled)->client_streams;
        struct pd_err err = {0};

        while (pd_grpc_call_is_writable(call)) {
                if (pd_grpc_call_send(call, client->stalled_message, &err) < 0)
                        return;
                if (sends_one) {
                        pd_grpc_call_close(call);
                        return;
                }
        }
}

static void on_stalled_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status,
                             void *user)
{
        struct client *client = user;

        (void)call;
        (void)pd_fail(&client->err, PD_E_INTERNAL, 0, "the call that stands still has ended: %s %s",
                      pd_grpc_code_name(status->code), status->message);
        client->stalled = NULL;
        pd_loop_stop(client->loop);
}

static int begin_stalled(struct client *client, struct pd_err *err)
{
        static const struct pd_grpc_events stalled_events = {
                .writable = send_without_end,
                .ended = on_stalled_ended,
        };
        char room[MAX_PATH];
        const struct kind *kind = find_kind(client->with.stalled);
        const struct pd_grpc_request request = {
                .path = path_of(client->with.stalled, room),
                .metadata = {client->stalled_metadata.at, client->stalled_metadata.count},
                .waits_for_ready = client->with.waits,
                .sends_one = !kind->client_streams,
                .takes_one = !kind->server_streams,
        };

        if (pd_grpc_call_start(client->channel, &request, &stalled_events, client, &client->stalled,
                               err) < 0)
                return -1;
        pd_grpc_call_set_reading(client->stalled, false);
        send_without_end(client->stalled, client);
        return 0;
}

/* --- The mode --- */

/* With a call that stands still, it goes on standing there until standard input ends. */
static void all_done(struct client *client)
{
        if (client->stalled == NULL ||
            pd_loop_watch(client->loop, &client->input, EPOLLIN, &client->err) < 0)
                pd_loop_stop(client->loop);
        result_print(&client->result);
}

static void on_input(struct pd_watch *watch, uint32_t ready)
{
        struct client *client = PD_OWNER_OF(watch, struct client, input);
        char bytes[100];

        (void)ready;
        if (read(watch->fd, bytes, sizeof(bytes)) <= 0)
                pd_loop_stop(client->loop);
}

static int open_client(struct client *client, struct pd_err *err)
{
        const struct client_settings *with = &client->with;
        const struct pd_grpc_channel_options options = {
                .max_message = (size_t)with->max_message,
                .backoff_ms = with->backoff_ms,
                .backoff_max_ms = 1000,
                .unanswered_ms = with->unanswered_ms,
        };

        client->message = peer_pattern((size_t)with->size);
        client->stalled_message = peer_pattern((size_t)with->stalled_size);
        if (client->message == NULL || client->stalled_message == NULL)
                return pd_fail_memory(err, "messages");
        if (pd_loop_new(&client->loop, err) < 0)
                return -1;
        return pd_grpc_channel_new(client->loop, with->target, &options, &client->channel, err);
}

static int run(struct client *client, struct pd_err *err)
{
        client->result.began_us = pd_clock_mono_us();
        client->result.began_cpu_us = peer_cpu_us();
        if (client->with.stalled != NULL && begin_stalled(client, err) < 0)
                return -1;
        for (int64_t i = 0; i < client->with.in_flight && wants_more(client); i++)
                begin_call(client);
        if (client->err.code == PD_OK && pd_loop_run(client->loop, err) < 0)
                return -1;
        if (client->err.code != PD_OK) {
                *err = client->err;
                return -1;
        }
        return 0;
}

static void client_done(struct client *client)
{
        if (client->loop != NULL)
                pd_loop_unwatch(client->loop, &client->input);
        if (client->stalled != NULL)
                pd_grpc_call_drop(client->stalled);
        pd_grpc_channel_free(client->channel);
        pd_loop_free(client->loop);
        pd_grpc_message_release(client->message);
        pd_grpc_message_release(client->stalled_message);
        metadata_done(&client->metadata);
        metadata_done(&client->stalled_metadata);
        result_done(&client->result);
}

int peer_make_calls(char **words, struct pd_err *err)
{
        pd_auto(client_done) struct client client = {
                .with = {.target = "",
                         .method = "Unary",
                         .calls = 1,
                         .in_flight = 1,
                         .count = 1,
                         .cancel_after = PEER_NEVER,
                         .backoff_ms = 50,
                         .checks = true},
                .input = {.ready = on_input, .fd = STDIN_FILENO},
        };

        for (; *words != NULL; words++) {
                if (read_word(&client, *words, err) < 0)
                        return -1;
        }
        if (open_client(&client, err) < 0)
                return -1;
        return run(&client, err);
}
