/* test_handover.c - where a user is sent after a hand-over: never away from the playground. */
#include "base/own.h"
#include "handover.h"
#include "pd_test.h"

#define URL "https://playground.example:8443/base/deploy_solution"

#include <string.h>

static void the_answer_takes_the_place_of_the_ending(void **state)
{
        static const struct {
                const char *url, *path, *location;
        } rows[] = {
                {URL, "/dashboard?selected_deployment_id=7",
                 "https://playground.example:8443/base/dashboard?selected_deployment_id=7"},
                {URL, "/dashboard\n", "https://playground.example:8443/base/dashboard"},
                {"http://p/deploy_solution", "/", "http://p/"},
                {"http://p/deploy_solution", "/a%20b#c", "http://p/a%20b#c"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_free_ptr) char *location =
                        pd_handover_location(rows[i].url, rows[i].path, strlen(rows[i].path));

                assert_non_null(location);
                assert_string_equal(location, rows[i].location);
        }
}

static void what_could_lead_elsewhere_is_no_path(void **state)
{
        static const char *const paths[] = {
                "",
                "dashboard",
                "//evil.example/",
                "https://evil.example/",
                "@evil/",
                ".evil.example/",
                "/a\r\nSet-Cookie: x",
                "/a b",
                "/\\evil",
                "\t/a",
                "/\x7f",
                "/\xc3\xbc",
                "/<script>",
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(paths); i++)
                assert_null(pd_handover_location(URL, paths[i], strlen(paths[i])));
        assert_null(pd_handover_location(URL, "/a\0b", 4));
}

static void a_path_over_the_limit_is_none(void **state)
{
        static char path[PD_HANDOVER_MAX_PATH + 1];

        (void)state;
        memset(path, 'a', sizeof(path));
        path[0] = '/';
        assert_null(pd_handover_location(URL, path, sizeof(path)));
        free(pd_handover_location(URL, path, sizeof(path) - 1));
}

static void only_an_address_that_ends_as_it_must_is_taken(void **state)
{
        static const struct {
                const char *url;
                bool is_good;
        } rows[] = {
                {URL, true},
                {"http://p/deploy_solution", true},
                {"http://p/deploy_solution/", false},
                {"http://p/deploy", false},
                {"ftp://p/deploy_solution", false},
                {"p/deploy_solution", false},
                {"/deploy_solution", false},
                {"http://u:p@h/deploy_solution", false},
                {"http://h/?x=/deploy_solution", false},
                {"http://h/#/deploy_solution", false},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                const struct pd_playground playground = {.url = rows[i].url};
                struct pd_err err = {0};

                print_message("# %s\n", rows[i].url);
                if (rows[i].is_good)
                        assert_pd_ok(pd_playground_check(&playground, &err), err);
                else
                        assert_pd_fail(pd_playground_check(&playground, &err), err, PD_E_INVALID);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_answer_takes_the_place_of_the_ending),
                cmocka_unit_test(what_could_lead_elsewhere_is_no_path),
                cmocka_unit_test(a_path_over_the_limit_is_none),
                cmocka_unit_test(only_an_address_that_ends_as_it_must_is_taken),
        };

        return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
