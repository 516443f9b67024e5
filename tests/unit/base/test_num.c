/* test_num.c - numbers, sizes and durations out of text. */
#include "base/num.h"

#include "pd_test.h"

/* What was wanted of the text; a refusal names it. */
static void assert_row(int result, const struct pd_err *err, bool is_good, const char *text)
{
        if (!pd_test_is_wanted(result, err, is_good ? PD_OK : PD_E_INVALID))
                fail_msg("'%s'", text);
        if (!is_good)
                assert_pd_says(err->msg, text);
}

static void whole_numbers_are_read_strictly(void **state)
{
        static const struct {
                const char *text;
                int64_t min, max;
                bool is_good;
                int64_t value;
        } rows[] = {
                {"0", 0, 9, true, 0},
                {"-0", 0, 9, true, 0},
                {"9", 0, 9, true, 9},
                {"10", 0, 9, false, 0},
                {"-1", 0, 9, false, 0},
                {"-1", -1, 9, true, -1},
                {"65535", 1, 65535, true, 65535},
                {"65536", 1, 65535, false, 0},
                {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
                {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
                {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
                {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
                {"18446744073709551615", INT64_MIN, INT64_MAX, false, 0},
                {"18446744073709551616", INT64_MIN, INT64_MAX, false, 0},
                {"18446744073709551617", INT64_MIN, INT64_MAX, false, 0},
                {"-18446744073709551615", INT64_MIN, INT64_MAX, false, 0},
                {"99999999999999999999999999", INT64_MIN, INT64_MAX, false, 0},
                {"", 0, 9, false, 0},
                {"-", -9, 9, false, 0},
                {"+1", 0, 9, false, 0},
                {"--1", -9, 9, false, 0},
                {" 1", 0, 9, false, 0},
                {"1 ", 0, 9, false, 0},
                {"1\n", 0, 9, false, 0},
                {"01", 0, 9, false, 0},
                {"00", 0, 9, false, 0},
                {"-01", -9, 9, false, 0},
                {"0x1", 0, 9, false, 0},
                {"1.0", 0, 9, false, 0},
                {"1e1", 0, 99, false, 0},
                {"1_0", 0, 99, false, 0},
                {"one", 0, 9, false, 0},
                {"\xd9\xa1", 0, 9, false, 0}, /* a digit, but no decimal one of ours */
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_err err = {0};
                int64_t value = 77;
                int result = pd_parse_int(rows[i].text, rows[i].min, rows[i].max, &value, &err);

                assert_row(result, &err, rows[i].is_good, rows[i].text);
                assert_int_equal(value, rows[i].is_good ? rows[i].value : 77);
        }
}

static void sizes_have_binary_units(void **state)
{
        static const struct {
                const char *text;
                uint64_t max;
                bool is_good;
                uint64_t value;
        } rows[] = {
                {"0", 0, true, 0},
                {"1", 10, true, 1},
                {"10B", 10, true, 10},
                {"11", 10, false, 0},
                {"1KiB", 1024, true, 1024},
                {"1KiB", 1023, false, 0},
                {"64MiB", UINT64_MAX, true, 64U << 20},
                {"3GiB", UINT64_MAX, true, 3221225472},
                {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
                {"18446744073709551616", UINT64_MAX - 1, false, 0},
                {"17179869183GiB", UINT64_MAX, true, 18446744072635809792U},
                {"17179869184GiB", UINT64_MAX, false, 0},
                {"99999999999999999999GiB", UINT64_MAX, false, 0},
                {"", 10, false, 0},
                {"B", 10, false, 0},
                {"-1", 10, false, 0},
                {"1 KiB", 9999, false, 0},
                {"1kib", 9999, false, 0},
                {"1KB", 9999, false, 0},
                {"1K", 9999, false, 0},
                {"1.5KiB", 9999, false, 0},
                {"01KiB", 9999, false, 0},
                {"1KiBx", 9999, false, 0},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_err err = {0};
                uint64_t value = 77;
                int result = pd_parse_size(rows[i].text, rows[i].max, &value, &err);

                assert_row(result, &err, rows[i].is_good, rows[i].text);
                assert_true(value == (rows[i].is_good ? rows[i].value : 77));
        }
}

static void durations_have_a_unit(void **state)
{
        static const struct {
                const char *text;
                int64_t max;
                bool is_good;
                int64_t value;
        } rows[] = {
                {"0", 0, true, 0},
                {"0s", 0, true, 0},
                {"250ms", 1000, true, 250},
                {"1s", 1000, true, 1000},
                {"1001ms", 1000, false, 0},
                {"30s", INT64_MAX, true, 30000},
                {"5m", INT64_MAX, true, 300000},
                {"24h", INT64_MAX, true, 86400000},
                {"9223372036854775807ms", INT64_MAX, true, INT64_MAX},
                {"9223372036854775808ms", INT64_MAX, false, 0},
                {"9223372036854775807h", INT64_MAX, false, 0},
                {"5", 1000, false, 0},
                {"", 1000, false, 0},
                {"s", 1000, false, 0},
                {"-1s", 1000, false, 0},
                {"1S", 1000, false, 0},
                {"1 s", 1000, false, 0},
                {"1m30s", 100000, false, 0},
                {"1.5s", 10000, false, 0},
                {"00", 1000, false, 0},
                {"1d", INT64_MAX, false, 0},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_err err = {0};
                int64_t value = 77;
                int result = pd_parse_duration(rows[i].text, rows[i].max, &value, &err);

                assert_row(result, &err, rows[i].is_good, rows[i].text);
                assert_int_equal(value, rows[i].is_good ? rows[i].value : 77);
        }
}

static void two_hexadecimal_digits_are_a_byte(void **state)
{
        static const struct {
                const char *digits;
                int byte;
        } rows[] = {
                {"00", 0},  {"ff", 255}, {"FF", 255}, {"a0", 160}, {"9F", 159}, {"12345", 18},
                {"g0", -1}, {"0g", -1},  {"", -1},    {"1", -1},   {" 1", -1},  {"+1", -1},
                {"@0", -1}, {"`0", -1},  {"/0", -1},  {"0:", -1},  {"0G", -1},  {"0x", -1},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_int_equal(pd_hex_byte(rows[i].digits), rows[i].byte);
}

static void a_refusal_says_what_would_do(void **state)
{
        struct pd_err err = {0};
        uint64_t size;
        int64_t number;

        (void)state;
        assert_pd_fail(pd_parse_int("80a", 1, 65535, &number, &err), err, PD_E_INVALID);
        assert_string_equal(err.msg, "'80a' is no whole number from 1 to 65535");
        assert_pd_fail(pd_parse_size("1MB", 2048, &size, &err), err, PD_E_INVALID);
        assert_string_equal(err.msg,
                            "'1MB' is no size up to 2048 bytes; write a number and B, KiB, "
                            "MiB or GiB, as in 64MiB");
        assert_pd_fail(pd_parse_duration("5", 9000, &number, &err), err, PD_E_INVALID);
        assert_string_equal(err.msg,
                            "'5' is no duration up to 9000 ms; write a number and ms, s, m "
                            "or h, as in 30s");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(whole_numbers_are_read_strictly),
                cmocka_unit_test(sizes_have_binary_units),
                cmocka_unit_test(durations_have_a_unit),
                cmocka_unit_test(two_hexadecimal_digits_are_a_byte),
                cmocka_unit_test(a_refusal_says_what_would_do),
        };

        return cmocka_run_group_tests_name("base num", tests, NULL, NULL);
}
