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
                const char *body;
                enum pd_err_code code;
                const char *says;
        } rows[] = {
                {403, "{'message': 'secrets is forbidden'}", PD_E_FORBIDDEN,
                 "secrets is forbidden"},
                {401, "{'message': 'Unauthorized'}", PD_E_UNAUTHORIZED, "does not know who we are"},
                {404, "{'message': 'not found'}", PD_E_NOT_FOUND, "not found"},
                {409, "{'message': 'modified', 'details': {}}", PD_E_CONFLICT, "modified"},
                {409,
                 "{'message': 'm', 'details': {'causes': [{'reason': 'FieldManagerConflict',"
                 " 'message': 'conflict with one', 'field': '.data.a'}]}}",
                 PD_E_CONFLICT, "others manage a part of it: '.data.a': conflict with one"},
                {422,
                 "{'message': 'm', 'details': {'causes': [{'reason': 'FieldValueInvalid',"
                 " 'message': 'too long', 'field': 'a'}, {'message': 'odd', 'field': 'b'}]}}",
                 PD_E_UNPROCESSABLE, "'a': too long; 'b': odd"},
                {400, "{'message': 'bad'}", PD_E_UNPROCESSABLE, "bad"},
                {413, "{'message': 'large'}", PD_E_TOO_LARGE, "large"},
                {429, "{'message': 'busy'}", PD_E_UNAVAILABLE, "busy"},
                {500, "{'message': 'a\\u001b[31mb'}", PD_E_BAD_GATEWAY, "a?[31mb"},
                {502, "<html>", PD_E_BAD_GATEWAY, "answers 502"},
                {503, "{'message': 3}", PD_E_UNAVAILABLE, "answers 503"},
                {504, "", PD_E_TIMEOUT, "answers 504"},
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
