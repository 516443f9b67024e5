/* test_solution.c - workloads, files and policies of a solution. */
#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"
#include "solution/solution.h"

static struct pd_pair amounts[] = {{"cpu", "500m"}, {"memory", "1Gi"}};

static struct pd_solution_options some_options(void)
{
        struct pd_solution_options options = pd_solution_default_options;

        options.requests = (struct pd_pairs){amounts, 2};
        options.limits = (struct pd_pairs){amounts + 1, 1};
        options.pull_policy = PD_PULL_ALWAYS;
        return options;
}

static void the_defaults_are_those_of_the_contract(void **state)
{
        const struct pd_solution_options *options = &pd_solution_default_options;
        (void)state;

        assert_string_equal(options->orchestrator_image, "playground-orchestrator:" PD_VERSION);
        assert_int_equal(options->orchestrator_port, 8061);
        assert_int_equal(options->service_port, 8556);
        assert_int_equal(options->target_port, 8061);
        assert_int_equal(options->web_port, 8062);
        assert_string_equal(options->claim.storage_class, "");
        assert_string_equal(options->claim.size, "1Gi");
        assert_int_equal(options->requests.count + options->limits.count, 0);
        assert_int_equal(options->pull_policy, PD_PULL_UNSET);
}

static void a_node_gets_what_the_options_say(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_solution_options options = some_options();
        const struct pd_workload *workload;
        struct pd_err err = {0};
        char name[] = "trainer", image[] = "trainer:1";
        (void)state;

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        assert_pd_ok(pd_solution_add_node(solution, name, image, NULL, &options, &err), err);
        memset(name, 'x', strlen(name));
        memset(image, 'x', strlen(image));

        assert_int_equal(solution->workload_count, 1);
        workload = &solution->workloads[0];
        assert_string_equal(workload->name, "trainer");
        assert_string_equal(workload->image, "trainer:1");
        assert_int_equal(workload->ports.count, 2);
        assert_string_equal(workload->ports.at[0].name, PD_PORT_NODE_API);
        assert_int_equal(workload->ports.at[0].container_port, 8061);
        assert_int_equal(workload->ports.at[0].service_port, 8556);
        assert_string_equal(workload->ports.at[1].name, PD_PORT_WEB);
        assert_int_equal(workload->ports.at[1].container_port, 8062);
        assert_int_equal(workload->ports.at[1].service_port, 0);
        assert_int_equal(workload->requests.count, 2);
        assert_string_equal(workload->requests.at[1].value, "1Gi");
        assert_int_equal(workload->limits.count, 1);
        assert_string_equal(workload->limits.at[0].name, "memory");
        assert_int_equal(workload->pull_policy, PD_PULL_ALWAYS);
        assert_null(workload->mount_path);
        assert_int_equal(workload->env.count, 0);
        assert_false(pd_workload_is_orchestrator(workload));
}

static void the_orchestrator_has_ports_of_its_own(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        assert_pd_ok(pd_solution_add_node(solution, "orchestrator", "o", NULL,
                                          &pd_solution_default_options, &err),
                     err);
        assert_true(pd_workload_is_orchestrator(&solution->workloads[0]));
        assert_string_equal(solution->workloads[0].ports.at[0].name, PD_PORT_ORCHESTRATOR_API);
        assert_int_equal(solution->workloads[0].ports.at[0].container_port, 8061);
        assert_int_equal(solution->workloads[0].ports.at[0].service_port, 8061);
}

static void a_workload_is_called_at_its_first_port(void **state)
{
        struct pd_port ports[] = {{PD_PORT_NODE_API, 8061, 8556}, {PD_PORT_WEB, 8062, 8080}};
        struct pd_workload workload = {.name = "a", .image = "i", .ports = {ports, 2}};
        (void)state;

        assert_int_equal(pd_workload_api_port(&workload), 8556);
        ports[0].service_port = 0;
        assert_int_equal(pd_workload_api_port(&workload), 0);
        workload.ports.count = 0;
        assert_int_equal(pd_workload_api_port(&workload), 0);
}

static void a_shared_folder_is_mounted_and_told(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        assert_pd_ok(pd_solution_add_node(solution, "a", "a", "/data", &pd_solution_default_options,
                                          &err),
                     err);
        assert_string_equal(solution->workloads[0].mount_path, "/data");
        assert_int_equal(solution->workloads[0].env.count, 1);
        assert_string_equal(solution->workloads[0].env.at[0].name, "SHARED_FOLDER_PATH");
        assert_string_equal(solution->workloads[0].env.at[0].value, "/data");
}

static void a_workload_is_found_in_any_case(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        assert_null(pd_solution_find(solution, "camera1"));
        for (size_t i = 0; i < 9; i++) {
                const char name[] = {'c', (char)('0' + i), '\0'};

                assert_pd_ok(pd_solution_add_node(solution, name, "i", NULL,
                                                  &pd_solution_default_options, &err),
                             err);
        }
        assert_ptr_equal(pd_solution_find(solution, "C7"), &solution->workloads[7]);
        assert_null(pd_solution_find(solution, "c"));
}

static void files_are_copied_and_end_with_a_nul(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        char bytes[] = {'a', '\0', 'b'};
        (void)state;

        assert_pd_ok(pd_solution_new(PD_SOLUTION_MODEL, &solution, &err), err);
        assert_pd_ok(pd_solution_add_file(solution, &solution->protos, "x", bytes, 3, &err), err);
        assert_pd_ok(pd_solution_add_file(solution, &solution->protos, "y", "", 0, &err), err);
        bytes[0] = 'c';

        assert_int_equal(solution->protos.count, 2);
        assert_string_equal(solution->protos.at[0].name, "x");
        assert_int_equal(solution->protos.at[0].size, 3);
        assert_memory_equal(solution->protos.at[0].data, "a\0b", 4);
        assert_int_equal(solution->protos.at[1].size, 0);
        assert_string_equal(solution->protos.at[1].data, "");
}

static void pull_policies_have_one_name_each(void **state)
{
        enum pd_pull_policy policy = PD_PULL_UNSET;
        (void)state;

        for (enum pd_pull_policy p = PD_PULL_ALWAYS; p <= PD_PULL_NEVER; p++) {
                assert_true(pd_pull_policy_parse(pd_pull_policy_name(p), &policy));
                assert_int_equal(policy, p);
        }
        assert_string_equal(pd_pull_policy_name(PD_PULL_UNSET), "");
        assert_false(pd_pull_policy_parse("", &policy));
        assert_false(pd_pull_policy_parse("always", &policy));
        assert_int_equal(policy, PD_PULL_NEVER);
}

static int make_some(void *context, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_solution_options options = some_options();
        (void)context;

        if (pd_solution_new(PD_SOLUTION_PIPELINE, &solution, err) < 0 ||
            pd_solution_add_node(solution, "a", "b", "/c", &options, err) < 0)
                return -1;
        return pd_solution_add_file(solution, &solution->extras, "n", "x", 1, err);
}

static void a_lack_of_memory_is_told(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(make_some, NULL) > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_defaults_are_those_of_the_contract),
                cmocka_unit_test(a_node_gets_what_the_options_say),
                cmocka_unit_test(the_orchestrator_has_ports_of_its_own),
                cmocka_unit_test(a_workload_is_called_at_its_first_port),
                cmocka_unit_test(a_shared_folder_is_mounted_and_told),
                cmocka_unit_test(a_workload_is_found_in_any_case),
                cmocka_unit_test(files_are_copied_and_end_with_a_nul),
                cmocka_unit_test(pull_policies_have_one_name_each),
                cmocka_unit_test(a_lack_of_memory_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
