/* test_state.c - the words for states and reasons. */
#include "engine/engine.h"

#include <string.h>

#include "pd_test.h"

static void every_state_has_a_name_of_its_own(void **state)
{
        (void)state;
        for (int a = PD_STATE_ABSENT; a <= PD_STATE_GONE; a++) {
                assert_true(pd_state_name((enum pd_state)a)[0] != '\0');
                for (int b = PD_STATE_ABSENT; b < a; b++)
                        assert_string_not_equal(pd_state_name((enum pd_state)a),
                                                pd_state_name((enum pd_state)b));
        }
}

static void what_may_still_become_ready_is_not_final(void **state)
{
        (void)state;
        assert_true(pd_state_is_final(PD_STATE_READY));
        assert_true(pd_state_is_final(PD_STATE_FAILED));
        assert_false(pd_state_is_final(PD_STATE_STARTING));
        assert_false(pd_state_is_final(PD_STATE_RESTARTING));
}

static void every_reason_says_what_to_do(void **state)
{
        (void)state;
        assert_string_equal(pd_reason_name(PD_REASON_NONE), "");
        assert_string_equal(pd_reason_advice(PD_REASON_NONE), "");
        for (int i = PD_REASON_NONE + 1; i <= PD_REASON_REFUSED; i++) {
                assert_true(pd_reason_name((enum pd_reason)i)[0] != '\0');
                assert_true(pd_reason_advice((enum pd_reason)i)[0] != '\0');
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_state_has_a_name_of_its_own),
                cmocka_unit_test(what_may_still_become_ready_is_not_final),
                cmocka_unit_test(every_reason_says_what_to_do),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
