/*
 * token.h - who is calling: a signed token, checked.
 *
 * Wire: contract, section 1. JWS compact (RFC 7515) with JWT claims (RFC 7519), by the advice of
 * RFC 8725: the accepted algorithms are ours to choose, never the token's.
 */
#ifndef PD_TOKEN_TOKEN_H
#define PD_TOKEN_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "base/own.h"
#include "base/secret.h"

/** Longest token that is looked at. */
#define PD_TOKEN_MAX_BYTES 16384
/** Most bytes of a JWKS file, and most keys in it. */
#define PD_TOKEN_MAX_JWKS_BYTES (256 * 1024)
#define PD_TOKEN_MAX_JWKS_KEYS  64
/** Least bytes that RFC 7518, section 3.2 wants of the key of HS256. */
#define PD_TOKEN_MIN_SECRET_BYTES 32

/** What is accepted. */
struct pd_token_policy {
        const char *algorithms; /**< names separated by commas, out of HS/RS/ES 256, 384, 512 */
        const char *issuer;     /**< `iss` must be it; NULL: any */
        const char *audience;   /**< `aud` must be or hold it; NULL: any */
        int64_t leeway_s;       /**< how far clocks may differ, for `exp` and `nbf` */
        const struct pd_log
                *log; /**< where a file of keys that went bad is reported; NULL: nowhere */
};

/** HS256,HS384,HS512; any issuer and audience; 0 s. */
extern const struct pd_token_policy pd_token_default_policy;

struct pd_token_checker;

/**
 * A checker for a policy. `shared` is the secret of property `jwt.auth.secret.key`: base64, decoded
 * leniently (padding and line ends do not matter); NULL: none. `jwks_path` is a file of public keys
 * (RFC 7517), read again when it changes (a bad one is reported, the keys before it stay); NULL:
 * none. PD_E_INVALID: an unknown algorithm, no key for any of the accepted ones, a secret that is
 * no base64 or empty, a file that is no JWKS. Both arguments are copied. May be used by several
 * threads at once.
 */
int pd_token_checker_new(const struct pd_token_policy *policy, const struct pd_secret *shared,
                         const char *jwks_path, struct pd_token_checker **ret,
                         struct pd_err *err) PD_MUST_CHECK;

void pd_token_checker_free(struct pd_token_checker *checker); /**< NULL is fine */

/** Whether the shared secret has fewer than PD_TOKEN_MIN_SECRET_BYTES: worth a warning. */
bool pd_token_checker_is_weak(const struct pd_token_checker *checker);

/** What a token says of its bearer. */
struct pd_token_user {
        char *email;       /**< `mlpuser.email`: the user name that is sent on; never NULL */
        char *login;       /**< `sub`; NULL: absent */
        char *user_id;     /**< `mlpuser.userId`; NULL: absent */
        int64_t expires_s; /**< `exp`, seconds since 1970, rounded down */
};

/**
 * Check a token (without `Bearer `) at the time `now_s`. PD_E_UNAUTHORIZED with a reason that helps
 * its owner and gives nothing away, in every other case than a valid one.
 * The caller releases *ret with pd_token_user_done().
 */
int pd_token_check(struct pd_token_checker *checker, const char *token, int64_t now_s,
                   struct pd_token_user *ret, struct pd_err *err) PD_MUST_CHECK;

void pd_token_user_done(struct pd_token_user *user);

/**
 * Make a token for `user` that lives until expires_s, HS256 with the base64 secret: what
 * `playgroundctl token` prints. The caller frees *ret.
 */
int pd_token_make(const struct pd_secret *shared, const struct pd_token_user *user, char **ret,
                  struct pd_err *err) PD_MUST_CHECK;

PD_DEFINE_AUTO(struct pd_token_checker, pd_token_checker_free)

#endif
