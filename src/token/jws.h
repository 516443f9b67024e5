/* jws.h - a token in its three parts, not believed yet (RFC 7515, section 7.1). */
#ifndef PD_TOKEN_JWS_H
#define PD_TOKEN_JWS_H

#include <jansson.h>

#include "algorithm.h"
#include "base/attr.h"
#include "base/err.h"

struct pd_jws {
        const struct pd_algorithm *algorithm; /* the one the header names */
        json_t *header;
        json_t *claims; /* believe them after the signature was checked, not before */
};

/*
 * Take a token apart. PD_E_UNAUTHORIZED: it is none, its header or claims are no strict JSON
 * (members twice are refused), it has `crit`, its algorithm is not in `algorithms`.
 */
int pd_jws_read(const char *token, unsigned algorithms, struct pd_jws *ret,
                struct pd_err *err) PD_MUST_CHECK;
void pd_jws_done(struct pd_jws *jws);

#endif
