/* test_rules.c - what a policy refuses, and what it sets. */
#include "zips.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/arena.h"
#include "json/json.h"

static void images_come_from_registries_of_the_policy(void **state)
{
        static const struct {
                const char *image, *registries;
                bool is_taken;
        } rows[] = {
                {"x", "[]", true},
                {"x", "['docker.io']", true},
                {"library/x:1", "['index.docker.io']", true},
                {"index.docker.io/library/x", "['docker.io']", true},
                {"docker.io/x", "['ghcr.io', 'docker.io']", true},
                {"x", "['ghcr.io']", false},
                {"ghcr.io/a/x", "['GHCR.io']", true},
                {"ghcr.io.evil.example/a/x", "['ghcr.io']", false},
                {"hub.example.org:5000/x", "['hub.example.org:5000']", true},
                {"hub.example.org/x", "['hub.example.org:5000']", false},
                {"hub.example.org:5001/x", "['hub.example.org:5000']", false},
                {"myhost/x", "['docker.io']", true},
                {"localhost/x", "['localhost']", true},
                {"localhost/x", "['docker.io']", false},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                const char *pod = pd_arena_printf(&arena, POD_OF("camera1", "", IMAGE("%s") PORTS),
                                                  rows[i].image);
                const char *policy =
                        pd_arena_printf(&arena, "{'registries': %s}", rows[i].registries);
                const struct file files[] = {
                        CAMERA_FILE(pod), CAMERA_SERVICE, MODEL_NAME, MODEL_PROTO, {NULL, NULL}};
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                        admit(files, policy, &findings);

                print_message("# %s by %s\n", rows[i].image, rows[i].registries);
                assert_int_equal(solution != NULL, rows[i].is_taken);
                if (!rows[i].is_taken)
                        assert_found(&findings, PD_SEVERITY_ERROR, "workloads[0].image",
                                     "is none of the registries");
        }
}

static void what_all_ask_for_together_is_limited(void **state)
{
        static const struct {
                const char *policy, *says; /* NULL: it is taken */
        } rows[] = {
                {"{'max_resources': {'cpu': '1500m', 'memory': '3Gi', 'storage': '1Gi'}}", NULL},
                {"{'max_resources': {'cpu': 1.499}}", "more cpu than the 1.499 that"},
                {"{'max_resources': {'memory': '3071Mi'}}", "more memory than the 3071Mi that"},
                {"{'max_resources': {'storage': '1000Mi'}}", "more storage than the 1000Mi"},
                {"{'max_resources': {'nvidia.com/gpu': 0}}", NULL},
                {"{'max_workloads': 2}", NULL},
                {"{'max_workloads': 1}", "there are 2, but at most 1 are taken"},
        };
        struct file files[] = {
                CAMERA_FILE(POD_OF("camera1", FOLDER_VOLUME,
                                   IMAGE("x") PORTS FOLDER_MOUNT
                                   "        resources: {requests: {cpu: 500m, memory: 1Gi}, "
                                   "limits: {cpu: 1500m, memory: 3Gi}}\n")),
                PIPELINE_FILES,
                {NULL, NULL},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                        admit(files, rows[i].policy, &findings);

                print_message("# %s\n", rows[i].policy);
                assert_int_equal(solution == NULL, rows[i].says != NULL);
                if (rows[i].says != NULL)
                        assert_found(&findings, PD_SEVERITY_ERROR, "", rows[i].says);
        }
}

static const char *variable_of(const struct pd_workload *workload, const char *name)
{
        for (size_t i = 0; i < workload->env.count; i++) {
                if (strcmp(workload->env.at[i].name, name) == 0)
                        return workload->env.at[i].value;
        }
        return NULL;
}

static void variables_are_set_where_the_image_begins_so(void **state)
{
        static const char policy[] =
                "{'environment_variables': ["
                " {'docker_image_pattern': 'hub[.]example[.]org(:\\\\d+)?/', 'name': 'KEY', "
                "  'value': 'secret-1'},"
                " {'docker_image_pattern': '.*', 'name': 'ALL', 'value': 1},"
                " {'docker_image_pattern': '.*camera:1$', 'name': 'KEY', 'value': 'secret-2'},"
                " {'docker_image_pattern': 'camera', 'name': 'INSIDE', 'value': 'no'}]}";
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                admit(with_secrets, policy, &findings);
        const struct pd_workload *camera = &solution->workloads[0];
        (void)state;

        assert_string_equal(variable_of(camera, "KEY"), "secret-2");
        assert_string_equal(variable_of(camera, "ALL"), "1");
        assert_null(variable_of(camera, "INSIDE"));
        assert_int_equal(camera->env.count, 2);
        assert_null(variable_of(&solution->workloads[1], "KEY"));
        assert_string_equal(variable_of(&solution->workloads[1], "ALL"), "1");
        assert_found(&findings, PD_SEVERITY_NOTE, "workloads[0].env", "'KEY' of 'camera1' is set");
        for (size_t i = 0; i < findings.count; i++)
                assert_null(strstr(findings.at[i].message, "secret-"));
}

static void a_variable_of_the_zip_gives_way(void **state)
{
        static const struct file files[] = {
                CAMERA_FILE(POD_OF("camera1", "",
                                   IMAGE("x") PORTS "        env: [{name: A, value: zip}, "
                                                    "{name: B, value: zip}]\n")),
                CAMERA_SERVICE,
                MODEL_NAME,
                MODEL_PROTO,
                {NULL, NULL}};
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                admit(files,
                      "{'environment_variables': [{'docker_image_pattern': 'x', 'name': 'A', "
                      "'value': 'policy'}]}",
                      &findings);
        (void)state;

        assert_int_equal(solution->workloads[0].env.count, 2);
        assert_string_equal(solution->workloads[0].env.at[0].value, "policy");
        assert_string_equal(solution->workloads[0].env.at[1].value, "zip");
}

static int admit_with_policy(void *context, struct pd_err *err)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_json_free_ptr) json_t *json =
                json_pack("{s:[s], s:[{s:s, s:s, s:s}]}", "registries", "hub.example.org:5000",
                          "environment_variables", "docker_image_pattern", "hub.*", "name", "A",
                          "value", "B");
        const struct zip *zip = context;

        if (json == NULL)
                return pd_fail_memory(err, "policy");
        if (pd_policy_read(json, &policy, err) < 0 ||
            pd_admit(zip->bytes, zip->len, &policy, &findings, &solution, err) < 0)
                return -1;
        assert_int_equal(findings.errors, 1); /* the orchestrator's registry */
        return findings.failed ? pd_fail_memory(err, "findings") : 0;
}

static void each_failing_allocation_is_a_clean_error(void **state)
{
        pd_auto(zip_done) struct zip zip = make_zip(with_secrets);
        (void)state;

        assert_in_range(pd_alloc_fail_each(admit_with_policy, &zip), 50, 10000);
}

static void a_pattern_without_end_is_an_error(void **state)
{
        pd_auto(pd_policy_done) struct pd_policy policy =
                make_policy("{'environment_variables': [{'docker_image_pattern': "
                            "'([a-z.0-9:/]+)+$$', 'name': 'A', 'value': ''}]}");
        pd_auto(zip_done) struct zip zip = make_zip((const struct file[]){
                CAMERA_FILE(
                        POD_OF("camera1", "", IMAGE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_x") PORTS)),
                CAMERA_SERVICE,
                {NULL, NULL}});
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(pd_admit(zip.bytes, zip.len, &policy, &findings, &solution, &err), err,
                       PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "variable 'A' for the image of 'camera1': ");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(images_come_from_registries_of_the_policy),
                cmocka_unit_test(what_all_ask_for_together_is_limited),
                cmocka_unit_test(variables_are_set_where_the_image_begins_so),
                cmocka_unit_test(a_variable_of_the_zip_gives_way),
                cmocka_unit_test(each_failing_allocation_is_a_clean_error),
                cmocka_unit_test(a_pattern_without_end_is_an_error),
        };

        return cmocka_run_group_tests_name("admit-rules", tests, NULL, NULL);
}
