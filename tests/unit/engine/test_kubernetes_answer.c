/* test_kubernetes_answer.c - what the API server's refusals mean. */
#include "pd_test.h"

#include <string.h>

#include "kubernetes_api.h"

static int check(int status, const char *body, struct pd_err *err)
{
        char text[2048];

        (void)snprintf(text, sizeof(text), "%s", body);
        for (char *at = text; (at = strchr(at, '\'')) != NULL;)
                *at = '"';
        return pd_kubernetes_check(
                &(struct pd_fetch_answer){.status = status, .body = text, .len = strlen(text)},
                err);
}

static void two_hundreds_are_fine(void **state)
{
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(check(200, "{}", &err), err);
        assert_pd_ok(check(201, "anything", &err), err);
}

static void each_refusal_has_its_code_and_the_servers_words(void **state)
{
        static const struct {
                int status;
                enum pd_err_code code;
                const char *body;
                const char *says;
        } rows[] = {
                {403, PD_E_FORBIDDEN, "{'message': 'secrets is forbidden'}",
                 "secrets is forbidden"},
                {401, PD_E_UNAUTHORIZED, "{'message': 'Unauthorized'}", "does not know who we are"},
                {404, PD_E_NOT_FOUND, "{'message': 'not found'}", "not found"},
                {409, PD_E_CONFLICT, "{'message': 'modified', 'details': {}}", "modified"},
                {409, PD_E_CONFLICT,
                 "{'message': 'm', 'details': {'causes': [{'reason': 'FieldManagerConflict',"
                 " 'message': 'conflict with one', 'field': '.data.a'}]}}",
                 "others manage a part of it: '.data.a': conflict with one"},
                {422, PD_E_UNPROCESSABLE,
                 "{'message': 'm', 'details': {'causes': [{'reason': 'FieldValueInvalid',"
                 " 'message': 'too long', 'field': 'a'}, {'message': 'odd', 'field': 'b'}]}}",
                 "'a': too long; 'b': odd"},
                {400, PD_E_UNPROCESSABLE, "{'message': 'bad'}", "bad"},
                {413, PD_E_TOO_LARGE, "{'message': 'large'}", "large"},
                {429, PD_E_UNAVAILABLE, "{'message': 'busy'}", "busy"},
                {500, PD_E_BAD_GATEWAY, "{'message': 'a\\u001b[31mb'}", "a?[31mb"},
                {502, PD_E_BAD_GATEWAY, "<html>", "answers 502"},
                {503, PD_E_UNAVAILABLE, "{'message': 3}", "answers 503"},
                {504, PD_E_TIMEOUT, "", "answers 504"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_err err = {0};

                assert_pd_fail(check(rows[i].status, rows[i].body, &err), err, rows[i].code);
                assert_pd_says(err.msg, rows[i].says);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(two_hundreds_are_fine),
                cmocka_unit_test(each_refusal_has_its_code_and_the_servers_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
