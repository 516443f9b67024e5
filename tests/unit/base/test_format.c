/* test_format.c - formatted text in an array of fixed size. */
#include "base/format.h"

#include <string.h>

#include "pd_test.h"

static void what_fits_stays_whole(void **state)
{
        char out[8];

        (void)state;
        pd_format(out, sizeof(out), "%s", "");
        assert_string_equal(out, "");
        pd_format(out, sizeof(out), "%d-%s", 12, "abcd");
        assert_string_equal(out, "12-abcd");
}

static void what_is_too_long_says_so(void **state)
{
        static const struct {
                const char *text, *cut;
        } rows[] = {
                {"12345678", "1234..."},
                {"1234567890", "1234..."},
                {"123\xc3\xa9xxx", "123..."},
                {"12\xe2\x82\xacxxx", "12..."},
                {"1\xe2\x82\xacxxxx", "1\xe2\x82\xac..."},
                {"\xf0\x9f\x98\x80xxxx", "\xf0\x9f\x98\x80..."},
                {"1\xf0\x9f\x98\x80xxx", "1..."},
        };
        char out[8];
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_format(out, sizeof(out), "%s", rows[i].text);
                assert_string_equal(out, rows[i].cut);
        }
        pd_format(out, 4, "%s", "12345");
        assert_string_equal(out, "...");
        pd_format(out, 4, "%s", "123");
        assert_string_equal(out, "123");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_fits_stays_whole),
                cmocka_unit_test(what_is_too_long_says_so),
        };

        return cmocka_run_group_tests_name("base format", tests, NULL, NULL);
}
