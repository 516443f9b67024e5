/* forge.c - tokens and keys for tests. */
#include "forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjose/cjose.h>
#include <jansson.h>

#include "base/file.h"
#include "base/own.h"
#include "pd_test.h"

const struct rfc_example rfc_examples[3] = {
        {"HS256", NULL,
         "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." RFC_CLAIMS
         ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
        {"RS256", RFC_RSA_KEY,
         "eyJhbGciOiJSUzI1NiJ9." RFC_CLAIMS
         ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8"
         "W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvk"
         "SjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCn"
         "vWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
        {"ES256", RFC_EC_KEY,
         "eyJhbGciOiJFUzI1NiJ9." RFC_CLAIMS
         ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
};

void write_keys(const struct folder *folder, const char *text)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_file_replace(folder->jwks, text, strlen(text), &err), err);
}

int make_folder(void **state)
{
        struct folder *folder = calloc(1, sizeof(*folder));

        if (folder == NULL)
                return -1;
        (void)snprintf(folder->path, sizeof(folder->path), "/tmp/pd-token-XXXXXX");
        if (mkdtemp(folder->path) == NULL)
                return -1;
        (void)snprintf(folder->jwks, sizeof(folder->jwks), "%s/keys.json", folder->path);
        *state = folder;
        return 0;
}

int remove_folder(void **state)
{
        struct folder *folder = *state;

        (void)unlink(folder->jwks); /* a test may have written none */
        (void)rmdir(folder->path);
        free(folder);
        return 0;
}

struct pd_secret *secret_of(const char *text)
{
        struct pd_secret *secret = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_secret_new(text, strlen(text), &secret, &err), err);
        return secret;
}

struct pd_token_checker *checker_of(const struct pd_token_policy *policy)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = secret_of(RFC_HMAC_KEY);
        struct pd_token_checker *checker = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_token_checker_new(policy, secret, NULL, &checker, &err), err);
        return checker;
}

char *sign(const char *header, const char *claims, const char *key_base64url)
{
        pd_auto(pd_free_ptr) char *jwk_text = NULL;
        json_t *head = json_loads(header, 0, NULL);
        cjose_jwk_t *jwk;
        cjose_jws_t *jws;
        const char *text = NULL;
        char *copy;

        assert_true(asprintf(&jwk_text, "{\"kty\":\"oct\",\"k\":\"%s\"}", key_base64url) > 0);
        jwk = cjose_jwk_import(jwk_text, strlen(jwk_text), NULL);
        assert_non_null(jwk);
        jws = cjose_jws_sign(jwk, (cjose_header_t *)head, (const uint8_t *)claims, strlen(claims),
                             NULL);
        assert_non_null(jws);
        assert_true(cjose_jws_export(jws, &text, NULL));
        copy = strdup(text);
        cjose_jws_release(jws);
        cjose_jwk_release(jwk);
        json_decref(head);
        return copy;
}
