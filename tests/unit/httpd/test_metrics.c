/* test_metrics.c - counters and histograms as Prometheus reads them. */
#include "httpd/metrics.h"

#include <pthread.h>
#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"

#define MAX_TEXT 65536

static void series_of_one_name_stand_together(void **state)
{
        pd_auto(pd_metrics_free_ptr) struct pd_metrics *metrics = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_TEXT);
        struct pd_counter *read, *other, *write;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_metrics_new(&metrics, &err), err);
        read = pd_metrics_counter(metrics, "io_total", "Bytes\nand a \\.", "way=\"in\"");
        other = pd_metrics_counter(metrics, "other_total", "Another.", NULL);
        write = pd_metrics_counter(metrics, "io_total", "ignored", "way=\"out\"");
        pd_counter_add(read, 1);
        pd_counter_add(write, 41);
        pd_counter_add(write, 1);
        pd_counter_add(other, UINT64_MAX);

        pd_metrics_write(metrics, &text);
        assert_string_equal(text.data, "# HELP io_total Bytes\\nand a \\\\.\n"
                                       "# TYPE io_total counter\n"
                                       "io_total{way=\"in\"} 1\n"
                                       "io_total{way=\"out\"} 42\n"
                                       "# HELP other_total Another.\n"
                                       "# TYPE other_total counter\n"
                                       "other_total 18446744073709551615\n");
}

static void a_histogram_counts_up_to_each_bound(void **state)
{
        pd_auto(pd_metrics_free_ptr) struct pd_metrics *metrics = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_TEXT);
        static const int64_t took_us[] = {-5, 0, 1000, 1001, 2500, 999999, 30000000, 30000001};
        struct pd_histogram *histogram;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_metrics_new(&metrics, &err), err);
        histogram = pd_metrics_histogram(metrics, "took_seconds", "How long.", "phase=\"pack\"");
        for (size_t i = 0; i < PD_COUNT(took_us); i++)
                pd_histogram_observe(histogram, took_us[i]);

        pd_metrics_write(metrics, &text);
        assert_string_equal(text.data, "# HELP took_seconds How long.\n"
                                       "# TYPE took_seconds histogram\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.001\"} 3\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.0025\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.005\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.01\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.025\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.05\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.1\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.25\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"0.5\"} 5\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"1\"} 6\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"2.5\"} 6\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"5\"} 6\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"10\"} 6\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"30\"} 7\n"
                                       "took_seconds_bucket{phase=\"pack\",le=\"+Inf\"} 8\n"
                                       "took_seconds_sum{phase=\"pack\"} 61.004501\n"
                                       "took_seconds_count{phase=\"pack\"} 8\n");
}

static void a_histogram_without_labels_has_no_comma(void **state)
{
        pd_auto(pd_metrics_free_ptr) struct pd_metrics *metrics = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_TEXT);
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_metrics_new(&metrics, &err), err);
        assert_non_null(pd_metrics_histogram(metrics, "t", "T.", NULL));
        pd_metrics_write(metrics, &text);
        assert_pd_says(text.data, "\nt_bucket{le=\"0.001\"} 0\n");
        assert_pd_says(text.data, "\nt_sum{} 0.000000\nt_count{} 0\n");
}

#define TIMES 20000

static void *count_often(void *counter)
{
        for (int i = 0; i < TIMES; i++)
                pd_counter_add(counter, 1);
        return NULL;
}

static void threads_count_every_time(void **state)
{
        pd_auto(pd_metrics_free_ptr) struct pd_metrics *metrics = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_TEXT);
        struct pd_counter *counter;
        struct pd_err err = {0};
        pthread_t threads[4];

        (void)state;
        assert_pd_ok(pd_metrics_new(&metrics, &err), err);
        counter = pd_metrics_counter(metrics, "n_total", "N.", NULL);
        for (size_t i = 0; i < PD_COUNT(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, count_often, counter), 0);
        for (size_t i = 0; i < PD_COUNT(threads); i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);

        pd_metrics_write(metrics, &text);
        assert_pd_says(text.data, "\nn_total 80000\n");
}

static int make_two(void *context, struct pd_err *err)
{
        pd_auto(pd_metrics_free_ptr) struct pd_metrics *metrics = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_TEXT);

        (void)context;
        if (pd_metrics_new(&metrics, err) < 0)
                return -1;
        if (pd_metrics_counter(metrics, "a_total", "A.", "x=\"1\"") == NULL ||
            pd_metrics_histogram(metrics, "b_seconds", "B.", NULL) == NULL) {
                pd_metrics_write(metrics, &text); /* what is there can still be written */
                return pd_fail_memory(err, "metrics");
        }
        pd_metrics_write(metrics, &text);
        return pd_buf_check(&text, "metrics", err);
}

static void each_failing_allocation_is_told(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(make_two, NULL) >= 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(series_of_one_name_stand_together),
                cmocka_unit_test(a_histogram_counts_up_to_each_bound),
                cmocka_unit_test(a_histogram_without_labels_has_no_comma),
                cmocka_unit_test(threads_count_every_time),
                cmocka_unit_test(each_failing_allocation_is_told),
        };

        return cmocka_run_group_tests_name("httpd metrics", tests, NULL, NULL);
}
