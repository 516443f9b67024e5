/* test_protos.c - the blueprint held against its protos. */
#include <string.h>

#include "fixture.h"
#include "json/json.h"
#include "pd_test.h"

#define PULL    "nodes[1].operation_signature_list[1].operation_signature"
#define PREDICT "nodes[2].operation_signature_list[1].operation_signature"

static const struct pd_rpc source_rpcs[] = {
        {"Other", "idle", "Empty", "Empty", false, false},
        {"Source", "pull", "Empty", "Row", false, true},
};
static const struct pd_rpc model_rpcs[] = {
        {"a.Model", "predict", "a.Row", "a.Result", false, false},
};

static const struct pd_node_proto source_proto = {
        .text = "x", .size = 1, .is_checked = true, .rpcs = {source_rpcs, 2}};
static const struct pd_node_proto model_proto = {
        .text = "x", .size = 1, .is_checked = true, .rpcs = {model_rpcs, 1}};

/* The findings of the pipeline with a shared folder, whose nodes have these protos. */
static void check(const json_t *json, const struct pd_node_proto *source,
                  const struct pd_node_proto *model, struct pd_findings *findings)
{
        struct pd_node_proto protos[] = {{0}, *source, *model};
        struct pd_findings ignored = {0};
        struct pd_blueprint *blueprint = fixture_read(json, &ignored);

        pd_blueprint_check_protos(blueprint, protos, findings);
        pd_blueprint_free(blueprint);
        pd_findings_done(&ignored);
}

static void what_agrees_has_no_findings(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_add_folder(json);
        check(json, &source_proto, &model_proto, &findings);
        assert_int_equal(findings.count, 0);
        json_decref(json);
}

static void each_difference_is_a_warning(void **state)
{
        static const struct pd_rpc streams[] = {{"S", "predict", "R", "R", true, false}};
        static const struct pd_rpc other_case[] = {{"S", "Predict", "R", "R", false, false}};
        static const struct {
                struct pd_node_proto model;
                const char *path, *says;
        } rows[] = {
                {{0}, "nodes[2].proto_uri", "there is no proto for 'model'"},
                {{.text = "x", .size = 1}, NULL, NULL}, /* nobody looked into it */
                {{.text = "x", .is_checked = true, .fault = "line 1: what is this"},
                 "nodes[2].proto_uri",
                 "the proto of 'model' is none: line 1: what is this"},
                {{.text = "x", .is_checked = true, .rpcs = {source_rpcs, 2}},
                 PREDICT,
                 "no service in the proto of 'model' has the operation 'predict'"},
                {{.text = "x", .is_checked = true}, PREDICT, "no service in the proto of 'model'"},
                {{.text = "x", .is_checked = true, .rpcs = {streams, 1}},
                 PREDICT,
                 "'input_message_stream' of operation 'predict' is false in the blueprint, and "
                 "true "
                 "in the proto"},
                {{.text = "x", .is_checked = true, .rpcs = {other_case, 1}},
                 PREDICT,
                 "operation 'predict' is called 'Predict' in the proto of 'model'"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                json_t *json = fixture_pipeline();
                struct pd_findings findings = {0};

                print_message("# row %zu\n", i);
                fixture_add_folder(json);
                check(json, &source_proto, &rows[i].model, &findings);
                assert_int_equal(findings.count, rows[i].path != NULL);
                assert_int_equal(findings.warnings, findings.count);
                if (rows[i].path != NULL) {
                        assert_string_equal(findings.at[0].path, rows[i].path);
                        assert_pd_says(findings.at[0].message, rows[i].says);
                }
                pd_findings_done(&findings);
                json_decref(json);
        }
}

static void missing_flags_are_false(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, PULL ".output_message_stream", NULL);
        check(json, &source_proto, &model_proto, &findings);
        assert_int_equal(findings.count, 1);
        assert_string_equal(findings.at[0].path, PULL);
        assert_pd_says(findings.at[0].message, "'output_message_stream' of operation 'pull'");
        pd_findings_done(&findings);
        json_decref(json);
}

static void a_node_that_is_never_called_needs_no_proto(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, "nodes[2].operation_signature_list[1]", NULL);
        check(json, &source_proto, &(struct pd_node_proto){0}, &findings);
        assert_int_equal(findings.count, 0);
        json_decref(json);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_agrees_has_no_findings),
                cmocka_unit_test(each_difference_is_a_warning),
                cmocka_unit_test(missing_flags_are_false),
                cmocka_unit_test(a_node_that_is_never_called_needs_no_proto),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
