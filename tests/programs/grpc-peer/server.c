/* server.c - methods that do what the metadata of a call ask for. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "grpc/grpc.h"
#include "peer.h"
#include "wishes.h"

/* The program. */
struct server {
        struct pd_loop *loop;
        struct pd_grpc_server *grpc;
        struct pd_watch signals;
        int64_t drain_after;
        int64_t begun, running, most_at_once, ended[PEER_CODES];
        bool drains;
};

/* A message that waits to be sent, so many times. */
struct parcel {
        struct parcel *next;
        struct pd_grpc_message *message;
        int64_t times;
};

struct served;

struct kind {
        const char *path;
        void (*take)(struct served *served, struct pd_grpc_message *message);
        void (*finish)(struct served *served); /* the client sends no more; NULL: nothing to do */
        bool client_streams;
};

/* A call. */
struct served {
        struct server *server;
        struct pd_grpc_call *call;
        const struct kind *kind;
        struct wishes wishes;
        struct parcel *first, **last;
        struct pd_timer timer; /* before the first message is read, and between messages */
        int64_t messages, bytes;
        bool has_all, is_finished, is_over, reads;
};

/* --- What is answered --- */

static bool is_counted(const struct served *served);

/* Answered or given up: it runs no more, though its end may not have gone out yet. */
static void set_over(struct served *served)
{
        if (!served->is_over && is_counted(served))
                served->server->running--;
        served->is_over = true;
}

static void give_up(struct served *served)
{
        set_over(served);
        pd_grpc_call_cancel(served->call);
}

/* Takes the message; NULL: there was no memory. */
static void put(struct served *served, struct pd_grpc_message *message, int64_t times)
{
        struct parcel *parcel = message != NULL ? malloc(sizeof(*parcel)) : NULL;

        if (parcel == NULL) {
                pd_grpc_message_release(message);
                give_up(served);
                return;
        }
        *parcel = (struct parcel){.message = message, .times = times};
        *served->last = parcel;
        served->last = &parcel->next;
}

static void drop_first(struct served *served)
{
        struct parcel *parcel = served->first;

        served->first = parcel->next;
        if (served->first == NULL)
                served->last = &served->first;
        pd_grpc_message_release(parcel->message);
        free(parcel);
}

/* False: something still waits. */
static bool send_parcels(struct served *served)
{
        struct pd_err err = {0};

        while (served->first != NULL) {
                if (served->first->times-- == 0) {
                        drop_first(served);
                        continue;
                }
                if (!pd_grpc_call_is_writable(served->call)) {
                        served->first->times++;
                        return false;
                }
                if (pd_grpc_call_send(served->call, served->first->message, &err) < 0) {
                        give_up(served);
                        return false;
                }
        }
        return true;
}

static void reply(struct served *served)
{
        const struct pd_grpc_metadata *asked = pd_grpc_call_metadata(served->call);
        int64_t deadline_us = pd_grpc_call_deadline_us(served->call);
        struct pd_grpc_entry trailers[WISHES_MAX_ENTRIES + 1];
        size_t count = wishes_pick(asked, "t-", trailers);
        char left[24];

        set_over(served);
        if (served->wishes.resets != 0) {
                pd_grpc_call_cancel(served->call);
                return;
        }
        if (deadline_us != 0) {
                pd_format(left, sizeof(left), "%lld",
                          (long long)((deadline_us - pd_clock_mono_us()) / 1000));
                trailers[count++] = (struct pd_grpc_entry){"left-ms", left, strlen(left)};
        }
        pd_grpc_call_reply(served->call, &(struct pd_grpc_status){
                                                 .code = (enum pd_grpc_code)served->wishes.code,
                                                 .message = served->wishes.text,
                                                 .metadata = {trailers, count},
                                         });
}

static void set_reading(struct served *served, bool reads)
{
        if (reads != served->reads)
                pd_grpc_call_set_reading(served->call, reads);
        served->reads = reads;
}

static void go_on(struct served *served)
{
        bool is_stopped = served->messages == served->wishes.stop_reading;
        bool has_sent;

        if (served->is_over || pd_timer_is_set(&served->timer))
                return;
        if (served->wishes.answers_at_once != 0) {
                reply(served);
                return;
        }
        if (served->has_all && !served->is_finished) {
                served->is_finished = true;
                if (served->kind->finish != NULL)
                        served->kind->finish(served);
        }
        has_sent = send_parcels(served);
        if (has_sent && served->has_all && !is_stopped)
                reply(served);
        else if (!served->is_over)
                set_reading(served, !is_stopped && (has_sent || served->wishes.is_late != 0));
}

static void on_timer(struct pd_timer *timer)
{
        go_on(PD_OWNER_OF(timer, struct served, timer));
}

static void wait_ms(struct served *served, int64_t ms)
{
        if (ms == 0)
                return;
        set_reading(served, false);
        pd_loop_set_timer(served->server->loop, &served->timer, pd_clock_mono_us() + ms * 1000);
}

/* --- What the methods do --- */

static struct pd_grpc_message *wanted_message(const struct served *served,
                                              struct pd_grpc_message *request)
{
        return served->wishes.size != PEER_NEVER ? peer_pattern((size_t)served->wishes.size)
                                                 : pd_grpc_message_hold(request);
}

static void echo(struct served *served, struct pd_grpc_message *message)
{
        put(served, wanted_message(served, message), 1);
}

static void send_many(struct served *served, struct pd_grpc_message *message)
{
        put(served, wanted_message(served, message), served->wishes.count);
}

static void count_only(struct served *served, struct pd_grpc_message *message)
{
        (void)served;
        (void)message;
}

static void sum_up(struct served *served)
{
        char text[80];

        pd_format(text, sizeof(text), "{\"messages\":%lld,\"bytes\":%lld}",
                  (long long)served->messages, (long long)served->bytes);
        put(served, pd_grpc_message_of(text, strlen(text)), 1);
}

static void converse(struct served *served, struct pd_grpc_message *message)
{
        put(served, pd_grpc_message_hold(message), 1);
}

static void tell_state(struct served *served, struct pd_grpc_message *message);

static const struct kind kinds[] = {
        {"/test.Echo/Unary", echo, NULL, false},
        {"/test.Echo/ServerStream", send_many, NULL, false},
        {"/test.Echo/ClientStream", count_only, sum_up, true},
        {"/test.Echo/Bidi", converse, NULL, true},
        {"/test.Echo/State", tell_state, NULL, false},
};

static bool is_counted(const struct served *served)
{
        return served->kind->take != tell_state;
}

static json_t *state_of(const struct server *server)
{
        return json_pack("{s:I, s:I, s:I, s:o, s:I}", "begun", (json_int_t)server->begun, "running",
                         (json_int_t)server->running, "most_at_once",
                         (json_int_t)server->most_at_once, "ended", peer_by_status(server->ended),
                         "cpu_us", (json_int_t)peer_cpu_us());
}

static void tell_state(struct served *served, struct pd_grpc_message *message)
{
        json_t *state = state_of(served->server);
        pd_auto(pd_free_ptr) char *text = json_dumps(state, JSON_COMPACT);

        (void)message;
        json_decref(state);
        put(served, text != NULL ? pd_grpc_message_of(text, strlen(text)) : NULL, 1);
}

/* --- What happens --- */

static void on_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct served *served = user;

        (void)call;
        if (served->is_over)
                return;
        served->messages++;
        served->bytes += (int64_t)message->len;
        served->has_all |=
                !served->kind->client_streams || served->messages == served->wishes.end_after;
        served->kind->take(served, message);
        wait_ms(served, served->wishes.read_pause_ms);
        if (served->wishes.is_late == 0 || served->has_all)
                go_on(served);
}

static void on_half_closed(struct pd_grpc_call *call, void *user)
{
        struct served *served = user;

        (void)call;
        served->has_all = true;
        go_on(served);
}

static void on_writable(struct pd_grpc_call *call, void *user)
{
        (void)call;
        go_on(user);
}

static void on_drained(void *app)
{
        struct server *server = app;

        pd_loop_stop(server->loop);
}

static void drain(struct server *server)
{
        if (!server->drains)
                pd_grpc_server_drain(server->grpc, on_drained);
        server->drains = true;
}

static void count_begin(struct server *server)
{
        server->begun++;
        server->running++;
        if (server->running > server->most_at_once)
                server->most_at_once = server->running;
        if (server->begun == server->drain_after) {
                printf("draining\n");
                (void)fflush(stdout);
                drain(server);
        }
}

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct served *served = user;

        (void)call;
        set_over(served);
        if (is_counted(served))
                served->server->ended[status->code]++;
        pd_loop_clear_timer(served->server->loop, &served->timer);
        while (served->first != NULL)
                drop_first(served);
        free(served);
}

static const struct pd_grpc_events events = {
        .message = on_message,
        .half_closed = on_half_closed,
        .writable = on_writable,
        .ended = on_ended,
};

static void begin(struct pd_grpc_call *call, void *app)
{
        const struct pd_grpc_metadata *asked = pd_grpc_call_metadata(call);
        struct served *served = calloc(1, sizeof(*served));
        struct pd_grpc_entry headers[WISHES_MAX_ENTRIES];
        size_t count = wishes_pick(asked, "h-", headers);

        if (served == NULL)
                return;
        *served = (struct served){
                .server = app,
                .call = call,
                .kind = kinds,
                .wishes = wishes_read(asked),
                .last = &served->first,
                .timer.due = on_timer,
                .reads = true,
        };
        while (strcmp(served->kind->path, pd_grpc_call_path(call)) != 0)
                served->kind++;
        pd_grpc_call_on(call, &events, served);

        if (is_counted(served))
                count_begin(served->server);
        if (count > 0 &&
            pd_grpc_call_send_headers(call, &(struct pd_grpc_metadata){headers, count}, NULL) < 0)
                give_up(served);
        wait_ms(served, served->wishes.delay_ms);
        if (served->wishes.answers_at_once != 0 || served->wishes.stop_reading == 0)
                go_on(served);
}

static const struct pd_grpc_method methods[] = {
        {.path = "/test.Echo/Unary", .begin = begin},
        {.path = "/test.Echo/ServerStream", .server_streams = true, .begin = begin},
        {.path = "/test.Echo/ClientStream", .client_streams = true, .begin = begin},
        {.path = "/test.Echo/Bidi", .client_streams = true, .server_streams = true, .begin = begin},
        {.path = "/test.Echo/State", .begin = begin},
};

/* --- The mode --- */

struct server_settings {
        const char *address;
        int64_t max_message, max_streams, max_connections, drain_after, hello_ms, idle_ms;
};

static const struct peer_setting settings[] = {
        {"address", offsetof(struct server_settings, address), PEER_TEXT},
        {"max_message", offsetof(struct server_settings, max_message), PEER_NUMBER},
        {"max_streams", offsetof(struct server_settings, max_streams), PEER_NUMBER},
        {"max_connections", offsetof(struct server_settings, max_connections), PEER_NUMBER},
        {"drain_after", offsetof(struct server_settings, drain_after), PEER_NUMBER},
        {"hello_ms", offsetof(struct server_settings, hello_ms), PEER_NUMBER},
        {"idle_ms", offsetof(struct server_settings, idle_ms), PEER_NUMBER},
};

static void on_signal(struct pd_watch *watch, uint32_t ready)
{
        struct server *server = PD_OWNER_OF(watch, struct server, signals);

        (void)ready;
        pd_loop_unwatch(server->loop, watch);
        drain(server);
}

/* The descriptor that tells of SIGTERM. */
static int open_signals(struct pd_err *err)
{
        sigset_t set;
        int fd;

        (void)sigemptyset(&set);
        (void)sigaddset(&set, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &set, NULL);
        fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return fd >= 0 ? fd : pd_fail(err, PD_E_INTERNAL, 0, "no descriptor for signals");
}

static int open_server(struct server *server, const struct server_settings *with,
                       struct pd_err *err)
{
        static const struct pd_log log = {.fd = 2, .level = PD_LOG_WARN, .format = PD_LOG_TEXT};
        const struct pd_grpc_server_options options = {
                .max_message = (size_t)with->max_message,
                .max_streams = (unsigned)with->max_streams,
                .max_connections = (unsigned)with->max_connections,
                .hello_ms = with->hello_ms,
                .idle_ms = with->idle_ms,
                .log = &log,
        };

        if (pd_grpc_server_new(server->loop, &options,
                               &(struct pd_grpc_methods){methods, PD_COUNT(methods), server},
                               &server->grpc, err) < 0)
                return -1;
        return pd_grpc_server_listen(server->grpc, with->address, err);
}

int peer_serve(char **words, struct pd_err *err)
{
        struct server_settings with = {.address = "127.0.0.1:0", .drain_after = PEER_NEVER};
        pd_auto(pd_close_ptr) int signals = -1;
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = NULL;
        struct server server = {.signals.ready = on_signal, .drain_after = PEER_NEVER};
        int result;

        for (; *words != NULL; words++) {
                if (peer_set(&with, settings, PD_COUNT(settings), *words, err) < 0)
                        return -1;
        }
        signals = open_signals(err);
        if (signals < 0 || pd_loop_new(&loop, err) < 0)
                return -1;
        server.loop = loop;
        server.signals.fd = signals;
        server.drain_after = with.drain_after;
        result = open_server(&server, &with, err);
        if (result == 0)
                result = pd_loop_watch(loop, &server.signals, EPOLLIN, err);
        if (result == 0) {
                /* 1 for a Unix socket: the line says that it listens */
                uint16_t port = pd_grpc_server_port(server.grpc);

                printf("%u\n", port != 0 ? (unsigned)port : 1);
                (void)fflush(stdout);
                result = pd_loop_run(loop, err);
        }
        if (result == 0)
                peer_print(state_of(&server));
        pd_loop_unwatch(loop, &server.signals);
        pd_grpc_server_free(server.grpc);
        return result;
}
