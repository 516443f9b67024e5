/* test_policy.c - what a policy may say, and what is none. */
#include "pd_test.h"

#include <string.h>

#include "admit/policy.h"
#include "alloc_fail.h"
#include "json/json.h"

/* The tree of a text in which ' stands for ". */
static json_t *parse(const char *text, struct pd_err *err)
{
        char quoted[1000] = "";
        json_t *json = NULL;

        assert_true(strlen(text) < sizeof(quoted));
        memcpy(quoted, text, strlen(text));
        for (char *at = quoted; (at = strchr(at, '\'')) != NULL;)
                *at = '"';
        if (pd_json_parse(quoted, strlen(quoted), &pd_json_default_limits, &json, err) < 0)
                return NULL;
        return json;
}

static int read_policy(const char *text, struct pd_policy *policy, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *json = parse(text, err);

        return json != NULL ? pd_policy_read(json, policy, err) : -1;
}

static char full[] = "{'registries': ['docker.io', 'hub.example.org:5000', 'localhost'],"
                     " 'max_workloads': 20, 'max_bytes': 1000,"
                     " 'max_resources': {'cpu': 16, 'memory': '64Gi', 'nvidia.com/gpu': 0.5},"
                     " 'environment_variables': ["
                     "  {'docker_image_pattern': 'cicd.*/sudoku', 'name': 'TOKEN', 'value': 'x'},"
                     "  {'docker_image_pattern': '.*', 'name': 'N', 'value': 1.5},"
                     "  {'docker_image_pattern': '.*', 'name': 'B', 'value': true},"
                     "  {'docker_image_pattern': '.*', 'name': 'E', 'value': ''}]}";

static void all_that_it_says_is_kept(void **state)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        struct pd_err err = {0};
        bool matches = false;
        (void)state;

        assert_pd_ok(read_policy(full, &policy, &err), err);
        assert_int_equal(policy.registries.count, 3);
        assert_non_null(policy.registries.at);
        if (policy.registries.at == NULL)
                return; /* assertions do not tell the analyzer that they end a test */
        assert_string_equal(policy.registries.at[1], "hub.example.org:5000");
        assert_int_equal(policy.max_workloads, 20);
        assert_int_equal(policy.archive.max_bytes, 1000);
        assert_int_equal(policy.archive.max_entries, pd_archive_default_limits.max_entries);
        assert_int_equal(policy.max_resources.count, 3);
        assert_string_equal(policy.max_resources.at[0].name, "cpu");
        assert_string_equal(policy.max_resources.at[0].value, "16");
        assert_string_equal(policy.max_resources.at[2].value, "0.5");
        assert_int_equal(policy.variable_count, 4);
        assert_string_equal(policy.variables[0].name, "TOKEN");
        assert_string_equal(policy.variables[1].value, "1.5");
        assert_string_equal(policy.variables[2].value, "true");
        assert_string_equal(policy.variables[3].value, "");
        assert_pd_ok(pd_pattern_match(policy.variables[0].image, "cicd.x/sudoku:1", &matches, &err),
                     err);
        assert_true(matches);
}

static void an_empty_one_takes_what_the_defaults_take(void **state)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(read_policy("{}", &policy, &err), err);
        assert_int_equal(policy.registries.count, 0);
        assert_int_equal(policy.max_workloads, PD_POLICY_MAX_WORKLOADS);
        assert_int_equal(policy.archive.max_bytes, pd_archive_default_limits.max_bytes);
}

static void a_mistake_makes_it_none(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                {"[]", "a policy is an object, not an array"},
                {"{'registeries': []}", "'registeries' is no member of a policy"},
                {"{'registries': 'docker.io'}", "registries must be a list"},
                {"{'registries': ['docker.io', 7]}", "registries[1] must be a host"},
                {"{'registries': ['https://docker.io']}", "registries[0] must be a host"},
                {"{'registries': ['docker.io/library']}", "registries[0] must be a host"},
                {"{'registries': ['myhost']}", "registries[0] must be a host"},
                {"{'registries': ['']}", "registries[0] must be a host"},
                {"{'max_workloads': 0}", "max_workloads must be a whole number over 0"},
                {"{'max_workloads': '9'}", "max_workloads must be a whole number over 0"},
                {"{'max_bytes': -1}", "max_bytes must be a whole number over 0"},
                {"{'max_resources': []}", "max_resources must be an object"},
                {"{'max_resources': {'cpu': 'much'}}", "max_resources: 'cpu' must be an amount"},
                {"{'max_resources': {'cpu': null}}", "max_resources: 'cpu' must be an amount"},
                {"{'max_resources': {'cpu': -1}}", "max_resources: 'cpu' must be an amount"},
                {"{'environment_variables': {}}", "environment_variables must be a list"},
                {"{'environment_variables': [7]}",
                 "environment_variables[0].docker_image_pattern must be a text"},
                {"{'environment_variables': [{'docker_image_pattern': 'a(b', 'name': 'N', "
                 "'value': ''}]}",
                 "environment_variables[0].docker_image_pattern: 'a(b' is no regular expression"},
                {"{'environment_variables': [{'docker_image_pattern': 'a', 'value': ''}]}",
                 "environment_variables[0].name must be a text"},
                {"{'environment_variables': [{'docker_image_pattern': 'a', 'name': 'A=B', "
                 "'value': ''}]}",
                 "environment_variables[0].name must have no '='"},
                {"{'environment_variables': [{'docker_image_pattern': 'a', 'name': 'A'}]}",
                 "environment_variables[0].value must be a text, a number or a boolean"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
                struct pd_err err = {0};

                print_message("# %s\n", rows[i].text);
                assert_pd_fail(read_policy(rows[i].text, &policy, &err), err, PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
}

static void its_lists_have_a_longest_length(void **state)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        pd_auto(pd_json_free_ptr) json_t *hosts = json_array();
        pd_auto(pd_json_free_ptr) json_t *json = json_pack("{s:O}", "registries", hosts);
        struct pd_err err = {0};
        (void)state;

        for (size_t i = 0; i <= PD_POLICY_MAX_ITEMS; i++)
                assert_int_equal(json_array_append_new(hosts, json_string("docker.io")), 0);
        assert_pd_fail(pd_policy_read(json, &policy, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "at most 1000");
        assert_int_equal(json_array_remove(hosts, 0), 0);
        assert_pd_ok(pd_policy_read(json, &policy, &err), err);
}

static int read_and_free(void *context, struct pd_err *err)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;

        return pd_policy_read(context, &policy, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        struct pd_err err = {0};
        pd_auto(pd_json_free_ptr) json_t *json = parse(full, &err);
        (void)state;

        assert_non_null(json);
        assert_in_range(pd_alloc_fail_each(read_and_free, json), 10, 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_that_it_says_is_kept),
                cmocka_unit_test(an_empty_one_takes_what_the_defaults_take),
                cmocka_unit_test(a_mistake_makes_it_none),
                cmocka_unit_test(its_lists_have_a_longest_length),
                cmocka_unit_test(each_failing_allocation_is_an_error),
        };

        return cmocka_run_group_tests_name("admit-policy", tests, NULL, NULL);
}
