/* ask.h - requests to an orchestrator, whatever the way to it. */
#ifndef PD_ENGINE_ASK_H
#define PD_ENGINE_ASK_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "fetch/fetch.h"

/* Put the token (NULL: none) among the header lines of a request; they are in the arena then. */
int pd_ask_add_token(struct pd_arena *arena, const char *token, struct pd_fetch_request *request,
                     struct pd_err *err) PD_MUST_CHECK;

/* PD_E_CONFLICT: the deployment has no orchestrator; or it has, and it does not run. */
int pd_ask_fail_absent(const char *name, struct pd_err *err) PD_MUST_CHECK;
int pd_ask_fail_down(struct pd_err *err) PD_MUST_CHECK;

#endif
