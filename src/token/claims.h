/* claims.h - what a token says, held against the policy (RFC 7519, section 4.1). */
#ifndef PD_TOKEN_CLAIMS_H
#define PD_TOKEN_CLAIMS_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "token/token.h"

/* PD_E_UNAUTHORIZED where a claim is missing or does not hold at `now_s`. */
int pd_claims_check(const json_t *claims, const struct pd_token_policy *policy, int64_t now_s,
                    struct pd_token_user *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
