/* checker.c - the signature of a token, by the keys there are now. */
#include "token/token.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "algorithm.h"
#include "base/file.h"
#include "claims.h"
#include "json/get.h"
#include "jws.h"
#include "keys.h"

struct pd_token_checker {
        struct pd_token_policy policy; /* its texts are the two copies below */
        char *issuer;
        char *audience;
        unsigned algorithms;
        cjose_jwk_t *shared; /* NULL: none */
        size_t shared_len;
        char *jwks_path; /* NULL: none */

        pthread_rwlock_t lock; /* guards what follows */
        struct pd_keyset keyset;
        struct stat jwks_seen; /* the file that was last looked into */
};

const struct pd_token_policy pd_token_default_policy = {.algorithms = "HS256,HS384,HS512"};

static bool same_file(const struct stat *a, const struct stat *b)
{
        return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
               a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int read_jwks(const char *path, struct pd_keyset *ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, PD_TOKEN_MAX_JWKS_BYTES, &text, &len, err) < 0)
                return -1;
        if (pd_keyset_read(text, len, ret, err) < 0)
                return pd_wrap(err, "keys of '%s'", path);
        return 0;
}

/* Take over what the file says now; what it said before stays where it says nothing good. */
static void reload(struct pd_token_checker *checker, const struct stat *now)
{
        struct pd_keyset fresh = {0};
        struct pd_err err;

        (void)pthread_rwlock_wrlock(&checker->lock);
        if (!same_file(&checker->jwks_seen, now)) {
                checker->jwks_seen = *now;
                if (read_jwks(checker->jwks_path, &fresh, &err) < 0) {
                        pd_log(checker->policy.log, PD_LOG_ERROR, "token", NULL,
                               "the keys read before stay in use: %s", err.msg);
                } else {
                        pd_keyset_done(&checker->keyset);
                        checker->keyset = fresh;
                }
        }
        (void)pthread_rwlock_unlock(&checker->lock);
}

static void reload_if_changed(struct pd_token_checker *checker)
{
        struct stat now;
        bool has_changed;

        if (checker->jwks_path == NULL || stat(checker->jwks_path, &now) < 0)
                return; /* a file that is gone for a moment is being replaced */

        (void)pthread_rwlock_rdlock(&checker->lock);
        has_changed = !same_file(&checker->jwks_seen, &now);
        (void)pthread_rwlock_unlock(&checker->lock);

        if (has_changed)
                reload(checker, &now);
}

/* Whether one of the public keys made the signature. */
static bool verify_public(struct pd_token_checker *checker, cjose_jws_t *signed_text,
                          const struct pd_jws *jws)
{
        const char *kid = pd_json_get_string(jws->header, "kid");
        bool is_good = false;

        reload_if_changed(checker);
        (void)pthread_rwlock_rdlock(&checker->lock);
        for (size_t i = 0; i < checker->keyset.count && !is_good; i++) {
                const struct pd_key *key = &checker->keyset.at[i];

                is_good = pd_key_fits(key, jws->algorithm, kid) &&
                          cjose_jws_verify(signed_text, key->jwk, NULL);
        }
        (void)pthread_rwlock_unlock(&checker->lock);
        return is_good;
}

/* The key's type follows from our table of algorithms, so a public key never checks an HMAC. */
static bool verify(struct pd_token_checker *checker, const char *token, const struct pd_jws *jws)
{
        cjose_jws_t *signed_text = cjose_jws_import(token, strlen(token), NULL);
        bool is_good = false;

        if (signed_text == NULL)
                return false;
        if (jws->algorithm->key_type != CJOSE_JWK_KTY_OCT)
                is_good = verify_public(checker, signed_text, jws);
        else if (checker->shared != NULL)
                is_good = cjose_jws_verify(signed_text, checker->shared, NULL);
        cjose_jws_release(signed_text);
        return is_good;
}

static int copy_text(const char *text, char **ret, struct pd_err *err)
{
        *ret = text != NULL ? strdup(text) : NULL;
        return text != NULL && *ret == NULL ? pd_fail_memory(err, "the token policy") : 0;
}

static int copy_policy(const struct pd_token_policy *policy, struct pd_token_checker *checker,
                       struct pd_err *err)
{
        if (copy_text(policy->issuer, &checker->issuer, err) < 0 ||
            copy_text(policy->audience, &checker->audience, err) < 0)
                return -1;
        checker->policy = *policy;
        checker->policy.issuer = checker->issuer;
        checker->policy.audience = checker->audience;
        checker->policy.algorithms = NULL; /* they are a set from here on */
        return 0;
}

static int load_jwks(struct pd_token_checker *checker, const char *path, struct pd_err *err)
{
        checker->jwks_path = strdup(path);
        if (checker->jwks_path == NULL)
                return pd_fail_memory(err, "the token policy");
        if (stat(path, &checker->jwks_seen) < 0)
                return pd_fail(err, PD_E_INVALID, errno, "cannot read '%s'", path);
        return read_jwks(path, &checker->keyset, err);
}

static int load_keys(struct pd_token_checker *checker, const struct pd_secret *shared,
                     const char *jwks_path, struct pd_err *err)
{
        if (shared != NULL &&
            pd_key_shared(shared, &checker->shared, &checker->shared_len, err) < 0)
                return -1;
        if (jwks_path != NULL && load_jwks(checker, jwks_path, err) < 0)
                return -1;

        if (checker->shared == NULL)
                checker->algorithms &= ~pd_algorithm_of_type(~0U, CJOSE_JWK_KTY_OCT);
        if (checker->jwks_path == NULL)
                checker->algorithms &= pd_algorithm_of_type(~0U, CJOSE_JWK_KTY_OCT);
        if (checker->algorithms == 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "there is no key for any of the accepted algorithms: HS wants a "
                               "shared secret, RS and ES a file of public keys");
        return 0;
}

int pd_token_checker_new(const struct pd_token_policy *policy, const struct pd_secret *shared,
                         const char *jwks_path, struct pd_token_checker **ret, struct pd_err *err)
{
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                calloc(1, sizeof(*checker));

        if (checker == NULL)
                return pd_fail_memory(err, "the token checker");
        (void)pthread_rwlock_init(&checker->lock, NULL); /* cannot fail on Linux */
        if (pd_algorithm_set(policy->algorithms, &checker->algorithms, err) < 0 ||
            copy_policy(policy, checker, err) < 0 || load_keys(checker, shared, jwks_path, err) < 0)
                return -1;

        *ret = pd_steal(&checker);
        return 0;
}

void pd_token_checker_free(struct pd_token_checker *checker)
{
        if (checker == NULL)
                return;
        if (checker->shared != NULL)
                (void)cjose_jwk_release(checker->shared); /* false: others hold it too */
        pd_keyset_done(&checker->keyset);
        (void)pthread_rwlock_destroy(&checker->lock);
        free(checker->issuer);
        free(checker->audience);
        free(checker->jwks_path);
        free(checker);
}

bool pd_token_checker_is_weak(const struct pd_token_checker *checker)
{
        return checker->shared != NULL && checker->shared_len < PD_TOKEN_MIN_SECRET_BYTES;
}

int pd_token_check(struct pd_token_checker *checker, const char *token, int64_t now_s,
                   struct pd_token_user *ret, struct pd_err *err)
{
        pd_auto(pd_jws_done) struct pd_jws jws = {0};

        if (pd_jws_read(token, checker->algorithms, &jws, err) < 0)
                return -1;
        if (!verify(checker, token, &jws))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the token's signature is not valid");
        return pd_claims_check(jws.claims, &checker->policy, now_s, ret, err);
}
