/* test_secret.c - bytes that nobody sees by mistake. */
#include "base/secret.h"

#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"

static struct pd_secret *make(const void *bytes, size_t len)
{
        struct pd_secret *secret = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_secret_new(bytes, len, &secret, &err), err);
        return secret;
}

static void what_went_in_is_revealed(void **state)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = make("a\0b", 3);
        pd_auto(pd_secret_free_ptr) struct pd_secret *empty = make(NULL, 0);
        size_t len = 77;

        (void)state;
        assert_memory_equal(pd_secret_reveal(secret, &len), "a\0b", 4);
        assert_int_equal(len, 3);
        assert_string_equal(pd_secret_reveal(empty, &len), "");
        assert_int_equal(len, 0);
        assert_string_equal(pd_secret_reveal(empty, NULL), "");
}

static void equal_means_every_byte(void **state)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *a = make("key\0one", 7);
        pd_auto(pd_secret_free_ptr) struct pd_secret *same = make("key\0one", 7);
        pd_auto(pd_secret_free_ptr) struct pd_secret *other = make("key\0onf", 7);
        pd_auto(pd_secret_free_ptr) struct pd_secret *shorter = make("key", 3);
        pd_auto(pd_secret_free_ptr) struct pd_secret *high = make("\x80", 1);
        pd_auto(pd_secret_free_ptr) struct pd_secret *low = make("", 1);

        (void)state;
        assert_true(pd_secret_equal(a, a));
        assert_true(pd_secret_equal(a, same));
        assert_false(pd_secret_equal(a, other));
        assert_false(pd_secret_equal(a, shorter));
        assert_false(pd_secret_equal(high, low));
        assert_false(pd_secret_equal(a, NULL));
        assert_false(pd_secret_equal(NULL, NULL));
}

static void the_size_is_limited(void **state)
{
        static const char bytes[PD_SECRET_MAX_BYTES + 1];
        pd_auto(pd_secret_free_ptr) struct pd_secret *most = make(bytes, PD_SECRET_MAX_BYTES);
        struct pd_secret *secret = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_secret_new(bytes, sizeof(bytes), &secret, &err), err, PD_E_TOO_LARGE);
        assert_null(secret);
        assert_non_null(most);
}

static int make_one(void *context, struct pd_err *err)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = NULL;

        (void)context;
        return pd_secret_new("key", 3, &secret, err);
}

static void each_lack_of_memory_is_a_failure(void **state)
{
        (void)state;
        assert_int_equal(pd_alloc_fail_each(make_one, NULL), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_went_in_is_revealed),
                cmocka_unit_test(equal_means_every_byte),
                cmocka_unit_test(the_size_is_limited),
                cmocka_unit_test(each_lack_of_memory_is_a_failure),
        };

        return cmocka_run_group_tests_name("base secret", tests, NULL, NULL);
}
