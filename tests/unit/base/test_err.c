/* test_err.c - error values and their table. */
#include "base/err.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "pd_test.h"

static void the_table_is_the_contracts(void **state)
{
        static const struct {
                enum pd_err_code code;
                int http, grpc, exit;
                const char *name;
        } rows[] = {
                {PD_OK, 200, 0, 0, "ok"},
                {PD_E_INVALID, 400, 3, 2, "invalid"},
                {PD_E_UNPROCESSABLE, 422, 9, 2, "unprocessable"},
                {PD_E_UNAUTHORIZED, 401, 16, 3, "unauthorized"},
                {PD_E_FORBIDDEN, 403, 7, 3, "forbidden"},
                {PD_E_NOT_FOUND, 404, 5, 4, "not_found"},
                {PD_E_CONFLICT, 409, 6, 5, "conflict"},
                {PD_E_TOO_LARGE, 413, 8, 2, "too_large"},
                {PD_E_UNAVAILABLE, 503, 14, 6, "unavailable"},
                {PD_E_BAD_GATEWAY, 502, 14, 6, "bad_gateway"},
                {PD_E_TIMEOUT, 504, 4, 6, "timeout"},
                {PD_E_NOT_READY, 0, 9, 7, "not_ready"},
                {PD_E_INTERNAL, 500, 13, 1, "internal"},
                {PD_E_USAGE, 0, 3, 64, "usage"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                assert_int_equal(rows[i].code, i); /* no code is left out */
                assert_int_equal(pd_err_http(rows[i].code), rows[i].http);
                assert_int_equal(pd_err_grpc(rows[i].code), rows[i].grpc);
                assert_int_equal(pd_err_exit(rows[i].code), rows[i].exit);
                assert_string_equal(pd_err_name(rows[i].code), rows[i].name);
        }
}

static void a_failure_says_what_and_why(void **state)
{
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_fail(&err, PD_E_NOT_FOUND, ENOENT, "cannot open '%s'", "x"), err,
                       PD_E_NOT_FOUND);
        assert_string_equal(err.msg, "cannot open 'x': No such file or directory");
        assert_int_equal(err.sys, ENOENT);

        assert_pd_fail(pd_fail(&err, PD_E_INTERNAL, 99999, "odd"), err, PD_E_INTERNAL);
        assert_string_equal(err.msg, "odd: unknown system error");

        assert_pd_fail(pd_fail_memory(&err, "a node"), err, PD_E_INTERNAL);
        assert_string_equal(err.msg, "no memory for a node");
        assert_int_equal(err.sys, 0);
}

static void who_does_not_care_passes_null(void **state)
{
        (void)state;
        assert_int_equal(pd_fail(NULL, PD_E_INVALID, 0, "x"), -1);
        assert_int_equal(pd_wrap(NULL, "x"), -1);
        assert_int_equal(pd_fail_memory(NULL, "x"), -1);
}

static void wrapping_keeps_the_code(void **state)
{
        struct pd_err err = {0};

        (void)state;
        (void)pd_fail(&err, PD_E_FORBIDDEN, EACCES, "cannot open");
        assert_pd_fail(pd_wrap(&err, "node %d", 3), err, PD_E_FORBIDDEN);
        assert_string_equal(err.msg, "node 3: cannot open: Permission denied");
        assert_int_equal(err.sys, EACCES);
}

static void the_old_message_may_be_an_argument(void **state)
{
        struct pd_err err = {0};

        (void)state;
        (void)pd_fail(&err, PD_E_INVALID, 0, "one");
        (void)pd_fail(&err, PD_E_UNPROCESSABLE, 0, "two after %s", err.msg);
        assert_string_equal(err.msg, "two after one");
        (void)pd_wrap(&err, "<%s>", err.msg);
        assert_string_equal(err.msg, "<two after one>: two after one");
}

static void a_long_message_is_cut_behind_a_character(void **state)
{
        char text[2000];
        struct pd_err err = {0};

        (void)state;
        for (size_t shift = 0; shift < 3; shift++) {
                memset(text, 'x', sizeof(text));
                for (size_t i = shift; i + 3 < sizeof(text); i += 3)
                        memcpy(text + i, "\xe2\x82\xac", 3);
                text[sizeof(text) - 1] = '\0';

                (void)pd_fail(&err, PD_E_INVALID, EIO, "%s", text);
                assert_string_equal(err.msg + strlen(err.msg) - 3, "...");
                assert_true(strlen(err.msg) >= sizeof(err.msg) - 3);
                assert_true(pd_utf8_valid(err.msg, strlen(err.msg), NULL));

                (void)pd_fail(&err, PD_E_INVALID, 0, "short");
                (void)pd_wrap(&err, "%s", text);
                assert_string_equal(err.msg + strlen(err.msg) - 3, "...");
                assert_true(pd_utf8_valid(err.msg, strlen(err.msg), NULL));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_table_is_the_contracts),
                cmocka_unit_test(a_failure_says_what_and_why),
                cmocka_unit_test(who_does_not_care_passes_null),
                cmocka_unit_test(wrapping_keeps_the_code),
                cmocka_unit_test(the_old_message_may_be_an_argument),
                cmocka_unit_test(a_long_message_is_cut_behind_a_character),
        };

        return cmocka_run_group_tests_name("base err", tests, NULL, NULL);
}
