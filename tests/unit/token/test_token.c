/* test_token.c - tokens that are good, and every way in which one is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "forge.h"
#include "pd_test.h"

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

                print_message("# %s\n", claim_rows[i].claims);
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

                print_message("# %zu: %s\n", i, policy_rows[i].claims);
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

                print_message("# %s\n", tokens[i]);
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
                cmocka_unit_test(a_token_made_here_is_good_here),
        };

        return cmocka_run_group_tests_name("token", tests, make_folder, remove_folder);
}
