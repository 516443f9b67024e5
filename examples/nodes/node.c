/* node.c - what the example nodes have in common. */
#include "node.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/signals.h"
#include "config/config.h"
#include "httpd/httpd.h"

/** Longest message of ours, and taken. */
#define MAX_MESSAGE (256 * 1024 * 1024)
#define MAX_TIME_MS (3600 * 1000)

struct settings {
        const char *grpc_listen;
        int64_t http_port, delay, fail_every;
        uint64_t size;
        bool help;
};

struct node {
        const struct node_kind *kind;
        struct settings settings;
        struct pd_loop *loop;
        struct pd_watch signals;
        int64_t answered;
        pthread_mutex_t lock; /* for what the page shows */
        int64_t count;
        char last[200];
};

/** An answer that waits for its time. */
struct late {
        struct node *node;
        struct pd_grpc_call *call;
        struct pd_grpc_message *message;
        struct pd_timer timer;
};

/* clang-format off */
#define AT(member) .offset = offsetof(struct settings, member)
static const struct pd_config_key keys[] = {
        {.name = "grpc-listen", .type = PD_CONFIG_STRING, AT(grpc_listen), .value_name = "ADDRESS:PORT", .preset = "[::]:8061", .help = "where gRPC is served"},
        {.name = "http-port", .type = PD_CONFIG_INT, AT(http_port), .max = 65535, .preset = "8062", .help = "where the page is served; 0 is one that is free"},
        {.name = "delay", .type = PD_CONFIG_DURATION, AT(delay), .max = MAX_TIME_MS, .preset = "0", .help = "before each answer"},
        {.name = "fail-every", .type = PD_CONFIG_INT, AT(fail_every), .max = INT32_MAX, .preset = "0", .help = "each so many-th answer is INTERNAL; 0: none"},
        {.name = "size", .type = PD_CONFIG_SIZE, AT(size), .max = MAX_MESSAGE, .preset = "0", .help = "bytes of a message, where the node makes them up"},
        {.name = "help", .short_flag = 'h', .type = PD_CONFIG_BOOL, AT(help), .flag_only = true, .help = "show this, and end"},
};
/* clang-format on */

static const struct pd_config_table table = {keys, PD_COUNT(keys)};

/* Calls. */

void node_forget(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        (void)status;
        (void)user;
}

static struct pd_grpc_message *pack(const ProtobufCMessage *message)
{
        struct pd_grpc_message *packed =
                pd_grpc_message_new(protobuf_c_message_get_packed_size(message));

        if (packed != NULL)
                (void)protobuf_c_message_pack(message, pd_grpc_message_data(packed));
        return packed;
}

void node_finish(struct pd_grpc_call *call)
{
        pd_grpc_call_reply(call, &(struct pd_grpc_status){.code = PD_GRPC_OK});
}

void node_refuse(struct pd_grpc_call *call, enum pd_grpc_code code, const char *message)
{
        pd_grpc_call_reply(call, &(struct pd_grpc_status){.code = code, .message = message});
}

static void send_packed(struct pd_grpc_call *call, struct pd_grpc_message *message)
{
        if (message == NULL || pd_grpc_call_send(call, message, NULL) < 0)
                node_refuse(call, PD_GRPC_RESOURCE_EXHAUSTED, "no memory");
}

void node_send(struct pd_grpc_call *call, const ProtobufCMessage *message)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *packed = pack(message);

        send_packed(call, packed);
}

ProtobufCMessage *node_read(struct pd_grpc_call *call, struct pd_grpc_message *message,
                            const ProtobufCMessageDescriptor *descriptor)
{
        ProtobufCMessage *read = protobuf_c_message_unpack(descriptor, NULL, message->len,
                                                           pd_grpc_message_data(message));

        if (read == NULL)
                node_refuse(call, PD_GRPC_INVALID_ARGUMENT, "the message cannot be read");
        return read;
}

static void late_free(struct late *late)
{
        pd_loop_clear_timer(late->node->loop, &late->timer);
        pd_grpc_message_release(late->message);
        free(late);
}

static void late_is_gone(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        (void)status;
        late_free(user);
}

static void late_is_due(struct pd_timer *timer)
{
        struct late *late = PD_OWNER_OF(timer, struct late, timer);

        send_packed(late->call, late->message);
        node_finish(late->call);
}

static const struct pd_grpc_events late_events = {.ended = late_is_gone};

static void answer_late(struct node *node, struct pd_grpc_call *call,
                        const ProtobufCMessage *message)
{
        struct late *late = calloc(1, sizeof(*late));

        if (late == NULL || (late->message = pack(message)) == NULL) {
                free(late);
                node_refuse(call, PD_GRPC_RESOURCE_EXHAUSTED, "no memory");
                return;
        }
        late->node = node;
        late->call = call;
        late->timer.due = late_is_due;
        pd_grpc_call_on(call, &late_events, late);
        pd_loop_set_timer(node->loop, &late->timer,
                          pd_clock_mono_us() + node->settings.delay * 1000);
}

void node_answer(struct node *node, struct pd_grpc_call *call, const ProtobufCMessage *message)
{
        node->answered++;
        if (node->settings.fail_every > 0 && node->answered % node->settings.fail_every == 0) {
                node_refuse(call, PD_GRPC_INTERNAL, "fails as it was told to");
        } else if (node->settings.delay > 0) {
                answer_late(node, call, message);
        } else {
                node_send(call, message);
                node_finish(call);
        }
}

size_t node_size(const struct node *node)
{
        return (size_t)node->settings.size;
}

/* The page. */

void node_say(struct node *node, const char *fmt, ...)
{
        va_list args;

        (void)pthread_mutex_lock(&node->lock);
        node->count++;
        va_start(args, fmt);
        pd_vformat(node->last, sizeof(node->last), fmt, args);
        va_end(args);
        (void)pthread_mutex_unlock(&node->lock);
}

/* Text as HTML shows it. */
static void put_html(struct pd_buf *out, const char *text)
{
        for (; *text != '\0'; text++) {
                if (strchr("<>&\"'", *text) != NULL)
                        pd_buf_printf(out, "&#%d;", *text);
                else
                        pd_buf_putc(out, *text);
        }
}

static void page(struct pd_http_exchange *exchange, void *app)
{
        struct node *node = app;
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(65536);

        pd_buf_puts(&out, "<!doctype html><html lang=\"en\"><meta http-equiv=\"refresh\" "
                          "content=\"2\"><title>");
        put_html(&out, node->kind->title);
        pd_buf_puts(&out, "</title><h1>");
        put_html(&out, node->kind->title);
        pd_buf_puts(&out, "</h1><p>");
        put_html(&out, node->kind->about);
        (void)pthread_mutex_lock(&node->lock);
        pd_buf_printf(&out, "<p>messages: %" PRId64 "<p>last: ", node->count);
        put_html(&out, node->last);
        (void)pthread_mutex_unlock(&node->lock);
        pd_buf_puts(&out, "</html>\n");
        pd_http_reply_text(exchange, 200, "text/html; charset=utf-8", out.data);
}

static const struct pd_http_route routes[] = {{.method = "GET", .path = "/", .handler = page}};

/* Its life. */

static void signal_came(struct pd_watch *watch, uint32_t events)
{
        struct node *node = PD_OWNER_OF(watch, struct node, signals);

        (void)events;
        pd_loop_stop(node->loop);
}

static int serve_grpc(struct node *node, struct pd_grpc_server **ret, struct pd_err *err)
{
        const struct pd_grpc_server_options options = {.max_message = MAX_MESSAGE};

        node->signals.ready = signal_came;
        if (pd_signals_open(&node->signals.fd, err) < 0 || pd_loop_new(&node->loop, err) < 0 ||
            pd_loop_watch(node->loop, &node->signals, EPOLLIN, err) < 0 ||
            pd_grpc_server_new(
                    node->loop, &options,
                    &(struct pd_grpc_methods){node->kind->methods, node->kind->method_count, node},
                    ret, err) < 0)
                return -1;
        return pd_grpc_server_listen(*ret, node->settings.grpc_listen, err);
}

static int serve_page(struct node *node, struct pd_httpd **ret, struct pd_err *err)
{
        const struct pd_httpd_options options = {.address = "::",
                                                 .port = (uint16_t)node->settings.http_port,
                                                 .workers = 1,
                                                 .backlog = 16,
                                                 .max_connections = 64,
                                                 .idle_ms = 10000,
                                                 .receive_ms = 10000,
                                                 .server_name = node->kind->title};

        return pd_httpd_start(&options, routes, PD_COUNT(routes), node, ret, err);
}

static int serve(struct node *node, struct pd_err *err)
{
        pd_auto(pd_grpc_server_free_ptr) struct pd_grpc_server *server = NULL;
        struct pd_httpd *httpd = NULL;
        int result;

        if (serve_grpc(node, &server, err) < 0 || serve_page(node, &httpd, err) < 0)
                return -1;
        printf("%u\n", (unsigned)pd_grpc_server_port(server));
        (void)fflush(stdout);
        result = pd_loop_run(node->loop, err);
        pd_httpd_stop(httpd, 0);
        return result;
}

static int run(struct node *node, int argc, char **argv, struct pd_err *err)
{
        pd_auto(pd_config_free_ptr) struct pd_config *config = NULL;
        pd_auto(pd_buf_done) struct pd_buf help = PD_BUF_INIT(65536);
        int operands;
        int result;

        if (pd_config_new(&table, &node->settings, &config, err) < 0 ||
            pd_config_flags(config, argc, argv, &operands, err) < 0 ||
            pd_config_variables(config, environ, err) < 0)
                return -1;
        if (node->settings.help) {
                pd_config_help(&table, &help);
                printf("%s\n\n%s", node->kind->about, help.data);
                return 0;
        }
        result = serve(node, err);
        pd_loop_free(node->loop);
        pd_signals_close(node->signals.fd);
        return result;
}

int node_main(int argc, char **argv, const struct node_kind *kind)
{
        struct node node = {.kind = kind, .signals = {.fd = -1}, .last = "nothing yet"};
        struct pd_err err = {0};

        (void)pthread_mutex_init(&node.lock, NULL);
        if (run(&node, argc, argv, &err) == 0)
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "%s: %s\n", argv[0], err.msg);
        return pd_err_exit(err.code);
}
