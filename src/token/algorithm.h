/* algorithm.h - the signature algorithms there are (RFC 7518, section 3.1). */
#ifndef PD_TOKEN_ALGORITHM_H
#define PD_TOKEN_ALGORITHM_H

#include <cjose/cjose.h>

#include "base/attr.h"
#include "base/err.h"

struct pd_algorithm {
        const char *name;
        cjose_jwk_kty_t key_type;
        cjose_jwk_ec_curve curve; /* of CJOSE_JWK_KTY_EC */
        unsigned bit;             /* in a set of algorithms */
};

/* NULL: there is none of that name. */
const struct pd_algorithm *pd_algorithm_find(const char *name, size_t len);

/* Names separated by commas, as a set. */
int pd_algorithm_set(const char *names, unsigned *ret, struct pd_err *err) PD_MUST_CHECK;

/* The members of a set whose keys are of that type. */
unsigned pd_algorithm_of_type(unsigned set, cjose_jwk_kty_t key_type);

#endif
