/* test_clock.c - time. */
#include "base/clock.h"

#include <time.h>

#include "base/attr.h"
#include "pd_test.h"

static void each_moment_has_its_text(void **state)
{
        static const struct {
                int64_t ms;
                const char *text;
        } rows[] = {
                {0, "1970-01-01T00:00:00.000Z"},
                {-1, "1969-12-31T23:59:59.999Z"},
                {951782400123, "2000-02-29T00:00:00.123Z"},
                {1769903999999, "2026-01-31T23:59:59.999Z"},
                {253402300799999, "9999-12-31T23:59:59.999Z"},
                {253402300800000, "9999-12-31T23:59:59.999Z"},
                {INT64_MAX, "9999-12-31T23:59:59.999Z"},
                {-62167219200000, "0000-01-01T00:00:00.000Z"},
                {-62167219200001, "0000-01-01T00:00:00.000Z"},
                {INT64_MIN, "0000-01-01T00:00:00.000Z"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char text[PD_RFC3339_SIZE];

                pd_clock_rfc3339(rows[i].ms, text);
                assert_string_equal(text, rows[i].text);
        }
}

static void times_are_read_in_every_zone(void **state)
{
        static const struct {
                const char *text;
                int64_t ms;
        } times[] = {
                {"2026-11-23T03:58:44.5Z", INT64_C(1795406324500)},
                {"2026-11-23T04:58:44.541090172+01:00", INT64_C(1795406324541)},
                {"2026-11-22T22:28:44-05:30", INT64_C(1795406324000)},
                {"0001-01-01T00:00:00Z", 0},
                {"yesterday", 0},
                {"", 0},
                {NULL, 0},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(times); i++)
                assert_int_equal(pd_clock_read_rfc3339(times[i].text), times[i].ms);
}

static void the_steady_clock_goes_forward(void **state)
{
        int64_t before = pd_clock_mono_us(), after = pd_clock_mono_us();

        (void)state;
        assert_true(before >= 0 && before <= after);
}

static void the_clock_for_people_is_the_systems(void **state)
{
        int64_t before = (int64_t)time(NULL) * 1000, ms = pd_clock_unix_ms();

        (void)state;
        assert_true(ms >= before - 1000 && ms <= (int64_t)time(NULL) * 1000 + 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_moment_has_its_text),
                cmocka_unit_test(times_are_read_in_every_zone),
                cmocka_unit_test(the_steady_clock_goes_forward),
                cmocka_unit_test(the_clock_for_people_is_the_systems),
        };

        return cmocka_run_group_tests_name("base clock", tests, NULL, NULL);
}
