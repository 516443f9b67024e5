/* server.h - what the requests of a server share. */
#ifndef PD_HTTPD_SERVER_H
#define PD_HTTPD_SERVER_H

#include <microhttpd.h>
#include <pthread.h>

#include "connections.h"
#include "httpd/httpd.h"
#include "listener.h"
#include "router.h"
#include "traffic.h"
#include "workers.h"

/** Fixed before the first request, but for what counts by itself. */
struct pd_httpd {
        struct pd_httpd_options options;
        const struct pd_http_route *routes;
        void *app;
        struct pd_router *router;
        struct pd_traffic *traffic;
        struct pd_workers *workers;
        struct pd_connections *connections;
        struct pd_listener *listener;
        struct MHD_Daemon *daemon;
        pthread_t starter; /**< the thread of pd_httpd_start() */
        char trouble[256]; /**< what the server library complained of first on that thread */
};

/** The server's own metrics. */
void pd_httpd_write_metrics(struct pd_httpd *httpd, struct pd_buf *out);

#endif
