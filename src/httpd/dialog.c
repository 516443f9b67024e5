/* dialog.c - the course of a request. */
#include "dialog.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "access.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "exchange.h"
#include "head.h"
#include "reply.h"
#include "server.h"

/* Pairs while they are copied from the server library. */
struct collection {
        struct pd_arena *arena;
        struct pd_pair *items;
        size_t count;
        bool has_failed;
};

static struct pd_connection *connection_of(struct MHD_Connection *connection)
{
        return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
                ->socket_context;
}

static void put_peer(struct pd_http_exchange *exchange)
{
        const struct sockaddr *address =
                MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
                        ->client_addr;
        const void *bytes =
                address->sa_family == AF_INET6
                        ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)
                                  ->sin6_addr
                        : (const void *)&((const struct sockaddr_in *)(const void *)address)
                                  ->sin_addr;

        (void)inet_ntop(address->sa_family, bytes, exchange->peer, sizeof(exchange->peer));
}

/* The path of a request target, which may be a whole URL (RFC 9112, section 3.2.2). */
static const char *copy_path(struct pd_arena *arena, const char *target)
{
        const char *host = strncasecmp(target, "http://", 7) == 0    ? target + 7
                           : strncasecmp(target, "https://", 8) == 0 ? target + 8
                                                                     : NULL;
        const char *path = host != NULL ? host + strcspn(host, "/?") : target;
        size_t len = strcspn(path, "?");

        return len != 0 ? pd_arena_copy(arena, path, len) : "/";
}

void *pd_dialog_begin(void *context, const char *target, struct MHD_Connection *connection)
{
        struct pd_http_exchange *exchange = pd_exchange_new(context, connection);

        pd_connection_asks(connection_of(connection));
        if (exchange == NULL)
                return NULL;

        put_peer(exchange);
        exchange->method = "";
        exchange->path = "/";
        if (strlen(target) > PD_HTTPD_MAX_URL_BYTES)
                pd_exchange_refuse(exchange, MHD_HTTP_URI_TOO_LONG, PD_E_TOO_LARGE,
                                   "the URL is over %d bytes", PD_HTTPD_MAX_URL_BYTES);
        else
                exchange->path = copy_path(&exchange->arena, target);
        if (strstr(target, "%00") != NULL) /* a text would end there */
                pd_exchange_refuse(exchange, MHD_HTTP_BAD_REQUEST, PD_E_INVALID,
                                   "the URL has a NUL");
        if (exchange->path == NULL) {
                pd_exchange_release(exchange);
                return NULL;
        }
        return exchange;
}

/* The length of a value without the blanks behind it, which are not part of it. The server library
 * leaves them there and then compares, so with "chunked " it does not see chunks; head.c must not
 * see them either. */
static size_t value_len(const char *name, const char *value)
{
        size_t len = strlen(value);

        if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0)
                return len;
        while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
                len--;
        return len;
}

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *name,
                               const char *value)
{
        struct collection *collection = context;
        struct pd_pair *pair = pd_arena_push(collection->arena, &collection->items,
                                             &collection->count, sizeof(*pair));

        if (value == NULL)
                value = ""; /* `?name` without a sign of equality */
        if (pair != NULL) {
                pair->name = pd_arena_string(collection->arena, name);
                pair->value = pd_arena_copy(collection->arena, value,
                                            kind == MHD_HEADER_KIND ? value_len(name, value)
                                                                    : strlen(value));
        }
        collection->has_failed = pair == NULL || pair->name == NULL || pair->value == NULL;
        return collection->has_failed || collection->count > PD_HTTPD_MAX_HEADERS ? MHD_NO
                                                                                  : MHD_YES;
}

static bool is_text(const struct pd_pairs *pairs)
{
        for (size_t i = 0; i < pairs->count; i++) {
                const struct pd_pair *pair = &pairs->items[i];

                if (!pd_utf8_valid(pair->name, strlen(pair->name), NULL) ||
                    !pd_utf8_valid(pair->value, strlen(pair->value), NULL))
                        return false;
        }
        return true;
}

/* Copy what the request says, so that the worker needs nothing of the server library's. */
static bool copy_request(struct pd_http_exchange *exchange, const char *method)
{
        struct collection headers = {.arena = &exchange->arena};
        struct collection query = headers;

        exchange->method = pd_arena_string(&exchange->arena, method);
        (void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, collect, &headers);
        (void)MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND, collect,
                                        &query);
        exchange->headers = (struct pd_pairs){headers.items, headers.count};
        exchange->query = (struct pd_pairs){query.items, query.count};
        if (query.count > PD_HTTPD_MAX_HEADERS || !is_text(&exchange->query))
                pd_exchange_refuse(exchange, MHD_HTTP_BAD_REQUEST, PD_E_INVALID,
                                   "the query is no UTF-8, or has over %d parts",
                                   PD_HTTPD_MAX_HEADERS);
        return exchange->method != NULL && !headers.has_failed && !query.has_failed;
}

static void refuse_body(struct pd_http_exchange *exchange)
{
        if (exchange->route->max_body == 0)
                pd_exchange_refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, PD_E_TOO_LARGE,
                                   "'%s' takes no body", exchange->path);
        else
                pd_exchange_refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, PD_E_TOO_LARGE,
                                   "the body is over %zu bytes", exchange->route->max_body);
}

/* Find the route; why there is none becomes the refusal. */
static void find_route(struct pd_http_exchange *exchange, const struct pd_body_claim *claim)
{
        const struct pd_httpd *httpd = exchange->httpd;
        const struct pd_http_route *route;

        switch (pd_router_match(httpd->router, exchange->method, exchange->path, &exchange->arena,
                                &exchange->match)) {
        case PD_ROUTE_FOUND:
                route = &httpd->routes[exchange->match.route];
                exchange->route = route;
                exchange->body.max = route->max_body;
                if (claim->length > route->max_body)
                        refuse_body(exchange);
                break;
        case PD_ROUTE_WRONG_METHOD:
                pd_http_set_header(exchange, MHD_HTTP_HEADER_ALLOW, exchange->match.allow);
                if (strcmp(exchange->method, MHD_HTTP_METHOD_OPTIONS) == 0)
                        pd_exchange_refuse(exchange, MHD_HTTP_NO_CONTENT, PD_OK, "%s", "");
                pd_exchange_refuse(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, PD_E_INVALID,
                                   "'%s' takes %s", exchange->path, exchange->match.allow);
                break;
        case PD_ROUTE_NOT_FOUND:
                pd_exchange_refuse(exchange, MHD_HTTP_NOT_FOUND, PD_E_NOT_FOUND,
                                   "there is nothing at '%s'", exchange->path);
                break;
        case PD_ROUTE_MALFORMED:
                pd_exchange_refuse(exchange, MHD_HTTP_BAD_REQUEST, PD_E_INVALID,
                                   "the path of the URL is malformed");
                break;
        case PD_ROUTE_NO_MEMORY:
                pd_exchange_refuse(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, PD_E_INTERNAL,
                                   "no memory for the path");
                break;
        }
}

/* Answer without a handler. */
static enum MHD_Result send_refusal(struct pd_http_exchange *exchange)
{
        if (exchange->refusal.code == PD_OK)
                pd_http_reply_bytes(exchange, exchange->refusal_status, NULL, NULL, 0);
        else
                pd_reply_problem(exchange, exchange->refusal_status, &exchange->refusal, NULL);
        atomic_store(&exchange->stage, PD_STAGE_ANSWERED);
        return pd_reply_send(exchange);
}

/* The head is there: it is held against the rules and the routes. */
static enum MHD_Result on_head(struct pd_http_exchange *exchange, const char *method,
                               const char *version)
{
        size_t bytes = MHD_get_connection_info(exchange->connection,
                                               MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
                               ->header_size;
        struct pd_body_claim claim = {.is_chunked = false};
        struct pd_err err = {0};
        bool is_proper;

        if (!copy_request(exchange, method))
                return MHD_NO;

        pd_exchange_name(exchange);
        is_proper = pd_head_check(version, &exchange->headers, bytes, &claim, &err) == 0;
        if (!is_proper)
                pd_exchange_refuse(exchange,
                                   err.code == PD_E_TOO_LARGE
                                           ? MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE
                                           : MHD_HTTP_BAD_REQUEST,
                                   err.code, "%s", err.msg);
        else if (exchange->refusal_status == 0)
                find_route(exchange, &claim);
        atomic_store(&exchange->stage, PD_STAGE_BODY);

        /* an answer at this point closes the connection: where its next request starts is not
         * known, or the body is not wanted at all */
        if (exchange->refusal_status != 0 &&
            (!is_proper || claim.wants_to_be_asked || claim.length > PD_HTTPD_MAX_DISCARD_BYTES)) {
                pd_connection_has_asked(connection_of(exchange->connection));
                return send_refusal(exchange);
        }
        return MHD_YES;
}

static enum MHD_Result on_body(struct pd_http_exchange *exchange, const char *bytes, size_t len)
{
        if (exchange->refusal_status == 0) {
                pd_buf_put(&exchange->body, bytes, len);
                if (exchange->body.failed == EFBIG)
                        refuse_body(exchange);
                else if (exchange->body.failed != 0)
                        pd_exchange_refuse(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, PD_E_INTERNAL,
                                           "no memory for the body");
        }
        if (exchange->refusal_status == 0)
                return MHD_YES;

        pd_buf_done(&exchange->body);
        exchange->discarded += len;
        return exchange->discarded <= PD_HTTPD_MAX_DISCARD_BYTES ? MHD_YES : MHD_NO;
}

/* Give it to a worker, where one is free. */
static enum MHD_Result hand_over(struct pd_http_exchange *exchange)
{
        struct pd_httpd *httpd = exchange->httpd;

        if (!pd_workers_claim(httpd->workers)) {
                pd_http_set_header(exchange, MHD_HTTP_HEADER_RETRY_AFTER, PD_HTTPD_RETRY_AFTER);
                pd_exchange_refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, PD_E_UNAVAILABLE,
                                   "all workers are busy; try again");
                return send_refusal(exchange);
        }
        atomic_fetch_add(&exchange->references, 1); /* the worker's */
        atomic_store(&exchange->stage, PD_STAGE_HANDLED);
        MHD_suspend_connection(exchange->connection); /* before the worker can resume it */
        pd_workers_submit(httpd->workers, exchange);
        return MHD_YES;
}

static void run(void *job)
{
        struct pd_http_exchange *exchange = job;

        exchange->route->handler(exchange, exchange->httpd->app);
}

/* The request is whole. */
static enum MHD_Result on_request(struct pd_http_exchange *exchange)
{
        pd_connection_has_asked(connection_of(exchange->connection));
        if (exchange->refusal_status != 0)
                return send_refusal(exchange);
        if (exchange->route->is_quick) {
                run(exchange);
                atomic_store(&exchange->stage, PD_STAGE_ANSWERED);
                return pd_reply_send(exchange);
        }
        /* Without an answer we are called again at once, and only then is the library done with
         * reading. A connection that was suspended before would be read when it is resumed, and
         * closed without its answer where the client has ended his side. */
        atomic_store(&exchange->stage, PD_STAGE_WHOLE);
        return MHD_YES;
}

enum MHD_Result pd_dialog_go_on(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_len, void **dialog)
{
        struct pd_http_exchange *exchange = *dialog;
        size_t len = *upload_len;

        (void)context;
        (void)connection;
        (void)url;
        if (exchange == NULL)
                return MHD_NO; /* there was no memory for it */

        *upload_len = 0; /* whatever there is of the body is taken */
        switch ((enum pd_stage)atomic_load(&exchange->stage)) {
        case PD_STAGE_HEAD:
                return on_head(exchange, method, version);
        case PD_STAGE_BODY:
                return len != 0 ? on_body(exchange, upload, len) : on_request(exchange);
        case PD_STAGE_WHOLE:
                return hand_over(exchange);
        default:
                return pd_reply_send(exchange); /* resumed */
        }
}

void pd_dialog_end(void *context, struct MHD_Connection *connection, void **dialog,
                   enum MHD_RequestTerminationCode how)
{
        struct pd_http_exchange *exchange = *dialog;
        struct pd_httpd *httpd = context;
        int64_t took_us;

        (void)how;
        pd_connection_is_served(connection_of(connection));
        if (exchange == NULL)
                return;

        if (exchange->sent_status == 0) {
                const union MHD_ConnectionInfo *library =
                        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);

                /* it has refused the request itself, or the client is gone */
                exchange->sent_status =
                        library != NULL ? (int)library->http_status : PD_TRAFFIC_STATUS_LOST;
        }
        took_us = pd_clock_mono_us() - exchange->began_us;
        pd_traffic_count(httpd->traffic, exchange->route, exchange->sent_status, took_us);
        pd_access_log(exchange, took_us);
        *dialog = NULL;
        pd_exchange_release(exchange);
}

void pd_dialog_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
        struct pd_httpd *httpd = context;

        if (what == MHD_CONNECTION_NOTIFY_STARTED)
                *slot = pd_connection_opened(
                        httpd->connections,
                        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                                ->connect_fd);
        else
                pd_connection_closed(*slot);
}

/* Resume the connection with the answer that `stage` stands for, if nobody else has. */
static void resume(struct pd_http_exchange *exchange, enum pd_stage stage)
{
        if (pd_exchange_step(exchange, PD_STAGE_HANDLED, stage))
                MHD_resume_connection(exchange->connection);
}

static void finish(void *job)
{
        resume(job, PD_STAGE_ANSWERED);
        pd_exchange_release(job);
}

static void abandon(void *job, bool is_running)
{
        resume(job, PD_STAGE_ABANDONED);
        if (!is_running)
                pd_exchange_release(job);
}

const struct pd_workers_ops pd_dialog_jobs = {.run = run, .finish = finish, .abandon = abandon};
