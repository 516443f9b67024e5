/* traffic.h - how many requests each route had, how they ended and how long they took. */
#ifndef PD_HTTPD_TRAFFIC_H
#define PD_HTTPD_TRAFFIC_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/own.h"
#include "httpd/httpd.h"

/** Counted for a client that left before its answer; the number is nginx's. */
#define PD_TRAFFIC_STATUS_LOST 499

struct pd_traffic;

/** The routes must outlive it. */
int pd_traffic_new(const struct pd_http_route *routes, size_t count, struct pd_traffic **ret,
                   struct pd_err *err) PD_MUST_CHECK;

void pd_traffic_free(struct pd_traffic *traffic); /**< NULL is fine */

/** One more request of `route` (out of the table; NULL: of none). Takes no lock. */
void pd_traffic_count(struct pd_traffic *traffic, const struct pd_http_route *route, int status,
                      int64_t took_us);

/** As Prometheus reads it. */
void pd_traffic_write(const struct pd_traffic *traffic, struct pd_buf *out);

PD_DEFINE_AUTO(struct pd_traffic, pd_traffic_free)

#endif
