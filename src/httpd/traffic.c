/* traffic.c - a row of counters for each route, and one for requests without a route. */
#include "traffic.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/format.h"

#define FIRST_STATUS 100
#define LAST_STATUS  599
#define LABELS_SIZE  512

static const struct pd_http_route no_route = {.method = "", .path = ""};

struct row {
        const struct pd_http_route *route;
        struct pd_histogram *took;
        atomic_uint_fast64_t by_status[LAST_STATUS - FIRST_STATUS + 1];
};

struct pd_traffic {
        const struct pd_http_route *routes;
        size_t count;
        struct pd_metrics *metrics; /* for the histograms */
        struct row rows[];          /* one a route, and the last */
};

static int start_row(struct pd_traffic *traffic, size_t index, struct pd_err *err)
{
        struct row *row = &traffic->rows[index];
        char labels[LABELS_SIZE];

        row->route = index < traffic->count ? &traffic->routes[index] : &no_route;
        pd_format(labels, sizeof(labels), "method=\"%s\",route=\"%s\"", row->route->method,
                  row->route->path);
        row->took = pd_metrics_histogram(
                traffic->metrics, "http_request_duration_seconds",
                "From the first line of a request to the end of its answer.", labels);
        return row->took != NULL ? 0 : pd_fail_memory(err, "metrics");
}

int pd_traffic_new(const struct pd_http_route *routes, size_t count, struct pd_traffic **ret,
                   struct pd_err *err)
{
        pd_auto(pd_traffic_free_ptr) struct pd_traffic *traffic =
                calloc(1, sizeof(*traffic) + (count + 1) * sizeof(traffic->rows[0]));

        if (traffic == NULL)
                return pd_fail_memory(err, "metrics");
        traffic->routes = routes;
        traffic->count = count;
        if (pd_metrics_new(&traffic->metrics, err) < 0)
                return -1;

        for (size_t i = 0; i <= count; i++) {
                if (start_row(traffic, i, err) < 0)
                        return -1;
        }
        *ret = pd_steal(&traffic);
        return 0;
}

void pd_traffic_free(struct pd_traffic *traffic)
{
        if (traffic != NULL)
                pd_metrics_free(traffic->metrics);
        free(traffic);
}

void pd_traffic_count(struct pd_traffic *traffic, const struct pd_http_route *route, int status,
                      int64_t took_us)
{
        size_t index = route != NULL ? (size_t)(route - traffic->routes) : traffic->count;
        struct row *row = &traffic->rows[index];
        int place = status < FIRST_STATUS || status > LAST_STATUS ? PD_TRAFFIC_STATUS_LOST : status;

        atomic_fetch_add_explicit(&row->by_status[place - FIRST_STATUS], 1, memory_order_relaxed);
        pd_histogram_observe(row->took, took_us);
}

void pd_traffic_write(const struct pd_traffic *traffic, struct pd_buf *out)
{
        pd_buf_puts(out, "# HELP http_requests_total Requests, by route and status of the answer.\n"
                         "# TYPE http_requests_total counter\n");
        for (size_t i = 0; i <= traffic->count; i++) {
                const struct row *row = &traffic->rows[i];

                for (int status = FIRST_STATUS; status <= LAST_STATUS; status++) {
                        uint64_t count = atomic_load_explicit(
                                &row->by_status[status - FIRST_STATUS], memory_order_relaxed);

                        if (count != 0)
                                pd_buf_printf(out,
                                              "http_requests_total{method=\"%s\",route=\"%s\","
                                              "status=\"%d\"} %" PRIu64 "\n",
                                              row->route->method, row->route->path, status, count);
                }
        }
        pd_metrics_write(traffic->metrics, out);
}
