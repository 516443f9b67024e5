/* test_token.c - tokens that are good, and every way in which one is not. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cjose/cjose.h>
#include <jansson.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"
#include "pd_test.h"
#include "token/token.h"

#define NOW 1700000000

/* RFC 7515, appendix A.1: the key in the standard alphabet, as a deployer is configured with it. */
#define RFC_HMAC_KEY                                                                               \
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
#define RFC_CLAIMS                                                                                 \
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0" \
        "cnVlfQ"
#define RFC_NOW 1300819379 /* a second before its `exp` */

#define RFC_EC_KEY                                                                                 \
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","                                            \
        "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                   \
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"
#define RFC_RSA_KEY                                                                                \
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\""                                                     \
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt" \
        "0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX" \
        "ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5" \
        "IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"           \
        "\",\"e\":\"AQAB\"}]}"

static const struct {
        const char *algorithm, *jwks, *token;
} rfc_examples[] = {
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

/* A folder of the test's own with one file of keys in it. */
struct folder {
        char path[32];
        char jwks[64];
};

static void write_keys(const struct folder *folder, const char *text)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_file_replace(folder->jwks, text, strlen(text), &err), err);
}

static int make_folder(void **state)
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

static int remove_folder(void **state)
{
        struct folder *folder = *state;

        (void)unlink(folder->jwks); /* a test may have written none */
        (void)rmdir(folder->path);
        free(folder);
        return 0;
}

static struct pd_secret *secret_of(const char *text)
{
        struct pd_secret *secret = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_secret_new(text, strlen(text), &secret, &err), err);
        return secret;
}

/* A checker for HS tokens with the key of the RFC. */
static struct pd_token_checker *checker_of(const struct pd_token_policy *policy)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = secret_of(RFC_HMAC_KEY);
        struct pd_token_checker *checker = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_token_checker_new(policy, secret, NULL, &checker, &err), err);
        return checker;
}

/* A token with any header and content, signed with HMAC by the RFC's key, or as the header says. */
static char *sign(const char *header, const char *claims, const char *key_base64url)
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

#define KEY_URL                                                                                    \
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
#define GOOD                                                                                       \
        "{\"sub\":\"ab\",\"exp\":1700000001,"                                                      \
        "\"mlpuser\":{\"email\":\"a@b\",\"userId\":\"u-1\",\"firstName\":\"A\"}}"

/* The examples' signatures are good: what is missing in them is our user, and nothing else. */
static void the_examples_of_rfc_7515_verify(void **state)
{
        const struct folder *folder = *state;

        for (size_t i = 0; i < PD_COUNT(rfc_examples); i++) {
                pd_auto(pd_secret_free_ptr) struct pd_secret *secret = secret_of(RFC_HMAC_KEY);
                pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker = NULL;
                const struct pd_token_policy policy = {.algorithms = rfc_examples[i].algorithm,
                                                       .issuer = "joe"};
                pd_auto(pd_free_ptr) char *bent = strdup(rfc_examples[i].token);
                struct pd_token_user user;
                struct pd_err err = {0};

                if (rfc_examples[i].jwks != NULL)
                        write_keys(folder, rfc_examples[i].jwks);
                assert_pd_ok(pd_token_checker_new(&policy, secret,
                                                  rfc_examples[i].jwks ? folder->jwks : NULL,
                                                  &checker, &err),
                             err);

                assert_pd_fail(pd_token_check(checker, rfc_examples[i].token, RFC_NOW, &user, &err),
                               err, PD_E_UNAUTHORIZED);
                assert_pd_says(err.msg, "names no user");

                bent[strlen(bent) - 10] ^= 1; /* within the signature */
                assert_pd_fail(pd_token_check(checker, bent, RFC_NOW, &user, &err), err,
                               PD_E_UNAUTHORIZED);
                assert_pd_says(err.msg, "signature is not valid");
        }
}

static void a_good_token_tells_its_user(void **state)
{
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                checker_of(&pd_token_default_policy);

        (void)state;
        for (const char *const *name = (const char *[]){"HS256", "HS384", "HS512", NULL};
             *name != NULL; name++) {
                pd_auto(pd_free_ptr) char *header = NULL;
                pd_auto(pd_free_ptr) char *token = NULL;
                pd_auto(pd_token_user_done) struct pd_token_user user = {0};
                struct pd_err err = {0};

                assert_true(asprintf(&header, "{\"alg\":\"%s\"}", *name) > 0);
                token = sign(header, GOOD, KEY_URL);
                assert_pd_ok(pd_token_check(checker, token, NOW, &user, &err), err);
                assert_string_equal(user.email, "a@b");
                assert_string_equal(user.login, "ab");
                assert_string_equal(user.user_id, "u-1");
                assert_int_equal(user.expires_s, NOW + 1);
        }
}

#define USER "\"mlpuser\":{\"email\":\"a@b\"}"

static const struct {
        const char *claims;
        const char *says; /* NULL: it is good */
} claim_rows[] = {
        {"{\"exp\":1700000000.5," USER "}", NULL},
        {"{\"exp\":1700000000," USER "}", "expired"},
        {"{\"exp\":1699999999.9," USER "}", "expired"},
        {"{" USER "}", "no valid 'exp'"},
        {"{\"exp\":\"1700000001\"," USER "}", "no valid 'exp'"},
        {"{\"exp\":-1," USER "}", "no valid 'exp'"},
        {"{\"exp\":1e300," USER "}", "no valid 'exp'"},
        {"{\"exp\":null," USER "}", "no valid 'exp'"},
        {"{\"exp\":1700000001,\"nbf\":1700000000," USER "}", NULL},
        {"{\"exp\":1700000001,\"nbf\":1700000001," USER "}", "not valid yet"},
        {"{\"exp\":1700000001,\"nbf\":\"x\"," USER "}", "no valid 'nbf'"},
        {"{\"exp\":1700000001}", "names no user"},
        {"{\"exp\":1700000001,\"mlpuser\":{}}", "names no user"},
        {"{\"exp\":1700000001,\"mlpuser\":{\"email\":\"\"}}", "names no user"},
        {"{\"exp\":1700000001,\"mlpuser\":{\"email\":7}}", "names no user"},
        {"{\"exp\":1700000001,\"mlpuser\":\"a@b\"}", "names no user"},
        {"{\"exp\":1700000001,\"exp\":1800000000," USER "}", "twice"},
        {"[1700000001]", "no JSON object"},
        {"no JSON", "no JSON object"},
};

static void claims_are_held_against_the_clock_and_the_user(void **state)
{
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                checker_of(&pd_token_default_policy);

        (void)state;
        for (size_t i = 0; i < PD_COUNT(claim_rows); i++) {
                pd_auto(pd_free_ptr) char *token =
                        sign("{\"alg\":\"HS256\"}", claim_rows[i].claims, KEY_URL);
                pd_auto(pd_token_user_done) struct pd_token_user user = {0};
                struct pd_err err = {0};

                print_message("  %s\n", claim_rows[i].claims);
                if (claim_rows[i].says == NULL) {
                        assert_pd_ok(pd_token_check(checker, token, NOW, &user, &err), err);
                        continue;
                }
                assert_pd_fail(pd_token_check(checker, token, NOW, &user, &err), err,
                               PD_E_UNAUTHORIZED);
                assert_pd_says(err.msg, claim_rows[i].says);
        }
}

static const struct {
        const char *claims;
        const char *issuer, *audience;
        int64_t leeway_s, now_s;
        const char *says;
} policy_rows[] = {
        {"{\"exp\":1700000000," USER "}", NULL, NULL, 5, NOW + 4, NULL},
        {"{\"exp\":1700000000," USER "}", NULL, NULL, 5, NOW + 5, "expired"},
        {"{\"exp\":1800000000,\"nbf\":1700000000," USER "}", NULL, NULL, 5, NOW - 5, NULL},
        {"{\"exp\":1800000000,\"nbf\":1700000000," USER "}", NULL, NULL, 5, NOW - 6, "not valid"},
        {"{\"exp\":1800000000,\"iss\":\"x\"," USER "}", "x", NULL, 0, NOW, NULL},
        {"{\"exp\":1800000000,\"iss\":\"y\"," USER "}", "x", NULL, 0, NOW, "issuer"},
        {"{\"exp\":1800000000," USER "}", "x", NULL, 0, NOW, "issuer"},
        {"{\"exp\":1800000000,\"aud\":\"x\"," USER "}", NULL, "x", 0, NOW, NULL},
        {"{\"exp\":1800000000,\"aud\":[\"y\",\"x\"]," USER "}", NULL, "x", 0, NOW, NULL},
        {"{\"exp\":1800000000,\"aud\":[\"y\",7]," USER "}", NULL, "x", 0, NOW, "not meant"},
        {"{\"exp\":1800000000," USER "}", NULL, "x", 0, NOW, "not meant"},
};

static void the_policy_decides_issuer_audience_and_leeway(void **state)
{
        (void)state;
        for (size_t i = 0; i < PD_COUNT(policy_rows); i++) {
                const struct pd_token_policy policy = {.algorithms = "HS256",
                                                       .issuer = policy_rows[i].issuer,
                                                       .audience = policy_rows[i].audience,
                                                       .leeway_s = policy_rows[i].leeway_s};
                pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                        checker_of(&policy);
                pd_auto(pd_free_ptr) char *token =
                        sign("{\"alg\":\"HS256\"}", policy_rows[i].claims, KEY_URL);
                pd_auto(pd_token_user_done) struct pd_token_user user = {0};
                struct pd_err err = {0};
                int result = pd_token_check(checker, token, policy_rows[i].now_s, &user, &err);

                print_message("  %zu: %s\n", i, policy_rows[i].claims);
                if (policy_rows[i].says == NULL) {
                        assert_pd_ok(result, err);
                } else {
                        assert_pd_fail(result, err, PD_E_UNAUTHORIZED);
                        assert_pd_says(err.msg, policy_rows[i].says);
                }
        }
}

/* RFC 8725, sections 2 and 3. `{"alg":"none"}` is eyJhbGciOiJub25lIn0. */
static void attacks_are_refused(void **state)
{
        static const char *const tokens[] = {
                "",
                ".",
                "..",
                "a.b",
                "a.b.c.d",
                "eyJhbGciOiJub25lIn0." RFC_CLAIMS ".",
                "eyJhbGciOiJub25lIn0." RFC_CLAIMS ".AAAA",
                "eyJhbGciOiJOb05lIn0." RFC_CLAIMS ".", /* NoNe */
                "e30." RFC_CLAIMS ".AAAA",             /* {} */
                "eyJhbGciOjF9." RFC_CLAIMS ".AAAA",    /* {"alg":1} */
                "eyJhbGciOiJIUzI1NiJ9." RFC_CLAIMS ".",
                /* padding, the other alphabet, blanks, bits that no byte needs */
                "eyJhbGciOiJIUzI1NiJ9=." RFC_CLAIMS ".AAAA",
                "eyJ+bGciOiJIUzI1NiJ9." RFC_CLAIMS ".AAAA",
                "eyJhbGciOiJIUzI1NiJ9 ." RFC_CLAIMS ".AAAA",
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." RFC_CLAIMS
                ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
        };
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                checker_of(&pd_token_default_policy);

        (void)state;
        for (size_t i = 0; i < PD_COUNT(tokens); i++) {
                pd_auto(pd_token_user_done) struct pd_token_user user = {0};
                struct pd_err err = {0};

                print_message("  %s\n", tokens[i]);
                assert_pd_fail(pd_token_check(checker, tokens[i], RFC_NOW, &user, &err), err,
                               PD_E_UNAUTHORIZED);
        }
}

static void extensions_and_double_members_are_refused(void **state)
{
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                checker_of(&pd_token_default_policy);
        /* {"alg":"none","alg":"HS256"} cannot be signed by a library: the header stands in front of
         * any signature */
        static const char doubled[] = "eyJhbGciOiJub25lIiwiYWxnIjoiSFMyNTYifQ." RFC_CLAIMS ".AAAA";
        pd_auto(pd_free_ptr) char *critical =
                sign("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", GOOD, KEY_URL);
        struct pd_token_user user;
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_token_check(checker, doubled, NOW, &user, &err), err, PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "twice");
        assert_pd_fail(pd_token_check(checker, critical, NOW, &user, &err), err, PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "crit");
}

static void a_public_key_never_checks_an_hmac(void **state)
{
        const struct folder *folder = *state;
        static const struct pd_token_policy policy = {.algorithms = "HS256,RS256"};
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker = NULL;
        /* the modulus, as somebody who knows the public key would use it for a shared one */
        pd_auto(pd_free_ptr) char *token = sign(
                "{\"alg\":\"HS256\"}", GOOD,
                "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJ");
        struct pd_token_user user;
        struct pd_err err = {0};

        write_keys(folder, RFC_RSA_KEY);
        assert_pd_ok(pd_token_checker_new(&policy, NULL, folder->jwks, &checker, &err), err);
        assert_pd_fail(pd_token_check(checker, token, NOW, &user, &err), err, PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "algorithm is not accepted");
}

static void an_algorithm_that_is_not_accepted_is_refused_with_the_right_key(void **state)
{
        static const struct pd_token_policy policy = {.algorithms = "HS512"};
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker = checker_of(&policy);
        pd_auto(pd_free_ptr) char *token = sign("{\"alg\":\"HS256\"}", GOOD, KEY_URL);
        struct pd_token_user user;
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_token_check(checker, token, NOW, &user, &err), err, PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "algorithm is not accepted");
}

static void a_token_over_the_limit_is_refused(void **state)
{
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                checker_of(&pd_token_default_policy);
        pd_auto(pd_free_ptr) char *token = calloc(1, PD_TOKEN_MAX_BYTES + 2);
        struct pd_token_user user;
        struct pd_err err = {0};

        (void)state;
        memset(token, 'a', PD_TOKEN_MAX_BYTES + 1);
        assert_pd_fail(pd_token_check(checker, token, NOW, &user, &err), err, PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "16384 bytes");
}

static void a_file_of_keys_is_read_again_when_it_changes(void **state)
{
        const struct folder *folder = *state;
        static const struct pd_token_policy policy = {.algorithms = "RS256,ES256"};
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker = NULL;
        struct pd_token_user user;
        struct pd_err err = {0};

        write_keys(folder, RFC_RSA_KEY);
        assert_pd_ok(pd_token_checker_new(&policy, NULL, folder->jwks, &checker, &err), err);
        assert_pd_fail(pd_token_check(checker, rfc_examples[2].token, RFC_NOW, &user, &err), err,
                       PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "signature is not valid");

        write_keys(folder, RFC_EC_KEY);
        assert_pd_fail(pd_token_check(checker, rfc_examples[2].token, RFC_NOW, &user, &err), err,
                       PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "names no user");

        write_keys(folder, "{\"keys\":[]}"); /* no good: what was read before stays */
        assert_pd_fail(pd_token_check(checker, rfc_examples[2].token, RFC_NOW, &user, &err), err,
                       PD_E_UNAUTHORIZED);
        assert_pd_says(err.msg, "names no user");
}

static const struct {
        const char *jwks, *says;
} bad_jwks[] = {
        {"", "line 1"},
        {"[]", "no array 'keys'"},
        {"{\"keys\":{}}", "no array 'keys'"},
        {"{\"keys\":[]}", "no RSA or EC key"},
        {"{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "no RSA or EC key"},
        {"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "keys[0]: an RSA key has"},
        {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\"}]}",
         "keys[0]: it is no valid"},
};

static void a_file_that_is_no_jwks_is_refused(void **state)
{
        const struct folder *folder = *state;
        static const struct pd_token_policy policy = {.algorithms = "RS256"};

        for (size_t i = 0; i < PD_COUNT(bad_jwks); i++) {
                struct pd_token_checker *checker = NULL;
                struct pd_err err = {0};

                print_message("  %s\n", bad_jwks[i].jwks);
                write_keys(folder, bad_jwks[i].jwks);
                assert_pd_fail(pd_token_checker_new(&policy, NULL, folder->jwks, &checker, &err),
                               err, PD_E_INVALID);
                assert_pd_says(err.msg, bad_jwks[i].says);
                assert_null(checker);
        }
}

static void settings_that_cannot_work_are_refused(void **state)
{
        static const struct {
                const char *algorithms, *secret, *says;
        } rows[] = {
                {"HS256,none", RFC_HMAC_KEY, "'none' is no signature algorithm"},
                {"", RFC_HMAC_KEY, "'' is no signature algorithm"},
                {"HS256,", RFC_HMAC_KEY, "'' is no signature algorithm"},
                {"RS256", RFC_HMAC_KEY, "no key for any"},
                {"HS256", NULL, "no key for any"},
                {"HS256", "not base64!", "no base64"},
                {"HS256", "", "or empty"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                const struct pd_token_policy policy = {.algorithms = rows[i].algorithms};
                pd_auto(pd_secret_free_ptr) struct pd_secret *secret =
                        rows[i].secret != NULL ? secret_of(rows[i].secret) : NULL;
                struct pd_token_checker *checker = NULL;
                struct pd_err err = {0};

                assert_pd_fail(pd_token_checker_new(&policy, secret, NULL, &checker, &err), err,
                               PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
}

static void a_secret_may_have_line_ends_and_no_padding(void **state)
{
        static const char *const forms[] = {
                RFC_HMAC_KEY,
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9"
                "CAow",
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T\r\n"
                "+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==\n",
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(forms); i++) {
                pd_auto(pd_secret_free_ptr) struct pd_secret *secret = secret_of(forms[i]);
                pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker = NULL;
                pd_auto(pd_token_user_done) struct pd_token_user user = {0};
                pd_auto(pd_free_ptr) char *token = sign("{\"alg\":\"HS256\"}", GOOD, KEY_URL);
                struct pd_err err = {0};

                assert_pd_ok(pd_token_checker_new(&pd_token_default_policy, secret, NULL, &checker,
                                                  &err),
                             err);
                assert_pd_ok(pd_token_check(checker, token, NOW, &user, &err), err);
                assert_false(pd_token_checker_is_weak(checker));
        }
}

static void a_token_made_here_is_good_here(void **state)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = secret_of(RFC_HMAC_KEY);
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker =
                checker_of(&pd_token_default_policy);
        char email[] = "quote\"and\\slash@b";
        const struct pd_token_user maker = {.email = email, .expires_s = NOW + 60};
        pd_auto(pd_token_user_done) struct pd_token_user user = {0};
        pd_auto(pd_free_ptr) char *token = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_token_make(secret, &maker, &token, &err), err);
        assert_pd_ok(pd_token_check(checker, token, NOW, &user, &err), err);
        assert_string_equal(user.email, email);
        assert_string_equal(user.login, email);
        assert_int_equal(user.expires_s, NOW + 60);
}

struct race {
        struct pd_token_checker *checker;
        const char *token;
        size_t bad;
};

static void *check_many(void *context)
{
        struct race *race = context;

        for (int i = 0; i < 200; i++) {
                struct pd_token_user user;
                struct pd_err err = {0};

                race->bad +=
                        pd_token_check(race->checker, race->token, RFC_NOW, &user, &err) != -1 ||
                        strstr(err.msg, "names no user") == NULL;
        }
        return NULL;
}

static void threads_check_while_the_keys_change(void **state)
{
        const struct folder *folder = *state;
        static const struct pd_token_policy policy = {.algorithms = "ES256"};
        pd_auto(pd_token_checker_free_ptr) struct pd_token_checker *checker = NULL;
        struct race races[4];
        pthread_t threads[PD_COUNT(races)];
        struct pd_err err = {0};

        write_keys(folder, RFC_EC_KEY);
        assert_pd_ok(pd_token_checker_new(&policy, NULL, folder->jwks, &checker, &err), err);
        for (size_t i = 0; i < PD_COUNT(races); i++) {
                races[i] = (struct race){.checker = checker, .token = rfc_examples[2].token};
                assert_int_equal(pthread_create(&threads[i], NULL, check_many, &races[i]), 0);
        }
        for (int i = 0; i < 20; i++)
                write_keys(folder, RFC_EC_KEY);
        for (size_t i = 0; i < PD_COUNT(races); i++) {
                (void)pthread_join(threads[i], NULL);
                assert_int_equal(races[i].bad, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_examples_of_rfc_7515_verify),
                cmocka_unit_test(a_good_token_tells_its_user),
                cmocka_unit_test(claims_are_held_against_the_clock_and_the_user),
                cmocka_unit_test(the_policy_decides_issuer_audience_and_leeway),
                cmocka_unit_test(attacks_are_refused),
                cmocka_unit_test(extensions_and_double_members_are_refused),
                cmocka_unit_test(a_public_key_never_checks_an_hmac),
                cmocka_unit_test(an_algorithm_that_is_not_accepted_is_refused_with_the_right_key),
                cmocka_unit_test(a_token_over_the_limit_is_refused),
                cmocka_unit_test(a_file_of_keys_is_read_again_when_it_changes),
                cmocka_unit_test(a_file_that_is_no_jwks_is_refused),
                cmocka_unit_test(settings_that_cannot_work_are_refused),
                cmocka_unit_test(a_secret_may_have_line_ends_and_no_padding),
                cmocka_unit_test(a_token_made_here_is_good_here),
                cmocka_unit_test(threads_check_while_the_keys_change),
        };

        return cmocka_run_group_tests_name("token", tests, make_folder, remove_folder);
}
