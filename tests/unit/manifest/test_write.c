/* test_write.c - workloads as the objects of the contract. */
#include "pd_test.h"

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/own.h"
#include "json/json.h"
#include "manifest/manifest.h"

/* The tree, which is released, is this text with its members in this order. */
static void assert_json(json_t *json, const char *wanted)
{
        pd_auto(pd_json_free_ptr) json_t *owned = json;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(10000);

        assert_non_null(owned);
        pd_json_write(&text, owned, PD_JSON_COMPACT);
        assert_string_equal(text.data, wanted);
}

/* A node as deployers make it, of a pipeline with a shared folder. */
static struct pd_workload node(void)
{
        static struct pd_pair env[] = {{"SHARED_FOLDER_PATH", "/data/shared"}};
        static struct pd_port ports[] = {{"protobuf-api", 8061, 8556}, {"webui", 8062, 0}};

        return (struct pd_workload){
                .name = "camera1",
                .image = "registry.example.org:7444/team/camera:1.0",
                .env = {env, 1},
                .ports = {ports, 2},
                .mount_path = "/data/shared",
        };
}

/* One that says all that a workload can say. */
static struct pd_workload everything(void)
{
        static const char *command[] = {"python3", "-u"};
        static const char *args[] = {"main.py", ""};
        static struct pd_pair env[] = {{"A", "1"}, {"B", ""}};
        static struct pd_port ports[] = {{"grpc", 50051, 80}, {NULL, 9, 0}, {"x", 1, 65535}};
        static struct pd_pair requests[] = {{"cpu", "100m"}, {"memory", "1Gi"}};
        static struct pd_pair limits[] = {{"nvidia.com/gpu", "1"}};

        return (struct pd_workload){
                .name = "all",
                .image = "x",
                .command = {command, 2},
                .args = {args, 2},
                .working_dir = "/app",
                .env = {env, 2},
                .ports = {ports, 3},
                .mount_path = "/data",
                .requests = {requests, 2},
                .limits = {limits, 1},
                .pull_policy = PD_PULL_NEVER,
        };
}

static void a_node_is_written_as_the_contract_has_it(void **state)
{
        struct pd_workload workload = node();
        (void)state;

        assert_json(
                pd_manifest_service(&workload, &pd_manifest_default_options),
                "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"camera1\"},"
                "\"spec\":{\"selector\":{\"app\":\"camera1\"},\"type\":\"NodePort\","
                "\"ports\":[{\"name\":\"protobuf-api\",\"port\":8556,\"targetPort\":8061}]}}");
        assert_json(pd_manifest_deployment(&workload, &pd_manifest_default_options),
                    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                    "\"metadata\":{\"name\":\"camera1\",\"labels\":{\"app\":\"camera1\"}},"
                    "\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"camera1\"}},"
                    "\"template\":{\"metadata\":{\"labels\":{\"app\":\"camera1\"}},"
                    "\"spec\":{\"imagePullSecrets\":[{\"name\":\"acumos-registry\"}],"
                    "\"containers\":[{\"name\":\"camera1\","
                    "\"image\":\"registry.example.org:7444/team/camera:1.0\","
                    "\"env\":[{\"name\":\"SHARED_FOLDER_PATH\",\"value\":\"/data/shared\"}],"
                    "\"ports\":[{\"name\":\"protobuf-api\",\"containerPort\":8061},"
                    "{\"name\":\"webui\",\"containerPort\":8062}],"
                    "\"volumeMounts\":[{\"mountPath\":\"/data/shared\",\"name\":\"camera1\"}]}],"
                    "\"volumes\":[{\"name\":\"camera1\","
                    "\"persistentVolumeClaim\":{\"claimName\":\"shared-folder\"}}]}}}}");
}

static void what_is_not_set_is_not_written(void **state)
{
        const struct pd_workload workload = {.name = "a", .image = "b"};
        const struct pd_manifest_options nothing = {0}, empty = {.pull_secret = ""};
        static const char wanted[] =
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                "\"metadata\":{\"name\":\"a\",\"labels\":{\"app\":\"a\"}},"
                "\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"a\"}},"
                "\"template\":{\"metadata\":{\"labels\":{\"app\":\"a\"}},"
                "\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"b\"}]}}}}";
        (void)state;

        assert_json(pd_manifest_deployment(&workload, &nothing), wanted);
        assert_json(pd_manifest_deployment(&workload, &empty), wanted);
}

static void everything_that_is_set_is_written(void **state)
{
        const struct pd_manifest_options options = {PD_SERVICE_CLUSTER_IP, "my-secret"};
        struct pd_workload workload = everything();
        (void)state;

        assert_json(pd_manifest_deployment(&workload, &options),
                    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                    "\"metadata\":{\"name\":\"all\",\"labels\":{\"app\":\"all\"}},"
                    "\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"all\"}},"
                    "\"template\":{\"metadata\":{\"labels\":{\"app\":\"all\"}},"
                    "\"spec\":{\"imagePullSecrets\":[{\"name\":\"my-secret\"}],"
                    "\"containers\":[{\"name\":\"all\",\"image\":\"x\","
                    "\"command\":[\"python3\",\"-u\"],\"args\":[\"main.py\",\"\"],"
                    "\"workingDir\":\"/app\","
                    "\"env\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"\"}],"
                    "\"ports\":[{\"name\":\"grpc\",\"containerPort\":50051},{\"containerPort\":9},"
                    "{\"name\":\"x\",\"containerPort\":1}],"
                    "\"resources\":{\"requests\":{\"cpu\":\"100m\",\"memory\":\"1Gi\"},"
                    "\"limits\":{\"nvidia.com/gpu\":\"1\"}},"
                    "\"volumeMounts\":[{\"mountPath\":\"/data\",\"name\":\"all\"}],"
                    "\"imagePullPolicy\":\"Never\"}],"
                    "\"volumes\":[{\"name\":\"all\","
                    "\"persistentVolumeClaim\":{\"claimName\":\"shared-folder\"}}]}}}}");
        assert_json(pd_manifest_service(&workload, &options),
                    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"all\"},"
                    "\"spec\":{\"selector\":{\"app\":\"all\"},\"type\":\"ClusterIP\","
                    "\"ports\":[{\"name\":\"grpc\",\"port\":80,\"targetPort\":50051},"
                    "{\"name\":\"x\",\"port\":65535,\"targetPort\":1}]}}");
}

static void the_orchestrator_keeps_the_name_of_its_port(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        assert_pd_ok(pd_solution_add_node(solution, "orchestrator", "o:1", NULL,
                                          &pd_solution_default_options, &err),
                     err);
        assert_json(pd_manifest_service(&solution->workloads[0], &pd_manifest_default_options),
                    "{\"apiVersion\":\"v1\",\"kind\":\"Service\","
                    "\"metadata\":{\"name\":\"orchestrator\"},"
                    "\"spec\":{\"selector\":{\"app\":\"orchestrator\"},\"type\":\"NodePort\","
                    "\"ports\":[{\"name\":\"mc-api\",\"port\":8061,\"targetPort\":8061}]}}");
}

static void a_claim_names_its_class_only_if_it_has_one(void **state)
{
        static const struct {
                struct pd_claim claim;
                const char *spec;
        } rows[] = {
                {{"", "1Gi"},
                 "\"storageClassName\":\"\",\"accessModes\":[\"ReadWriteMany\"],"
                 "\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}"},
                {{"nfs", "5G"},
                 "\"storageClassName\":\"nfs\",\"accessModes\":[\"ReadWriteMany\"],"
                 "\"resources\":{\"requests\":{\"storage\":\"5G\"}}"},
                {{NULL, "1"},
                 "\"accessModes\":[\"ReadWriteMany\"],"
                 "\"resources\":{\"requests\":{\"storage\":\"1\"}}"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf wanted = PD_BUF_INIT(1000);

                pd_buf_printf(&wanted,
                              "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\","
                              "\"metadata\":{\"name\":\"shared-folder\"},\"spec\":{%s}}",
                              rows[i].spec);
                assert_json(pd_manifest_claim(&rows[i].claim), wanted.data);
        }
}

static void only_offered_ports_make_a_service(void **state)
{
        static struct pd_port hidden[] = {{"a", 1, 0}, {"b", 2, 0}};
        static struct pd_port offered[] = {{"a", 1, 0}, {"b", 2, 3}};
        const struct pd_workload none = {.name = "a", .image = "b"};
        const struct pd_workload some_hidden = {.name = "a", .image = "b", .ports = {hidden, 2}};
        const struct pd_workload some_offered = {.name = "a", .image = "b", .ports = {offered, 2}};
        (void)state;

        assert_false(pd_manifest_has_service(&none));
        assert_false(pd_manifest_has_service(&some_hidden));
        assert_true(pd_manifest_has_service(&some_offered));
}

static int write_all(void *context, struct pd_err *err)
{
        const struct pd_workload *workload = context;
        const struct pd_claim claim = {"nfs", "1Gi"};
        pd_auto(pd_json_free_ptr) json_t *service =
                pd_manifest_service(workload, &pd_manifest_default_options);
        pd_auto(pd_json_free_ptr) json_t *deployment =
                pd_manifest_deployment(workload, &pd_manifest_default_options);
        pd_auto(pd_json_free_ptr) json_t *written = pd_manifest_claim(&claim);

        if (service == NULL || deployment == NULL || written == NULL)
                return pd_fail_memory(err, "objects");
        return 0;
}

static void each_failing_allocation_is_null_without_a_leak(void **state)
{
        struct pd_workload workload = everything();
        (void)state;

        assert_true(pd_alloc_fail_each(write_all, &workload) > 100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_node_is_written_as_the_contract_has_it),
                cmocka_unit_test(what_is_not_set_is_not_written),
                cmocka_unit_test(everything_that_is_set_is_written),
                cmocka_unit_test(the_orchestrator_keeps_the_name_of_its_port),
                cmocka_unit_test(a_claim_names_its_class_only_if_it_has_one),
                cmocka_unit_test(only_offered_ports_make_a_service),
                cmocka_unit_test(each_failing_allocation_is_null_without_a_leak),
        };

        return cmocka_run_group_tests_name("manifest write", tests, NULL, NULL);
}
