/* reply.c - what handlers answer, kept until the epoll thread sends it. */
#include "reply.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/log.h"
#include "exchange.h"
#include "json/json.h"
#include "problem.h"
#include "server.h"
#include "stream.h"

#define TYPE_JSON    "application/json"
#define TYPE_PROBLEM "application/problem+json"
#define TYPE_HTML    "text/html; charset=utf-8"

/* A page of ours loads nothing, runs nothing and is shown inside no other. */
#define HTML_POLICY                                                                                \
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/* What is sent where there is no answer; the text is the program's own and never freed. */
struct fixed_reply {
        unsigned status;
        const char *body;
        const char *retry_after; /* NULL: none */
};

static const struct fixed_reply failed_reply = {
        .status = MHD_HTTP_INTERNAL_SERVER_ERROR,
        .body = "{\"title\":\"Internal Server Error\",\"status\":500,\"code\":\"internal\","
                "\"detail\":\"the server could not make its answer\"}",
};

static const struct fixed_reply abandoned_reply = {
        .status = MHD_HTTP_SERVICE_UNAVAILABLE,
        .body = "{\"title\":\"Service Unavailable\",\"status\":503,\"code\":\"unavailable\","
                "\"detail\":\"the server is ending; try again\"}",
        .retry_after = PD_HTTPD_RETRY_AFTER,
};

void pd_reply_done(struct pd_reply *reply)
{
        free(reply->body);
        reply->body = NULL;
        pd_stream_close(pd_steal(&reply->stream));
}

/* Whether it can stand in a header line: what a neighbour says must not start a line of its own. */
static bool is_one_line(const char *value)
{
        return value[strcspn(value, "\r\n")] == '\0';
}

static struct pd_pair *header_place(struct pd_reply *reply, const char *name)
{
        size_t i = 0;

        while (i < reply->header_count && strcasecmp(reply->headers[i].name, name) != 0)
                i++;
        assert(i < PD_HTTPD_MAX_REPLY_HEADERS);
        reply->header_count += i == reply->header_count;
        return &reply->headers[i];
}

void pd_http_set_header(struct pd_http_exchange *exchange, const char *name, const char *value)
{
        struct pd_reply *reply = &exchange->reply;
        struct pd_pair copy = {
                .name = pd_arena_string(&exchange->arena, name),
                .value = pd_arena_string(&exchange->arena, value),
        };

        assert(!reply->is_set);
        if (copy.name == NULL || copy.value == NULL || !is_one_line(value)) {
                reply->has_failed = true;
                return;
        }
        *header_place(reply, name) = copy;
}

void pd_http_reply_bytes(struct pd_http_exchange *exchange, int status, const char *type,
                         char *body, size_t len)
{
        struct pd_reply *reply = &exchange->reply;

        assert(!reply->is_set);
        reply->is_set = true;
        reply->status = status;
        reply->body = body;
        reply->len = len;
        if (type == NULL)
                return;
        reply->type = pd_arena_string(&exchange->arena, type);
        reply->has_failed |= reply->type == NULL || !is_one_line(type);
}

/* Answer with what a buffer holds; where it failed, so has the answer. */
static void reply_buf(struct pd_http_exchange *exchange, int status, const char *type,
                      struct pd_buf *buf)
{
        size_t len = 0;
        char *body = pd_buf_take(buf, &len);

        exchange->reply.has_failed |= body == NULL;
        pd_http_reply_bytes(exchange, status, type, body, len);
}

void pd_http_reply_text(struct pd_http_exchange *exchange, int status, const char *type,
                        const char *text)
{
        pd_auto(pd_buf_done) struct pd_buf copy = PD_BUF_INIT(SIZE_MAX);

        pd_buf_puts(&copy, text);
        reply_buf(exchange, status, type, &copy);
}

void pd_http_reply_json(struct pd_http_exchange *exchange, int status, json_t *json)
{
        pd_auto(pd_json_free_ptr) json_t *owned = json;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_HTTPD_MAX_JSON_BYTES);

        if (owned != NULL)
                pd_json_write(&text, owned, PD_JSON_COMPACT);
        else
                exchange->reply.has_failed = true; /* there was no memory to make it */
        reply_buf(exchange, status, TYPE_JSON, &text);
}

void pd_http_reply_redirect(struct pd_http_exchange *exchange, const char *location)
{
        pd_http_set_header(exchange, MHD_HTTP_HEADER_LOCATION, location);
        pd_http_reply_bytes(exchange, MHD_HTTP_FOUND, NULL, NULL, 0);
}

void pd_http_reply_metrics(struct pd_http_exchange *exchange, const struct pd_metrics *more)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_HTTPD_MAX_JSON_BYTES);

        pd_httpd_write_metrics(exchange->httpd, &text);
        if (more != NULL)
                pd_metrics_write(more, &text);
        reply_buf(exchange, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", &text);
}

void pd_http_reply_problem(struct pd_http_exchange *exchange, const struct pd_err *problem,
                           json_t *errors)
{
        int status = pd_err_http(problem->code);

        pd_reply_problem(exchange, status != 0 ? status : MHD_HTTP_INTERNAL_SERVER_ERROR, problem,
                         errors);
}

static enum pd_log_level level_of(const struct pd_err *problem, int status)
{
        if (problem->code == PD_E_INTERNAL)
                return PD_LOG_ERROR;
        return status >= 500 ? PD_LOG_WARN : PD_LOG_INFO;
}

void pd_reply_problem(struct pd_http_exchange *exchange, int status, const struct pd_err *problem,
                      json_t *errors)
{
        pd_auto(pd_json_free_ptr) json_t *owned = errors;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        const struct pd_httpd_options *options = &exchange->httpd->options;
        struct pd_problem say = {
                .status = status,
                .code = problem->code,
                .detail = problem->msg,
                .errors = owned,
                .id = exchange->id,
                .server_name = options->server_name,
        };

        pd_log(options->log, level_of(problem, status), "httpd", exchange->id, "%s: %s",
               pd_err_name(problem->code), problem->msg);
        if (pd_http_wants_html(exchange)) {
                pd_problem_html(&say, &text);
                reply_buf(exchange, status, TYPE_HTML, &text);
        } else {
                exchange->reply.has_failed |= pd_problem_json(&say, &text) < 0;
                reply_buf(exchange, status, TYPE_PROBLEM, &text);
        }
}

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
        return MHD_add_response_header(response, name, value) == MHD_YES;
}

/* The header lines that every answer has, unless the handler has set them otherwise. */
static bool add_headers(const struct pd_http_exchange *exchange, const struct pd_reply *reply,
                        struct MHD_Response *response)
{
        const struct pd_pairs own = {
                .items = reply->headers,
                .count = reply->header_count,
        };
        bool is_html = reply->type != NULL && strncmp(reply->type, "text/html", 9) == 0;
        const struct pd_pair usual[] = {
                {MHD_HTTP_HEADER_CONTENT_TYPE, reply->type},
                {"X-Request-Id", exchange->id},
                {"X-Content-Type-Options", "nosniff"},
                {"Referrer-Policy", "no-referrer"}, /* a token may stand in the query */
                {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
                {"Content-Security-Policy", is_html ? HTML_POLICY : NULL},
        };
        bool is_ok = true;

        for (size_t i = 0; i < PD_COUNT(usual); i++) {
                if (usual[i].value != NULL && pd_pairs_get(&own, usual[i].name, true) == NULL)
                        is_ok = is_ok && add(response, usual[i].name, usual[i].value);
        }
        for (size_t i = 0; i < own.count; i++)
                is_ok = is_ok && add(response, own.items[i].name, own.items[i].value);
        return is_ok;
}

/* Hand it over; the response is used up. */
static enum MHD_Result queue(struct pd_http_exchange *exchange, int status, uint64_t bytes,
                             struct MHD_Response *response)
{
        enum MHD_Result result = MHD_NO;
        bool is_last = pd_connections_are_draining(exchange->httpd->connections);

        if (!is_last || add(response, MHD_HTTP_HEADER_CONNECTION, "close"))
                result = MHD_queue_response(exchange->connection, (unsigned)status, response);
        MHD_destroy_response(response);
        if (result == MHD_YES) {
                exchange->sent_status = status;
                exchange->sent_bytes = strcmp(exchange->method, "HEAD") != 0 ? bytes : 0;
        }
        return result;
}

static enum MHD_Result send_fixed(struct pd_http_exchange *exchange,
                                  const struct fixed_reply *reply)
{
        size_t len = strlen(reply->body);
        struct MHD_Response *response = MHD_create_response_from_buffer(
                len, (void *)(uintptr_t)reply->body, MHD_RESPMEM_PERSISTENT);
        bool is_ok = response != NULL && add(response, "X-Request-Id", exchange->id) &&
                     add(response, MHD_HTTP_HEADER_CONTENT_TYPE, TYPE_PROBLEM);

        if (is_ok && reply->retry_after != NULL)
                is_ok = add(response, MHD_HTTP_HEADER_RETRY_AFTER, reply->retry_after);
        if (is_ok)
                return queue(exchange, (int)reply->status, len, response);

        if (response != NULL)
                MHD_destroy_response(response);
        return MHD_NO;
}

/* The response takes over body or stream; NULL: no memory. */
static struct MHD_Response *make_response(const struct pd_http_exchange *exchange,
                                          struct pd_reply *reply)
{
        struct MHD_Response *response;

        if (reply->stream != NULL)
                response = pd_stream_response(reply->stream, exchange->connection);
        else
                response = MHD_create_response_from_buffer(
                        reply->len, reply->body,
                        reply->body != NULL ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
        if (response != NULL) {
                reply->body = NULL;
                reply->stream = NULL;
        }
        return response;
}

static enum MHD_Result send_reply(struct pd_http_exchange *exchange, struct pd_reply *reply)
{
        struct MHD_Response *response = make_response(exchange, reply);

        if (response == NULL)
                return send_fixed(exchange, &failed_reply);
        if (add_headers(exchange, reply, response))
                return queue(exchange, reply->status, reply->len, response);

        MHD_destroy_response(response);
        return send_fixed(exchange, &failed_reply);
}

enum MHD_Result pd_reply_send(struct pd_http_exchange *exchange)
{
        struct pd_reply *reply = &exchange->reply;

        if (atomic_load(&exchange->stage) == PD_STAGE_ABANDONED)
                return send_fixed(exchange, &abandoned_reply);
        if (!reply->has_failed && reply->is_set)
                return send_reply(exchange, reply);

        pd_log(exchange->httpd->options.log, PD_LOG_ERROR, "httpd", exchange->id,
               "internal: the handler gave no answer, or one that cannot be sent");
        return send_fixed(exchange, &failed_reply);
}
