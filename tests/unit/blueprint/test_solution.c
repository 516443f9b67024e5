/* test_solution.c - the deployable blueprint, and what is to be run. */
#include <string.h>

#include "alloc_fail.h"
#include "fixture.h"
#include "json/json.h"
#include "pd_test.h"

static json_t *node_at(const json_t *json, size_t i)
{
        return json_array_get(json_object_get(json, "nodes"), i);
}

static void what_needs_no_change_stays_equal(void **state)
{
        json_t *json = fixture_pipeline();
        pd_auto(pd_json_free_ptr) json_t *deployable = NULL;
        (void)state;

        fixture_set(json, "nodes[0].data_broker_map", "{'container_name': 'Model', 'x': [1.5]}");
        fixture_set(json, "nodes[2]", "null");
        deployable = fixture_deployable(json);
        assert_true(json_equal(deployable, json));
        json_decref(json);
}

static void the_folder_goes_with_all_that_is_mountvolume(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *plain = fixture_pipeline();
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        pd_auto(pd_json_free_ptr) json_t *deployable = NULL;
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, "nodes[3]", "{'container_name': '/data', 'node_type': 'SharedFolder'}");
        fixture_set(json, "nodes[1].operation_signature_list[1].connected_to[1]",
                    "{'container_name': '/data', 'operation_signature':"
                    " {'operation_name': 'MountVolume'}}");
        deployable = fixture_deployable(json);
        assert_true(json_equal(deployable, plain));
}

static void mountvolume_goes_without_a_folder_too(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *plain = fixture_pipeline();
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        pd_auto(pd_json_free_ptr) json_t *deployable = NULL;
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, "nodes[0]", NULL);
        deployable = fixture_deployable(json);
        assert_true(json_equal(deployable, plain));
}

static void every_name_of_a_node_becomes_its_label(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        pd_auto(pd_json_free_ptr) json_t *want = NULL;
        pd_auto(pd_json_free_ptr) json_t *deployable = NULL;
        (void)state;

        fixture_set(json, "input_ports",
                    "[{'container_name': 'My Source', 'x': 1},"
                    " {'container_name': 'MODEL'}, {'container_name': 'my source'}]");
        fixture_set(json, "nodes[1].data_broker_map", "{'container_name': 'MODEL'}");
        want = json_deep_copy(json);

        fixture_set(json, "nodes[0].container_name", "'My Source'");
        fixture_set(json, "nodes[1].container_name", "'MODEL'");
        fixture_set(json, "nodes[0].operation_signature_list[0].connected_to[0].container_name",
                    "'Model'");
        fixture_set(want, "nodes[0].container_name", "'my-source'");
        fixture_set(want, "input_ports[0].container_name", "'my-source'");
        fixture_set(want, "input_ports[1].container_name", "'model'");

        deployable = fixture_deployable(json);
        assert_true(json_equal(deployable, want));
}

static void members_keep_their_order(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        pd_auto(pd_json_free_ptr) json_t *deployable = NULL;
        pd_auto(pd_buf_done) struct pd_buf want = PD_BUF_INIT(10000);
        pd_auto(pd_buf_done) struct pd_buf got = PD_BUF_INIT(10000);
        (void)state;

        pd_json_write(&want, json, PD_JSON_COMPACT);
        fixture_set(json, "nodes[1].container_name", "'Model'");
        deployable = fixture_deployable(json);
        pd_json_write(&got, deployable, PD_JSON_COMPACT);
        assert_string_equal(got.data, want.data);
}

static void a_workload_a_node_and_the_orchestrator_last(void **state)
{
        static const char *const names[] = {"source", "model", "orchestrator"};
        static const char *const images[] = {"source:1", "model:1", NULL};
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint =
                fixture_read(json, &findings);
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = fixture_solution(blueprint);
        (void)state;

        assert_int_equal(solution->kind, PD_SOLUTION_PIPELINE);
        assert_string_equal(solution->name, "Two");
        assert_int_equal(solution->workload_count, 3);
        for (size_t i = 0; i < 3; i++) {
                const char *image = images[i] != NULL
                                            ? images[i]
                                            : pd_solution_default_options.orchestrator_image;

                assert_string_equal(solution->workloads[i].name, names[i]);
                assert_string_equal(solution->workloads[i].image, image);
                assert_null(solution->workloads[i].mount_path);
        }
        assert_null(solution->claim);
        assert_int_equal(solution->protos.count, 0);
}

static void a_node_may_be_called_orchestrator(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        (void)state;

        fixture_set(json, "nodes[0].container_name", "'orchestrator'");
        blueprint = fixture_read(json, &findings);
        assert_int_equal(findings.warnings, 1);
        assert_pd_says(findings.at[0].message, "'orchestrator' is renamed to 'orchestrator-2'");
        pd_findings_done(&findings);

        solution = fixture_solution(blueprint);
        assert_string_equal(solution->workloads[0].name, "orchestrator-2");
        assert_string_equal(json_string_value(json_object_get(node_at(solution->blueprint, 0),
                                                              "container_name")),
                            "orchestrator-2");
        assert_string_equal(solution->workloads[2].name, "orchestrator");
}

static void the_folder_is_a_claim_that_all_mount(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        struct pd_solution_options options = pd_solution_default_options;
        struct pd_blueprint_parts parts = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        fixture_add_folder(json);
        blueprint = fixture_read(json, &findings);
        options.claim = (struct pd_claim){NULL, "5Gi"};
        assert_pd_ok(pd_blueprint_solution(blueprint, &parts, &options, &solution, &err), err);

        assert_non_null(solution->claim);
        assert_null(solution->claim->storage_class);
        assert_string_equal(solution->claim->size, "5Gi");
        assert_int_equal(solution->workload_count, 3);
        for (size_t i = 0; i < 3; i++) {
                assert_string_equal(solution->workloads[i].mount_path, "/data");
                assert_int_equal(solution->workloads[i].env.count, 1);
                assert_string_equal(solution->workloads[i].env.at[0].value, "/data");
        }
}

static void parts_are_copied_under_the_labels(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        struct pd_node_proto protos[] = {
                {.text = "of the folder", .size = 13},
                {0},
                {.text = "of the model", .size = 12},
        };
        struct pd_blueprint_parts parts = {
                .protos = protos,
                .icon = {.data = "png", .size = 3},
                .description = {.data = "<p>", .size = 3},
        };
        struct pd_findings findings = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, "nodes[2].container_name", "'Model'");
        blueprint = fixture_read(json, &findings);
        pd_findings_done(&findings);
        assert_pd_ok(pd_blueprint_solution(blueprint, &parts, &pd_solution_default_options,
                                           &solution, &err),
                     err);

        assert_int_equal(solution->protos.count, 1);
        assert_string_equal(solution->protos.at[0].name, "model.proto");
        assert_string_equal(solution->protos.at[0].data, "of the model");
        assert_string_equal(solution->icon.data, "png");
        assert_string_equal(solution->description.data, "<p>");
}

static int read_and_make(void *context, struct pd_err *err)
{
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_node_proto protos[] = {{0}, {.text = "x", .size = 1}, {0}};
        struct pd_blueprint_parts parts = {.protos = protos, .icon = {.data = "i", .size = 1}};
        struct pd_findings findings = {0};
        const char *text = context;
        int result = pd_blueprint_read(text, strlen(text), &findings, &blueprint, err);

        if (result == 0) {
                pd_blueprint_check_protos(blueprint, protos, &findings);
                result = pd_findings_check(&findings, err);
        }
        pd_findings_done(&findings);
        return result < 0 ? -1
                          : pd_blueprint_solution(blueprint, &parts, &pd_solution_default_options,
                                                  &solution, err);
}

static void a_lack_of_memory_is_told_wherever_it_is(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = fixture_pipeline();
        pd_auto(pd_free_ptr) char *text = NULL;
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, "nodes[1].container_name", "'My Source'");
        fixture_set(json, "name", NULL);
        text = json_dumps(json, JSON_COMPACT);
        assert_true(pd_alloc_fail_each(read_and_make, text) > 100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_needs_no_change_stays_equal),
                cmocka_unit_test(the_folder_goes_with_all_that_is_mountvolume),
                cmocka_unit_test(mountvolume_goes_without_a_folder_too),
                cmocka_unit_test(every_name_of_a_node_becomes_its_label),
                cmocka_unit_test(members_keep_their_order),
                cmocka_unit_test(a_workload_a_node_and_the_orchestrator_last),
                cmocka_unit_test(a_node_may_be_called_orchestrator),
                cmocka_unit_test(the_folder_is_a_claim_that_all_mount),
                cmocka_unit_test(parts_are_copied_under_the_labels),
                cmocka_unit_test(a_lack_of_memory_is_told_wherever_it_is),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
