/* keys.h - the keys that signatures are checked with. */
#ifndef PD_TOKEN_KEYS_H
#define PD_TOKEN_KEYS_H

#include <stdbool.h>

#include <cjose/cjose.h>

#include "algorithm.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"

/* Public keys out of one JWKS file. */
struct pd_keyset {
        struct pd_key {
                cjose_jwk_t *jwk;
                char *kid;       /* NULL: has none */
                char *algorithm; /* the one it is for; NULL: any that fits */
        } * at;
        size_t count;
};

/* A key out of the lenient base64 of a shared secret; *ret_len is its size in bytes. */
int pd_key_shared(const struct pd_secret *base64, cjose_jwk_t **ret, size_t *ret_len,
                  struct pd_err *err) PD_MUST_CHECK;

/*
 * Read the text of a JWKS (RFC 7517, section 5). Keys that are for encryption, symmetric or of a
 * kind that is not known are left out; RSA under 2048 bits is refused.
 */
int pd_keyset_read(const char *text, size_t len, struct pd_keyset *ret,
                   struct pd_err *err) PD_MUST_CHECK;
void pd_keyset_done(struct pd_keyset *keyset);

/* Whether a key may have made a signature of that algorithm; `kid` NULL: the token names none. */
bool pd_key_fits(const struct pd_key *key, const struct pd_algorithm *algorithm, const char *kid);

#endif
