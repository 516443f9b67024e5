/* service.h - the orchestrator's gRPC face (contract, section 6): methods on the core. */
#ifndef PD_ORCHESTRATOR_SERVICE_H
#define PD_ORCHESTRATOR_SERVICE_H

#include "core.h"

/** Longest request: a blueprint, its protos, and what is around them. */
#define PD_SERVICE_MAX_REQUEST_BYTES (64 * 1024 * 1024)

struct pd_service;

/** Listen at `address` (grpc.h). Core, log and loop must outlive it. */
int pd_service_new(struct pd_loop *loop, struct pd_core *core, const char *address,
                   const struct pd_log *log, struct pd_service **ret,
                   struct pd_err *err) PD_MUST_CHECK;

uint16_t pd_service_port(const struct pd_service *service);

/** Take no further calls, end the streams of observers; `ended` when all is out. */
void pd_service_end(struct pd_service *service, void (*ended)(void *user), void *user);

void pd_service_free(struct pd_service *service); /**< NULL is fine */

PD_DEFINE_AUTO(struct pd_service, pd_service_free)

#endif
