/* jws.c - a token in its three parts. */
#include "jws.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "token/token.h"

#define MAX_DEPTH 16

/* One part of the token: base64url of a JSON object. */
static int read_part(const char *text, size_t len, const char *what, json_t **ret,
                     struct pd_err *err)
{
        static const struct pd_json_limits limits = {.max_bytes = PD_TOKEN_MAX_BYTES,
                                                     .max_depth = MAX_DEPTH,
                                                     .max_values = PD_TOKEN_MAX_BYTES};
        pd_auto(pd_free_ptr) char *bytes = malloc(len + 1);
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        size_t size = 0;

        if (bytes == NULL)
                return pd_fail_memory(err, "a token");
        if (!pd_base64url_decode(text, len, bytes, &size))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the token's %s is no base64url", what);
        if (pd_json_parse(bytes, size, &limits, &json, NULL) < 0 || !json_is_object(json))
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "the token's %s is no JSON object, or has a member twice", what);
        *ret = pd_steal(&json);
        return 0;
}

static int read_header(const char *text, size_t len, unsigned algorithms, struct pd_jws *jws,
                       struct pd_err *err)
{
        const char *name;

        if (read_part(text, len, "header", &jws->header, err) < 0)
                return -1;
        if (json_object_get(jws->header, "crit") != NULL)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "the token wants extensions ('crit'), and none is supported");

        name = pd_json_get_string(jws->header, "alg");
        jws->algorithm = name != NULL ? pd_algorithm_find(name, strlen(name)) : NULL;
        if (jws->algorithm == NULL || (jws->algorithm->bit & algorithms) == 0)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "the token's signature algorithm is not accepted");
        return 0;
}

int pd_jws_read(const char *token, unsigned algorithms, struct pd_jws *ret, struct pd_err *err)
{
        pd_auto(pd_jws_done) struct pd_jws jws = {0};
        size_t len = strnlen(token, PD_TOKEN_MAX_BYTES + 1);
        const char *claims, *signature;

        if (len > PD_TOKEN_MAX_BYTES)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0, "the token is over %d bytes",
                               PD_TOKEN_MAX_BYTES);

        claims = strchr(token, '.');
        signature = claims != NULL ? strchr(claims + 1, '.') : NULL;
        if (signature == NULL || strchr(signature + 1, '.') != NULL)
                return pd_fail(err, PD_E_UNAUTHORIZED, 0,
                               "the token is no JWS: three parts with dots between them");

        if (read_header(token, (size_t)(claims - token), algorithms, &jws, err) < 0 ||
            read_part(claims + 1, (size_t)(signature - claims - 1), "content", &jws.claims, err) <
                    0)
                return -1;

        *ret = jws;
        jws = (struct pd_jws){0};
        return 0;
}

void pd_jws_done(struct pd_jws *jws)
{
        json_decref(jws->header);
        json_decref(jws->claims);
        *jws = (struct pd_jws){0};
}
