/* http.c - the orchestrator's HTTP face: handlers on threads of httpd, which ask the loop. */
#include "http.h"

#include <stdlib.h>
#include <string.h>

#include "bridge.h"
#include "httpd/httpd.h"
#include "json/build.h"
#include "json/get.h"
#include "json/json.h"
#include "report.h"
#include "watchers.h"

#define NAME "playground-orchestrator"

#define WORKERS         8
#define BACKLOG         64
#define MAX_CONNECTIONS 256
#define IDLE_MS         60000
#define RECEIVE_MS      10000
#define DRAIN_MS        1000

struct pd_http_face {
        struct pd_loop *loop;
        struct pd_core *core;
        struct pd_bridge *bridge;
        struct pd_watchers *watchers;
        const struct pd_secret *token;
        struct pd_httpd *httpd;
};

/* What is asked of the loop, and what it answers. */

struct question {
        struct pd_core *core;
        struct pd_run_wish run;
        json_t *json;
        struct pd_metrics *metrics;
        struct pd_watchers *watchers;
        struct pd_watch_wish wish;
        struct pd_http_stream *stream;
        struct pd_core_status status;
        bool has_begun;
        struct pd_err err;
        int result;
};

static void ask_report(void *context)
{
        struct question *question = context;

        question->json = pd_report_json(question->core);
}

static void ask_status(void *context)
{
        struct question *question = context;

        pd_core_status(question->core, &question->status);
}

static void ask_metrics(void *context)
{
        struct question *question = context;

        question->result = pd_report_metrics(question->core, &question->metrics, &question->err);
}

static void ask_run(void *context)
{
        struct question *question = context;

        question->has_begun = pd_core_run(question->core, question->run.label,
                                          question->run.iterations, &question->status);
}

static void ask_stop(void *context)
{
        struct question *question = context;

        pd_core_stop(question->core, &question->status);
}

static void ask_watch(void *context)
{
        struct question *question = context;

        question->result = pd_watchers_add(question->watchers, &question->wish, &question->stream,
                                           &question->err);
}

/* Whether there is an answer; else the client has been told why not. */
static bool ask(struct pd_http_face *face, struct pd_http_exchange *exchange,
                void (*what)(void *context), struct question *question)
{
        struct pd_err err = {0};

        question->core = face->core;
        if (pd_bridge_ask(face->bridge, what, question, &err) == 0)
                return true;
        pd_http_reply_problem(exchange, &err, NULL);
        return false;
}

static void reply_tree(struct pd_http_exchange *exchange, json_t *json)
{
        struct pd_err err = {0};

        if (json != NULL) {
                pd_http_reply_json(exchange, 200, json);
                return;
        }
        (void)pd_fail_memory(&err, "the answer");
        pd_http_reply_problem(exchange, &err, NULL);
}

/* The status of a core, or why it did not do what it was asked for. */
static void reply_status(struct pd_http_exchange *exchange, const struct pd_core_status *status,
                         json_t *json)
{
        struct pd_err err = {0};

        if (status->success) {
                reply_tree(exchange, json);
                return;
        }
        json_decref(json);
        (void)pd_fail(&err, PD_E_CONFLICT, 0, "%s", status->message);
        pd_http_reply_problem(exchange, &err, NULL);
}

/* Handlers. */

static void health(struct pd_http_exchange *exchange, void *app)
{
        (void)app;
        pd_http_reply_text(exchange, 200, "application/json", "{\"status\":\"ok\"}");
}

static void ready(struct pd_http_exchange *exchange, void *app)
{
        struct question question = {0};
        struct pd_err err = {0};

        if (!ask(app, exchange, ask_status, &question))
                return;
        if (question.status.success) {
                pd_http_reply_text(exchange, 200, "application/json", "{\"status\":\"ready\"}");
                return;
        }
        (void)pd_fail(&err, PD_E_UNAVAILABLE, 0, "%s", question.status.message);
        pd_http_reply_problem(exchange, &err, NULL);
}

static void metrics(struct pd_http_exchange *exchange, void *app)
{
        struct question question = {0};

        if (!ask(app, exchange, ask_metrics, &question))
                return;
        if (question.result < 0)
                pd_http_reply_problem(exchange, &question.err, NULL);
        else
                pd_http_reply_metrics(exchange, question.metrics);
        pd_metrics_free(question.metrics);
}

static void status(struct pd_http_exchange *exchange, void *app)
{
        struct question question = {0};

        if (ask(app, exchange, ask_report, &question))
                reply_tree(exchange, question.json);
}

/* The deployment's own token; `Authorization` does not come through the service proxy of
 * Kubernetes. */
static int check_token(const struct pd_http_face *face, struct pd_http_exchange *exchange,
                       struct pd_err *err)
{
        const char *given = pd_http_header(exchange, "Playground-Token");
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = NULL;

        if (face->token == NULL)
                return pd_fail(err, PD_E_FORBIDDEN, 0,
                               "no token is set: start the orchestrator with "
                               "PD_TOKEN to allow this");
        if (given == NULL)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the header Playground-Token is missing");
        if (pd_secret_new(given, strlen(given), &secret, err) < 0)
                return -1;
        if (!pd_secret_equal(secret, face->token))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "Playground-Token is another one");
        return 0;
}

/* What a body asks for; no body asks for nothing in particular. */
static int read_run(struct pd_http_exchange *exchange, struct pd_run_wish *ret, struct pd_err *err)
{
        size_t len;
        const char *body = pd_http_body(exchange, &len);

        *ret = (struct pd_run_wish){.iterations = -1};
        return len == 0 ? 0 : pd_run_wish_parse(body, len, ret, err);
}

static void run(struct pd_http_exchange *exchange, void *app)
{
        struct question question = {0};
        struct pd_err err = {0};
        json_t *answer;

        if (check_token(app, exchange, &err) < 0 || read_run(exchange, &question.run, &err) < 0) {
                pd_http_reply_problem(exchange, &err, NULL);
                return;
        }
        if (!ask(app, exchange, ask_run, &question))
                return;
        answer = pd_report_status(&question.status);
        pd_json_put(&answer, "began", json_boolean(question.has_begun));
        reply_status(exchange, &question.status, answer);
}

static void stop(struct pd_http_exchange *exchange, void *app)
{
        struct question question = {0};
        struct pd_err err = {0};

        if (check_token(app, exchange, &err) < 0) {
                pd_http_reply_problem(exchange, &err, NULL);
                return;
        }
        if (ask(app, exchange, ask_stop, &question))
                reply_status(exchange, &question.status, pd_report_status(&question.status));
}

/* Contents of messages are for those who may also run the pipeline. */
static void events(struct pd_http_exchange *exchange, void *app)
{
        struct pd_http_face *face = app;
        const char *messages = pd_http_query(exchange, "messages");
        struct question question = {
                .watchers = face->watchers,
                .wish = {.name_pattern = pd_http_query(exchange, "name"),
                         .component_pattern = pd_http_query(exchange, "component"),
                         .wants_messages = messages != NULL && strcmp(messages, "1") == 0},
        };
        struct pd_err err = {0};

        if (question.wish.wants_messages && check_token(face, exchange, &err) < 0) {
                pd_http_reply_problem(exchange, &err, NULL);
                return;
        }
        if (!ask(face, exchange, ask_watch, &question))
                return;
        if (question.result < 0) {
                pd_http_reply_problem(exchange, &question.err, NULL);
                return;
        }
        pd_http_reply_stream(exchange, 200, "text/event-stream", question.stream);
        pd_http_stream_release(question.stream);
}

static const struct pd_http_route routes[] = {
        {.method = "GET", .path = "/healthz", .handler = health, .is_quick = true},
        {.method = "GET", .path = "/readyz", .handler = ready},
        {.method = "GET", .path = "/metrics", .handler = metrics},
        {.method = "GET", .path = "/api/v1/status", .handler = status},
        {.method = "GET", .path = "/api/v1/events", .handler = events},
        {.method = "POST",
         .path = "/api/v1/run",
         .handler = run,
         .max_body = PD_RUN_WISH_MAX_BYTES},
        {.method = "POST",
         .path = "/api/v1/stop",
         .handler = stop,
         .max_body = PD_RUN_WISH_MAX_BYTES},
};

int pd_http_face_new(struct pd_loop *loop, const struct pd_http_face_options *options,
                     struct pd_core *core, struct pd_http_face **ret, struct pd_err *err)
{
        const struct pd_httpd_options httpd = {.address = options->address,
                                               .port = options->port,
                                               .workers = WORKERS,
                                               .backlog = BACKLOG,
                                               .max_connections = MAX_CONNECTIONS,
                                               .idle_ms = IDLE_MS,
                                               .receive_ms = RECEIVE_MS,
                                               .log = options->log,
                                               .server_name = NAME};
        pd_auto(pd_http_face_free_ptr) struct pd_http_face *face = calloc(1, sizeof(*face));

        if (face == NULL)
                return pd_fail_memory(err, "the HTTP face");
        face->loop = loop;
        face->core = core;
        face->token = options->token;
        if (pd_bridge_new(loop, &face->bridge, err) < 0 ||
            pd_watchers_new(loop, core, &face->watchers, err) < 0 ||
            pd_httpd_start(&httpd, routes, PD_COUNT(routes), face, &face->httpd, err) < 0)
                return -1;
        *ret = pd_steal(&face);
        return 0;
}

uint16_t pd_http_face_port(const struct pd_http_face *face)
{
        return pd_httpd_port(face->httpd);
}

void pd_http_face_free(struct pd_http_face *face)
{
        if (face == NULL)
                return;
        if (face->bridge != NULL)
                pd_bridge_close(face->bridge);
        if (face->watchers != NULL)
                pd_watchers_end(face->watchers);
        pd_httpd_stop(face->httpd, DRAIN_MS);
        (void)!pd_loop_turn(face->loop, 0, NULL); /* what its threads have posted */
        pd_watchers_free(face->watchers);
        pd_bridge_free(face->bridge);
        free(face);
}
