/* test_nearest.c - guessing what a mistyped word was. */
#include "config/nearest.h"

#include <string.h>

#include "base/attr.h"
#include "pd_test.h"

static void nearest_finds_the_slip_of_a_finger(void **state)
{
        static const char *const words[] = {"validate", "render", "inspect",
                                            "graph",    "up",     "version"};
        static const struct {
                const char *typed, *meant;
        } rows[] = {
                {"rendr", "render"},    /* dropped */
                {"rennder", "render"},  /* added */
                {"rander", "render"},   /* changed */
                {"redner", "render"},   /* swapped */
                {"inspcet", "inspect"}, /* one swap, not two changes */
                {"vaildatte", "validate"},
                {"grpah", "graph"},
                {"render", "render"},
                {"u", "up"},
                {"rm", ""}, /* all letters changed */
                {"deploy", ""},
                {"", ""},
                {"rendering-of-the-pipeline", ""},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_nearest nearest = {.word = rows[i].typed};

                print_message("  '%s'\n", rows[i].typed);
                for (size_t j = 0; j < PD_COUNT(words); j++)
                        pd_nearest_offer(&nearest, words[j]);
                assert_string_equal(nearest.best, rows[i].meant);
        }
}

static void nearest_keeps_the_first_of_equally_near_words(void **state)
{
        struct pd_nearest nearest = {.word = "cat-c"};
        (void)state;

        pd_nearest_offer(&nearest, "cat-a");
        pd_nearest_offer(&nearest, "cat-b");
        assert_string_equal(nearest.best, "cat-a");
        pd_nearest_offer(&nearest, "cat-c");
        assert_string_equal(nearest.best, "cat-c");
        assert_int_equal(nearest.distance, 0);
}

static void nearest_passes_over_words_that_are_too_long(void **state)
{
        char typed[PD_NEAREST_MAX_WORD + 2];
        struct pd_nearest nearest = {.word = typed};
        (void)state;

        memset(typed, 'a', sizeof(typed));
        typed[sizeof(typed) - 1] = '\0';
        pd_nearest_offer(&nearest, typed);
        assert_string_equal(nearest.best, "");

        typed[sizeof(typed) - 2] = '\0';
        pd_nearest_offer(&nearest, typed);
        assert_string_equal(nearest.best, typed);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nearest_finds_the_slip_of_a_finger),
                cmocka_unit_test(nearest_keeps_the_first_of_equally_near_words),
                cmocka_unit_test(nearest_passes_over_words_that_are_too_long),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
