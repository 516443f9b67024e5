/* http.h - the orchestrator's HTTP face: status, events, metrics; run and stop with the token. */
#ifndef PD_ORCHESTRATOR_HTTP_H
#define PD_ORCHESTRATOR_HTTP_H

#include <stdint.h>

#include "base/log.h"
#include "base/secret.h"
#include "core.h"

struct pd_http_face;

struct pd_http_face_options {
        const char *address;
        uint16_t port;
        const struct pd_secret *token; /**< NULL: nobody may change anything */
        const struct pd_log *log;
};

/** Serve; the options' texts, loop and core must outlive it. */
int pd_http_face_new(struct pd_loop *loop, const struct pd_http_face_options *options,
                     struct pd_core *core, struct pd_http_face **ret,
                     struct pd_err *err) PD_MUST_CHECK;

uint16_t pd_http_face_port(const struct pd_http_face *face);

/** Ends in order. The bridge must be closed, so that no handler waits for the loop. NULL is fine.
 */
void pd_http_face_free(struct pd_http_face *face);

PD_DEFINE_AUTO(struct pd_http_face, pd_http_face_free)

#endif
