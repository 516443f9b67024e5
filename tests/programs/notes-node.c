/*
 * notes-node.c - nodes of a pipeline that carry numbered notes, as fast as they can, and count
 * them.
 *
 *     notes-node [--flag value]...
 *
 * Prints its port, and at SIGTERM what `take` and `take_all` got, as JSON: for each mark how many
 * notes, the last number, and how often a number did not follow the one before it. A note is a
 * message {fixed64 number = 1; bytes body = 2;}, its mark the upper 16 bits of the number.
 *
 *     rpc give (Empty) returns (stream Note);            1, 2, ... --count, with --size bytes each
 *     rpc pass (Note) returns (Note);                    the mark grows by --mark
 *     rpc pass_all (stream Note) returns (stream Note);  likewise; only those with a mark of less
 *                                                        than --below
 *     rpc take (Note) returns (Empty);
 *     rpc take_all (stream Note) returns (Empty);        rests for --pause after each --pause-every
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

#define MAX_NUMBER  (1LL << 40)
#define MAX_MESSAGE (64 * 1024 * 1024)
#define MAX_TIME_MS 60000
#define MARK_SHIFT  48
#define MARKS       8
/** Tag of the number, and the number. */
#define NUMBER_BYTES 9
/** The same, and tag and length of a body. */
#define HEAD_BYTES 16

struct settings {
        const char *listen;
        int64_t count, size, mark, below, pause_every, pause;
};

/** What came under one mark. */
struct tally {
        uint64_t count, last, disorder;
};

struct node {
        struct settings settings;
        struct pd_loop *loop;
        struct pd_watch signals;
        struct tally tallies[MARKS];
        uint64_t taken;
        struct work *works;
};

/** A call at work. */
struct work {
        struct node *node;
        struct pd_grpc_call *call;
        struct pd_timer pause;
        uint64_t next;          /**< number to give */
        struct work *following; /**< in the list of all */
        struct work **anchor;
};

/* clang-format off */
#define NUMBER(name_, member, preset_) \
        {.name = (name_), .type = PD_CONFIG_INT, .offset = offsetof(struct settings, member), .max = MAX_NUMBER, .preset = (preset_), .help = ""}
static const struct pd_config_key keys[] = {
        {.name = "listen", .type = PD_CONFIG_STRING, .offset = offsetof(struct settings, listen), .preset = "127.0.0.1:0", .help = ""},
        NUMBER("count", count, "0"),
        NUMBER("size", size, "0"),
        NUMBER("mark", mark, "0"),
        NUMBER("below", below, "65535"),
        NUMBER("pause-every", pause_every, "0"),
        {.name = "pause", .type = PD_CONFIG_DURATION, .offset = offsetof(struct settings, pause), .max = MAX_TIME_MS, .preset = "0", .help = ""},
};
/* clang-format on */

static const struct pd_config_table table = {keys, PD_COUNT(keys)};

/* Notes. */

static uint64_t number_of(struct pd_grpc_message *message)
{
        uint64_t number = 0;

        if (message->len >= NUMBER_BYTES)
                memcpy(&number, pd_grpc_message_data(message) + 1, sizeof(number));
        return le64toh(number);
}

static void set_number(struct pd_grpc_message *message, uint64_t number)
{
        number = htole64(number);
        memcpy(pd_grpc_message_data(message) + 1, &number, sizeof(number));
}

/* The length of a body has five bytes, whatever it is. */
static struct pd_grpc_message *make_note(uint64_t number, size_t size)
{
        struct pd_grpc_message *note =
                pd_grpc_message_new(size > 0 ? HEAD_BYTES - 1 + size : NUMBER_BYTES);
        uint8_t *data;

        if (note == NULL)
                return NULL;
        data = pd_grpc_message_data(note);
        data[0] = 0x09;
        set_number(note, number);
        if (size == 0)
                return note;
        data[NUMBER_BYTES] = 0x12;
        for (size_t i = 0; i < 5; i++)
                data[NUMBER_BYTES + 1 + i] =
                        (uint8_t)((size >> (7 * i) & 0x7f) | (i < 4 ? 0x80 : 0));
        memset(data + HEAD_BYTES - 1, 'x', size);
        return note;
}

static void tally(struct node *node, struct pd_grpc_message *message)
{
        uint64_t number = number_of(message);
        struct tally *tally = &node->tallies[(number >> MARK_SHIFT) % MARKS];

        number &= (UINT64_C(1) << MARK_SHIFT) - 1;
        tally->disorder += number != tally->last + 1;
        tally->last = number;
        tally->count++;
        node->taken++;
}

/* Calls. */

static void finish(struct pd_grpc_call *call)
{
        pd_grpc_call_reply(call, &(struct pd_grpc_status){.code = PD_GRPC_OK});
}

/* Only on a call that is writable. NULL: there was no memory for the message. */
static void send(struct pd_grpc_call *call, struct pd_grpc_message *message)
{
        if (message == NULL || pd_grpc_call_send(call, message, NULL) < 0)
                pd_grpc_call_reply(call,
                                   &(struct pd_grpc_status){.code = PD_GRPC_RESOURCE_EXHAUSTED,
                                                            .message = "no memory"});
        pd_grpc_message_release(message);
}

static void give(struct pd_grpc_call *call, void *user)
{
        struct work *work = user;
        const struct settings *settings = &work->node->settings;

        while (work->next <= (uint64_t)settings->count && pd_grpc_call_is_writable(call))
                send(call, make_note(work->next++, (size_t)settings->size));
        if (work->next > (uint64_t)settings->count) {
                work->next = 0;
                finish(call);
        }
}

static void on_writable(struct pd_grpc_call *call, void *user)
{
        struct work *work = user;

        if (work->next > 0)
                give(call, user);
}

static void on_empty(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)message;
        ((struct work *)user)->next = 1;
        give(call, user);
}

static struct pd_grpc_message *marked(const struct node *node, struct pd_grpc_message *message)
{
        struct pd_grpc_message *copy;

        if (node->settings.mark == 0 || message->len < NUMBER_BYTES)
                return pd_grpc_message_hold(message);
        copy = pd_grpc_message_of(pd_grpc_message_data(message), message->len);
        if (copy == NULL)
                return NULL;
        set_number(copy, number_of(message) + ((uint64_t)node->settings.mark << MARK_SHIFT));
        return copy;
}

static void on_pass(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        const struct work *work = user;

        send(call, marked(work->node, message));
        finish(call);
}

static void on_pass_all(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        const struct work *work = user;

        if ((int64_t)(number_of(message) >> MARK_SHIFT) < work->node->settings.below)
                send(call, marked(work->node, message));
        if (!pd_grpc_call_is_writable(call))
                pd_grpc_call_set_reading(call, false);
}

static void go_on_reading(struct pd_grpc_call *call, void *user)
{
        (void)user;
        pd_grpc_call_set_reading(call, true);
}

static void on_all_passed(struct pd_grpc_call *call, void *user)
{
        (void)user;
        finish(call);
}

static void on_take(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        const struct work *work = user;

        tally(work->node, message);
        send(call, pd_grpc_message_new(0));
        finish(call);
}

static void pause_is_over(struct pd_timer *timer)
{
        pd_grpc_call_set_reading(PD_OWNER_OF(timer, struct work, pause)->call, true);
}

static void on_take_all(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct work *work = user;
        const struct settings *settings = &work->node->settings;

        tally(work->node, message);
        if (settings->pause_every == 0 || work->node->taken % (uint64_t)settings->pause_every != 0)
                return;
        pd_grpc_call_set_reading(call, false);
        pd_loop_set_timer(work->node->loop, &work->pause,
                          pd_clock_mono_us() + settings->pause * 1000);
}

static void on_all_taken(struct pd_grpc_call *call, void *user)
{
        (void)user;
        send(call, pd_grpc_message_new(0));
        finish(call);
}

static void work_free(struct work *work)
{
        *work->anchor = work->following;
        if (work->following != NULL)
                work->following->anchor = work->anchor;
        pd_loop_clear_timer(work->node->loop, &work->pause);
        free(work);
}

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        (void)status;
        work_free(user);
}

/* The table. */

static void begin(struct pd_grpc_call *call, struct node *node, const struct pd_grpc_events *events)
{
        struct work *work = calloc(1, sizeof(*work));

        if (work == NULL)
                return; /* the call is refused */
        work->node = node;
        work->call = call;
        work->pause.due = pause_is_over;
        work->following = node->works;
        work->anchor = &node->works;
        if (work->following != NULL)
                work->following->anchor = &work->following;
        node->works = work;
        pd_grpc_call_on(call, events, work);
}

#define METHODS(X)                                                                                 \
        X(give, false, .message = on_empty, .writable = on_writable)                               \
        X(pass, false, .message = on_pass)                                                         \
        X(pass_all, true, .message = on_pass_all, .writable = go_on_reading,                       \
          .half_closed = on_all_passed)                                                            \
        X(take, false, .message = on_take)                                                         \
        X(take_all, true, .message = on_take_all, .half_closed = on_all_taken)

#define BEGIN(name, streams, ...)                                                                  \
        static void begin_##name(struct pd_grpc_call *call, void *app)                             \
        {                                                                                          \
                static const struct pd_grpc_events events = {.ended = on_ended, __VA_ARGS__};      \
                                                                                                   \
                begin(call, app, &events);                                                         \
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
        pd_loop_stop(PD_OWNER_OF(watch, struct node, signals)->loop);
}

static void print_tallies(const struct node *node)
{
        printf("[");
        for (size_t i = 0; i < MARKS; i++)
                printf("%s{\"count\": %" PRIu64 ", \"last\": %" PRIu64 ", \"disorder\": %" PRIu64
                       "}",
                       i > 0 ? ", " : "", node->tallies[i].count, node->tallies[i].last,
                       node->tallies[i].disorder);
        printf("]\n");
}

static int serve(struct node *node, struct pd_err *err)
{
        const struct pd_grpc_server_options options = {.max_message = MAX_MESSAGE};
        const struct pd_grpc_methods offered = {methods, PD_COUNT(methods), node};
        pd_auto(pd_grpc_server_free_ptr) struct pd_grpc_server *server = NULL;

        node->signals.ready = signal_came;
        if (pd_signals_open(&node->signals.fd, err) < 0 ||
            pd_loop_watch(node->loop, &node->signals, EPOLLIN, err) < 0 ||
            pd_grpc_server_new(node->loop, &options, &offered, &server, err) < 0 ||
            pd_grpc_server_listen(server, node->settings.listen, err) < 0)
                return -1;
        printf("%u\n", (unsigned)pd_grpc_server_port(server));
        (void)fflush(stdout);
        if (pd_loop_run(node->loop, err) < 0)
                return -1;
        print_tallies(node);
        return 0;
}

static int run(int argc, char **argv, struct pd_err *err)
{
        struct node node = {.signals = {.fd = -1}};
        pd_auto(pd_config_free_ptr) struct pd_config *config = NULL;
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = NULL;
        int operands;
        int result;

        if (pd_config_new(&table, &node.settings, &config, err) < 0 ||
            pd_config_flags(config, argc, argv, &operands, err) < 0 || pd_loop_new(&loop, err) < 0)
                return -1;
        node.loop = loop;
        result = serve(&node, err);
        while (node.works != NULL)
                work_free(node.works);
        pd_signals_close(node.signals.fd);
        return result;
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        if (run(argc, argv, &err) == 0)
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "notes-node: %s\n", err.msg);
        return pd_err_exit(err.code);
}
