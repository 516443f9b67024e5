/* test_traffic.c - requests counted by route and status. */
#include "traffic.h"

#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"

#define MAX_TEXT 65536

static const struct pd_http_route routes[] = {
        {.method = "GET", .path = "/a/{b}"},
        {.method = "POST", .path = "/c"},
};

static void requests_are_counted_by_route_and_status(void **state)
{
        pd_auto(pd_traffic_free_ptr) struct pd_traffic *traffic = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_TEXT);
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_traffic_new(routes, PD_COUNT(routes), &traffic, &err), err);
        pd_traffic_count(traffic, &routes[0], 200, 1500);
        pd_traffic_count(traffic, &routes[0], 200, 1500);
        pd_traffic_count(traffic, &routes[0], 404, 1);
        pd_traffic_count(traffic, &routes[1], 599, 1);
        pd_traffic_count(traffic, NULL, 400, 1);
        pd_traffic_count(traffic, NULL, 7, 1);

        pd_traffic_write(traffic, &text);
        assert_pd_says(text.data,
                       "# TYPE http_requests_total counter\n"
                       "http_requests_total{method=\"GET\",route=\"/a/{b}\",status=\"200\"} 2\n"
                       "http_requests_total{method=\"GET\",route=\"/a/{b}\",status=\"404\"} 1\n"
                       "http_requests_total{method=\"POST\",route=\"/c\",status=\"599\"} 1\n"
                       "http_requests_total{method=\"\",route=\"\",status=\"400\"} 1\n"
                       "http_requests_total{method=\"\",route=\"\",status=\"499\"} 1\n"
                       "# HELP http_request_duration_seconds ");
        assert_pd_says(text.data, "http_request_duration_seconds_sum{method=\"GET\","
                                  "route=\"/a/{b}\"} 0.003001\n");
        assert_pd_says(text.data, "http_request_duration_seconds_count{method=\"\","
                                  "route=\"\"} 2\n");
}

static int make_one(void *context, struct pd_err *err)
{
        pd_auto(pd_traffic_free_ptr) struct pd_traffic *traffic = NULL;

        (void)context;
        return pd_traffic_new(routes, PD_COUNT(routes), &traffic, err);
}

static void each_failing_allocation_is_told(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(make_one, NULL) >= 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(requests_are_counted_by_route_and_status),
                cmocka_unit_test(each_failing_allocation_is_told),
        };

        return cmocka_run_group_tests_name("httpd traffic", tests, NULL, NULL);
}
