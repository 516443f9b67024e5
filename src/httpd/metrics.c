/* metrics.c - counters and histograms: atomics in a table that is fixed when the program starts. */
#include "httpd/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* Upper bounds, and how Prometheus writes them as seconds. */
static const struct {
        int64_t us;
        const char *seconds;
} bounds[] = {
        {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},  {25000, "0.025"},
        {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},  {1000000, "1"},
        {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"}, {30000000, "30"},
};

struct pd_counter {
        atomic_uint_fast64_t value;
};

struct pd_histogram {
        atomic_uint_fast64_t buckets[PD_COUNT(bounds) + 1]; /* the last: over all bounds */
        atomic_uint_fast64_t sum_us;
};

/* One line, or one group of lines: a metric with certain labels. One of the two is NULL. */
struct series {
        struct series *next;
        const char *labels; /* "" or `a="b"` */
        struct pd_counter *counter;
        struct pd_histogram *histogram;
};

struct family {
        struct family *next;
        const char *name;
        const char *help;
        struct series *series;
};

struct pd_metrics {
        struct pd_arena arena;
        struct family *families;
};

int pd_metrics_new(struct pd_metrics **ret, struct pd_err *err)
{
        struct pd_metrics *metrics = calloc(1, sizeof(*metrics));

        if (metrics == NULL)
                return pd_fail_memory(err, "metrics");
        *ret = metrics;
        return 0;
}

void pd_metrics_free(struct pd_metrics *metrics)
{
        if (metrics != NULL)
                pd_arena_done(&metrics->arena);
        free(metrics);
}

/* The family of that name, made at the end of the list where it is new. NULL: no memory. */
static struct family *get_family(struct pd_metrics *metrics, const char *name, const char *help)
{
        struct family **place = &metrics->families;
        struct family *family;

        for (; *place != NULL; place = &(*place)->next) {
                if (strcmp((*place)->name, name) == 0)
                        return *place;
        }
        family = pd_arena_alloc(&metrics->arena, 1, sizeof(*family));
        if (family == NULL)
                return NULL;

        family->name = pd_arena_string(&metrics->arena, name);
        family->help = pd_arena_string(&metrics->arena, help);
        if (family->name == NULL || family->help == NULL)
                return NULL;
        *place = family;
        return family;
}

/* Put a series at the end of its family. false: no memory, and nothing has changed that shows. */
static bool add_series(struct pd_metrics *metrics, const char *name, const char *help,
                       struct series series)
{
        struct family *family = get_family(metrics, name, help);
        struct series *added = pd_arena_alloc(&metrics->arena, 1, sizeof(*added));
        struct series **place;

        if (family == NULL || added == NULL)
                return false;

        *added = series;
        added->labels = pd_arena_string(&metrics->arena, series.labels);
        if (added->labels == NULL)
                return false;

        place = &family->series;
        while (*place != NULL)
                place = &(*place)->next;
        *place = added;
        return true;
}

struct pd_counter *pd_metrics_counter(struct pd_metrics *metrics, const char *name,
                                      const char *help, const char *labels)
{
        struct pd_counter *counter = pd_arena_alloc(&metrics->arena, 1, sizeof(*counter));
        struct series series = {.labels = labels != NULL ? labels : "", .counter = counter};

        return counter != NULL && add_series(metrics, name, help, series) ? counter : NULL;
}

struct pd_histogram *pd_metrics_histogram(struct pd_metrics *metrics, const char *name,
                                          const char *help, const char *labels)
{
        struct pd_histogram *histogram = pd_arena_alloc(&metrics->arena, 1, sizeof(*histogram));
        struct series series = {.labels = labels != NULL ? labels : "", .histogram = histogram};

        return histogram != NULL && add_series(metrics, name, help, series) ? histogram : NULL;
}

void pd_counter_add(struct pd_counter *counter, uint64_t amount)
{
        atomic_fetch_add_explicit(&counter->value, amount, memory_order_relaxed);
}

void pd_histogram_observe(struct pd_histogram *histogram, int64_t microseconds)
{
        uint64_t us = microseconds > 0 ? (uint64_t)microseconds : 0;
        size_t i = 0;

        while (i < PD_COUNT(bounds) && us > (uint64_t)bounds[i].us)
                i++;
        atomic_fetch_add_explicit(&histogram->buckets[i], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&histogram->sum_us, us, memory_order_relaxed);
}

static void write_help(const struct family *family, struct pd_buf *out)
{
        pd_buf_printf(out, "# HELP %s ", family->name);
        for (const char *at = family->help; *at != '\0'; at++) {
                if (*at == '\n' || *at == '\\')
                        pd_buf_putc(out, '\\');
                pd_buf_putc(out, *at == '\n' ? 'n' : *at);
        }
        pd_buf_printf(out, "\n# TYPE %s %s\n", family->name,
                      family->series != NULL && family->series->histogram != NULL ? "histogram"
                                                                                  : "counter");
}

static void write_counter(const char *name, const struct series *series, struct pd_buf *out)
{
        bool is_plain = series->labels[0] == '\0';

        pd_buf_printf(out, "%s%s%s%s %" PRIuFAST64 "\n", name, is_plain ? "" : "{", series->labels,
                      is_plain ? "" : "}",
                      atomic_load_explicit(&series->counter->value, memory_order_relaxed));
}

static void write_histogram(const char *name, const struct series *series, struct pd_buf *out)
{
        const struct pd_histogram *histogram = series->histogram;
        const char *comma = series->labels[0] != '\0' ? "," : "";
        uint64_t sum_us = atomic_load_explicit(&histogram->sum_us, memory_order_relaxed);
        uint64_t count = 0;

        for (size_t i = 0; i <= PD_COUNT(bounds); i++) {
                count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
                pd_buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name, series->labels,
                              comma, i < PD_COUNT(bounds) ? bounds[i].seconds : "+Inf", count);
        }
        pd_buf_printf(out, "%s_sum{%s} %" PRIu64 ".%06" PRIu64 "\n", name, series->labels,
                      sum_us / 1000000, sum_us % 1000000);
        pd_buf_printf(out, "%s_count{%s} %" PRIu64 "\n", name, series->labels, count);
}

void pd_metrics_write(const struct pd_metrics *metrics, struct pd_buf *out)
{
        for (const struct family *family = metrics->families; family != NULL;
             family = family->next) {
                write_help(family, out);
                for (const struct series *series = family->series; series != NULL;
                     series = series->next) {
                        if (series->counter != NULL)
                                write_counter(family->name, series, out);
                        else
                                write_histogram(family->name, series, out);
                }
        }
}
