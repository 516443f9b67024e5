/* claims.c - what a token says, held against the policy. */
#include "claims.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "json/get.h"

#define MAX_DATE 253402300799.0 /* the end of the year 9999: what is later is a mistake */

/* A NumericDate, which may have a fraction; false: absent or none. */
static bool read_date(const json_t *claims, const char *name, double *ret)
{
        const json_t *date = pd_json_get(claims, name);

        if (!json_is_number(date))
                return false;
        *ret = json_number_value(date);
        return *ret >= 0 && *ret <= MAX_DATE;
}

static int check_dates(const json_t *claims, const struct pd_token_policy *policy, int64_t now_s,
                       int64_t *ret_expires, struct pd_err *err)
{
        double expires, not_before;

        if (!read_date(claims, "exp", &expires))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the token has no valid 'exp'");
        if ((double)now_s >= expires + (double)policy->leeway_s)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the token has expired");

        if (pd_json_get(claims, "nbf") == NULL)
                not_before = 0;
        else if (!read_date(claims, "nbf", &not_before))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the token has no valid 'nbf'");
        if ((double)now_s + (double)policy->leeway_s < not_before)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the token is not valid yet");

        *ret_expires = (int64_t)expires;
        return 0;
}

static bool is_for(const json_t *audience, const char *wanted)
{
        size_t i;
        json_t *one;

        json_array_foreach (audience, i, one) {
                if (json_is_string(one) && strcmp(json_string_value(one), wanted) == 0)
                        return true;
        }
        return json_is_string(audience) && strcmp(json_string_value(audience), wanted) == 0;
}

static int check_parties(const json_t *claims, const struct pd_token_policy *policy,
                         struct pd_err *err)
{
        const char *issuer = pd_json_get_string(claims, "iss");

        if (policy->issuer != NULL && (issuer == NULL || strcmp(issuer, policy->issuer) != 0))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "the token comes from an issuer that is not accepted");
        if (policy->audience != NULL && !is_for(pd_json_get(claims, "aud"), policy->audience))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "the token is not meant for this service");
        return 0;
}

static int copy_text(const char *text, char **ret, struct pd_err *err)
{
        *ret = text != NULL ? strdup(text) : NULL;
        return text != NULL && *ret == NULL ? pd_fail_memory(err, "a token's user") : 0;
}

static int read_user(const json_t *claims, struct pd_token_user *ret, struct pd_err *err)
{
        const json_t *user = pd_json_get(claims, "mlpuser");
        const char *email = pd_json_get_string(user, "email");

        if (email == NULL || email[0] == '\0')
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "the token names no user ('mlpuser' with 'email')");
        if (copy_text(email, &ret->email, err) < 0 ||
            copy_text(pd_json_get_string(claims, "sub"), &ret->login, err) < 0)
                return -1;
        return copy_text(pd_json_get_string(user, "userId"), &ret->user_id, err);
}

int pd_claims_check(const json_t *claims, const struct pd_token_policy *policy, int64_t now_s,
                    struct pd_token_user *ret, struct pd_err *err)
{
        pd_auto(pd_token_user_done) struct pd_token_user user = {0};

        if (check_dates(claims, policy, now_s, &user.expires_s, err) < 0 ||
            check_parties(claims, policy, err) < 0 || read_user(claims, &user, err) < 0)
                return -1;

        *ret = user;
        user = (struct pd_token_user){0};
        return 0;
}

void pd_token_user_done(struct pd_token_user *user)
{
        free(user->email);
        free(user->login);
        free(user->user_id);
        *user = (struct pd_token_user){0};
}
