/* status.h - handlers about the service itself: health, readiness, metrics, description. */
#ifndef PD_DEPLOYER_STATUS_H
#define PD_DEPLOYER_STATUS_H

#include "base/attr.h"
#include "base/err.h"
#include "httpd/httpd.h"

/* The context is the struct pd_deployer. */
void pd_status_health(struct pd_http_exchange *exchange, void *context);
void pd_status_ready(struct pd_http_exchange *exchange, void *context);
void pd_status_metrics(struct pd_http_exchange *exchange, void *context);
void pd_status_openapi(struct pd_http_exchange *exchange, void *context);

/** Whether catalogue and, where one is configured, playground answer: for readiness.h. */
int pd_status_ask_neighbours(void *context, struct pd_err *err) PD_MUST_CHECK;

#endif
