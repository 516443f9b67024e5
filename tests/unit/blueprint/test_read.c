/* test_read.c - what is no blueprint at all, what is of a wrong type, and what was read. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "json/json.h"
#include "pd_test.h"

static void a_text_that_is_no_blueprint_is_refused(void **state)
{
        static const struct {
                const char *text;
                enum pd_err_code want;
                const char *says;
        } rows[] = {
                {"", PD_E_INVALID, "line 1, column 1"},
                {"{", PD_E_INVALID, "line 1, column 2"},
                {"{} x", PD_E_INVALID, "line 1, column 4"},
                {"[]", PD_E_INVALID,
                 "a blueprint is a JSON object, and at line 1, column 1 is an array"},
                {"\n  \"x\"", PD_E_INVALID, "at line 2, column 3 is a string"},
                {"\r\n\t/* made by hand */ {}", PD_E_INVALID,
                 "JSON has no comments: remove the one at line 2, column 2"},
                {"// x\n{}", PD_E_INVALID, "JSON has no comments"},
                {"# x\n{}", PD_E_INVALID, "JSON has no comments"},
                {"{\"name\": \"a\", \"name\": \"b\"}", PD_E_INVALID, "column"},
                {"{\"name\": \"\xff\"}", PD_E_INVALID, "column"},
                {"{\"x\": 123456789012345678901234567890}", PD_E_INVALID, "column"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_findings findings = {0};
                struct pd_blueprint *blueprint = NULL;
                struct pd_err err = {0};

                print_message("# row %zu\n", i);
                assert_pd_fail(pd_blueprint_read(rows[i].text, strlen(rows[i].text), &findings,
                                                 &blueprint, &err),
                               err, rows[i].want);
                assert_pd_says(err.msg, rows[i].says);
                assert_null(blueprint);
                assert_int_equal(findings.count, 0);
        }
}

/* `count` times the same text in an array. */
static json_t *array_of(const char *quoted, size_t count)
{
        json_t *item = fixture_quoted(quoted);
        json_t *array = json_array();

        while (count-- > 0)
                json_array_append(array, item);
        json_decref(item);
        return array;
}

static void assert_too_large(const json_t *json, const char *says)
{
        struct pd_findings findings = {0};
        struct pd_blueprint *blueprint = NULL;
        struct pd_err err = {0};
        char *text = json_dumps(json, JSON_COMPACT);

        assert_pd_fail(pd_blueprint_read(text, strlen(text), &findings, &blueprint, &err), err,
                       PD_E_TOO_LARGE);
        assert_pd_says(err.msg, says);
        assert_int_equal(findings.count, 0);
        free(text);
}

static void each_limit_is_named(void **state)
{
        json_t *json = fixture_pipeline();
        json_t *entry =
                json_array_get(json_object_get(json_array_get(json_object_get(json, "nodes"), 1),
                                               "operation_signature_list"),
                               0);
        (void)state;

        json_object_set_new(entry, "connected_to", array_of("{}", PD_BLUEPRINT_MAX_EDGES + 1));
        assert_too_large(json, "nodes[1].operation_signature_list[0]: 'connected_to' has more than "
                               "4096 entries");
        json_object_set_new(json_array_get(json_object_get(json, "nodes"), 0),
                            "operation_signature_list",
                            array_of("{}", PD_BLUEPRINT_MAX_OPERATIONS + 1));
        assert_too_large(json, "nodes[0]: 'operation_signature_list' has more than 1024 entries");
        json_object_set_new(json, "nodes", array_of("{}", PD_BLUEPRINT_MAX_NODES + 1));
        assert_too_large(json, "'nodes' has more than 1024 entries");
        json_object_set_new(json, "x", array_of("1", PD_BLUEPRINT_MAX_VALUES));
        assert_too_large(json, "500000");
        json_decref(json);
}

static void depth_and_bytes_have_limits(void **state)
{
        static char text[PD_BLUEPRINT_MAX_BYTES + 2];
        struct pd_findings findings = {0};
        struct pd_blueprint *blueprint = NULL;
        struct pd_err err = {0};
        (void)state;

        memset(text, ' ', sizeof(text) - 1);
        assert_pd_fail(pd_blueprint_read(text, sizeof(text) - 1, &findings, &blueprint, &err), err,
                       PD_E_TOO_LARGE);
        memcpy(text, "{\"x\":", 5);
        memset(text + 5, '[', PD_BLUEPRINT_MAX_DEPTH);
        assert_pd_fail(pd_blueprint_read(text, 1000, &findings, &blueprint, &err), err,
                       PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "64");
}

static void a_good_pipeline_has_no_findings(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        struct pd_blueprint *blueprint = fixture_read(json, &findings);
        (void)state;

        assert_int_equal(findings.count, 0);
        assert_string_equal(pd_blueprint_name(blueprint), "Two");
        assert_true(json_equal(json, pd_blueprint_json(blueprint)));
        pd_blueprint_free(blueprint);
        json_decref(json);
}

static void the_graph_says_what_the_blueprint_says(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        const struct pd_node *nodes;
        const struct pd_operation *pull, *predict;
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, "nodes[1].operation_signature_list[2]", "null");
        blueprint = fixture_read(json, &findings);
        json_decref(json);
        assert_int_equal(findings.count, 0);

        assert_int_equal(pd_blueprint_graph(blueprint)->node_count, 3);
        nodes = pd_blueprint_graph(blueprint)->nodes;
        assert_true(nodes[0].is_shared_folder);
        assert_string_equal(nodes[0].name, "/data");
        assert_string_equal(nodes[0].image, "");
        assert_int_equal(nodes[0].operations[0].edges[1].node, 2);
        assert_int_equal(nodes[0].operations[0].edges[1].operation, 0);

        assert_string_equal(nodes[1].name, "source");
        assert_string_equal(nodes[1].type, "DataSource");
        assert_string_equal(nodes[1].image, "source:1");
        assert_string_equal(nodes[1].proto_uri, "a/source.proto");
        assert_int_equal(nodes[1].operation_count, 2);
        assert_int_equal(nodes[1].operations[0].incoming, 0);

        pull = &nodes[1].operations[1];
        assert_string_equal(pull->name, "pull");
        assert_string_equal(pull->input, "Empty");
        assert_string_equal(pull->output, "Row");
        assert_false(pull->input_stream);
        assert_true(pull->output_stream);
        assert_true(pull->streams_stated);
        assert_int_equal(pull->json_index, 1);
        assert_int_equal(pull->edge_count, 1);
        assert_string_equal(pull->edges[0].node_name, "model");
        assert_string_equal(pull->edges[0].operation_name, "predict");
        assert_int_equal(pull->edges[0].node, 2);
        assert_int_equal(pull->edges[0].operation, 1);
        assert_true(pd_operation_is_source(pull));

        predict = &nodes[2].operations[1];
        assert_int_equal(predict->incoming, 1);
        assert_int_equal(predict->edge_count, 0);
}

#define OPERATION "nodes[0].operation_signature_list[0]"

static void a_member_of_a_wrong_type_is_an_error_at_its_path(void **state)
{
        static const char *const strings[] = {
                "name",
                "version",
                "pipeline_id",
                "creation_date",
                "type",
                "nodes[0].container_name",
                "nodes[0].node_type",
                "nodes[0].image",
                "nodes[0].proto_uri",
                OPERATION ".operation_signature.operation_name",
                OPERATION ".operation_signature.input_message_name",
                OPERATION ".operation_signature.output_message_name",
                OPERATION ".connected_to[0].container_name",
                OPERATION ".connected_to[0].operation_signature.operation_name",
                "probeIndicator[0].value",
        };
        static const char *const others[] = {
                "nodes",
                "nodes[0]",
                "nodes[0].operation_signature_list",
                OPERATION,
                OPERATION ".operation_signature",
                OPERATION ".connected_to",
                OPERATION ".connected_to[0]",
                OPERATION ".connected_to[0].operation_signature",
                OPERATION ".operation_signature.input_message_stream",
                OPERATION ".operation_signature.output_message_stream",
                "input_ports",
                "input_ports[0]",
                "probeIndicator",
                "probeIndicator[0]",
                "probeIndocator",
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(strings) + PD_COUNT(others); i++) {
                bool is_string = i < PD_COUNT(strings);
                const char *path = is_string ? strings[i] : others[i - PD_COUNT(strings)];
                json_t *json = fixture_pipeline();
                struct pd_findings findings = {0};
                const char *message = "";

                print_message("# %s\n", path);
                fixture_set(json, path, is_string ? "['x']" : "'x'");
                pd_blueprint_free(fixture_read(json, &findings));
                for (size_t k = 0; k < findings.count; k++) {
                        if (findings.at[k].severity == PD_SEVERITY_ERROR &&
                            strcmp(findings.at[k].path, path) == 0)
                                message = findings.at[k].message;
                }
                assert_pd_says(message, is_string ? "an array" : "a string");
                assert_pd_says(message, "must be");
                pd_findings_done(&findings);
                json_decref(json);
        }
}

static void a_wrong_type_is_told_once(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_set(json, OPERATION ".connected_to[0].operation_signature", "'predict'");
        fixture_set(json, "nodes[1].image", "1");
        fixture_set(json, "nodes[1].container_name", "true");
        pd_blueprint_free(fixture_read(json, &findings));
        assert_int_equal(findings.errors, 4); /* the edge now leads nowhere */
        pd_findings_done(&findings);
        json_decref(json);
}

static void null_is_as_absent(void **state)
{
        static const char *const rows[] = {
                "version",
                "input_ports",
                "probeIndicator",
                "nodes[0].node_type",
                "nodes[0].proto_uri",
                "nodes[1].operation_signature_list[0].connected_to",
                "nodes[1].operation_signature_list[0].connected_to[0]",
                "nodes[2]",
                "input_ports[0]",
                "probeIndicator[0].value",
                "nodes[0].script",
                "nodes[0].operation_signature_list[0].operation_signature.output_message_name",
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                json_t *json = fixture_pipeline();
                struct pd_findings findings = {0};

                print_message("# %s\n", rows[i]);
                fixture_set(json, rows[i], "null");
                pd_blueprint_free(fixture_read(json, &findings));
                assert_int_equal(findings.count, 0);
                json_decref(json);
        }
}

static void a_pipeline_without_a_name_gets_one(void **state)
{
        static const char *const rows[] = {NULL, "null", "''", "7"};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                json_t *json = fixture_pipeline();
                struct pd_findings findings = {0};
                struct pd_blueprint *blueprint;

                fixture_set(json, "name", rows[i]);
                blueprint = fixture_read(json, &findings);
                assert_string_equal(pd_blueprint_name(blueprint), PD_BLUEPRINT_NAME);
                assert_true(findings.count > 0);
                assert_string_equal(findings.at[findings.count - 1].path, "name");
                pd_blueprint_free(blueprint);
                pd_findings_done(&findings);
                json_decref(json);
        }
}

static void the_old_format_is_named_and_nothing_else(void **state)
{
        json_t *json = fixture_quoted("{'nodes': [{'container_name': 'A b', 'image': 'a:1'},"
                                      "{'container_name': 'c', 'depends_on': [{'name': 'A b'}]}]}");
        struct pd_findings findings = {0};
        struct pd_blueprint *blueprint = fixture_read(json, &findings);
        (void)state;

        assert_int_equal(findings.count, 1);
        assert_int_equal(findings.errors, 1);
        assert_string_equal(findings.at[0].path, "nodes[1].depends_on");
        assert_pd_says(findings.at[0].message, "old format");
        assert_int_equal(pd_blueprint_graph(blueprint)->node_count, 0);
        pd_blueprint_free(blueprint);
        pd_findings_done(&findings);

        fixture_set(json, "nodes[0].operation_signature_list", "[]");
        pd_blueprint_free(fixture_read(json, &findings));
        for (size_t i = 0; i < findings.count; i++)
                assert_null(strstr(findings.at[i].message, "old format"));
        pd_findings_done(&findings);
        json_decref(json);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_text_that_is_no_blueprint_is_refused),
                cmocka_unit_test(each_limit_is_named),
                cmocka_unit_test(depth_and_bytes_have_limits),
                cmocka_unit_test(a_good_pipeline_has_no_findings),
                cmocka_unit_test(the_graph_says_what_the_blueprint_says),
                cmocka_unit_test(a_member_of_a_wrong_type_is_an_error_at_its_path),
                cmocka_unit_test(a_wrong_type_is_told_once),
                cmocka_unit_test(null_is_as_absent),
                cmocka_unit_test(a_pipeline_without_a_name_gets_one),
                cmocka_unit_test(the_old_format_is_named_and_nothing_else),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
