/* test_keys.c - where the keys of tokens come from, and when they are taken. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "forge.h"
#include "pd_test.h"

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

                print_message("# %s\n", bad_jwks[i].jwks);
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
                cmocka_unit_test(a_file_of_keys_is_read_again_when_it_changes),
                cmocka_unit_test(a_file_that_is_no_jwks_is_refused),
                cmocka_unit_test(threads_check_while_the_keys_change),
                cmocka_unit_test(settings_that_cannot_work_are_refused),
                cmocka_unit_test(a_secret_may_have_line_ends_and_no_padding),
        };

        return cmocka_run_group_tests_name("keys", tests, make_folder, remove_folder);
}
