/* kubernetes_ask.h - the way to an orchestrator's HTTP face: the API server's service proxy. */
#ifndef PD_ENGINE_KUBERNETES_ASK_H
#define PD_ENGINE_KUBERNETES_ASK_H

#include <jansson.h>

#include "base/secret.h"
#include "kubernetes_found.h"

/* The token in the Secret of a deployment (NULL: there is none); *ret NULL: it holds none. */
int pd_kubernetes_read_token(const json_t *secret, struct pd_secret **ret,
                             struct pd_err *err) PD_MUST_CHECK;

/* The engine's function. */
int pd_kubernetes_ask(const struct pd_kubernetes *kubernetes, const char *name,
                      const struct pd_fetch_request *request, struct pd_fetch_answer *ret,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
