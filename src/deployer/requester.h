/* requester.h - who asks: the token of a request (contract, section 1). */
#ifndef PD_DEPLOYER_REQUESTER_H
#define PD_DEPLOYER_REQUESTER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "httpd/httpd.h"
#include "token/token.h"

/**
 * The token: the first of header `jwtToken`, header `Authorization` (bare, or after `Bearer `) and
 * query `jwtToken`. NULL: there is none. *ret_in_query: it was in the query, where logs of others
 * keep it.
 */
const char *pd_requester_token(const struct pd_http_exchange *exchange, bool *ret_in_query);

/** The user of a request; PD_E_UNAUTHORIZED where there is no valid token. */
int pd_requester_check(const struct pd_http_exchange *exchange, struct pd_token_checker *checker,
                       const struct pd_log *log, struct pd_token_user *ret,
                       struct pd_err *err) PD_MUST_CHECK;

#endif
