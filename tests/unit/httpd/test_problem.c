/* test_problem.c - problem details and the page that shows them. */
#include "problem.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "json/json.h"
#include "pd_test.h"

static struct pd_problem problem(json_t *errors)
{
        return (struct pd_problem){
                .status = 422,
                .code = PD_E_UNPROCESSABLE,
                .detail = "'<script>' & \"friends\" \xff cannot be run",
                .errors = errors,
                .id = "4f21",
                .server_name = "d<e>",
        };
}

static json_t *two_errors(void)
{
        return json_pack("[{s:s, s:s, s:s}, {s:s, s:n}]", "path", "nodes[0].<i>", "severity",
                         "error", "message", "no \"image\"", "message", "unplaced", "path");
}

static void details_have_code_title_and_detail(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        struct pd_problem say = problem(NULL);

        (void)state;
        assert_int_equal(pd_problem_json(&say, &text), 0);
        assert_string_equal(
                text.data, "{\"title\":\"Unprocessable Content\",\"status\":422,"
                           "\"code\":\"unprocessable\","
                           "\"detail\":\"'<script>' & \\\"friends\\\" \xef\xbf\xbd cannot be run\","
                           "\"request_id\":\"4f21\"}");
}

static void details_list_the_errors(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *errors = two_errors();
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        struct pd_problem say = problem(errors);

        (void)state;
        assert_int_equal(pd_problem_json(&say, &text), 0);
        assert_pd_says(text.data, "\"errors\":[{\"path\":\"nodes[0].<i>\",\"severity\":\"error\","
                                  "\"message\":\"no \\\"image\\\"\"},");
}

static void a_page_escapes_everything(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *errors = two_errors();
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        struct pd_problem say = problem(errors);

        (void)state;
        pd_problem_html(&say, &text);
        assert_int_equal(text.failed, 0);
        assert_pd_says(text.data, "<title>d&lt;e&gt;: Unprocessable Content</title>");
        assert_pd_says(text.data, "<p>&#39;&lt;script&gt;&#39; &amp; &quot;friends&quot; ");
        assert_pd_says(text.data, "<code>nodes[0].&lt;i&gt;</code>");
        assert_pd_says(text.data, "<li>unplaced</li>");
        assert_pd_says(text.data, "no &quot;image&quot;");
        assert_null(strstr(text.data, "<script"));
        assert_null(strstr(text.data, "<i>"));
}

static void our_own_faults_are_not_told(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        struct pd_problem say = problem(NULL);

        (void)state;
        say.status = 500;
        say.code = PD_E_INTERNAL;
        assert_int_equal(pd_problem_json(&say, &text), 0);
        pd_problem_html(&say, &text);
        assert_pd_says(text.data, "\"code\":\"internal\"");
        assert_pd_says(text.data, "4f21");
        assert_null(strstr(text.data, "friends"));
}

static int make_details(void *context, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        struct pd_problem say = problem(context);

        if (pd_problem_json(&say, &text) < 0)
                return pd_fail_memory(err, "problem details");
        return pd_buf_check(&text, "problem details", err);
}

static int make_page(void *context, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        struct pd_problem say = problem(context);

        pd_problem_html(&say, &text);
        return pd_buf_check(&text, "a page", err);
}

static void each_failing_allocation_is_told(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *errors = two_errors();

        (void)state;
        assert_true(pd_alloc_fail_each(make_details, errors) >= 8);
        assert_true(pd_alloc_fail_each(make_page, errors) >= 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(details_have_code_title_and_detail),
                cmocka_unit_test(details_list_the_errors),
                cmocka_unit_test(a_page_escapes_everything),
                cmocka_unit_test(our_own_faults_are_not_told),
                cmocka_unit_test(each_failing_allocation_is_told),
        };

        return cmocka_run_group_tests_name("httpd problem", tests, NULL, NULL);
}
