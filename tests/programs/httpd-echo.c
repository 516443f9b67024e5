/*
 * httpd-echo.c - a server for the tests of the room httpd: a route for everything a handler may do.
 *
 *     httpd-echo [name=value]...
 *
 * Names are those of `settings` below. Writes its port to standard output once it serves, its log
 * to standard error; ends in order at SIGTERM.
 */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "httpd/httpd.h"
#include "httpd/stream.h"

struct settings {
        int64_t workers, backlog, connections, idle_ms, receive_ms, drain_ms, port;
        int64_t has_text_log, has_no_log;
        const char *certificate, *key, *address;
};

static const struct {
        const char *name;
        size_t place;
        bool is_text;
} settings[] = {
        {"workers", offsetof(struct settings, workers), false},
        {"backlog", offsetof(struct settings, backlog), false},
        {"connections", offsetof(struct settings, connections), false},
        {"idle_ms", offsetof(struct settings, idle_ms), false},
        {"receive_ms", offsetof(struct settings, receive_ms), false},
        {"drain_ms", offsetof(struct settings, drain_ms), false},
        {"port", offsetof(struct settings, port), false},
        {"text_log", offsetof(struct settings, has_text_log), false},
        {"no_log", offsetof(struct settings, has_no_log), false},
        {"certificate", offsetof(struct settings, certificate), true},
        {"key", offsetof(struct settings, key), true},
        {"address", offsetof(struct settings, address), true},
};

static int64_t number(const char *text, int64_t max)
{
        int64_t value = 0;

        return pd_parse_int(text, 0, max, &value, NULL) == 0 ? value : 0;
}

/* What the request says, as JSON. */
static void echo(struct pd_http_exchange *exchange, void *app)
{
        (void)app;
        pd_http_reply_json(
                exchange, 200,
                json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:b}", "method",
                          pd_http_method(exchange), "a", pd_http_parameter(exchange, "a"), "b",
                          pd_http_parameter(exchange, "b"), "q", pd_http_query(exchange, "q"),
                          "x_test", pd_http_header(exchange, "x-test"), "id", pd_http_id(exchange),
                          "wants_html", (int)pd_http_wants_html(exchange)));
}

/* The body, as it came. */
static void give_back(struct pd_http_exchange *exchange, void *app)
{
        size_t len = 0;
        const char *body = pd_http_body(exchange, &len);
        char *copy = malloc(len + 1);

        (void)app;
        if (copy != NULL)
                memcpy(copy, body, len);
        pd_http_reply_bytes(exchange, 200, "application/octet-stream", copy, len);
}

static void wait_for(struct pd_http_exchange *exchange, void *app)
{
        (void)app;
        (void)poll(NULL, 0, (int)number(pd_http_parameter(exchange, "ms"), 60000));
        pd_http_reply_json(exchange, 200, json_pack("{s:b}", "slept", 1));
}

static void ok(struct pd_http_exchange *exchange, void *app)
{
        (void)app;
        pd_http_reply_json(exchange, 200, json_pack("{s:b}", "ok", 1));
}

static void fail(struct pd_http_exchange *exchange, void *app)
{
        const char *name = pd_http_parameter(exchange, "code");
        struct pd_err err = {0};

        (void)app;
        for (int code = PD_E_INVALID; code <= PD_E_USAGE; code++) {
                if (strcmp(pd_err_name((enum pd_err_code)code), name) == 0)
                        (void)pd_fail(&err, (enum pd_err_code)code, 0, "made to fail with '<%s>'",
                                      name);
        }
        pd_http_reply_problem(exchange, &err, NULL);
}

static void find(struct pd_http_exchange *exchange, void *app)
{
        struct pd_err err = {0};

        (void)app;
        (void)pd_fail(&err, PD_E_UNPROCESSABLE, 0, "the blueprint has 1 error");
        pd_http_reply_problem(exchange, &err,
                              json_pack("[{s:s, s:s, s:s}]", "path", "nodes[0].image", "severity",
                                        "error", "message", "'<b>' is no image"));
}

static void redirect(struct pd_http_exchange *exchange, void *app)
{
        const char *to = pd_http_query(exchange, "to");

        (void)app;
        pd_http_reply_redirect(exchange, to != NULL ? to : "/quick");
}

static void say_nothing(struct pd_http_exchange *exchange, void *app)
{
        (void)exchange;
        (void)app;
}

static void page(struct pd_http_exchange *exchange, void *app)
{
        (void)app;
        pd_http_set_header(exchange, "Cache-Control", "max-age=1");
        pd_http_set_header(exchange, "cache-control", "max-age=60");
        pd_http_reply_text(exchange, 200, "text/html; charset=utf-8", "<p>hello</p>");
}

static void big(struct pd_http_exchange *exchange, void *app)
{
        size_t len = (size_t)number(pd_http_parameter(exchange, "bytes"), 1 << 30);
        char *body = malloc(len + 1);

        (void)app;
        if (body != NULL)
                memset(body, 'x', len);
        pd_http_reply_bytes(exchange, 200, "text/plain", body, len);
}

/* A stream with a thread that writes it. */
struct writing {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        struct pd_http_stream *stream;
        size_t left;
        bool has_room, is_gone;
};

static void tell_room(void *user)
{
        struct writing *writing = user;

        (void)pthread_mutex_lock(&writing->lock);
        writing->has_room = true;
        (void)pthread_cond_signal(&writing->changed);
        (void)pthread_mutex_unlock(&writing->lock);
}

static void tell_gone(void *user)
{
        struct writing *writing = user;

        (void)pthread_mutex_lock(&writing->lock);
        writing->is_gone = true;
        (void)pthread_cond_signal(&writing->changed);
        (void)pthread_mutex_unlock(&writing->lock);
}

static const struct pd_http_stream_ops writing_ops = {.has_room = tell_room, .is_gone = tell_gone};

/* Whether to try again; false: the client is gone. */
static bool await_room(struct writing *writing)
{
        bool goes_on;

        (void)pthread_mutex_lock(&writing->lock);
        while (!writing->has_room && !writing->is_gone)
                (void)pthread_cond_wait(&writing->changed, &writing->lock);
        writing->has_room = false;
        goes_on = !writing->is_gone;
        (void)pthread_mutex_unlock(&writing->lock);
        return goes_on;
}

static void *write_stream(void *context)
{
        struct writing *writing = context;
        char bytes[1000];
        bool goes_on = true;

        memset(bytes, 'x', sizeof(bytes));
        while (goes_on && writing->left > 0) {
                size_t len = writing->left < sizeof(bytes) ? writing->left : sizeof(bytes);

                if (pd_http_stream_write(writing->stream, bytes, len) == 0)
                        writing->left -= len;
                else
                        goes_on = await_room(writing);
        }
        pd_http_stream_end(writing->stream);
        (void)fprintf(stderr, "stream: %s\n", goes_on ? "ended" : "gone");
        pd_http_stream_release(writing->stream);
        free(writing);
        return NULL;
}

/* So many bytes, by a thread that goes on when this has returned. */
static void stream(struct pd_http_exchange *exchange, void *app)
{
        struct writing *writing = calloc(1, sizeof(*writing));
        struct pd_err err = {0};
        pthread_t thread;

        (void)app;
        if (writing == NULL ||
            pd_http_stream_new(&writing_ops, writing, &writing->stream, &err) < 0) {
                free(writing);
                return;
        }
        (void)pthread_mutex_init(&writing->lock, NULL);
        (void)pthread_cond_init(&writing->changed, NULL);
        writing->left = (size_t)number(pd_http_parameter(exchange, "bytes"), 1 << 30);
        pd_http_reply_stream(exchange, 200, "text/event-stream", writing->stream);
        if (pthread_create(&thread, NULL, write_stream, writing) == 0)
                (void)pthread_detach(thread);
}

static void measure(struct pd_http_exchange *exchange, void *app)
{
        pd_http_reply_metrics(exchange, app);
}

static const struct pd_http_route routes[] = {
        {.method = "GET", .path = "/echo/{a}/{b}", .handler = echo},
        {.method = "DELETE", .path = "/echo/{a}/{b}", .handler = echo},
        {.method = "POST", .path = "/body", .handler = give_back, .max_body = 64 * 1024},
        {.method = "PUT", .path = "/body", .handler = give_back, .max_body = 8 * 1024 * 1024},
        {.method = "POST", .path = "/sleep/{ms}", .handler = wait_for},
        {.method = "GET", .path = "/sleep/{ms}", .handler = wait_for},
        {.method = "GET", .path = "/json", .handler = ok},
        {.method = "GET", .path = "/quick", .handler = ok, .is_quick = true},
        {.method = "GET", .path = "/fail/{code}", .handler = fail},
        {.method = "GET", .path = "/findings", .handler = find},
        {.method = "GET", .path = "/redirect", .handler = redirect},
        {.method = "GET", .path = "/silent", .handler = say_nothing},
        {.method = "GET", .path = "/page", .handler = page},
        {.method = "GET", .path = "/big/{bytes}", .handler = big},
        {.method = "GET", .path = "/stream/{bytes}", .handler = stream},
        {.method = "GET", .path = "/metrics", .handler = measure, .is_quick = true},
};

/* `name=value` into the settings; false: there is no such setting, or no such value. */
static bool set(struct settings *to, char *word)
{
        char *value = strchr(word, '=');

        for (size_t i = 0; value != NULL && i < PD_COUNT(settings); i++) {
                void *place = (char *)to + settings[i].place;

                *value = '\0';
                if (strcmp(word, settings[i].name) != 0)
                        continue;
                if (!settings[i].is_text)
                        return pd_parse_int(value + 1, 0, 1000000, place, NULL) == 0;
                *(const char **)place = value + 1;
                return true;
        }
        return false;
}

static int serve(const struct settings *with, const sigset_t *signals, struct pd_err *err)
{
        const struct pd_log log = {
                .fd = 2,
                .level = PD_LOG_DEBUG,
                .format = with->has_text_log != 0 ? PD_LOG_TEXT : PD_LOG_JSON,
        };
        const struct pd_httpd_options options = {
                .address = with->address,
                .port = (uint16_t)with->port,
                .workers = (unsigned)with->workers,
                .backlog = (unsigned)with->backlog,
                .max_connections = (unsigned)with->connections,
                .idle_ms = with->idle_ms,
                .receive_ms = with->receive_ms,
                .certificate_path = with->certificate,
                .key_path = with->key,
                .log = with->has_no_log != 0 ? NULL : &log,
                .server_name = "httpd-echo",
        };
        pd_auto(pd_metrics_free_ptr) struct pd_metrics *metrics = NULL;
        struct pd_counter *starts;
        struct pd_httpd *httpd = NULL;
        int signal_number = 0;

        if (pd_metrics_new(&metrics, err) < 0)
                return -1;
        starts = pd_metrics_counter(metrics, "echo_starts_total", "Starts of the program.", NULL);
        if (starts == NULL)
                return pd_fail_memory(err, "metrics");
        pd_counter_add(starts, 1);
        if (pd_httpd_start(&options, routes, PD_COUNT(routes), metrics, &httpd, err) < 0)
                return -1;

        printf("%u\n", (unsigned)pd_httpd_port(httpd));
        (void)fflush(stdout);
        (void)sigwait(signals, &signal_number);
        pd_httpd_stop(httpd, with->drain_ms);
        return 0;
}

int main(int argc, char **argv)
{
        struct settings with = {
                .workers = 8,
                .backlog = 64,
                .connections = 4096,
                .idle_ms = 30000,
                .receive_ms = 30000,
                .drain_ms = 10000,
                .address = "127.0.0.1",
        };
        struct pd_err err = {0};
        sigset_t signals;

        /* before there are threads, which inherit it */
        (void)sigemptyset(&signals);
        (void)sigaddset(&signals, SIGTERM);
        (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);

        for (int i = 1; i < argc; i++) {
                if (!set(&with, argv[i])) {
                        (void)fprintf(stderr, "httpd-echo: what is '%s'?\n", argv[i]);
                        return 64;
                }
        }
        if (serve(&with, &signals, &err) < 0) {
                (void)fprintf(stderr, "httpd-echo: %s\n", err.msg);
                return pd_err_exit(err.code);
        }
        return EXIT_SUCCESS;
}
