/* test_backoff.c - the row of pauses. */
#include "backoff.h"

#include "pd_test.h"

/** The random number that leaves a pause as it is, nearly. */
#define MIDDLE (UINT32_MAX / 2)

static void assert_near(int64_t us, int64_t want)
{
        assert_in_range(us, want - want / 1000, want + want / 1000);
}

static void pauses_grow_by_sixteen_tenths_up_to_the_longest(void **state)
{
        static const int64_t want[] = {1000000, 1600000, 2560000, 4096000, 5000000, 5000000};
        struct pd_grpc_backoff backoff = {.first_us = 1000000, .most_us = 5000000};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(want); i++)
                assert_near(pd_grpc_backoff_fail(&backoff, MIDDLE), want[i]);
}

static void the_jitter_is_a_fifth_to_both_sides(void **state)
{
        struct pd_grpc_backoff backoff = {.first_us = 1000000, .most_us = 1000000};

        (void)state;
        assert_near(pd_grpc_backoff_fail(&backoff, 0), 800000);
        assert_near(pd_grpc_backoff_fail(&backoff, UINT32_MAX), 1200000);
}

static void a_success_begins_the_row_anew(void **state)
{
        struct pd_grpc_backoff backoff = {.first_us = 1000, .most_us = 5000};

        (void)state;
        (void)pd_grpc_backoff_fail(&backoff, MIDDLE);
        (void)pd_grpc_backoff_fail(&backoff, MIDDLE);
        pd_grpc_backoff_reset(&backoff);
        assert_near(pd_grpc_backoff_fail(&backoff, MIDDLE), 1000);
}

static void a_first_pause_over_the_longest_is_cut(void **state)
{
        struct pd_grpc_backoff backoff = {.first_us = 9000, .most_us = 5000};

        (void)state;
        assert_near(pd_grpc_backoff_fail(&backoff, MIDDLE), 5000);
}

static void thousand_failures_do_not_overflow(void **state)
{
        struct pd_grpc_backoff backoff = {.first_us = 1000, .most_us = 120000000};
        int64_t pause = 0;

        (void)state;
        for (int i = 0; i < 1000; i++)
                pause = pd_grpc_backoff_fail(&backoff, MIDDLE);
        assert_near(pause, 120000000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pauses_grow_by_sixteen_tenths_up_to_the_longest),
                cmocka_unit_test(the_jitter_is_a_fifth_to_both_sides),
                cmocka_unit_test(a_success_begins_the_row_anew),
                cmocka_unit_test(a_first_pause_over_the_longest_is_cut),
                cmocka_unit_test(thousand_failures_do_not_overflow),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
