/* reply.h - an answer: what a handler says of it, and how it is sent. */
#ifndef PD_HTTPD_REPLY_H
#define PD_HTTPD_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

#include "httpd/httpd.h"
#include "pairs.h"

/** Header lines that a handler may set; one more is a bug. */
#define PD_HTTPD_MAX_REPLY_HEADERS 16

/** Most bytes of an answer in JSON. */
#define PD_HTTPD_MAX_JSON_BYTES (64 * 1024 * 1024)

/** When a client that found no free worker may try again, in seconds. */
#define PD_HTTPD_RETRY_AFTER "1"

/** What is to be sent. All zero: nothing yet. */
struct pd_reply {
        bool is_set;
        bool has_failed;  /**< no memory, or a header line that cannot be: 500 instead */
        int status;       /**< of HTTP */
        const char *type; /**< lives as long as the exchange; NULL: none */
        char *body;       /**< owned; NULL: none */
        size_t len;
        struct pd_http_stream *stream; /**< instead of a body; owned. NULL: none */
        struct pd_pair headers[PD_HTTPD_MAX_REPLY_HEADERS]; /**< in the arena of the exchange */
        size_t header_count;
};

void pd_reply_done(struct pd_reply *reply);

/** pd_http_reply_problem() for a status that the error table does not have. */
void pd_reply_problem(struct pd_http_exchange *exchange, int status, const struct pd_err *problem,
                      json_t *errors);

/**
 * Send the answer, on the epoll thread: that of the handler (PD_STAGE_ANSWERED), or 503 for one
 * that took too long (PD_STAGE_ABANDONED). MHD_NO: it cannot be, close the connection.
 */
enum MHD_Result pd_reply_send(struct pd_http_exchange *exchange);

#endif
