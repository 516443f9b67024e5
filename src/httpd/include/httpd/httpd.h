/*
 * httpd.h - an HTTP server: a table of routes, a bounded pool of workers, problem details.
 *
 * Connections are libmicrohttpd's, on epoll threads; one is suspended while a worker runs its
 * handler, so handlers may block. When all workers are busy and the line is full the answer is 503
 * with Retry-After. Every request has an id, a line in the log and a place in the metrics.
 */
#ifndef PD_HTTPD_HTTPD_H
#define PD_HTTPD_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "base/own.h"
#include "httpd/metrics.h"

/** Longest URL, and most bytes and number of header lines that are taken: 414 and 431. */
#define PD_HTTPD_MAX_URL_BYTES    8192
#define PD_HTTPD_MAX_HEADER_BYTES 32768
#define PD_HTTPD_MAX_HEADERS      100
/** Of a body that is refused as much is read and thrown away, so that a client that does not listen
 * while it sends gets its answer; a longer one is cut off. */
#define PD_HTTPD_MAX_DISCARD_BYTES (64 * 1024 * 1024)
/** Parts in braces of one route. */
#define PD_HTTPD_MAX_PARAMETERS 8

struct pd_httpd;
struct pd_http_exchange; /* one request and its answer; a handler's for the time of the call */

struct pd_http_route {
        const char *method; /**< "GET" serves HEAD too */
        const char *path;   /**< "/deploy/{sid}/{rid}": a part in braces takes one non-empty part of
                               the path */

        /** What it does. May ask the request everything below; answers by one of the pd_http_reply
         * functions, exactly once; by none: 500. */
        void (*handler)(struct pd_http_exchange *exchange, void *app);

        size_t max_body; /**< 413 over it; 0: no body is taken */
        bool is_quick;   /**< answered on the connection's thread, never blocks, never refused for
                            load */
};

struct pd_httpd_options {
        const char *address; /**< "127.0.0.1", "::1", "0.0.0.0" */
        uint16_t port;       /**< 0: one that is free */
        unsigned workers;    /**< handlers at the same time */
        unsigned backlog;    /**< requests that wait for a worker */
        unsigned max_connections;
        int64_t idle_ms;    /**< a connection without a request for that long is closed */
        int64_t receive_ms; /**< one whose request has not come whole after that long, too */
        const char *certificate_path; /**< PEM; NULL: no TLS */
        const char *key_path;
        const struct pd_log *log;
        const char *server_name; /**< of the program, for pages and metrics */
};

/**
 * Start serving: the port is open when this returns. Routes and what the options point to must
 * outlive the server. PD_E_INVALID: no address of this machine, a certificate or key that is none,
 * more connections than the process may have open files; PD_E_CONFLICT: the port is taken;
 * PD_E_NOT_FOUND, PD_E_FORBIDDEN: a file.
 */
int pd_httpd_start(const struct pd_httpd_options *options, const struct pd_http_route *routes,
                   size_t route_count, void *app, struct pd_httpd **ret,
                   struct pd_err *err) PD_MUST_CHECK;

uint16_t pd_httpd_port(const struct pd_httpd *httpd);

/** Take no new connections any more, and wait until what was begun is answered, at most `drain_ms`.
 */
void pd_httpd_drain(struct pd_httpd *httpd, int64_t drain_ms);

/**
 * End in order: drain, answer what took longer than `drain_ms` with 503, wait for the handlers that
 * run still: who drains before may then tell those for whom they wait to let go. NULL is fine.
 */
void pd_httpd_stop(struct pd_httpd *httpd, int64_t drain_ms);

/* The request. Texts are borrowed; NULL: absent. */
const char *pd_http_method(const struct pd_http_exchange *exchange);
const char *pd_http_parameter(const struct pd_http_exchange *exchange,
                              const char *name); /**< of the route, decoded; never NULL */
const char *pd_http_query(const struct pd_http_exchange *exchange, const char *name);
const char *pd_http_header(const struct pd_http_exchange *exchange, const char *name);
const char *pd_http_body(const struct pd_http_exchange *exchange, size_t *ret_len); /**< a NUL
                              stands after the last byte; never NULL */
const char *pd_http_id(
        const struct pd_http_exchange *exchange); /**< for log lines: X-Request-Id, or made here */
bool pd_http_wants_html(
        const struct pd_http_exchange *exchange); /**< a browser: Accept has text/html */

/* The answer. */

/** Add a header line; the last of one name wins. Before the reply. Text with a line end in it is
 * not sent: 500. Every answer forbids to keep it (Cache-Control) unless this says otherwise. */
void pd_http_set_header(struct pd_http_exchange *exchange, const char *name, const char *value);

/** Bytes with a type; takes over `body`, which is freed with free(). */
void pd_http_reply_bytes(struct pd_http_exchange *exchange, int status, const char *type,
                         char *body, size_t len);
void pd_http_reply_text(struct pd_http_exchange *exchange, int status, const char *type,
                        const char *text); /**< copies */
void pd_http_reply_json(struct pd_http_exchange *exchange, int status,
                        json_t *json); /**< takes it over */
void pd_http_reply_redirect(struct pd_http_exchange *exchange,
                            const char *location); /**< 302, no body */

/** The server's own metrics and those of the program (NULL: none). */
void pd_http_reply_metrics(struct pd_http_exchange *exchange, const struct pd_metrics *more);

/**
 * Problem details (RFC 9457) by the error table, or a readable page for a browser; logs the error
 * once. `errors` (taken over, may be NULL) becomes the member of that name. Of PD_E_INTERNAL the
 * client is told the request's id only.
 */
void pd_http_reply_problem(struct pd_http_exchange *exchange, const struct pd_err *problem,
                           json_t *errors);

#endif
