/* server.c - starting and ending. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/format.h"
#include "dialog.h"

/* Epoll threads do little more than copy; more than these would wait for each other. */
#define MAX_EPOLL_THREADS 4

/* Memory of the server library for one connection: the longest head, what it notes down about it,
 * and the header lines of the answer. */
#define POOL_BYTES (PD_HTTPD_MAX_URL_BYTES + PD_HTTPD_MAX_HEADER_BYTES + 24 * 1024)

#define MAX_PEM_BYTES (1024 * 1024)

/* Open files that are no connections. */
#define OTHER_FILES 256

/* At the end: how long a kept connection may be silent before nothing more is expected from it, and
 * how long the last answers may take to be sent. */
#define QUIET_MS 250
#define FLUSH_MS 1000

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* Certificate and key, in memory while the server library reads them. */
struct pem {
        char *certificate;
        char *key;
        size_t key_len;
};

static void pem_done(struct pem *pem)
{
        free(pem->certificate);
        if (pem->key != NULL)
                explicit_bzero(pem->key, pem->key_len);
        free(pem->key);
}

static int pem_read(const struct pd_httpd_options *options, struct pem *pem, struct pd_err *err)
{
        if (options->certificate_path == NULL)
                return 0;
        if (options->key_path == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "a certificate wants a key beside it");
        if (pd_file_read_at(AT_FDCWD, options->certificate_path, MAX_PEM_BYTES, &pem->certificate,
                            NULL, err) < 0 ||
            pd_file_read_at(AT_FDCWD, options->key_path, MAX_PEM_BYTES, &pem->key, &pem->key_len,
                            err) < 0)
                return pd_wrap(err, "certificate and key for TLS");
        return 0;
}

/* Let the process have as many open files as it may need. */
static int allow_files(unsigned connections, struct pd_err *err)
{
        rlim_t wanted = (rlim_t)connections + OTHER_FILES;
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot read the limit of open files");
        if (limit.rlim_cur >= wanted)
                return 0;
        if (limit.rlim_max < wanted)
                return pd_fail(err, PD_E_INVALID, 0,
                               "%u connections want %" PRIuMAX
                               " open files, but the process may have %" PRIuMAX
                               "; allow fewer connections or more open files",
                               connections, (uintmax_t)wanted, (uintmax_t)limit.rlim_max);
        limit.rlim_cur = wanted;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot raise the limit of open files");
        return 0;
}

static unsigned epoll_threads(void)
{
        cpu_set_t cpus;
        int count = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 1;

        return count < MAX_EPOLL_THREADS ? (unsigned)count : MAX_EPOLL_THREADS;
}

/* What the server library has to say; formatted like printf(). */
static void on_message(void *context, const char *fmt, va_list args)
{
        struct pd_httpd *httpd = context;
        char text[sizeof(httpd->trouble)];

        pd_vformat(text, sizeof(text), fmt, args);
        text[strcspn(text, "\n")] = '\0';
        if (pthread_equal(pthread_self(), httpd->starter) && httpd->trouble[0] == '\0')
                pd_format(httpd->trouble, sizeof(httpd->trouble), "%s", text);
        pd_log(httpd->options.log, PD_LOG_DEBUG, "httpd", NULL, "libmicrohttpd: %s", text);
}

static int start_daemon(struct pd_httpd *httpd, const struct pem *pem, struct pd_err *err)
{
        bool is_tls = pem->certificate != NULL;
        unsigned threads = epoll_threads();
        unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
                         MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (is_tls ? MHD_USE_TLS : 0);
        int64_t idle_s = (httpd->options.idle_ms + 999) / 1000;
        struct MHD_OptionItem tls[] = {
                {MHD_OPTION_HTTPS_MEM_CERT, 0, pem->certificate},
                {MHD_OPTION_HTTPS_MEM_KEY, 0, pem->key},
                {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
                {MHD_OPTION_END, 0, NULL},
        };
        struct MHD_OptionItem pool[] = {
                {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL},
                {MHD_OPTION_END, 0, NULL},
        };
        struct MHD_OptionItem none = {MHD_OPTION_END, 0, NULL};

        httpd->daemon =
                MHD_start_daemon(flags, 0, NULL, NULL, pd_dialog_go_on, httpd,  /* */
                                 MHD_OPTION_EXTERNAL_LOGGER, on_message, httpd, /* first */
                                 MHD_OPTION_ARRAY, threads > 1 ? pool : &none,  /* */
                                 MHD_OPTION_ARRAY, is_tls ? tls : &none,        /* */
                                 MHD_OPTION_CONNECTION_LIMIT, httpd->options.max_connections, /* */
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,      /* */
                                 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)idle_s,             /* */
                                 MHD_OPTION_URI_LOG_CALLBACK, pd_dialog_begin, httpd,         /* */
                                 MHD_OPTION_NOTIFY_COMPLETED, pd_dialog_end, httpd,           /* */
                                 MHD_OPTION_NOTIFY_CONNECTION, pd_dialog_connection, httpd,   /* */
                                 MHD_OPTION_END);
        if (httpd->daemon == NULL)
                return pd_fail(err, is_tls ? PD_E_INVALID : PD_E_INTERNAL, 0,
                               "cannot start the HTTP server%s: %s",
                               is_tls ? " with this certificate and key" : "", httpd->trouble);
        return 0;
}

static void take(void *context, int fd, const struct sockaddr *peer, socklen_t peer_len)
{
        struct pd_httpd *httpd = context;

        pd_connections_expect(httpd->connections);
        (void)MHD_add_connection(httpd->daemon, fd, peer, peer_len); /* or it has closed it */
}

static bool has_room(void *context)
{
        const struct pd_httpd *httpd = context;

        return pd_connections_open(httpd->connections) < httpd->options.max_connections;
}

static bool tick(void *context, int64_t now_us)
{
        struct pd_httpd *httpd = context;

        return pd_connections_sweep(httpd->connections, now_us);
}

static const struct pd_listener_ops listener_ops = {
        .take = take,
        .has_room = has_room,
        .tick = tick,
};

static int start(struct pd_httpd *httpd, size_t route_count, struct pd_err *err)
{
        const struct pd_httpd_options *options = &httpd->options;
        pd_auto(pem_done) struct pem pem = {.key = NULL};

        if (allow_files(options->max_connections, err) < 0 || pem_read(options, &pem, err) < 0 ||
            pd_router_new(httpd->routes, route_count, &httpd->router, err) < 0 ||
            pd_traffic_new(httpd->routes, route_count, &httpd->traffic, err) < 0 ||
            pd_connections_new(options->idle_ms, options->receive_ms, &httpd->connections, err) <
                    0 ||
            pd_listener_new(options->address, options->port, &httpd->listener, err) < 0 ||
            pd_workers_new(options->workers, options->backlog, &pd_dialog_jobs, &httpd->workers,
                           err) < 0 ||
            start_daemon(httpd, &pem, err) < 0)
                return -1;
        return pd_listener_start(httpd->listener, &listener_ops, httpd, err);
}

/* Also of one that has not started to the end. */
static void free_httpd(struct pd_httpd *httpd)
{
        if (httpd->workers != NULL)
                pd_workers_abandon(httpd->workers);
        if (httpd->daemon != NULL) /* what was abandoned is sent */
                (void)pd_connections_drain(httpd->connections, 0, FLUSH_MS);
        pd_workers_free(httpd->workers); /* nobody resumes a connection of the daemon after that */
        if (httpd->daemon != NULL)
                MHD_stop_daemon(httpd->daemon);
        pd_connections_free(httpd->connections);
        pd_traffic_free(httpd->traffic);
        pd_router_free(httpd->router);
        free(httpd);
}

/* start(), whose threads get no signals: those are for the program's own. */
static int start_undisturbed(struct pd_httpd *httpd, size_t route_count, struct pd_err *err)
{
        sigset_t all, before;
        int result;

        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        result = start(httpd, route_count, err);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        return result;
}

int pd_httpd_start(const struct pd_httpd_options *options, const struct pd_http_route *routes,
                   size_t route_count, void *app, struct pd_httpd **ret, struct pd_err *err)
{
        struct pd_httpd *httpd = calloc(1, sizeof(*httpd));

        if (httpd == NULL)
                return pd_fail_memory(err, "the HTTP server");

        httpd->options = *options;
        httpd->routes = routes;
        httpd->app = app;
        httpd->starter = pthread_self();
        if (start_undisturbed(httpd, route_count, err) < 0) {
                pd_httpd_stop(httpd, 0);
                return -1;
        }
        *ret = httpd;
        return 0;
}

uint16_t pd_httpd_port(const struct pd_httpd *httpd)
{
        return pd_listener_port(httpd->listener);
}

void pd_httpd_drain(struct pd_httpd *httpd, int64_t drain_ms)
{
        pd_listener_free(pd_steal(&httpd->listener));
        if (httpd->daemon != NULL)
                (void)pd_connections_drain(httpd->connections, QUIET_MS, drain_ms);
}

void pd_httpd_stop(struct pd_httpd *httpd, int64_t drain_ms)
{
        if (httpd == NULL)
                return;

        pd_httpd_drain(httpd, drain_ms);
        free_httpd(httpd);
}

static void write_gauge(struct pd_buf *out, const char *name, const char *help, unsigned value)
{
        pd_buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %u\n", name, help, name, name, value);
}

void pd_httpd_write_metrics(struct pd_httpd *httpd, struct pd_buf *out)
{
        unsigned busy, waiting;

        pd_workers_load(httpd->workers, &busy, &waiting);
        pd_buf_printf(out,
                      "# HELP http_server_info Which program this is.\n"
                      "# TYPE http_server_info gauge\nhttp_server_info{name=\"%s\"} 1\n",
                      httpd->options.server_name);
        write_gauge(out, "http_connections", "Connections that are open.",
                    pd_connections_open(httpd->connections));
        write_gauge(out, "http_requests_in_progress", "Requests that are not answered yet.",
                    pd_connections_busy(httpd->connections));
        write_gauge(out, "http_workers_busy", "Workers that run a handler.", busy);
        write_gauge(out, "http_requests_waiting", "Requests that wait for a worker.", waiting);
        pd_traffic_write(httpd->traffic, out);
}
