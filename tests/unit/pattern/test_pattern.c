/* test_pattern.c - what begins like an expression, as Python's re.match() says, and what it may
 * cost. */
#include "pd_test.h"

#include <string.h>

#include "alloc_fail.h"
#include "pattern/pattern.h"

/* Whether the text begins like the expression. */
static bool matches(const char *expression, const char *text)
{
        pd_auto(pd_pattern_free_ptr) struct pd_pattern *pattern = NULL;
        struct pd_err err = {0};
        bool result = false;

        assert_pd_ok(pd_pattern_new(expression, &pattern, &err), err);
        assert_pd_ok(pd_pattern_match(pattern, text, &result, &err), err);
        return result;
}

/* Each expectation is what Python 3.11 says. */
static const struct {
        const char *expression, *text;
        bool wanted;
} rows[] = {
        {".*", "anything", true},
        {".*", "", true},
        {"", "anything", true},
        {"cicd", "cicd.example.org/x:1", true},
        {"cicd", "x/cicd", false},
        {"^cicd", "cicd", true},
        {"a|b", "b", true},
        {"a$", "ab", false},
        {"a$", "a\n", true},
        {"a.c", "a\nc", false},
        {".+/(sudoku|chess)[-:]", "hub.example.org:5000/sudoku-gui:2", true},
        {".+/(sudoku|chess)[-:]", "hub.example.org:5000/sudokus", false},
        {"(?P<host>[^/]+)/(?P=host)", "a/a", true},
        {"(?i)ABC", "abc", true},
        {"(?!docker\\.io/)", "docker.io/x", false},
        {"(?<!x)a", "a", true},
        {"\\w+$", "gr\xc3\xbc\xc3\x9f", true},
        {"gr.n", "gr\xc3\xbcn", true},
        {"a{2,3}b", "aab", true},
};

static void an_expression_matches_as_in_python(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# row %zu: %s\n", i, rows[i].expression);
                assert_int_equal(matches(rows[i].expression, rows[i].text), rows[i].wanted);
        }
}

static void what_is_no_expression_is_an_error(void **state)
{
        static const struct {
                const char *expression, *says;
        } bad[] = {
                {"a(b", "'a(b' is no regular expression: missing closing parenthesis, at offset 3"},
                {"*", "quantifier does not follow a repeatable item"},
                {"[z-a]", "range out of order"},
                {"\\C", "disabled"},
                {"\xff", "UTF-8 error"},
                {"((a{1,1000}){1,1000}){1,1000}", "too large"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(bad); i++) {
                struct pd_pattern *pattern = NULL;
                struct pd_err err = {0};

                print_message("# %s\n", bad[i].expression);
                assert_pd_fail(pd_pattern_new(bad[i].expression, &pattern, &err), err,
                               PD_E_INVALID);
                assert_pd_says(err.msg, bad[i].says);
                assert_null(pattern);
        }
}

static void an_expression_has_a_longest_length(void **state)
{
        char text[PD_PATTERN_MAX_BYTES + 2];
        struct pd_pattern *pattern = NULL;
        struct pd_err err = {0};
        (void)state;

        memset(text, 'a', sizeof(text));
        text[PD_PATTERN_MAX_BYTES + 1] = '\0';
        assert_pd_fail(pd_pattern_new(text, &pattern, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "over 4096 bytes");
        text[PD_PATTERN_MAX_BYTES] = '\0';
        assert_false(matches(text, "a"));
}

static void a_text_that_is_no_utf_8_only_does_not_match(void **state)
{
        (void)state;

        assert_true(matches("abc", "abc\xff"));
        assert_false(matches("abc.", "abc\xff"));
}

static void what_goes_back_without_end_is_an_error(void **state)
{
        static const char *const greedy[] = {"(a+)+$", "(a|a)*[bc]", "(?:(a*)*)*[cd]",
                                             "(*LIMIT_MATCH=999999999)(a+)+$"};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(greedy); i++) {
                pd_auto(pd_pattern_free_ptr) struct pd_pattern *pattern = NULL;
                struct pd_err err = {0};
                bool result;

                print_message("# %s\n", greedy[i]);
                assert_pd_ok(pd_pattern_new(greedy[i], &pattern, &err), err);
                assert_pd_fail(pd_pattern_match(pattern,
                                                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
                                                &result, &err),
                               err, PD_E_TOO_LARGE);
                assert_pd_says(err.msg, "over 100000 steps");
        }
}

static int compile_and_match(void *context, struct pd_err *err)
{
        pd_auto(pd_pattern_free_ptr) struct pd_pattern *pattern = NULL;
        bool result;

        if (pd_pattern_new(context, &pattern, err) < 0)
                return -1;
        return pd_pattern_match(pattern, "hub.example.org/chess:1", &result, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        char expression[] = "(?P<host>[^/]+)/((chess|sudoku)+:)*";
        (void)state;

        assert_in_range(pd_alloc_fail_each(compile_and_match, expression), 4, 100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_expression_matches_as_in_python),
                cmocka_unit_test(what_is_no_expression_is_an_error),
                cmocka_unit_test(an_expression_has_a_longest_length),
                cmocka_unit_test(a_text_that_is_no_utf_8_only_does_not_match),
                cmocka_unit_test(what_goes_back_without_end_is_an_error),
                cmocka_unit_test(each_failing_allocation_is_an_error),
        };

        return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
