/* test_pack.c - what lies in a solution.zip, and what does not. */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "json/json.h"
#include "package/package.h"
#include "pd_test.h"
#include "solution/names.h"
#include "yaml/yaml.h"

static const char blueprint_text[] =
        "{\"name\": \"two\", \"nodes\": [{\"container_name\": \"one\"}, {\"container_name\": "
        "\"other\"}]}";

static struct pd_solution *new_solution(enum pd_solution_kind kind)
{
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_solution_new(kind, &solution, &err), err);
        return solution;
}

static void add_node(struct pd_solution *solution, const char *name, const char *mount_path)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_solution_add_node(solution, name, "host:5000/team/image:1", mount_path,
                                          &pd_solution_default_options, &err),
                     err);
}

static void add_proto(struct pd_solution *solution, const char *name)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_solution_add_proto(solution, name, "syntax = \"proto3\";\n", 19, &err),
                     err);
}

/* Two nodes, one of them with a proto, and the orchestrator. */
static struct pd_solution *make_pipeline(const char *mount_path)
{
        struct pd_solution *solution = new_solution(PD_SOLUTION_PIPELINE);
        struct pd_err err = {0};

        assert_pd_ok(pd_json_parse(blueprint_text, strlen(blueprint_text), &pd_json_default_limits,
                                   &solution->blueprint, &err),
                     err);
        add_node(solution, "one", mount_path);
        add_node(solution, "other", mount_path);
        add_node(solution, PD_ORCHESTRATOR_NAME, mount_path);
        add_proto(solution, "one");
        return solution;
}

static struct pd_solution *make_model(void)
{
        struct pd_solution *solution = new_solution(PD_SOLUTION_MODEL);

        solution->name = "House Prices";
        add_node(solution, "house-prices", NULL);
        add_proto(solution, "house-prices");
        return solution;
}

static struct pd_archive *pack(const struct pd_solution *solution)
{
        pd_auto(pd_free_ptr) void *bytes = NULL;
        struct pd_archive *archive = NULL;
        struct pd_err err = {0};
        size_t len = 0;

        assert_pd_ok(pd_package_pack(solution, &pd_manifest_default_options, &bytes, &len, &err),
                     err);
        assert_pd_ok(pd_archive_read(bytes, len, &pd_archive_default_limits, &archive, &err), err);
        return archive;
}

static void assert_names(const struct pd_archive *archive, const char *const *names, size_t count)
{
        for (size_t i = 0; i < archive->count && i < count; i++)
                assert_string_equal(archive->entries[i].name, names[i]);
        assert_int_equal(archive->count, count);
}

static void a_pipeline_has_the_files_of_the_contract(void **state)
{
        static const char *const names[] = {
                "blueprint.json",
                "deployment-readme.txt",
                "deployments/one_deployment.yaml",
                "deployments/one_service.yaml",
                "deployments/orchestrator_deployment.yaml",
                "deployments/orchestrator_service.yaml",
                "deployments/other_deployment.yaml",
                "deployments/other_service.yaml",
                "dockerinfo.json",
                "kubernetes-client-script.py",
                "microservice/one.proto",
                "orchestrator_client/orchestrator_client.py",
                "orchestrator_client/orchestrator_pb2.py",
                "orchestrator_client/orchestrator_pb2_grpc.py",
                "orchestrator_client/status_client.py",
                "protobuf/orchestrator.proto",
                "requirements.txt",
        };
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_pipeline(NULL);
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = pack(solution);

        (void)state;
        assert_names(archive, names, PD_COUNT(names));
}

static void a_model_has_the_files_of_the_contract(void **state)
{
        static const char *const names[] = {
                "deployment-readme.txt",
                "deployments/deployment.yaml",
                "deployments/service.yaml",
                "kubernetes-client-script.py",
                "microservice/house-prices.proto",
                "modelname.txt",
                "requirements.txt",
        };
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_model();
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = pack(solution);

        (void)state;
        assert_names(archive, names, PD_COUNT(names));
        assert_string_equal(pd_archive_find(archive, "modelname.txt")->data, "House Prices");
}

static void the_kinds_have_readmes_of_their_own(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *pipeline = make_pipeline(NULL);
        pd_auto(pd_solution_free_ptr) struct pd_solution *model = make_model();
        pd_auto(pd_archive_free_ptr) struct pd_archive *one = pack(pipeline);
        pd_auto(pd_archive_free_ptr) struct pd_archive *other = pack(model);

        (void)state;
        assert_string_not_equal(pd_archive_find(one, "deployment-readme.txt")->data,
                                pd_archive_find(other, "deployment-readme.txt")->data);
}

static void the_client_of_the_orchestrator_is_generated(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_pipeline(NULL);
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = pack(solution);

        (void)state;
        assert_pd_says(pd_archive_find(archive, "protobuf/orchestrator.proto")->data,
                       "service Orchestrator");
        assert_pd_says(pd_archive_find(archive, "orchestrator_client/orchestrator_pb2.py")->data,
                       "OrchestrationConfiguration");
        assert_pd_says(
                pd_archive_find(archive, "orchestrator_client/orchestrator_pb2_grpc.py")->data,
                "class OrchestratorStub");
}

static void dockerinfo_says_where_each_workload_is_called(void **state)
{
        static const char want[] = "{\n"
                                   "  \"docker_info_list\": [\n"
                                   "    {\n"
                                   "      \"container_name\": \"one\",\n"
                                   "      \"ip_address\": \"one\",\n"
                                   "      \"port\": \"8556\"\n"
                                   "    },\n"
                                   "    {\n"
                                   "      \"container_name\": \"other\",\n"
                                   "      \"ip_address\": \"other\",\n"
                                   "      \"port\": \"8556\"\n"
                                   "    },\n"
                                   "    {\n"
                                   "      \"container_name\": \"orchestrator\",\n"
                                   "      \"ip_address\": \"orchestrator\",\n"
                                   "      \"port\": \"8061\"\n"
                                   "    }\n"
                                   "  ]\n"
                                   "}";
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_pipeline(NULL);
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = pack(solution);

        (void)state;
        assert_string_equal(pd_archive_find(archive, "dockerinfo.json")->data, want);
}

static void the_blueprint_keeps_its_order_and_is_indented(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_pipeline(NULL);
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = pack(solution);

        (void)state;
        assert_pd_says(pd_archive_find(archive, "blueprint.json")->data,
                       "{\n  \"name\": \"two\",\n  \"nodes\": [\n");
}

static void manifests_are_the_objects_of_the_manifest_room(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_pipeline("/data/shared");
        pd_auto(pd_json_free_ptr) json_t *want =
                pd_manifest_deployment(&solution->workloads[1], &pd_manifest_default_options);
        pd_auto(pd_json_free_ptr) json_t *written = NULL;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = pack(solution);
        const struct pd_archive_entry *entry =
                pd_archive_find(archive, "deployments/other_deployment.yaml");
        struct pd_err err = {0};

        (void)state;
        assert_memory_equal(entry->data, "---\n", 4);
        assert_pd_ok(pd_yaml_parse(entry->data, entry->size, &written, &err), err);
        assert_true(json_equal(want, written));
}

static void what_the_solution_has_is_added(void **state)
{
        static struct pd_claim claim = {.storage_class = "", .size = "1Gi"};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_pipeline("/data/shared");
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        solution->claim = &claim;
        solution->icon = (struct pd_file){.data = "\x89PNG", .size = 4};
        solution->description = (struct pd_file){.data = "<p>", .size = 3};
        assert_pd_ok(pd_solution_add_file(solution, &solution->extras, "notes/a.txt", "x", 1, &err),
                     err);
        archive = pack(solution);

        assert_pd_says(pd_archive_find(archive, "deployments/pvc.yaml")->data, "ReadWriteMany");
        assert_memory_equal(pd_archive_find(archive, "solution_icon.png")->data, "\x89PNG", 4);
        assert_string_equal(pd_archive_find(archive, "solution_description.html")->data, "<p>");
        assert_string_equal(pd_archive_find(archive, "notes/a.txt")->data, "x");
}

static void extras_give_way_to_what_is_ours(void **state)
{
        static const char *const names[] = {
                "Blueprint.JSON",    "requirements.txt",       "protobuf",
                "deployments/x.yml", "microservice/One.proto", "dockerinfo.json/a",
        };
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_pipeline(NULL);
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(names); i++)
                assert_pd_ok(pd_solution_add_file(solution, &solution->extras, names[i], "theirs",
                                                  6, &err),
                             err);
        archive = pack(solution);
        for (size_t i = 0; i < archive->count; i++)
                assert_string_not_equal(archive->entries[i].data, "theirs");
}

static void an_extra_does_not_make_a_model_a_pipeline(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_model();
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_solution_add_file(solution, &solution->extras, "orchestrator_client/a.py",
                                          "x", 1, &err),
                     err);
        archive = pack(solution);
        assert_null(pd_archive_find(archive, "orchestrator_client/a.py"));
}

static void an_unsafe_extra_fails(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_model();
        struct pd_err err = {0};
        void *bytes = NULL;
        size_t len = 0;

        (void)state;
        assert_pd_ok(pd_solution_add_file(solution, &solution->extras, "../a", "x", 1, &err), err);
        assert_pd_fail(pd_package_pack(solution, &pd_manifest_default_options, &bytes, &len, &err),
                       err, PD_E_INVALID);
        assert_null(bytes);
}

static void what_cannot_be_a_solution_is_refused(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *model = make_model();
        pd_auto(pd_solution_free_ptr) struct pd_solution *pipeline =
                new_solution(PD_SOLUTION_PIPELINE);
        struct pd_err err = {0};
        void *bytes = NULL;
        size_t len = 0;

        (void)state;
        add_node(model, "second", NULL);
        assert_pd_fail(pd_package_pack(model, &pd_manifest_default_options, &bytes, &len, &err),
                       err, PD_E_UNPROCESSABLE);
        assert_pd_says(err.msg, "this one has 2");
        assert_pd_fail(pd_package_pack(pipeline, &pd_manifest_default_options, &bytes, &len, &err),
                       err, PD_E_UNPROCESSABLE);
        assert_pd_says(err.msg, "blueprint");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_pipeline_has_the_files_of_the_contract),
                cmocka_unit_test(a_model_has_the_files_of_the_contract),
                cmocka_unit_test(the_kinds_have_readmes_of_their_own),
                cmocka_unit_test(the_client_of_the_orchestrator_is_generated),
                cmocka_unit_test(dockerinfo_says_where_each_workload_is_called),
                cmocka_unit_test(the_blueprint_keeps_its_order_and_is_indented),
                cmocka_unit_test(manifests_are_the_objects_of_the_manifest_room),
                cmocka_unit_test(what_the_solution_has_is_added),
                cmocka_unit_test(extras_give_way_to_what_is_ours),
                cmocka_unit_test(an_extra_does_not_make_a_model_a_pipeline),
                cmocka_unit_test(an_unsafe_extra_fails),
                cmocka_unit_test(what_cannot_be_a_solution_is_refused),
        };

        return cmocka_run_group_tests_name("package-pack", tests, NULL, NULL);
}
