/* test_kubernetes_objects.c - the objects of a solution, as far as no API server is wanted. */
#include "pd_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc_fail.h"
#include "json/get.h"
#include "json/json.h"
#include "kubernetes_files.h"
#include "kubernetes_objects.h"

#define TOKEN "s3cret"

struct world {
        struct pd_solution *solution;
        struct pd_secret *token;
        struct pd_kubernetes_shape shape;
        struct pd_kubernetes_objects objects;
        struct pd_err err;
};

static void add_node(struct world *world, const char *name, const char *mount)
{
        assert_pd_ok(pd_solution_add_node(world->solution, name, "localhost/image:1", mount,
                                          &pd_solution_default_options, &world->err),
                     world->err);
}

/* A pipeline of one node and the orchestrator. */
static void begin(struct world *world)
{
        *world = (struct world){0};
        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &world->solution, &world->err),
                     world->err);
        assert_pd_ok(pd_solution_set_name(world->solution, "My Pipeline", &world->err), world->err);
        assert_pd_ok(pd_secret_new(TOKEN, strlen(TOKEN), &world->token, &world->err), world->err);
        add_node(world, "camera", "/data");
        add_node(world, "orchestrator", NULL);
        world->solution->blueprint = json_pack("{s:[]}", "nodes");
        world->shape = (struct pd_kubernetes_shape){
                .namespace_name = "ns", .id = "abc", .token = world->token, .host = "h.org"};
}

static void end(struct world *world)
{
        pd_kubernetes_objects_done(&world->objects);
        pd_secret_free(world->token);
        pd_solution_free(world->solution);
}

static int make(struct world *world)
{
        const struct pd_engine_wish wish = {.solution = world->solution, .name = "mine"};

        pd_kubernetes_objects_done(&world->objects);
        return pd_kubernetes_objects_make(&wish, &world->shape, &world->objects, &world->err);
}

static const json_t *find(const struct world *world, enum pd_kubernetes_kind kind, const char *name)
{
        for (size_t i = 0; i < world->objects.count; i++) {
                if (world->objects.at[i].kind == kind &&
                    strcmp(world->objects.at[i].name, name) == 0)
                        return world->objects.at[i].json;
        }
        return NULL;
}

static const json_t *pod_of(const struct world *world, const char *name)
{
        return pd_json_dig(find(world, PD_KUBERNETES_DEPLOYMENT, name), "spec", "template", "spec",
                           NULL);
}

static void assert_member(const json_t *object, const char *name, const char *want)
{
        assert_string_equal(pd_json_get_string(object, name), want);
}

static void what_is_wanted_stands_before_who_wants_it(void **state)
{
        struct world world;

        (void)state;
        begin(&world);
        world.shape.owns_namespace = true;
        world.solution->claim = &(struct pd_claim){.storage_class = "", .size = "1Gi"};
        assert_pd_ok(make(&world), world.err);
        assert_int_equal(world.objects.at[0].kind, PD_KUBERNETES_NAMESPACE);
        for (size_t i = 1; i < world.objects.count; i++)
                assert_true(pd_kubernetes_kind_stage(world.objects.at[i - 1].kind) <=
                            pd_kubernetes_kind_stage(world.objects.at[i].kind));
        end(&world);
}

static void pods_of_others_with_equal_names_are_not_selected(void **state)
{
        struct world world;
        const json_t *spec;

        (void)state;
        begin(&world);
        assert_pd_ok(make(&world), world.err);
        spec = pd_json_get(find(&world, PD_KUBERNETES_DEPLOYMENT, "camera"), "spec");
        assert_member(pd_json_dig(spec, "selector", "matchLabels", NULL), PD_LABEL_ID, "abc");
        assert_member(pd_json_dig(spec, "template", "metadata", "labels", NULL), PD_LABEL_ID,
                      "abc");
        assert_member(pd_json_dig(find(&world, PD_KUBERNETES_SERVICE, "camera"), "spec", "selector",
                                  NULL),
                      PD_LABEL_ID, "abc");
        assert_member(pd_json_dig(find(&world, PD_KUBERNETES_SERVICE, "camerawebui"), "spec",
                                  "selector", NULL),
                      PD_LABEL_ID, "abc");
        end(&world);
}

static void pods_have_no_rights_in_the_cluster(void **state)
{
        struct world world;
        const json_t *pod;

        (void)state;
        begin(&world);
        assert_pd_ok(make(&world), world.err);
        pod = pod_of(&world, "camera");
        assert_false(pd_json_get_bool(pod, "automountServiceAccountToken", true));
        assert_member(pd_json_dig(pod, "securityContext", "seccompProfile", NULL), "type",
                      "RuntimeDefault");
        assert_false(pd_json_get_bool(
                pd_json_get(json_array_get(pd_json_get(pod, "containers"), 0), "securityContext"),
                "allowPrivilegeEscalation", true));
        end(&world);
}

static void a_pod_runs_where_it_may(void **state)
{
        static struct pd_pair label = {"kind", "gpu"};
        static struct pd_toleration toleration = {.key = "gpu", .op = "Exists"};
        struct world world;
        const json_t *pod, *tolerations;

        (void)state;
        begin(&world);
        world.solution->workloads[0].node_selector = (struct pd_pairs){&label, 1};
        world.solution->workloads[0].tolerations = (struct pd_tolerations){&toleration, 1};
        assert_pd_ok(make(&world), world.err);
        pod = pod_of(&world, "camera");
        assert_member(pd_json_get(pod, "nodeSelector"), "kind", "gpu");
        tolerations = pd_json_get_array(pod, "tolerations");
        assert_int_equal(json_array_size(tolerations), 1);
        assert_member(json_array_get(tolerations, 0), "operator", "Exists");
        assert_int_equal(json_object_size(json_array_get(tolerations, 0)), 2);
        assert_null(pd_json_get(pod_of(&world, "orchestrator"), "nodeSelector"));
        assert_null(pd_json_get(pod_of(&world, "orchestrator"), "tolerations"));
        end(&world);
}

static void the_token_stands_in_its_secret_alone(void **state)
{
        struct world world;

        (void)state;
        begin(&world);
        assert_pd_ok(make(&world), world.err);
        for (size_t i = 0; i < world.objects.count; i++) {
                char *text = json_dumps(world.objects.at[i].json, 0);

                assert_non_null(text);
                assert_null(strstr(text, TOKEN));
                assert_true((strstr(text, "czNjcmV0") != NULL) ==
                            (world.objects.at[i].kind == PD_KUBERNETES_SECRET));
                free(text);
        }
        end(&world);
}

static void web_pages_are_shown_as_wished(void **state)
{
        struct world world;
        const json_t *rules;

        (void)state;
        begin(&world);
        assert_pd_ok(make(&world), world.err);
        assert_member(pd_json_get(find(&world, PD_KUBERNETES_SERVICE, "camerawebui"), "spec"),
                      "type", "NodePort");
        assert_null(find(&world, PD_KUBERNETES_SERVICE, "orchestratorwebui"));
        world.shape.expose = PD_EXPOSE_INGRESS;
        assert_pd_ok(make(&world), world.err);
        assert_member(pd_json_get(find(&world, PD_KUBERNETES_SERVICE, "camerawebui"), "spec"),
                      "type", "ClusterIP");
        rules = pd_json_dig(find(&world, PD_KUBERNETES_INGRESS, "webui"), "spec", "rules", NULL);
        assert_int_equal(json_array_size(rules), 1);
        assert_member(json_array_get(rules, 0), "host", "camera.h.org");
        world.shape.expose = PD_EXPOSE_NONE;
        assert_pd_ok(make(&world), world.err);
        assert_null(find(&world, PD_KUBERNETES_SERVICE, "camerawebui"));
        end(&world);
}

static void assert_service(const struct world *world, const char *name, const char *type,
                           size_t ports)
{
        const json_t *spec = pd_json_get(find(world, PD_KUBERNETES_SERVICE, name), "spec");

        assert_member(spec, "type", type);
        assert_int_equal(json_array_size(pd_json_get(spec, "ports")), ports);
}

static void only_an_orchestrator_of_others_is_reached_at_a_node_port(void **state)
{
        struct world world;

        (void)state;
        begin(&world);
        assert_pd_ok(make(&world), world.err);
        assert_service(&world, "orchestrator", "ClusterIP", 2);
        world.shape.is_foreign = true;
        assert_pd_ok(make(&world), world.err);
        assert_service(&world, "orchestrator", "NodePort", 2);
        assert_service(&world, "camera", "ClusterIP", 1);
        world.shape.expose = PD_EXPOSE_NONE;
        assert_pd_ok(make(&world), world.err);
        assert_service(&world, "orchestrator", "ClusterIP", 2);
        end(&world);
}

static void a_namespace_of_its_own_may_have_a_quota_and_limits(void **state)
{
        struct pd_pair hard = {"requests.cpu", "4"}, limit = {"memory", "1Gi"};
        const struct pd_pairs quota = {&hard, 1}, limits = {&limit, 1};
        struct world world;
        const json_t *range;

        (void)state;
        begin(&world);
        world.shape.quota = &quota;
        world.shape.default_limits = &limits;
        world.shape.owns_namespace = true;
        assert_pd_ok(make(&world), world.err);
        assert_member(pd_json_dig(find(&world, PD_KUBERNETES_RESOURCE_QUOTA, PD_KUBERNETES_LIMITS),
                                  "spec", "hard", NULL),
                      "requests.cpu", "4");
        range = json_array_get(
                pd_json_dig(find(&world, PD_KUBERNETES_LIMIT_RANGE, PD_KUBERNETES_LIMITS), "spec",
                            "limits", NULL),
                0);
        assert_member(range, "type", "Container");
        assert_member(pd_json_get(range, "default"), "memory", "1Gi");
        world.shape.owns_namespace = false;
        assert_pd_ok(make(&world), world.err);
        assert_null(find(&world, PD_KUBERNETES_RESOURCE_QUOTA, PD_KUBERNETES_LIMITS));
        assert_null(find(&world, PD_KUBERNETES_LIMIT_RANGE, PD_KUBERNETES_LIMITS));
        end(&world);
}

static void a_model_that_is_called_orchestrator_is_a_model(void **state)
{
        struct world world;
        const json_t *service;

        (void)state;
        begin(&world);
        world.solution->kind = PD_SOLUTION_MODEL;
        world.solution->workloads[0] = world.solution->workloads[1];
        world.solution->workload_count = 1;
        assert_pd_ok(make(&world), world.err);
        service = pd_json_get(find(&world, PD_KUBERNETES_SERVICE, "orchestrator"), "spec");
        assert_int_equal(json_array_size(pd_json_get(service, "ports")), 1);
        assert_non_null(find(&world, PD_KUBERNETES_SERVICE, "orchestratorwebui"));
        assert_null(pd_json_get(pod_of(&world, "orchestrator"), "volumes"));
        assert_null(find(&world, PD_KUBERNETES_SECRET, PD_KUBERNETES_TOKEN_SECRET));
        end(&world);
}

static void options_of_the_claim_come_first(void **state)
{
        struct world world;
        const json_t *spec;

        (void)state;
        begin(&world);
        world.solution->claim = &(struct pd_claim){.storage_class = "", .size = "2Gi"};
        world.shape.storage_class = "fast";
        world.shape.access_mode = "ReadWriteOnce";
        assert_pd_ok(make(&world), world.err);
        spec = pd_json_get(find(&world, PD_KUBERNETES_CLAIM, "shared-folder"), "spec");
        assert_member(spec, "storageClassName", "fast");
        assert_string_equal(json_string_value(json_array_get(pd_json_get(spec, "accessModes"), 0)),
                            "ReadWriteOnce");
        end(&world);
}

/* --- The pipeline's files --- */

static void add_proto(struct world *world, const char *workload, size_t size, char byte)
{
        char *text = malloc(size);

        assert_non_null(text);
        memset(text, byte, size);
        assert_pd_ok(pd_solution_add_proto(world->solution, workload, text, size, &world->err),
                     world->err);
        free(text);
}

static void files_that_are_too_many_for_one_map_go_into_several(void **state)
{
        struct world world;
        const json_t *sources;

        (void)state;
        begin(&world);
        for (int i = 0; i < 5; i++) {
                char name[8];

                (void)snprintf(name, sizeof(name), "n%d", i);
                add_proto(&world, name, 400 * 1024, ' ');
        }
        assert_pd_ok(make(&world), world.err);
        assert_non_null(find(&world, PD_KUBERNETES_CONFIG_MAP, "pipeline-2"));
        assert_null(find(&world, PD_KUBERNETES_CONFIG_MAP, "pipeline-3"));
        sources = pd_json_dig(
                json_array_get(pd_json_get(pod_of(&world, "orchestrator"), "volumes"), 0),
                "projected", "sources", NULL);
        assert_int_equal(json_array_size(sources), 4);
        assert_string_equal(
                pd_json_get_string(pd_json_get(json_array_get(sources, 3), "configMap"), "name"),
                PD_KUBERNETES_RUN);
        assert_non_null(find(&world, PD_KUBERNETES_CONFIG_MAP, PD_KUBERNETES_RUN));
        end(&world);
}

static void a_file_that_no_map_holds_is_refused_by_name(void **state)
{
        struct world world;

        (void)state;
        begin(&world);
        add_proto(&world, "huge", PD_KUBERNETES_MAX_CONFIG_MAP, ' ');
        assert_pd_fail(make(&world), world.err, PD_E_TOO_LARGE);
        assert_pd_says(world.err.msg, "huge.proto");
        end(&world);
}

static void what_is_no_text_goes_as_bytes(void **state)
{
        struct world world;
        const json_t *map;

        (void)state;
        begin(&world);
        add_proto(&world, "odd", 2, '\xff');
        assert_pd_ok(make(&world), world.err);
        map = find(&world, PD_KUBERNETES_CONFIG_MAP, "pipeline-0");
        assert_member(pd_json_get(map, "binaryData"), "odd.proto", "//8=");
        assert_null(pd_json_dig(map, "data", "odd.proto", NULL));
        end(&world);
}

static void another_pipeline_means_other_pods_of_the_orchestrator_alone(void **state)
{
        struct world world;
        json_t *camera;
        json_t *orchestrator;

        (void)state;
        begin(&world);
        assert_pd_ok(make(&world), world.err);
        camera = json_incref(pd_json_unconst(find(&world, PD_KUBERNETES_DEPLOYMENT, "camera")));
        orchestrator = json_incref(
                pd_json_unconst(find(&world, PD_KUBERNETES_DEPLOYMENT, "orchestrator")));
        assert_pd_ok(make(&world), world.err);
        assert_true(
                json_equal(find(&world, PD_KUBERNETES_DEPLOYMENT, "orchestrator"), orchestrator));
        add_proto(&world, "camera", 1, ' ');
        assert_pd_ok(make(&world), world.err);
        assert_true(json_equal(find(&world, PD_KUBERNETES_DEPLOYMENT, "camera"), camera));
        assert_false(
                json_equal(find(&world, PD_KUBERNETES_DEPLOYMENT, "orchestrator"), orchestrator));
        json_decref(camera);
        json_decref(orchestrator);
        end(&world);
}

static int make_again(void *context, struct pd_err *err)
{
        struct world *world = context;
        int result = make(world);

        pd_kubernetes_objects_done(&world->objects);
        *err = world->err;
        return result;
}

static void a_lack_of_memory_is_told(void **state)
{
        struct world world;

        (void)state;
        begin(&world);
        world.shape.owns_namespace = true;
        world.shape.expose = PD_EXPOSE_INGRESS;
        world.shape.registries = world.token;
        add_proto(&world, "odd", 2, '\xff');
        assert_true(pd_alloc_fail_each(make_again, &world) > 100);
        end(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_wanted_stands_before_who_wants_it),
                cmocka_unit_test(pods_of_others_with_equal_names_are_not_selected),
                cmocka_unit_test(pods_have_no_rights_in_the_cluster),
                cmocka_unit_test(a_pod_runs_where_it_may),
                cmocka_unit_test(the_token_stands_in_its_secret_alone),
                cmocka_unit_test(web_pages_are_shown_as_wished),
                cmocka_unit_test(only_an_orchestrator_of_others_is_reached_at_a_node_port),
                cmocka_unit_test(a_namespace_of_its_own_may_have_a_quota_and_limits),
                cmocka_unit_test(a_model_that_is_called_orchestrator_is_a_model),
                cmocka_unit_test(options_of_the_claim_come_first),
                cmocka_unit_test(files_that_are_too_many_for_one_map_go_into_several),
                cmocka_unit_test(a_file_that_no_map_holds_is_refused_by_name),
                cmocka_unit_test(what_is_no_text_goes_as_bytes),
                cmocka_unit_test(another_pipeline_means_other_pods_of_the_orchestrator_alone),
                cmocka_unit_test(a_lack_of_memory_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
