/*
 * metrics.h - counters and histograms, as Prometheus reads them (text format 0.0.4).
 *
 * Recording takes no lock. A metric and its labels are fixed when the program starts.
 */
#ifndef PD_HTTPD_METRICS_H
#define PD_HTTPD_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/own.h"

struct pd_metrics;
struct pd_counter;
struct pd_histogram; /* of seconds, buckets from 1 ms to 30 s */

int pd_metrics_new(struct pd_metrics **ret, struct pd_err *err) PD_MUST_CHECK;
void pd_metrics_free(struct pd_metrics *metrics);

/** One series. `labels` as `phase="pack"`, NULL: none; series of one name stand together. Not
 * thread safe. NULL: no memory. */
struct pd_counter *pd_metrics_counter(struct pd_metrics *metrics, const char *name,
                                      const char *help, const char *labels) PD_MUST_CHECK;
struct pd_histogram *pd_metrics_histogram(struct pd_metrics *metrics, const char *name,
                                          const char *help, const char *labels) PD_MUST_CHECK;

void pd_counter_add(struct pd_counter *counter, uint64_t amount);
void pd_histogram_observe(struct pd_histogram *histogram, int64_t microseconds);

/** Everything, as text. */
void pd_metrics_write(const struct pd_metrics *metrics, struct pd_buf *out);

PD_DEFINE_AUTO(struct pd_metrics, pd_metrics_free)

#endif
