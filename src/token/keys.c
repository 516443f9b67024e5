/* keys.c - keys out of a shared secret and out of a JWKS. */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/base64.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "token/token.h"

#define MIN_RSA_BITS   2048 /* RFC 7518, section 3.3 */
#define MAX_JWKS_DEPTH 8

int pd_key_shared(const struct pd_secret *base64, cjose_jwk_t **ret, size_t *ret_len,
                  struct pd_err *err)
{
        size_t text_len, len = 0;
        const char *text = pd_secret_reveal(base64, &text_len);
        pd_auto(pd_free_ptr) uint8_t *bytes = malloc(text_len + 1);
        cjose_jwk_t *key;
        bool is_base64;

        if (bytes == NULL)
                return pd_fail_memory(err, "the shared secret");

        is_base64 = pd_base64_decode(text, text_len, bytes, &len) && len != 0;
        key = is_base64 ? cjose_jwk_create_oct_spec(bytes, len, NULL) : NULL;
        explicit_bzero(bytes, text_len);
        if (!is_base64)
                return pd_fail(err, PD_E_INVALID, 0,
                               "the shared secret for tokens is no base64, or empty");
        if (key == NULL)
                return pd_fail_memory(err, "the shared secret");

        *ret = key;
        *ret_len = len;
        return 0;
}

/* Whether signatures are checked with such a key here. */
static bool is_usable(const json_t *json)
{
        const char *type = pd_json_get_string(json, "kty");
        const char *use = pd_json_get_string(json, "use");

        return type != NULL && (strcmp(type, "RSA") == 0 || strcmp(type, "EC") == 0) &&
               (use == NULL || strcmp(use, "sig") == 0);
}

/* A copy of a string member; *ret NULL where it is absent. */
static int copy_member(const json_t *json, const char *name, char **ret, struct pd_err *err)
{
        const char *text = pd_json_get_string(json, name);

        *ret = text != NULL ? strdup(text) : NULL;
        return text != NULL && *ret == NULL ? pd_fail_memory(err, "a key") : 0;
}

static int read_key(json_t *json, struct pd_key *ret, struct pd_err *err)
{
        ret->jwk = cjose_jwk_import_json((cjose_header_t *)json, NULL);
        if (ret->jwk == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "it is no valid key");
        if (cjose_jwk_get_kty(ret->jwk, NULL) == CJOSE_JWK_KTY_RSA &&
            cjose_jwk_get_keysize(ret->jwk, NULL) < MIN_RSA_BITS)
                return pd_fail(err, PD_E_INVALID, 0, "an RSA key has at least %d bits",
                               MIN_RSA_BITS);
        if (copy_member(json, "kid", &ret->kid, err) < 0)
                return -1;
        return copy_member(json, "alg", &ret->algorithm, err);
}

static int read_keys(const json_t *array, struct pd_keyset *keyset, struct pd_err *err)
{
        size_t i;
        json_t *json;

        keyset->at = calloc(json_array_size(array) + 1, sizeof(*keyset->at));
        if (keyset->at == NULL)
                return pd_fail_memory(err, "the keys");

        json_array_foreach (array, i, json) {
                if (!is_usable(json))
                        continue;
                if (read_key(json, &keyset->at[keyset->count++], err) < 0)
                        return pd_wrap(err, "keys[%zu]", i);
        }
        if (keyset->count == 0)
                return pd_fail(err, PD_E_INVALID, 0, "there is no RSA or EC key for signatures");
        return 0;
}

int pd_keyset_read(const char *text, size_t len, struct pd_keyset *ret, struct pd_err *err)
{
        static const struct pd_json_limits limits = {.max_bytes = PD_TOKEN_MAX_JWKS_BYTES,
                                                     .max_depth = MAX_JWKS_DEPTH,
                                                     .max_values = PD_TOKEN_MAX_JWKS_BYTES};
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        pd_auto(pd_keyset_done) struct pd_keyset keyset = {0};
        const json_t *array;

        if (pd_json_parse(text, len, &limits, &json, err) < 0)
                return -1;
        array = pd_json_get_array(json, "keys");
        if (array == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "it has no array 'keys'");
        if (json_array_size(array) > PD_TOKEN_MAX_JWKS_KEYS)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "it has over %d keys",
                               PD_TOKEN_MAX_JWKS_KEYS);
        if (read_keys(array, &keyset, err) < 0)
                return -1;

        *ret = keyset;
        keyset = (struct pd_keyset){0};
        return 0;
}

void pd_keyset_done(struct pd_keyset *keyset)
{
        for (size_t i = 0; i < keyset->count; i++) {
                (void)cjose_jwk_release(keyset->at[i].jwk); /* false: others hold it too */
                free(keyset->at[i].kid);
                free(keyset->at[i].algorithm);
        }
        free(keyset->at);
        *keyset = (struct pd_keyset){0};
}

bool pd_key_fits(const struct pd_key *key, const struct pd_algorithm *algorithm, const char *kid)
{
        if (cjose_jwk_get_kty(key->jwk, NULL) != algorithm->key_type)
                return false;
        if (algorithm->key_type == CJOSE_JWK_KTY_EC &&
            cjose_jwk_EC_get_curve(key->jwk, NULL) != algorithm->curve)
                return false;
        if (key->algorithm != NULL && strcmp(key->algorithm, algorithm->name) != 0)
                return false;
        return kid == NULL || key->kid == NULL || strcmp(kid, key->kid) == 0;
}
