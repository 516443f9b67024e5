/* test_pace.c - when a request is tried again. */
#include "fetch/pace.h"
#include "pd_test.h"

#define LONG_MS 3600000

static void only_what_may_pass_is_tried_again(void **state)
{
        static const int passing[] = {429, 502, 503, 504};
        static const int lasting[] = {0, 200, 204, 302, 400, 401, 404, 408, 413, 500, 501};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(passing); i++)
                assert_true(pd_pace_is_passing(passing[i]));
        for (size_t i = 0; i < PD_COUNT(lasting); i++)
                assert_false(pd_pace_is_passing(lasting[i]));
}

static void pauses_double_up_to_the_longest_and_jitter_by_half(void **state)
{
        static const struct {
                unsigned tries;
                int64_t longest;
        } rows[] = {{1, 100},  {2, 200},  {3, 400},          {6, 3200},
                    {7, 5000}, {8, 5000}, {4000000000, 5000}};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                int64_t half = rows[i].longest / 2;

                assert_int_equal(pd_pace_pause(rows[i].tries, -1, LONG_MS, 0), half);
                assert_int_equal(pd_pace_pause(rows[i].tries, -1, LONG_MS, (uint32_t)half),
                                 rows[i].longest);
                for (uint32_t random = 1; random < 100000; random = random * 3 + 1)
                        assert_in_range(pd_pace_pause(rows[i].tries, -1, LONG_MS, random), half,
                                        rows[i].longest);
        }
}

static void a_neighbour_that_says_when_is_waited_for(void **state)
{
        (void)state;
        assert_int_equal(pd_pace_pause(1, 2, LONG_MS, 0), 2000);
        assert_int_equal(pd_pace_pause(1, 0, LONG_MS, 0), 50);
        assert_int_equal(pd_pace_pause(7, 1, LONG_MS, 2500), 5000);
        assert_int_equal(pd_pace_pause(1, 30, LONG_MS, 0), 30000);
        assert_int_equal(pd_pace_pause(1, 31, LONG_MS, 0), -1);
        assert_int_equal(pd_pace_pause(1, INT64_MAX, INT64_MAX, 0), -1);
}

static void nothing_is_tried_after_the_deadline(void **state)
{
        (void)state;
        assert_int_equal(pd_pace_pause(1, -1, 51, 0), 50);
        assert_int_equal(pd_pace_pause(1, -1, 50, 0), -1);
        assert_int_equal(pd_pace_pause(1, 2, 2000, 0), -1);
        assert_int_equal(pd_pace_pause(1, -1, -5, 0), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_what_may_pass_is_tried_again),
                cmocka_unit_test(pauses_double_up_to_the_longest_and_jitter_by_half),
                cmocka_unit_test(a_neighbour_that_says_when_is_waited_for),
                cmocka_unit_test(nothing_is_tried_after_the_deadline),
        };

        return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
