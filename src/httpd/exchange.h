/*
 * exchange.h - one request and its answer, from the first line to the last byte.
 *
 * Two sides know it: the epoll thread of its connection, and the worker that runs its handler.
 * What the request says is copied when its head is there, so the worker never touches memory of the
 * server library. `stage` says whose turn it is; the side that changes it has the right to go on.
 */
#ifndef PD_HTTPD_EXCHANGE_H
#define PD_HTTPD_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "httpd/httpd.h"
#include "pairs.h"
#include "reply.h"
#include "router.h"

/** Room for a request id, with its NUL. */
#define PD_HTTPD_ID_SIZE 65
/** Room for an address in text, with its NUL. */
#define PD_HTTPD_PEER_SIZE 64
/** Everything the sides share; server.h. */
struct pd_httpd;

enum pd_stage {
        PD_STAGE_HEAD,      /**< its header lines are not all there */
        PD_STAGE_BODY,      /**< its body comes in, or is thrown away */
        PD_STAGE_WHOLE,     /**< all of it is there; a worker will be asked for */
        PD_STAGE_HANDLED,   /**< a worker has it; the connection is suspended */
        PD_STAGE_ANSWERED,  /**< `reply` is there to be sent */
        PD_STAGE_ABANDONED, /**< the worker took too long: 503 is to be sent, and nothing but
                               `stage` may be shared any more */
};

struct pd_http_exchange {
        struct pd_httpd *httpd;
        struct MHD_Connection *connection; /**< for the epoll thread, and to resume it */
        atomic_uint references;
        atomic_int stage; /**< enum pd_stage */
        struct pd_arena arena;

        /* the request */
        char id[PD_HTTPD_ID_SIZE];
        char peer[PD_HTTPD_PEER_SIZE];
        const char *method;
        const char *path; /**< as it was sent, without the query */
        struct pd_pairs headers;
        struct pd_pairs query;
        const struct pd_http_route *route; /**< NULL: none */
        struct pd_route_match match;
        struct pd_buf body;
        int64_t began_us;

        /* why it is refused without a handler; status 0: it is not */
        int refusal_status;
        struct pd_err refusal;
        uint64_t discarded; /**< bytes of its body that were thrown away */

        struct pd_reply reply;

        /* for the log and the metrics; the epoll thread's alone */
        int sent_status;
        uint64_t sent_bytes;
};

/** A request that has begun, with an id of our own. NULL: no memory. It has one reference. */
struct pd_http_exchange *pd_exchange_new(struct pd_httpd *httpd, struct MHD_Connection *connection);

void pd_exchange_release(struct pd_http_exchange *exchange); /**< the last one frees it */

/** Change the stage, where it is `from`; false: somebody else was first. */
bool pd_exchange_step(struct pd_http_exchange *exchange, enum pd_stage from, enum pd_stage to);

/** The request will be answered with this instead of by a handler; the first reason counts. */
void pd_exchange_refuse(struct pd_http_exchange *exchange, int status, enum pd_err_code code,
                        const char *fmt, ...) PD_PRINTF(4, 5);

/** Take the client's X-Request-Id for its id where that is short and plain. */
void pd_exchange_name(struct pd_http_exchange *exchange);

#endif
