/* test_findings.c - what is said is kept, counted, bounded and fit to print. */
#include <string.h>

#include "base/utf8.h"
#include "json/json.h"
#include "pd_test.h"
#include "solution/findings.h"

static void nothing_said_is_no_failure(void **state)
{
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_findings_check(&findings, &err), err);
        pd_findings_done(&findings);
}

static void warnings_and_notes_stand_in_no_way(void **state)
{
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        pd_findings_add(&findings, PD_SEVERITY_WARNING, "a", "one");
        pd_findings_add(&findings, PD_SEVERITY_NOTE, "b", "two");
        assert_int_equal(findings.count, 2);
        assert_int_equal(findings.warnings, 1);
        assert_int_equal(findings.errors, 0);
        assert_pd_ok(pd_findings_check(&findings, &err), err);
        pd_findings_done(&findings);
}

static void the_check_counts_and_names_the_first_error(void **state)
{
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        pd_findings_add(&findings, PD_SEVERITY_WARNING, "name", "there is none");
        pd_findings_add(&findings, PD_SEVERITY_ERROR, pd_path("nodes[%d].image", 7).text,
                        "'%s' is none", "x");
        assert_pd_fail(pd_findings_check(&findings, &err), err, PD_E_UNPROCESSABLE);
        assert_string_equal(err.msg, "1 error, 1 warning: nodes[7].image: 'x' is none");

        pd_findings_add(&findings, PD_SEVERITY_ERROR, "", "and more");
        pd_findings_add(&findings, PD_SEVERITY_WARNING, "", "and more");
        assert_pd_fail(pd_findings_check(&findings, &err), err, PD_E_UNPROCESSABLE);
        assert_string_equal(err.msg, "2 errors, 2 warnings: nodes[7].image: 'x' is none");
        pd_findings_done(&findings);
}

static void a_finding_about_everything_has_no_path_in_front(void **state)
{
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        pd_findings_add(&findings, PD_SEVERITY_ERROR, "", "there are no nodes");
        assert_pd_fail(pd_findings_check(&findings, &err), err, PD_E_UNPROCESSABLE);
        assert_string_equal(err.msg, "1 error: there are no nodes");
        pd_findings_done(&findings);
}

static void what_is_over_the_limit_is_counted(void **state)
{
        struct pd_findings findings = {0};
        (void)state;

        for (size_t i = 0; i < PD_FINDINGS_MAX_KEPT + 7; i++)
                pd_findings_add(&findings, PD_SEVERITY_WARNING, "", "number %zu", i);
        assert_int_equal(findings.count, PD_FINDINGS_MAX_KEPT);
        assert_int_equal(findings.warnings, PD_FINDINGS_MAX_KEPT + 7);
        assert_int_equal(findings.left_out, 7);
        assert_string_equal(findings.at[PD_FINDINGS_MAX_KEPT - 1].message, "number 999");
        pd_findings_done(&findings);
}

static void errors_take_the_place_of_warnings(void **state)
{
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        pd_findings_add(&findings, PD_SEVERITY_ERROR, "", "the first");
        for (size_t i = 0; i < PD_FINDINGS_MAX_KEPT; i++)
                pd_findings_add(&findings, PD_SEVERITY_WARNING, "", "small");
        for (size_t i = 0; i < PD_FINDINGS_MAX_KEPT; i++)
                pd_findings_add(&findings, PD_SEVERITY_ERROR, "", "number %zu", i);

        assert_int_equal(findings.count, PD_FINDINGS_MAX_KEPT);
        assert_int_equal(findings.left_out, PD_FINDINGS_MAX_KEPT + 1);
        assert_string_equal(findings.at[0].message, "the first");
        for (size_t i = 1; i < PD_FINDINGS_MAX_KEPT; i++)
                assert_string_equal(findings.at[i].message, pd_path("number %zu", i - 1).text);
        assert_pd_fail(pd_findings_check(&findings, &err), err, PD_E_UNPROCESSABLE);
        assert_string_equal(err.msg, "1001 errors, 1000 warnings: the first");
        pd_findings_done(&findings);
}

static void a_text_is_made_fit_to_print(void **state)
{
        static const struct {
                const char *text, *want;
        } rows[] = {
                {"", ""},
                {"plain 'text'", "plain 'text'"},
                {"Größe 図", "Größe 図"},
                {"a\x1b[31m\n\x7f", "a?[31m??"},
                {"c1 \xc2\x9b"
                 "31m",
                 "c1 ?31m"},
                {"\xc2\xa0", "\xc2\xa0"},
                {"bad \xff\xc3", "bad ??"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_string_equal(pd_show(rows[i].text).text, rows[i].want);
}

static void a_long_text_is_cut_at_a_character(void **state)
{
        char text[8 * PD_SHOWN_MAX + 1] = "";
        (void)state;

        for (size_t len = 0; len < 4 * PD_SHOWN_MAX; len++) {
                struct pd_shown shown;

                memcpy(text + len, len % 5 == 0 ? "ß" : "x", len % 5 == 0 ? 3 : 2);
                shown = pd_show(text);
                assert_true(strlen(shown.text) <= PD_SHOWN_MAX);
                assert_true(pd_utf8_valid(shown.text, strlen(shown.text), NULL));
                if (strlen(text) <= PD_SHOWN_MAX)
                        assert_string_equal(shown.text, text);
                else
                        assert_pd_says(shown.text, "...");
                len += len % 5 == 0;
        }
}

static void a_message_without_end_is_cut(void **state)
{
        static char endless[3 * PD_FINDING_MAX_TEXT];
        struct pd_findings findings = {0};
        (void)state;

        memset(endless, 'x', sizeof(endless) - 1);
        pd_findings_add(&findings, PD_SEVERITY_NOTE, endless, "%s", endless);
        assert_int_equal(strlen(findings.at[0].path), PD_FINDING_MAX_TEXT);
        assert_int_equal(strlen(findings.at[0].message), PD_FINDING_MAX_TEXT);
        assert_string_equal(findings.at[0].message + PD_FINDING_MAX_TEXT - 4, "x...");
        pd_findings_done(&findings);
}

static void json_has_every_finding(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        pd_auto(pd_json_free_ptr) json_t *want = json_pack(
                "[{s:s, s:s, s:s}, {s:s, s:s, s:s}]", "path", "name", "severity", "warning",
                "message", "there is none", "path", "", "severity", "note", "message", "bad ?");
        struct pd_findings findings = {0};
        (void)state;

        pd_findings_add(&findings, PD_SEVERITY_WARNING, "name", "there is none");
        pd_findings_add(&findings, PD_SEVERITY_NOTE, "", "bad \xff");
        json = pd_findings_json(&findings);
        assert_true(json_equal(json, want));
        pd_findings_done(&findings);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_said_is_no_failure),
                cmocka_unit_test(warnings_and_notes_stand_in_no_way),
                cmocka_unit_test(the_check_counts_and_names_the_first_error),
                cmocka_unit_test(a_finding_about_everything_has_no_path_in_front),
                cmocka_unit_test(what_is_over_the_limit_is_counted),
                cmocka_unit_test(errors_take_the_place_of_warnings),
                cmocka_unit_test(a_text_is_made_fit_to_print),
                cmocka_unit_test(a_long_text_is_cut_at_a_character),
                cmocka_unit_test(a_message_without_end_is_cut),
                cmocka_unit_test(json_has_every_finding),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
