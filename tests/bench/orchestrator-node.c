/*
 * orchestrator-node.c - the nodes of a pipeline, all in one process, and what reaches its end.
 *
 *     orchestrator-node [--flag value]...
 *
 * Prints the ports of --nodes servers in one line. When messages have come for --warm, it prints
 * `begin`, and after --time more what was taken in it, as JSON; it goes on until SIGTERM. A message
 * is {fixed64 number = 1; bytes body = 2;}, its number the time when it was sent.
 *
 *     give (Empty) -> Note                 with --single not before the last was taken
 *     give_all (Empty) -> stream Note
 *     pass (Note) -> Note
 *     pass_all (stream Note) -> stream Note
 *     take (Note) -> Empty                 after --delay
 *     take_all (stream Note) -> Empty
 */
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signals.h"
#include "config/config.h"
#include "grpc/grpc.h"

#define MAX_MESSAGE (64 * 1024 * 1024)
#define MAX_NODES   16
#define MAX_TIME_MS 60000
/** Tag of the number, the number, tag and length of the body: five bytes, whatever it is. */
#define HEAD_BYTES 15
/** Later ones are counted, but their time is not kept. */
#define MAX_TIMES 1000000

struct settings {
        int64_t nodes, size, warm, time, delay;
        bool single;
};

struct bench {
        struct settings settings;
        struct pd_loop *loop;
        struct pd_watch signals;
        struct pd_timer phase;
        struct pd_grpc_server *servers[MAX_NODES];
        struct pd_grpc_call *asked; /**< a give() that waits for the last message; NULL: none */
        bool is_under_way;          /**< that message */
        bool has_begun, is_measured;
        int64_t began_us;
        uint64_t taken;
        uint64_t all_sent, all_taken; /**< not only while it is measured */
        size_t time_count;
        uint32_t *times_us;
};

/** An answer of a slow sink. */
struct late {
        struct bench *bench;
        struct pd_grpc_call *call;
        struct pd_timer timer;
};

/* clang-format off */
#define AT(member) .offset = offsetof(struct settings, member), .help = ""
static const struct pd_config_key keys[] = {
        {.name = "nodes", .type = PD_CONFIG_INT, AT(nodes), .min = 1, .max = MAX_NODES, .preset = "3"},
        {.name = "size", .type = PD_CONFIG_INT, AT(size), .min = HEAD_BYTES, .max = MAX_MESSAGE, .preset = "100"},
        {.name = "warm", .type = PD_CONFIG_DURATION, AT(warm), .max = MAX_TIME_MS, .preset = "300ms"},
        {.name = "time", .type = PD_CONFIG_DURATION, AT(time), .max = MAX_TIME_MS, .preset = "2s"},
        {.name = "delay", .type = PD_CONFIG_DURATION, AT(delay), .max = MAX_TIME_MS, .preset = "0"},
        {.name = "single", .type = PD_CONFIG_BOOL, AT(single)},
};
/* clang-format on */

static const struct pd_config_table table = {keys, PD_COUNT(keys)};

/* Messages. */

static void finish(struct pd_grpc_call *call)
{
        pd_grpc_call_reply(call, &(struct pd_grpc_status){.code = PD_GRPC_OK});
}

/* Only on a call that is writable. */
static void send(struct pd_grpc_call *call, struct pd_grpc_message *message)
{
        if (message == NULL || pd_grpc_call_send(call, message, NULL) < 0)
                abort(); /* there is no memory */
}

static void send_note(struct pd_grpc_call *call, struct bench *bench)
{
        size_t len = (size_t)bench->settings.size;
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *note =
                pd_grpc_message_new(len);
        uint64_t now = htole64((uint64_t)pd_clock_mono_us());
        uint8_t *data;

        if (note == NULL)
                abort();
        data = pd_grpc_message_data(note);
        memset(data, 'x', len);
        data[0] = 0x09;
        memcpy(data + 1, &now, sizeof(now));
        data[9] = 0x12;
        for (size_t i = 0; i < 5; i++)
                data[10 + i] =
                        (uint8_t)(((len - HEAD_BYTES) >> (7 * i) & 0x7f) | (i < 4 ? 0x80 : 0));
        send(call, note);
        bench->all_sent++;
}

static void send_empty(struct pd_grpc_call *call)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *empty = pd_grpc_message_new(0);

        send(call, empty);
        finish(call);
}

/* What is measured. */

static int compare(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a;
        uint32_t y = *(const uint32_t *)b;

        return (x > y) - (x < y);
}

static void print_result(struct bench *bench)
{
        size_t count = bench->time_count;

        qsort(bench->times_us, count, sizeof(*bench->times_us), compare);
        printf("{\"taken\": %" PRIu64 ", \"seconds\": %.6f, \"p50_us\": %u, \"p99_us\": %u, "
               "\"all_sent\": %" PRIu64 ", \"all_taken\": %" PRIu64 "}\n",
               bench->taken, (double)(pd_clock_mono_us() - bench->began_us) / 1e6,
               count > 0 ? (unsigned)bench->times_us[count / 2] : 0U,
               count > 0 ? (unsigned)bench->times_us[count * 99 / 100] : 0U, bench->all_sent,
               bench->all_taken);
        (void)fflush(stdout);
}

static void phase_is_over(struct pd_timer *timer)
{
        struct bench *bench = PD_OWNER_OF(timer, struct bench, phase);

        if (bench->is_measured) {
                bench->is_measured = false;
                print_result(bench);
                return;
        }
        printf("begin\n");
        (void)fflush(stdout);
        bench->is_measured = true;
        bench->began_us = pd_clock_mono_us();
        pd_loop_set_timer(bench->loop, &bench->phase,
                          bench->began_us + bench->settings.time * 1000);
}

static void answer_single(struct bench *bench)
{
        struct pd_grpc_call *call = bench->asked;

        if (call == NULL || bench->is_under_way)
                return;
        bench->asked = NULL;
        bench->is_under_way = true;
        send_note(call, bench);
        finish(call);
}

static void count(struct bench *bench, struct pd_grpc_message *message)
{
        int64_t now_us = pd_clock_mono_us();
        uint64_t sent_us;

        memcpy(&sent_us, pd_grpc_message_data(message) + 1, sizeof(sent_us));
        if (message->len != (size_t)bench->settings.size)
                abort(); /* a relay has changed it */
        if (!bench->has_begun)
                pd_loop_set_timer(bench->loop, &bench->phase, now_us + bench->settings.warm * 1000);
        bench->has_begun = true;
        if (bench->is_measured && bench->time_count < MAX_TIMES)
                bench->times_us[bench->time_count++] =
                        (uint32_t)(now_us - (int64_t)le64toh(sent_us));
        bench->taken += bench->is_measured;
        bench->all_taken++;
        bench->is_under_way = false;
}

/* Calls. */

static void on_give(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct bench *bench = user;

        (void)message;
        if (bench->settings.single) {
                bench->asked = call;
                answer_single(bench);
                return;
        }
        send_note(call, bench);
        finish(call);
}

static void on_give_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status,
                          void *user)
{
        struct bench *bench = user;

        (void)status;
        if (bench->asked == call)
                bench->asked = NULL;
}

static void give_more(struct pd_grpc_call *call, void *user)
{
        while (pd_grpc_call_is_writable(call))
                send_note(call, user);
}

static void on_give_all(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)message;
        give_more(call, user);
}

static void on_pass(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)user;
        send(call, message);
        finish(call);
}

static void on_pass_all(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)user;
        send(call, message);
        if (!pd_grpc_call_is_writable(call))
                pd_grpc_call_set_reading(call, false);
}

static void go_on_reading(struct pd_grpc_call *call, void *user)
{
        (void)user;
        pd_grpc_call_set_reading(call, true);
}

static void all_has_come(struct pd_grpc_call *call, void *user)
{
        (void)user;
        finish(call);
}

static void late_is_due(struct pd_timer *timer)
{
        send_empty(PD_OWNER_OF(timer, struct late, timer)->call);
}

static void on_late_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status,
                          void *user)
{
        struct late *late = user;

        (void)call;
        (void)status;
        pd_loop_clear_timer(late->bench->loop, &late->timer);
        free(late);
}

static const struct pd_grpc_events late_events = {.ended = on_late_ended};

static void on_take(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct bench *bench = user;
        struct late *late;

        count(bench, message);
        if (bench->settings.delay == 0) {
                send_empty(call);
                answer_single(bench);
                return;
        }
        late = calloc(1, sizeof(*late));
        if (late == NULL)
                abort();
        *late = (struct late){.bench = bench, .call = call, .timer = {.due = late_is_due}};
        pd_grpc_call_on(call, &late_events, late);
        pd_loop_set_timer(bench->loop, &late->timer,
                          pd_clock_mono_us() + bench->settings.delay * 1000);
}

static void on_take_all(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)call;
        count(user, message);
}

static void all_was_taken(struct pd_grpc_call *call, void *user)
{
        (void)user;
        send_empty(call);
}

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        (void)status;
        (void)user;
}

/* The table. */

#define METHODS(X)                                                                                 \
        X(give, false, .message = on_give, .ended = on_give_ended)                                 \
        X(give_all, false, .message = on_give_all, .writable = give_more, .ended = on_ended)       \
        X(pass, false, .message = on_pass, .ended = on_ended)                                      \
        X(pass_all, true, .message = on_pass_all, .writable = go_on_reading,                       \
          .half_closed = all_has_come, .ended = on_ended)                                          \
        X(take, false, .message = on_take, .ended = on_ended)                                      \
        X(take_all, true, .message = on_take_all, .half_closed = all_was_taken, .ended = on_ended)

#define BEGIN(name, streams, ...)                                                                  \
        static void begin_##name(struct pd_grpc_call *call, void *app)                             \
        {                                                                                          \
                static const struct pd_grpc_events events = {__VA_ARGS__};                         \
                                                                                                   \
                pd_grpc_call_on(call, &events, app);                                               \
        }
METHODS(BEGIN)

static const struct pd_grpc_method methods[] = {
#define ROW(name, streams, ...)                                                                    \
        {.path = "/Notes/" #name, .client_streams = (streams), .begin = begin_##name},
        METHODS(ROW)
#undef ROW
};

static void signal_came(struct pd_watch *watch, uint32_t events)
{
        (void)events;
        pd_loop_stop(PD_OWNER_OF(watch, struct bench, signals)->loop);
}

static int serve(struct bench *bench, struct pd_err *err)
{
        const struct pd_grpc_server_options options = {.max_message = MAX_MESSAGE};
        const struct pd_grpc_methods offered = {methods, PD_COUNT(methods), bench};

        for (int64_t i = 0; i < bench->settings.nodes; i++) {
                if (pd_grpc_server_new(bench->loop, &options, &offered, &bench->servers[i], err) <
                            0 ||
                    pd_grpc_server_listen(bench->servers[i], "127.0.0.1:0", err) < 0)
                        return -1;
                printf("%u ", (unsigned)pd_grpc_server_port(bench->servers[i]));
        }
        printf("\n");
        (void)fflush(stdout);
        bench->signals.ready = signal_came;
        bench->phase.due = phase_is_over;
        if (pd_signals_open(&bench->signals.fd, err) < 0 ||
            pd_loop_watch(bench->loop, &bench->signals, EPOLLIN, err) < 0)
                return -1;
        return pd_loop_run(bench->loop, err);
}

static int run(int argc, char **argv, struct pd_err *err)
{
        struct bench bench = {.signals = {.fd = -1}};
        pd_auto(pd_config_free_ptr) struct pd_config *config = NULL;
        int operands;
        int result;

        if (pd_config_new(&table, &bench.settings, &config, err) < 0 ||
            pd_config_flags(config, argc, argv, &operands, err) < 0 ||
            pd_loop_new(&bench.loop, err) < 0)
                return -1;
        bench.times_us = calloc(MAX_TIMES, sizeof(*bench.times_us));
        if (bench.times_us == NULL)
                abort();
        result = serve(&bench, err);
        for (size_t i = 0; i < MAX_NODES; i++)
                pd_grpc_server_free(bench.servers[i]);
        pd_loop_free(bench.loop);
        pd_signals_close(bench.signals.fd);
        free(bench.times_us);
        return result;
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        if (run(argc, argv, &err) == 0)
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "orchestrator-node: %s\n", err.msg);
        return pd_err_exit(err.code);
}
