/* make.c - a token of our own, HS256. */
#include "token/token.h"

#include <stdlib.h>
#include <string.h>

#include <cjose/cjose.h>

#include "base/buf.h"
#include "json/json.h"
#include "keys.h"

/* What a token says of `user`. */
static json_t *claims_of(const struct pd_token_user *user)
{
        return json_pack("{s:s, s:I, s:{s:s, s:s*}}", "sub",
                         user->login != NULL ? user->login : user->email, "exp",
                         (json_int_t)user->expires_s, "mlpuser", "email", user->email, "userId",
                         user->user_id);
}

static int sign(const cjose_jwk_t *key, const struct pd_buf *claims, char **ret, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *header =
                json_pack("{s:s, s:s}", "alg", "HS256", "typ", "JWT");
        cjose_jws_t *jws = NULL;
        const char *text = NULL;
        char *copy = NULL;

        if (header != NULL)
                jws = cjose_jws_sign(key, (cjose_header_t *)header, (const uint8_t *)claims->data,
                                     claims->len, NULL);
        if (jws != NULL && cjose_jws_export(jws, &text, NULL))
                copy = strdup(text);
        cjose_jws_release(jws);
        if (copy == NULL)
                return pd_fail_memory(err, "a token");
        *ret = copy;
        return 0;
}

int pd_token_make(const struct pd_secret *shared, const struct pd_token_user *user, char **ret,
                  struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *claims = claims_of(user);
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_TOKEN_MAX_BYTES / 2);
        cjose_jwk_t *key = NULL;
        size_t key_len;
        int result;

        if (claims == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "the user's name is no UTF-8");
        pd_json_write(&text, claims, PD_JSON_COMPACT);
        if (pd_buf_check(&text, "a token", err) < 0 ||
            pd_key_shared(shared, &key, &key_len, err) < 0)
                return -1;

        result = sign(key, &text, ret, err);
        (void)cjose_jwk_release(key); /* false: others hold it too */
        return result;
}
