/* test_unpack.c - zips of others are read, and where their parts do not agree is said. */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "json/get.h"
#include "package/package.h"
#include "pd_test.h"

/* Manifests in the words of an existing deployer. */
#define SERVICE(name, port)                                                                        \
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: " name                             \
        "\nspec:\n  selector:\n    app: " name "\n  type: NodePort\n  ports:\n  - name: api\n"     \
        "    port: " port "\n    targetPort: 8061\n"
#define DEPLOYMENT(name)                                                                           \
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " name                     \
        "\n  labels:\n    app: " name "\nspec:\n  replicas: 1\n  selector:\n    matchLabels:\n"    \
        "      app: " name "\n  template:\n    metadata:\n      labels:\n        app: " name       \
        "\n    spec:\n      containers:\n      - name: " name "\n        image: host/" name        \
        ":1\n        ports:\n        - name: api\n"                                                \
        "          containerPort: 8061\n"
#define WEB_SERVICE(name)                                                                          \
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: " name                             \
        "webui\nspec:\n  selector:\n    app: " name "\n  type: NodePort\n  ports:\n"               \
        "  - name: webui\n    port: 8062\n    targetPort: 8062\n"

#define CAMERA                                                                                     \
        {"deployments/a.yaml", SERVICE("camera1", "8556")},                                        \
        {                                                                                          \
                "deployments/b.yaml", DEPLOYMENT("camera1")                                        \
        }
#define DISPLAY                                                                                    \
        {"deployments/c.yaml", SERVICE("display", "8556")},                                        \
        {                                                                                          \
                "deployments/d.yaml", DEPLOYMENT("display")                                        \
        }
#define ORCHESTRATOR                                                                               \
        {"deployments/e.yaml", SERVICE("orchestrator", "8061")},                                   \
        {                                                                                          \
                "deployments/f.yaml", DEPLOYMENT("orchestrator")                                   \
        }
#define BLUEPRINT                                                                                  \
        {                                                                                          \
                "blueprint.json",                                                                  \
                        "{\"name\": \"Cam\", \"nodes\": ["                                         \
                        "{\"container_name\": \"Display\", \"operation_signature_list\": []},"     \
                        "{\"container_name\": \"Camera1\", \"operation_signature_list\": "         \
                        "[{\"connected_to\": ["                                                    \
                        "{\"container_name\": \"Display\"}]}]}]}"                                  \
        }
#define DOCKERINFO                                                                                 \
        {                                                                                          \
                "dockerinfo.json", "{\"docker_info_list\": [{\"container_name\": \"Camera1\", "    \
                                   "\"port\": 30001},"                                             \
                                   "{\"container_name\": \"display\", \"port\": \"8556\"},"        \
                                   "{\"container_name\": \"orchestrator\", \"port\": 30002}]}"     \
        }
#define PROTOS                                                                                     \
        {"microservice/Camera1.proto", "camera"},                                                  \
        {                                                                                          \
                "microservice/display.proto", "display"                                            \
        }

#define MOST_FILES 16

struct file {
        const char *name, *text;
};

static int unpack(const struct file *files, struct pd_findings *findings, struct pd_solution **ret,
                  struct pd_err *err)
{
        struct pd_archive_entry entries[MOST_FILES];
        struct pd_archive archive = {.entries = entries};

        for (; archive.count < MOST_FILES && files[archive.count].name != NULL; archive.count++)
                entries[archive.count] = (struct pd_archive_entry){
                        files[archive.count].name, files[archive.count].text,
                        strlen(files[archive.count].text)};
        return pd_package_unpack(&archive, PD_RIGHTS_DROPPED, findings, ret, err);
}

/* There must be a finding with these words, of that severity and at that place. */
static void assert_found(const struct pd_findings *findings, const char *says,
                         enum pd_severity severity, const char *path)
{
        for (size_t i = 0; i < findings->count; i++) {
                if (strstr(findings->at[i].message, says) != NULL) {
                        assert_int_equal(findings->at[i].severity, severity);
                        assert_string_equal(findings->at[i].path, path);
                        return;
                }
        }
        fail_msg("nothing says '%s'", says);
}

static void a_zip_of_others_is_read(void **state)
{
        static const struct file files[] = {
                CAMERA,
                DISPLAY,
                ORCHESTRATOR,
                BLUEPRINT,
                DOCKERINFO,
                PROTOS,
                {"deployments/g.yaml", WEB_SERVICE("camera1")},
                {"databroker.json", "{}"},
                {"source_system_url.txt", "https://example.org"},
                {"kubernetes-client-script.py", "import os"},
                {NULL, NULL},
        };
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(unpack(files, &findings, &solution, &err), err);
        assert_int_equal(findings.errors, 0);
        assert_int_equal(findings.warnings, 0);
        assert_int_equal(solution->kind, PD_SOLUTION_PIPELINE);
        assert_string_equal(solution->name, "Cam");
        assert_int_equal(solution->workload_count, 3);
        assert_int_equal(solution->protos.count, 2);
        assert_string_equal(solution->protos.at[1].name, "camera1.proto");
        assert_string_equal(solution->protos.at[1].data, "camera");
        assert_int_equal(solution->extras.count, 2);
        assert_string_equal(solution->extras.at[0].name, "databroker.json");
        assert_string_equal(solution->extras.at[1].name, "source_system_url.txt");
}

static void workloads_come_in_the_order_of_the_nodes(void **state)
{
        static const char *const want[] = {"display", "camera1", "orchestrator", "also"};
        static const struct file files[] = {
                {"deployments/0.yaml", DEPLOYMENT("also")},
                ORCHESTRATOR,
                CAMERA,
                DISPLAY,
                BLUEPRINT,
                DOCKERINFO,
                {NULL, NULL},
        };
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(unpack(files, &findings, &solution, &err), err);
        assert_int_equal(solution->workload_count, PD_COUNT(want));
        for (size_t i = 0; i < PD_COUNT(want); i++)
                assert_string_equal(solution->workloads[i].name, want[i]);
}

static void the_blueprint_gets_the_names_of_the_workloads(void **state)
{
        static const struct file files[] = {CAMERA,    DISPLAY,    ORCHESTRATOR,
                                            BLUEPRINT, DOCKERINFO, {NULL, NULL}};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        const json_t *camera, *operation, *edge;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(unpack(files, &findings, &solution, &err), err);
        camera = json_array_get(pd_json_get_array(solution->blueprint, "nodes"), 1);
        operation = json_array_get(pd_json_get_array(camera, "operation_signature_list"), 0);
        edge = json_array_get(pd_json_get_array(operation, "connected_to"), 0);
        assert_string_equal(pd_json_get_string(camera, "container_name"), "camera1");
        assert_string_equal(pd_json_get_string(edge, "container_name"), "display");
        assert_found(&findings, "'Camera1' is called 'camera1'", PD_SEVERITY_NOTE,
                     "nodes[1].container_name");
}

static void a_model_is_what_has_no_blueprint(void **state)
{
        static const struct file files[] = {
                {"deployments/deployment.yaml", DEPLOYMENT("house")},
                {"deployments/service.yaml", SERVICE("house", "8556")},
                {"microservice/HousePrices.proto", "the only one"},
                {"modelname.txt", "House Prices\r\n"},
                {NULL, NULL},
        };
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(unpack(files, &findings, &solution, &err), err);
        assert_int_equal(findings.errors + findings.warnings, 0);
        assert_int_equal(solution->kind, PD_SOLUTION_MODEL);
        assert_string_equal(solution->name, "House Prices");
        assert_null(solution->blueprint);
        assert_string_equal(solution->protos.at[0].name, "house.proto");
        assert_string_equal(solution->protos.at[0].data, "the only one");
        assert_found(&findings, "it is called 'house.proto' now", PD_SEVERITY_NOTE,
                     "microservice/HousePrices.proto");
        assert_int_equal(solution->extras.count, 0);
}

static void the_client_of_an_orchestrator_makes_a_pipeline(void **state)
{
        static const struct file files[] = {
                ORCHESTRATOR, {"orchestrator_client/orchestrator_client.py", ""}, {NULL, NULL}};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(unpack(files, &findings, &solution, &err), err);
        assert_int_equal(solution->kind, PD_SOLUTION_PIPELINE);
        assert_string_equal(solution->name, "");
        assert_int_equal(findings.errors, 1);
        assert_found(&findings, "missing", PD_SEVERITY_ERROR, "blueprint.json");
}

static const struct {
        struct file files[MOST_FILES];
        enum pd_severity severity;
        const char *path, *says;
} disagreements[] = {
        {{CAMERA, ORCHESTRATOR, BLUEPRINT, DOCKERINFO},
         PD_SEVERITY_ERROR,
         "nodes[0].container_name",
         "no deployment of 'Display'"},
        {{CAMERA, DISPLAY, BLUEPRINT, DOCKERINFO},
         PD_SEVERITY_ERROR,
         "",
         "no deployment of the orchestrator"},
        {{CAMERA, ORCHESTRATOR, {"blueprint.json", "{}"}, DOCKERINFO},
         PD_SEVERITY_ERROR,
         "nodes",
         "no nodes"},
        {{CAMERA,
          ORCHESTRATOR,
          {"blueprint.json", "{\"nodes\": [{\"container_name\": \"camera1\"}, "
                             "{\"container_name\": \"CAMERA1\"}]}"}},
         PD_SEVERITY_ERROR,
         "nodes[1].container_name",
         "'CAMERA1' is the name of two nodes"},
        {{CAMERA, ORCHESTRATOR, {"blueprint.json", "{\"nodes\": [{}]}"}},
         PD_SEVERITY_ERROR,
         "nodes[0].container_name",
         "no deployment of ''"},
        {{CAMERA, ORCHESTRATOR, {"blueprint.json", "{\"nodes\": []}"}},
         PD_SEVERITY_WARNING,
         "blueprint.json",
         "no node 'camera1'"},
        {{CAMERA, DISPLAY, ORCHESTRATOR, BLUEPRINT, PROTOS},
         PD_SEVERITY_WARNING,
         "dockerinfo.json",
         "missing"},
        {{CAMERA, DISPLAY, ORCHESTRATOR, BLUEPRINT, {"dockerinfo.json", "{}"}},
         PD_SEVERITY_WARNING,
         "dockerinfo.json",
         "'display' is not in it"},
        {{CAMERA,
          ORCHESTRATOR,
          BLUEPRINT,
          {"dockerinfo.json",
           "{\"docker_info_list\": [{\"container_name\": \"stranger\", \"port\": 1}]}"}},
         PD_SEVERITY_WARNING,
         "dockerinfo.json",
         "no deployment of 'stranger'"},
        {{CAMERA,
          ORCHESTRATOR,
          BLUEPRINT,
          {"dockerinfo.json",
           "{\"docker_info_list\": [{\"container_name\": \"camera1\", \"port\": null}]}"}},
         PD_SEVERITY_WARNING,
         "dockerinfo.json",
         "'camera1' has no port"},
        {{CAMERA,
          ORCHESTRATOR,
          BLUEPRINT,
          {"dockerinfo.json", "{\"docker_info_list\": [{\"container_name\": \"camera1\", \"port\": "
                              "\"65536\"}]}"}},
         PD_SEVERITY_WARNING,
         "dockerinfo.json",
         "'camera1' has no port"},
        {{CAMERA, DISPLAY, ORCHESTRATOR, BLUEPRINT, DOCKERINFO},
         PD_SEVERITY_WARNING,
         "",
         "no proto of 'display'"},
        {{CAMERA, ORCHESTRATOR, BLUEPRINT, {"microservice/houseprice.proto", ""}},
         PD_SEVERITY_WARNING,
         "microservice/houseprice.proto",
         "no deployment that it belongs to"},
        {{CAMERA, DISPLAY}, PD_SEVERITY_ERROR, "", "but there are 2"},
        {{CAMERA}, PD_SEVERITY_WARNING, "modelname.txt", "missing"},
};

static void each_disagreement_is_found(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(disagreements); i++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                struct pd_err err = {0};

                print_message("# row %zu: %s\n", i, disagreements[i].says);
                assert_pd_ok(unpack(disagreements[i].files, &findings, &solution, &err), err);
                assert_found(&findings, disagreements[i].says, disagreements[i].severity,
                             disagreements[i].path);
        }
}

static void a_proto_of_nobody_is_kept_as_an_extra(void **state)
{
        static const struct file files[] = {CAMERA,
                                            ORCHESTRATOR,
                                            BLUEPRINT,
                                            {"microservice/houseprice.proto", "x"},
                                            {NULL, NULL}};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(unpack(files, &findings, &solution, &err), err);
        assert_int_equal(solution->protos.count, 0);
        assert_int_equal(solution->extras.count, 1);
        assert_string_equal(solution->extras.at[0].name, "microservice/houseprice.proto");
}

static void what_cannot_be_read_is_an_error_with_its_name(void **state)
{
        static char long_name[PD_PACKAGE_MAX_NAME + 2];
        static const struct {
                struct file files[MOST_FILES];
                enum pd_err_code code;
                const char *says;
        } rows[] = {
                {{{"readme.txt", ""}}, PD_E_INVALID, "no manifests"},
                {{{"deployments/a.txt", ""}, {"a.yaml", ""}}, PD_E_INVALID, "no manifests"},
                {{CAMERA, {"deployments/x/bad.yml", "a: ["}},
                 PD_E_INVALID,
                 "deployments/x/bad.yml: "},
                {{CAMERA, {"blueprint.json", "{"}}, PD_E_INVALID, "blueprint.json: "},
                {{CAMERA, {"blueprint.json", "[]"}}, PD_E_INVALID, "it is an array, not an object"},
                {{CAMERA, BLUEPRINT, {"dockerinfo.json", "nothing"}},
                 PD_E_INVALID,
                 "dockerinfo.json: "},
                {{CAMERA, {"modelname.txt", "\xff"}}, PD_E_INVALID, "modelname.txt: "},
                {{CAMERA, {"modelname.txt", long_name}}, PD_E_TOO_LARGE, "over 4096 bytes"},
        };
        (void)state;

        memset(long_name, 'x', sizeof(long_name) - 1);
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_solution *solution = NULL;
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                struct pd_err err = {0};

                print_message("# row %zu: %s\n", i, rows[i].says);
                assert_pd_fail(unpack(rows[i].files, &findings, &solution, &err), err,
                               rows[i].code);
                assert_null(solution);
                assert_pd_says(err.msg, rows[i].says);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_zip_of_others_is_read),
                cmocka_unit_test(workloads_come_in_the_order_of_the_nodes),
                cmocka_unit_test(the_blueprint_gets_the_names_of_the_workloads),
                cmocka_unit_test(a_model_is_what_has_no_blueprint),
                cmocka_unit_test(the_client_of_an_orchestrator_makes_a_pipeline),
                cmocka_unit_test(each_disagreement_is_found),
                cmocka_unit_test(a_proto_of_nobody_is_kept_as_an_extra),
                cmocka_unit_test(what_cannot_be_read_is_an_error_with_its_name),
        };

        return cmocka_run_group_tests_name("package-unpack", tests, NULL, NULL);
}
