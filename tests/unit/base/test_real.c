/* test_real.c - real numbers and their shortest text. */
#include "base/real.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "pd_test.h"

static void each_double_has_its_shortest_text(void **state)
{
        static const struct {
                double value;
                const char *text;
        } rows[] = {
                {0.0, "0.0"},
                {-0.0, "-0.0"},
                {3, "3.0"},
                {-12.5, "-12.5"},
                {0.1, "0.1"},
                {0.1 + 0.2, "0.30000000000000004"},
                {1.0 / 3, "0.3333333333333333"},
                {0.0001, "0.0001"},
                {0.00012345678901234567, "0.00012345678901234567"},
                {0.00001, "1.0e-05"},
                {123456789012345680.0, "1.2345678901234568e+17"},
                {1e15, "1000000000000000.0"},
                {9007199254740993.0, "9007199254740992.0"},
                {1e16, "1.0e+16"},
                {1e22, "1.0e+22"},
                {-1.5e300, "-1.5e+300"},
                {DBL_MAX, "1.7976931348623157e+308"},
                {DBL_MIN, "2.2250738585072014e-308"},
                {4.9406564584124654e-324, "5.0e-324"},
                {2.2250738585072009e-308, "2.225073858507201e-308"},
                {0x1p-1017, "7.120236347223045e-307"}, /* not the text nearest to it */
                {0x1p-1007, "7.291122019556398e-304"},
                {9.5e-5, "9.5e-05"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char text[PD_REAL_SIZE];

                pd_real_write(rows[i].value, text);
                assert_string_equal(text, rows[i].text);
        }
}

/* Bits of every kind, and all powers of two, where doubles lie closer on one side. */
static double sample(int i)
{
        static uint64_t seed = 1;
        double value = 0x1p-1074;

        if (i < 2098) {
                while (i-- > 0)
                        value *= 2;
                return value;
        }
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        memcpy(&value, &seed, sizeof(value));
        return isfinite(value) ? value : 0.5;
}

static void what_is_written_reads_back_as_the_same_double(void **state)
{
        (void)state;

        for (int i = 0; i < 20000; i++) {
                double value = sample(i), back = 0;
                char text[PD_REAL_SIZE];

                pd_real_write(value, text);
                assert_true(strtod(text, NULL) == value);
                if (!pd_real_read(text, strlen(text), &back) || back != value)
                        fail_msg("%a is written %s", value, text);
        }
}

static void fewer_digits_never_read_back_as_the_same_double(void **state)
{
        (void)state;

        for (int i = 0; i < 20000; i++) {
                double value = sample(i);
                char text[PD_REAL_SIZE], fewer[64];
                int digits = 0;

                pd_real_write(value, text);
                for (const char *at = text; *at != '\0' && *at != 'e'; at++)
                        digits += *at >= '0' && *at <= '9' && (digits != 0 || *at != '0');
                if (strstr(text, ".0") != NULL || digits < 2)
                        continue; /* a zero that only makes it a real number */
                (void)snprintf(fewer, sizeof(fewer), "%.*e", digits - 2, value);
                if (strtod(fewer, NULL) == value)
                        fail_msg("%a is written %s, %s would do", value, text, fewer);
        }
}

static void a_decimal_is_read_when_nothing_is_lost(void **state)
{
        static const struct {
                const char *text;
                bool is_kept;
                double value;
        } rows[] = {
                {"0", true, 0},
                {"-0.000e99999999999999", true, -0.0},
                {"1", true, 1},
                {"+1.", true, 1},
                {".5", true, 0.5},
                {"0001.2500", true, 1.25},
                {"1E+2", true, 100},
                {"100000000000000000000000000000e-29", true, 1},
                {"0.00000000000000000000000000001e29", true, 1},
                {"0.1", true, 0.1},
                {"0.10000000000000000", true, 0.1},
                {"0.1000000000000000055511151231257827021181583404541015625", false, 0},
                {"0.10000000000000001", false, 0},
                {"0.30000000000000004", true, 0.1 + 0.2},
                {"123456789012345678", false, 0},
                {"9007199254740992", true, 9007199254740992},
                {"9007199254740993", false, 0},
                {"1e308", true, 1e308},
                {"1e309", false, 0},
                {"1e999999999999999999999", false, 0},
                {"1e-323", true, 1e-323},
                {"1e-324", false, 0},
                {"1e-999999999999999999999", false, 0},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                double value = 7;
                bool is_kept = pd_real_read(rows[i].text, strlen(rows[i].text), &value);

                if (is_kept != rows[i].is_kept ||
                    (is_kept &&
                     (value != rows[i].value || signbit(value) != signbit(rows[i].value))))
                        fail_msg("%s", rows[i].text);
                if (!is_kept)
                        assert_true(value == 7);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_double_has_its_shortest_text),
                cmocka_unit_test(what_is_written_reads_back_as_the_same_double),
                cmocka_unit_test(fewer_digits_never_read_back_as_the_same_double),
                cmocka_unit_test(a_decimal_is_read_when_nothing_is_lost),
        };

        return cmocka_run_group_tests_name("base real", tests, NULL, NULL);
}
