/* test_read.c - which objects become what. */
#include "pd_test.h"

#include <stdio.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/own.h"
#include "json/get.h"
#include "objects.h"
#include "quoted_json.h"

#define MAX_LIST 4

/* Read objects out of the files `0`, `1`, ...; `wanted` is all that is said. */
static struct pd_solution *read_list(const char *const *texts, const char *wanted)
{
        static const char *const files[MAX_LIST] = {"0", "1", "2", "3"};
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_free_ptr) char *said = NULL;
        struct pd_solution *solution = NULL;
        struct objects objects = {0};
        struct pd_err err = {0};

        for (size_t i = 0; i < MAX_LIST && texts[i] != NULL; i++)
                assert_int_equal(objects_add(&objects, files[i], pd_test_json(texts[i])), 0);
        assert_pd_ok(objects_read(&objects, &findings, &solution, &err), err);
        objects_done(&objects); /* nothing of them may be kept */
        said = objects_findings(&findings);
        assert_string_equal(said, wanted);
        return solution;
}

#define DEPLOY(name, container)                                                                    \
        "{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': '" name "'},"        \
        " 'spec': {'template': {'metadata': {'labels': {'app': '" name "'}},"                      \
        "  'spec': {'containers': [{'name': '" name "', 'image': 'x'" container "}]}}}}"

#define SERVE(name, selector, ports)                                                               \
        "{'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': '" name "'},"                \
        " 'spec': {'selector': {" selector "}, 'ports': [" ports "]}}"

#define CLAIM_OF(name, size)                                                                       \
        "{'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim', 'metadata': {'name': '" name "'},"  \
        " 'spec': {'resources': {'requests': {'storage': " size "}}}}"

static void only_three_kinds_are_taken(void **state)
{
        static const struct {
                const char *texts[MAX_LIST], *said;
        } rows[] = {
                {{"null"}, "error 0: is null, but must be an object\n"},
                {{"[]"}, "error 0: is an array, but must be an object\n"},
                {{"{}"}, "error 0: kind: is missing\nerror 0: apiVersion: is missing\n"},
                {{"{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 'a'}}"},
                 "error 0: kind: is 'Secret', but must be Deployment, Service or "
                 "PersistentVolumeClaim\n"},
                {{"{'apiVersion': 'v1', 'kind': 'service', 'metadata': {'name': 'a'}}"},
                 "error 0: kind: is 'service', but must be Deployment, Service or "
                 "PersistentVolumeClaim\n"},
                {{"{'apiVersion': 'extensions/v1beta1', 'kind': 'Deployment'}"},
                 "error 0: apiVersion: is 'extensions/v1beta1', but must be apps/v1\n"},
                {{"{'apiVersion': 'v1', 'kind': 'Service'}"}, "error 0: metadata: is missing\n"},
                {{"{'apiVersion': 'v1', 'kind': 'Service', 'metadata': {}}"},
                 "error 0: metadata.name: is missing\n"},
                {{"{'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': 'a'}}"},
                 "error 0: spec: is missing\n"},
                {{CLAIM_OF("a", "'1'"), CLAIM_OF("a", "'1'")},
                 "error 1: metadata.name: 'a' is the name of two objects of this kind\n"},
                {{CLAIM_OF("a", "'1'"), CLAIM_OF("b", "'1'")},
                 "error 1: is a second claim: there is one shared folder\n"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# %s\n", rows[i].texts[0]);
                pd_solution_free(read_list(rows[i].texts, rows[i].said));
        }
}

static void a_deployment_without_its_service_is_reached_by_nothing(void **state)
{
        static const char unreached[] =
                "warning 0: no Service of its name selects its pods: nothing "
                "reaches them\n";
        static const struct {
                const char *texts[MAX_LIST], *said;
        } rows[] = {
                {{DEPLOY("a", "")}, ""},
                {{DEPLOY("a", ""), SERVE("a", "'app': 'b'", "{'port': 1}")},
                 "note 1: is not kept: it does not select the pods of 'a'\n"},
                {{DEPLOY("a", ""), SERVE("a", "", "{'port': 1}")},
                 "note 1: is not kept: it does not select the pods of 'a'\n"},
                {{DEPLOY("a", ""), SERVE("a", "'app': 'a', 'tier': 'x'", "{'port': 1}")},
                 "note 1: is not kept: it does not select the pods of 'a'\n"},
                {{DEPLOY("a", ""), SERVE("b", "'app': 'a'", "{'port': 1}")},
                 "note 1: is not kept: there is no Deployment of its name\n"},
                {{DEPLOY("a", ""), SERVE("awebui", "'app': 'a'", "{'port': 1}")},
                 "note 1: is not kept: web pages get Services of their own\n"},
                {{DEPLOY("a", ""), SERVE("a", "'app': 'a'", "")}, ""},
                {{DEPLOY("a", ""), SERVE("a", "'app': 'a'", "{'port': 1, 'targetPort': 'grpc'}")},
                 "warning 1: spec.ports[0].targetPort: is 'grpc', but no port of the container has "
                 "this name\n"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf said = PD_BUF_INIT(1000);

                print_message("# row %zu\n", i);
                pd_buf_printf(&said, "%s%s", rows[i].said, unreached);
                pd_solution_free(read_list(rows[i].texts, said.data));
        }
}

/* The ports of the one workload: `NAME CONTAINER_PORT>SERVICE_PORT`, a blank between. */
static void assert_ports(const char *container, const char *service, const char *wanted)
{
        pd_auto(pd_free_ptr) char *deployment_text = NULL;
        pd_auto(pd_free_ptr) char *service_text = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_buf_done) struct pd_buf got = PD_BUF_INIT(1000);
        const struct pd_ports *ports;

        assert_true(asprintf(&deployment_text, DEPLOY("a", ", 'ports': [%s]"), container) > 0);
        assert_true(asprintf(&service_text, SERVE("a", "'app': 'a'", "%s"), service) > 0);
        solution = read_list((const char *const[]){deployment_text, service_text, NULL}, "");
        assert_int_equal(solution->workload_count, 1);
        ports = &solution->workloads[0].ports;
        for (size_t i = 0; i < ports->count; i++)
                pd_buf_printf(&got, "%s%s %u>%u", i > 0 ? ", " : "",
                              ports->at[i].name != NULL ? ports->at[i].name : "-",
                              ports->at[i].container_port, ports->at[i].service_port);
        assert_string_equal(got.data, wanted);
}

static void a_service_offers_the_ports_of_its_deployment(void **state)
{
        static const struct {
                const char *container, *service, *ports;
        } rows[] = {
                /* by number, by name, and by default the same number */
                {"{'name': 'a', 'containerPort': 1}", "{'name': 'a', 'port': 2, 'targetPort': 1}",
                 "a 1>2"},
                {"{'name': 'a', 'containerPort': 1}", "{'name': 'a', 'port': 2, 'targetPort': 'a'}",
                 "a 1>2"},
                {"{'name': 'a', 'containerPort': 1}", "{'port': 1}", "a 1>1"},
                /* numbers as text, in files that people wrote */
                {"{'containerPort': '8061'}", "{'port': '8556', 'targetPort': '8061'}",
                 "- 8061>8556"},
                /* the Service's name where the container has none, or does not list the port */
                {"{'containerPort': 1}", "{'name': 'b', 'port': 2, 'targetPort': 1}", "b 1>2"},
                {"", "{'name': 'b', 'port': 2, 'targetPort': 1}", "b 1>2"},
                {"", "{'port': 2}", "- 2>2"},
                /* the port that is offered first is the one for calls */
                {"{'name': 'w', 'containerPort': 1}, {'name': 'x', 'containerPort': 2}, "
                 "{'name': 'g', 'containerPort': 3}",
                 "{'name': 'g', 'port': 4, 'targetPort': 'g'}, "
                 "{'name': 'w', 'port': 5, 'targetPort': 1}",
                 "g 3>4, w 1>5, x 2>0"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# %s\n", rows[i].ports);
                assert_ports(rows[i].container, rows[i].service, rows[i].ports);
        }
}

static void amounts_may_be_numbers(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        const struct pd_workload *workload;
        (void)state;

        solution = read_list(
                (const char *const[]){
                        DEPLOY("a", ", 'ports': [{'containerPort': 1}], 'resources': {"
                                    " 'requests': {'cpu': 0.5, 'memory': 1000000000},"
                                    " 'limits': {'cpu': 2, 'memory': '1e3', 'x.org/gpu': '1'}}"),
                        SERVE("a", "'app': 'a'", "{'port': 1}"), CLAIM_OF("c", "5"), NULL},
                "");
        workload = &solution->workloads[0];
        assert_int_equal(workload->requests.count, 2);
        assert_string_equal(workload->requests.at[0].value, "0.5");
        assert_string_equal(workload->requests.at[1].value, "1000000000");
        assert_int_equal(workload->limits.count, 3);
        assert_string_equal(workload->limits.at[0].value, "2");
        assert_string_equal(workload->limits.at[1].value, "1e3");
        assert_string_equal(workload->limits.at[2].name, "x.org/gpu");
        assert_string_equal(solution->claim->size, "5");
        assert_null(solution->claim->storage_class);
}

/* A Deployment that mounts the claim `pipeline`, as older zips call it. */
#define MOUNTING                                                                                   \
        "{'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': 'a'},"               \
        " 'spec': {'template': {'spec': {'containers': [{'name': 'a', 'image': 'x',"               \
        "  'volumeMounts': [{'name': 'v', 'mountPath': '/data'}]}],"                               \
        "  'volumes': [{'name': 'v', 'persistentVolumeClaim': {'claimName': 'pipeline'}}]}}}}"

static void a_claim_of_any_name_is_the_shared_folder(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        (void)state;

        solution = read_list(
                (const char *const[]){MOUNTING, CLAIM_OF("pipeline", "'1Gi'"), NULL},
                "warning 0: no Service of its name selects its pods: nothing reaches them\n");
        assert_string_equal(solution->workloads[0].mount_path, "/data");
}

static void a_claim_that_is_in_no_file_is_an_error(void **state)
{
        static const char *const lists[][MAX_LIST] = {{MOUNTING},
                                                      {MOUNTING, CLAIM_OF("other", "'1Gi'")}};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(lists); i++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = read_list(
                        lists[i],
                        "error 0: spec.template.spec.volumes[0].persistentVolumeClaim.claimName: "
                        "is 'pipeline', but no file has this claim\n"
                        "note 0: spec.template.spec.containers[0].volumeMounts[0]: nothing is "
                        "mounted at '/data': the volume 'v' is not kept\n"
                        "warning 0: no Service of its name selects its pods: nothing reaches "
                        "them\n");

                assert_null(solution->workloads[0].mount_path);
        }
}

static void workloads_come_in_the_order_of_their_deployments(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        (void)state;

        solution = read_list((const char *const[]){SERVE("z", "'app': 'z'", "{'port': 1}"),
                                                   DEPLOY("z", ""), DEPLOY("a", ""),
                                                   SERVE("a", "'app': 'a'", "{'port': 1}")},
                             "");
        assert_int_equal(solution->workload_count, 2);
        assert_string_equal(solution->workloads[0].name, "z");
        assert_string_equal(solution->workloads[1].name, "a");
        assert_null(solution->claim);
}

static void a_workload_must_not_be_called_like_a_web_page(void **state)
{
        (void)state;

        pd_solution_free(read_list(
                (const char *const[]){DEPLOY("awebui", ""), DEPLOY("a", ""),
                                      SERVE("awebui", "'app': 'awebui'", "{'port': 1}"),
                                      SERVE("a", "'app': 'a'", "{'port': 1}")},
                "error 0: metadata.name: 'awebui' is what the web page of another workload is "
                "called\n"));
}

static int read_once(void *context, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        if (objects_read(context, &findings, &solution, err) < 0)
                return -1;
        return pd_findings_check(&findings, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        pd_auto(objects_done) struct objects objects = objects_make();
        json_t *deployment = pd_json_unconst(objects.at[DEPLOYMENT].json);
        json_t *args = json_array();
        (void)state;

        /* so much that the arenas grow in many places: texts, and members that are noted */
        for (int i = 0; i < 200; i++) {
                char name[40];

                (void)snprintf(name, sizeof(name), "extra-%030d", i);
                objects_set(deployment, name, json_true());
                assert_int_equal(json_array_append_new(args, json_sprintf("%0100d", i)), 0);
        }
        objects_set(deployment, "spec.template.spec.containers[0].args", args);
        assert_true(pd_alloc_fail_each(read_once, &objects) > 10);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_three_kinds_are_taken),
                cmocka_unit_test(a_deployment_without_its_service_is_reached_by_nothing),
                cmocka_unit_test(a_service_offers_the_ports_of_its_deployment),
                cmocka_unit_test(amounts_may_be_numbers),
                cmocka_unit_test(a_claim_of_any_name_is_the_shared_folder),
                cmocka_unit_test(a_claim_that_is_in_no_file_is_an_error),
                cmocka_unit_test(workloads_come_in_the_order_of_their_deployments),
                cmocka_unit_test(a_workload_must_not_be_called_like_a_web_page),
                cmocka_unit_test(each_failing_allocation_is_an_error),
        };

        return cmocka_run_group_tests_name("manifest read", tests, NULL, NULL);
}
