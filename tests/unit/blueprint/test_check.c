/* test_check.c - each error and each warning, by one change to a good pipeline. */
#include <string.h>

#include "fixture.h"
#include "json/json.h"
#include "pd_test.h"

#define PULL    "nodes[0].operation_signature_list[0]"
#define PREDICT "nodes[1].operation_signature_list[0]"
#define EDGE    PULL ".connected_to[0]"
#define EDGE2   PULL ".connected_to[1]"
#define NAME    ".operation_signature.operation_name"

#define E PD_SEVERITY_ERROR
#define W PD_SEVERITY_WARNING

#define LONELY "{'container_name': 'lonely', 'image': 'a:1', 'operation_signature_list': []}"

#define NODE(name, type) "{'container_name': '" name "', 'node_type': '" type "', 'image': 'a:1'}"

#define OPERATION(name, input)                                                                     \
        "{'operation_signature': {'operation_name': '" name "', 'input_message_name': '" input     \
        "', 'input_message_stream': false, 'output_message_stream': false}}"

/* A change, and the one error or the one warning that must come of it. */
struct row {
        const char *at, *quoted;
        enum pd_severity severity;
        const char *path, *says; /* path NULL: nothing is said */
};

static const struct row rows[] = {
        /* nodes */
        {"nodes", NULL, E, "nodes", "there are no nodes"},
        {"nodes", "[]", E, "nodes", "there are no nodes"},
        {"nodes", "[null]", E, "nodes", "there are no nodes"},
        {"nodes[2]", NODE("source", ""), E, "nodes[2].container_name",
         "'source' is the name of nodes[0] as well"},
        {"nodes[0].node_type", "'splitter'", E, "nodes[0].node_type",
         "'source' is a splitter, which no orchestrator runs"},
        {"nodes[1].node_type", "'Collator'", E, "nodes[1].node_type", "which no orchestrator runs"},
        {"nodes[1].node_type", "'DataBroker'", W, NULL, NULL},
        {"nodes[1].node_type", NULL, W, NULL, NULL},

        /* images */
        {"nodes[0].image", NULL, E, "nodes[0].image", "node 'source' has no image"},
        {"nodes[0].image", "null", E, "nodes[0].image", "node 'source' has no image"},
        {"nodes[0].image", "''", E, "nodes[0].image", "node 'source' has no image"},
        {"nodes[0].image", "'https://a.b/c'", E, "nodes[0].image", "without 'https://'"},
        {"nodes[0].image", "'the image of it'", E, "nodes[0].image",
         "'the image of it' is not the name of an image"},
        {"nodes[0].image", "'hub.docker.com/a/b:1'", W, "nodes[0].image",
         "write 'docker.io/a/b:1'"},
        {"nodes[0].image", "'source'", W, NULL, NULL},

        /* protos by name */
        {"nodes[0].proto_uri", NULL, W, NULL, NULL},
        {"nodes[0].proto_uri", "'a/b.json'", W, "nodes[0].proto_uri",
         "'a/b.json' of node 'source' names no .proto file"},

        /* operations */
        {"nodes[0].operation_signature_list[1]", OPERATION("pull", "Empty"), E,
         "nodes[0].operation_signature_list[1]" NAME, "node 'source' has operation 'pull' twice"},
        {"nodes[0].operation_signature_list[1]", OPERATION("", "Empty"), E,
         "nodes[0].operation_signature_list[1]" NAME, "the operation has no name"},
        {"nodes[0].operation_signature_list[1]", OPERATION("idle", "Row"), W,
         "nodes[0].operation_signature_list[1]",
         "operation 'idle' of 'source' will never be called"},
        {"nodes[0].operation_signature_list[1]", OPERATION("idle", ""), W,
         "nodes[0].operation_signature_list[1]",
         "operation 'idle' of 'source' will never be called"},
        {"nodes[0].operation_signature_list[1]", OPERATION("Pull", "Empty"), W, NULL, NULL},
        {"nodes[0].operation_signature_list[1]",
         "{'operation_signature': {'operation_name': 'mountvolume'}}", W, NULL, NULL},
        {PULL ".operation_signature.input_message_stream", NULL, W, PULL ".operation_signature",
         "1 of 2 operations do not say both"},
        {PULL ".operation_signature.output_message_stream", "null", W, PULL ".operation_signature",
         "1 of 2 operations do not say both"},
        {PULL ".operation_signature.output_message_name", NULL, W, NULL, NULL},
        {PREDICT ".operation_signature.input_message_name", "''", W, NULL, NULL},

        /* edges */
        {EDGE ".container_name", "'Model'", W, NULL, NULL},
        {EDGE2, "{'container_name': 'gone', 'operation_signature': {'operation_name': 'predict'}}",
         E, EDGE2 ".container_name", "leads to 'gone', and no node has that name"},
        {EDGE2, "{'container_name': 'model', 'operation_signature': {'operation_name': 'Predict'}}",
         E, EDGE2 NAME, "node 'model' has no operation 'Predict'"},
        {EDGE2, "{'operation_signature': {'operation_name': 'predict'}}", E,
         EDGE2 ".container_name", "does not say to which node"},
        {EDGE2, "{'container_name': 'model'}", E, EDGE2 NAME, "does not say to which operation"},
        {EDGE2, "{'container_name': 'model', 'operation_signature': {'operation_name': 'predict'}}",
         W, EDGE2, "the edge to operation 'predict' of 'model' is there twice"},
        {EDGE2,
         "{'container_name': 'gone', 'operation_signature': {'operation_name':"
         " 'MOUNTVOLUME'}}",
         W, NULL, NULL},
        {PREDICT ".connected_to[0]",
         "{'container_name': 'model', 'operation_signature': {'operation_name': 'predict'}}", W,
         PREDICT ".connected_to[0]",
         "'predict' of 'model' gives 'Result', 'predict' of 'model' takes 'Row'"},
        {PREDICT ".operation_signature.input_message_name", "'Line'", W, EDGE,
         "'pull' of 'source' gives 'Row', 'predict' of 'model' takes 'Line'"},
        {PREDICT ".operation_signature.input_message_name", "'a.b.Row'", W, NULL, NULL},
        {PREDICT ".operation_signature.input_message_name", "'row'", W, EDGE, "takes 'row'"},
        {PREDICT ".operation_signature.input_message_stream", "true", W, NULL, NULL},

        /* flow */
        {"nodes[2]", LONELY, W, "nodes[2]", "node 'lonely' has no operations"},
        {"nodes[2]", NODE("lonely", "X"), W, "nodes[2]", "node 'lonely' has no operations"},
        {"nodes[2]",
         "{'container_name': 'lonely', 'image': 'a:1', 'operation_signature_list': [" OPERATION(
                 "mountVolume", "SharedFolderRequest") "]}",
         W, "nodes[2]", "node 'lonely' has no operations"},
        {"nodes[2]",
         "{'container_name': 'lonely', 'image': 'a:1', 'operation_signature_list': [" OPERATION(
                 "tick", "Empty") "]}",
         W, "nodes[2]", "node 'lonely' is isolated"},
        {PULL ".operation_signature.input_message_name", "'google.protobuf.Empty'", W, NULL, NULL},

        /* beside the nodes */
        {"input_ports[0]", "{'container_name': 'gone'}", W, "input_ports[0].container_name",
         "the input port is at 'gone'"},
        {"input_ports[0]", "{'container_name': 'source'}", W, NULL, NULL},
        {"input_ports[0]", "{'container_name': 'SOURCE'}", W, "input_ports[0].container_name",
         "the input port is at 'SOURCE'"},
        {"input_ports[0]", "{}", W, NULL, NULL},
        {"probeIndicator[0].value", "'true'", W, "probeIndicator[0].value", "a probe is wanted"},
        {"probeIndocator", "[{'value': 'TRUE'}]", W, "probeIndocator[0].value",
         "a probe is wanted"},
        {"anything", "{'nodes': 7}", W, NULL, NULL},

        /* renaming */
        {"nodes[2]",
         "{'container_name': 'The_Sink', 'image': 'a:1', 'operation_signature_list': ["
         " {'operation_signature': {'operation_name': 'tick', 'input_message_name': 'Empty',"
         "  'input_message_stream': false, 'output_message_stream': false}, 'connected_to': ["
         "  {'container_name': 'THE_SINK', 'operation_signature': {'operation_name': 'take'}}]},"
         " {'operation_signature': {'operation_name': 'take', 'input_message_stream': false,"
         "  'output_message_stream': false}}]}",
         W, "nodes[2].container_name", "node 'The_Sink' is renamed to 'the-sink'"},
};

static bool has_finding(const struct pd_findings *findings, enum pd_severity severity,
                        const char *path, const char *says)
{
        for (size_t i = 0; i < findings->count; i++) {
                const struct pd_finding *finding = &findings->at[i];

                print_message("#   %s: %s\n", finding->path, finding->message);
                if (finding->severity == severity && strcmp(finding->path, path) == 0 &&
                    strstr(finding->message, says) != NULL)
                        return true;
        }
        return false;
}

/* The one error must be this one; or the one finding this warning; or there is none. */
static void assert_one(const json_t *json, const struct row *row)
{
        struct pd_findings findings = {0};

        print_message("# %s: %s\n", row->at, row->quoted != NULL ? row->quoted : "-");
        pd_blueprint_free(fixture_read(json, &findings));
        if (row->path != NULL)
                assert_true(has_finding(&findings, row->severity, row->path, row->says));
        if (row->severity == E)
                assert_int_equal(findings.errors, 1);
        else
                assert_int_equal(findings.count, row->path != NULL);
        pd_findings_done(&findings);
}

static void one_change_brings_one_finding(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                json_t *json = fixture_pipeline();

                fixture_set(json, rows[i].at, rows[i].quoted);
                assert_one(json, &rows[i]);
                json_decref(json);
        }
}

static void all_findings_come_at_once(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_set(json, "name", NULL);
        fixture_set(json, PULL ".operation_signature", NULL);
        fixture_set(json, EDGE, "{}");
        fixture_set(json, "nodes[1].image", NULL);
        pd_blueprint_free(fixture_read(json, &findings));

        assert_true(has_finding(&findings, W, "name", "no name"));
        assert_true(has_finding(&findings, E, PULL NAME, "has no name"));
        assert_true(has_finding(&findings, E, EDGE ".container_name", "does not say"));
        assert_true(has_finding(&findings, E, EDGE NAME, "does not say"));
        assert_true(has_finding(&findings, E, "nodes[1].image", "'model' has no image"));
        assert_true(has_finding(&findings, W, PREDICT, "never be called"));
        assert_int_equal(findings.errors, 4);
        pd_findings_done(&findings);
        json_decref(json);
}

static void without_a_source_nothing_starts(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_set(json, PULL ".operation_signature.input_message_name", "'Request'");
        pd_blueprint_free(fixture_read(json, &findings));
        assert_true(has_finding(&findings, W, "nodes", "there is no source"));
        assert_true(has_finding(&findings, W, PULL, "'pull' of 'source' will never be called"));
        assert_int_equal(findings.count, 2);
        pd_findings_done(&findings);

        /* an edge back to what was the source */
        fixture_set(json, PULL ".operation_signature.input_message_name", "'Empty'");
        fixture_set(json, PREDICT ".operation_signature.output_message_name", "'Empty'");
        fixture_set(
                json, PREDICT ".connected_to[0]",
                "{'container_name': 'source', 'operation_signature': {'operation_name': 'pull'}}");
        pd_blueprint_free(fixture_read(json, &findings));
        assert_true(has_finding(&findings, W, "nodes", "there is no source"));
        assert_int_equal(findings.count, 1);
        pd_findings_done(&findings);
        json_decref(json);
}

static void a_single_node_is_not_isolated(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_set(json, EDGE, NULL);
        fixture_set(json, "nodes[1]", NULL);
        pd_blueprint_free(fixture_read(json, &findings));
        assert_int_equal(findings.count, 0);
        json_decref(json);
}

static void names_that_differ_in_case_are_two(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        struct pd_blueprint *blueprint;
        (void)state;

        fixture_set(json, "nodes[2]",
                    "{'container_name': 'Model', 'image': 'a:1', 'operation_signature_list': ["
                    " {'operation_signature': {'operation_name': 'predict',"
                    "  'input_message_name': 'Row', 'input_message_stream': false,"
                    "  'output_message_stream': false}}]}");
        fixture_set(json, EDGE2,
                    "{'container_name': 'Model', 'operation_signature':"
                    " {'operation_name': 'predict'}}");
        blueprint = fixture_read(json, &findings);
        assert_true(has_finding(&findings, W, "nodes[2].container_name", "renamed to 'model-2'"));
        assert_int_equal(findings.count, 1);
        assert_int_equal(pd_blueprint_graph(blueprint)->nodes[0].operations[0].edges[1].node, 2);
        pd_blueprint_free(blueprint);
        pd_findings_done(&findings);

        fixture_set(json, EDGE2 ".container_name", "'MODEL'");
        pd_blueprint_free(fixture_read(json, &findings));
        assert_true(has_finding(&findings, E, EDGE2 ".container_name", "leads to 'MODEL'"));
        pd_findings_done(&findings);
        json_decref(json);
}

#define FOLDER(path) "{'container_name': '" path "', 'node_type': 'sharedFOLDERprovider'}"

/* Changes to a pipeline with a shared folder as nodes[0]. */
static const struct row folder_rows[] = {
        {"nodes[0].node_type", "'sharedfolder'", W, NULL, NULL},
        {"nodes[0].image", "'https://nothing/'", W, NULL, NULL},
        {"nodes[0].image", "7", W, NULL, NULL},
        {"nodes[0].proto_uri", "'none'", W, NULL, NULL},
        {"nodes[3]", FOLDER("/data"), W, NULL, NULL},
        {"nodes[3]", FOLDER("/other"), E, "nodes[3].container_name",
         "the shared folder '/other' is a second one beside '/data'"},
        {"nodes[3]", NODE("/data", "MLModel"), E, "nodes[3].container_name",
         "'/data' is the name of nodes[0] as well"},
        {"nodes[0].container_name", "'/a/b c/.hidden/...'", W, NULL, NULL},
        {"nodes[0].container_name", "'data'", E, "nodes[0].container_name", "is not absolute"},
        {"nodes[0].container_name", "'/'", E, "nodes[0].container_name", "the whole file system"},
        {"nodes[0].container_name", "'/data/'", E, "nodes[0].container_name", "ends with '/'"},
        {"nodes[0].container_name", "'/a//b'", E, "nodes[0].container_name", "an empty part"},
        {"nodes[0].container_name", "'/a/./b'", E, "nodes[0].container_name", "'.' or '..'"},
        {"nodes[0].container_name", "'/a/..'", E, "nodes[0].container_name", "'.' or '..'"},
        {"nodes[0].container_name", "'/a\\n'", E, "nodes[0].container_name", "control character"},
        {"nodes[0].container_name", "'/a:b'", E, "nodes[0].container_name", "':'"},
        {"nodes[0].container_name", "'/a$(HOME)'", E, "nodes[0].container_name", "'$('"},
        {"nodes[0].container_name", "'/a/$$b'", E, "nodes[0].container_name", "'$$'"},
        {"nodes[0].container_name", "'/a/$b$/(c)'", W, NULL, NULL},
        {"nodes[0].container_name", NULL, E, "nodes[0].container_name", "the node has no name"},
        {"nodes[1].operation_signature_list[1].connected_to[1]",
         "{'container_name': '/data', 'operation_signature': {'operation_name': 'provideFolder'}}",
         E, "nodes[1].operation_signature_list[1].connected_to[1].container_name",
         "leads to the shared folder '/data', which takes no messages"},
        {"nodes[1].operation_signature_list[1].connected_to[1]",
         "{'container_name': '/data', 'operation_signature': {'operation_name': 'MountVolume'}}", W,
         NULL, NULL},
        {"nodes[0].operation_signature_list[0].connected_to[2]",
         "{'container_name': 'model', 'operation_signature': {'operation_name': 'predict'}}", W,
         NULL, NULL},
        {"nodes[0].operation_signature_list[0].connected_to[2]",
         "{'container_name': 'gone', 'operation_signature': {'operation_name': 'predict'}}", W,
         NULL, NULL},
        /* what the folder sends feeds nobody */
        {"nodes[1].operation_signature_list[0].connected_to[0]",
         "{'container_name': 'model', 'operation_signature': {'operation_name': 'predict'}}", W,
         NULL, NULL},
};

static void one_change_brings_one_finding_beside_a_folder(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(folder_rows); i++) {
                json_t *json = fixture_pipeline();

                fixture_add_folder(json);
                fixture_set(json, folder_rows[i].at, folder_rows[i].quoted);
                assert_one(json, &folder_rows[i]);
                json_decref(json);
        }
}

static void a_path_may_have_4095_bytes(void **state)
{
        char name[PD_BLUEPRINT_MAX_FOLDER_PATH + 2];
        (void)state;

        memset(name, 'x', sizeof(name) - 1);
        name[0] = '/';
        for (size_t over = 0; over < 2; over++) {
                json_t *json = fixture_pipeline();
                struct pd_findings findings = {0};

                fixture_add_folder(json);
                name[PD_BLUEPRINT_MAX_FOLDER_PATH + over] = '\0';
                json_object_set_new(json_array_get(json_object_get(json, "nodes"), 0),
                                    "container_name", json_string(name));
                pd_blueprint_free(fixture_read(json, &findings));
                assert_int_equal(findings.errors, over);
                pd_findings_done(&findings);
                json_decref(json);
                name[PD_BLUEPRINT_MAX_FOLDER_PATH] = 'x';
        }
}

static void a_folder_alone_is_nothing_to_run(void **state)
{
        json_t *json = fixture_quoted("{'name': 'x', 'nodes': [" FOLDER("/a") "]}");
        struct pd_findings findings = {0};
        (void)state;

        pd_blueprint_free(fixture_read(json, &findings));
        assert_true(has_finding(&findings, E, "nodes", "nothing to run"));
        assert_int_equal(findings.count, 1);
        pd_findings_done(&findings);
        json_decref(json);
}

static void what_the_folder_feeds_is_not_fed(void **state)
{
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        fixture_add_folder(json);
        fixture_set(json, "nodes[1].operation_signature_list[1].connected_to", "[]");
        fixture_set(json, "nodes[0].operation_signature_list[0].connected_to[2]",
                    "{'container_name': 'model', 'operation_signature': {'operation_name': "
                    "'predict'}}");
        pd_blueprint_free(fixture_read(json, &findings));
        assert_true(has_finding(&findings, W, "nodes[2].operation_signature_list[1]",
                                "'predict' of 'model' will never be called"));
        assert_int_equal(findings.count, 1);
        pd_findings_done(&findings);
        json_decref(json);
}

/* Names of strangers are cut, and cannot move a terminal. */
static void messages_are_fit_to_print(void **state)
{
        static char name[1000000];
        json_t *json = fixture_pipeline();
        struct pd_findings findings = {0};
        (void)state;

        memset(name, 'A', sizeof(name) - 1);
        name[1] = '\x1b';
        json_object_set_new(json_array_get(json_object_get(json, "nodes"), 1), "container_name",
                            json_string(name));
        pd_blueprint_free(fixture_read(json, &findings));
        for (size_t i = 0; i < findings.count; i++) {
                assert_true(strlen(findings.at[i].message) <= PD_FINDING_MAX_TEXT);
                assert_null(strchr(findings.at[i].message, '\x1b'));
        }
        assert_true(has_finding(&findings, W, "nodes[1].container_name", "node 'A?AAA"));
        pd_findings_done(&findings);
        json_decref(json);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_change_brings_one_finding),
                cmocka_unit_test(all_findings_come_at_once),
                cmocka_unit_test(without_a_source_nothing_starts),
                cmocka_unit_test(a_single_node_is_not_isolated),
                cmocka_unit_test(names_that_differ_in_case_are_two),
                cmocka_unit_test(one_change_brings_one_finding_beside_a_folder),
                cmocka_unit_test(a_path_may_have_4095_bytes),
                cmocka_unit_test(a_folder_alone_is_nothing_to_run),
                cmocka_unit_test(what_the_folder_feeds_is_not_fed),
                cmocka_unit_test(messages_are_fit_to_print),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
