/* test_model.c - a single model becomes a solution, and a solution shows itself. */
#include <string.h>

#include "alloc_fail.h"
#include "json/json.h"
#include "pd_test.h"
#include "solution/solution.h"

#define ID "1047a39c-2ebe-11ea-bbf7-52ce898b1042"

static const struct pd_model_source prices = {
        .name = "House Prices",
        .image = "registry.example.org:7444/models/house-prices_" ID ":1",
        .solution_id = ID,
        .proto = {.data = "syntax", .size = 6},
        .icon = {.data = "\x89PNG", .size = 4},
        .description = {.data = "<p>", .size = 3},
};

static void a_model_is_one_workload_with_its_files(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_solution_from_model(&prices, &pd_solution_default_options, &findings,
                                            &solution, &err),
                     err);
        assert_int_equal(findings.count, 0);
        assert_int_equal(solution->kind, PD_SOLUTION_MODEL);
        assert_string_equal(solution->name, "House Prices");
        assert_int_equal(solution->workload_count, 1);
        assert_string_equal(solution->workloads[0].name, "house-prices");
        assert_string_equal(solution->workloads[0].image, prices.image);
        assert_string_equal(solution->workloads[0].ports.at[0].name, PD_PORT_NODE_API);
        assert_int_equal(solution->protos.count, 1);
        assert_string_equal(solution->protos.at[0].name, "house-prices.proto");
        assert_string_equal(solution->protos.at[0].data, "syntax");
        assert_int_equal(solution->icon.size, 4);
        assert_string_equal(solution->description.data, "<p>");
        assert_null(solution->blueprint);
        assert_null(solution->claim);
}

static void a_model_is_called_after_its_image(void **state)
{
        static const struct {
                const char *name, *image, *id, *label;
                size_t notes;
        } rows[] = {
                {"X", "prices", NULL, "prices", 0},
                {"X", "a.b/c/prices:2", ID, "prices", 0},
                {"X", "prices_" ID, ID, "prices", 0},
                {"X", "prices_" ID, "1047A39C-2EBE-11EA-BBF7-52CE898B1042", "prices", 0},
                {"X", "prices__" ID "_cpu", ID, "prices-cpu", 1},
                {"X", ID "-prices", ID, "prices", 0},
                {"X", "example-word-counter", "word-counter", "example-word-counter", 0},
                {"X", "house_prices", ID, "house-prices", 1},
                {"House Prices", ID, ID, "house-prices", 1},
                {"prices", ID, ID, "prices", 0},
                {"X", ID, NULL, "n" ID, 1},
                {"X", "orchestrator", NULL, "orchestrator-2", 1},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
                struct pd_model_source source = prices;
                struct pd_findings findings = {0};
                struct pd_err err = {0};

                print_message("# %s\n", rows[i].image);
                source.name = rows[i].name;
                source.image = rows[i].image;
                source.solution_id = rows[i].id;
                assert_pd_ok(pd_solution_from_model(&source, &pd_solution_default_options,
                                                    &findings, &solution, &err),
                             err);
                assert_string_equal(solution->workloads[0].name, rows[i].label);
                assert_int_equal(findings.count, rows[i].notes);
                if (findings.count > 0) {
                        assert_int_equal(findings.at[0].severity, PD_SEVERITY_NOTE);
                        assert_pd_says(findings.at[0].message, rows[i].label);
                }
                pd_findings_done(&findings);
        }
}

static void an_image_that_is_none_makes_no_solution(void **state)
{
        struct pd_solution *solution = (struct pd_solution *)&solution;
        struct pd_model_source source = prices;
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        source.image = "https://a/b";
        assert_pd_ok(pd_solution_from_model(&source, &pd_solution_default_options, &findings,
                                            &solution, &err),
                     err);
        assert_null(solution);
        assert_int_equal(findings.errors, 1);
        assert_string_equal(findings.at[0].path, "image");
        pd_findings_done(&findings);
}

static void a_model_without_a_proto_is_warned_of(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_model_source source = {.name = "", .image = "prices"};
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_solution_from_model(&source, &pd_solution_default_options, &findings,
                                            &solution, &err),
                     err);
        assert_int_equal(findings.warnings, 1);
        assert_string_equal(findings.at[0].path, "proto");
        assert_string_equal(solution->name, "prices");
        assert_int_equal(solution->protos.count, 0);
        assert_null(solution->icon.data);
        pd_findings_done(&findings);
}

static void json_shows_everything(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(10000);
        struct pd_claim claim = {.size = "1Gi"};
        const char *args[] = {"--fast"};
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        assert_pd_ok(pd_solution_set_name(solution, "Some", &err), err);
        assert_pd_ok(pd_solution_add_node(solution, "a", "b:1", "/data",
                                          &pd_solution_default_options, &err),
                     err);
        assert_pd_ok(pd_solution_add_proto(solution, "a", "p", 1, &err), err);
        solution->workloads[0].args = (struct pd_strings){args, 1};
        solution->workloads[0].ports.at[1].name = NULL;
        solution->claim = &claim;
        solution->blueprint = json_pack("{s:[]}", "nodes");

        json = pd_solution_json(solution);
        assert_non_null(json);
        pd_json_write(&text, json, PD_JSON_COMPACT);
        assert_string_equal(
                text.data,
                "{\"kind\":\"pipeline\",\"name\":\"Some\",\"workloads\":[{\"name\":\"a\","
                "\"image\":\"b:1\",\"command\":[],\"args\":[\"--fast\"],\"working_dir\":null,"
                "\"env\":[{\"name\":\"SHARED_FOLDER_PATH\",\"value\":\"/data\"}],"
                "\"ports\":[{\"name\":\"protobuf-api\",\"container_port\":8061,"
                "\"service_port\":8556},{\"name\":null,\"container_port\":8062,"
                "\"service_port\":0}],\"mount_path\":\"/data\",\"requests\":[],\"limits\":[],"
                "\"pull_policy\":\"\"}],\"claim\":{\"storage_class\":null,\"size\":\"1Gi\"},"
                "\"blueprint\":{\"nodes\":[]},\"protos\":[{\"name\":\"a.proto\",\"size\":1}],"
                "\"icon\":null,\"description\":null,\"extras\":[]}");
}

static int make_and_show(void *context, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        struct pd_model_source source = prices;
        struct pd_findings findings = {0};
        int result;
        (void)context;

        source.image = "hub.docker.com/a_b";
        result = pd_solution_from_model(&source, &pd_solution_default_options, &findings, &solution,
                                        err);
        if (result == 0)
                result = pd_findings_check(&findings, err);
        pd_findings_done(&findings);
        if (result == 0 && (json = pd_solution_json(solution)) == NULL)
                return pd_fail_memory(err, "JSON");
        return result;
}

static void a_lack_of_memory_is_told(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(make_and_show, NULL) > 20);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_model_is_one_workload_with_its_files),
                cmocka_unit_test(a_model_is_called_after_its_image),
                cmocka_unit_test(an_image_that_is_none_makes_no_solution),
                cmocka_unit_test(a_model_without_a_proto_is_warned_of),
                cmocka_unit_test(json_shows_everything),
                cmocka_unit_test(a_lack_of_memory_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
