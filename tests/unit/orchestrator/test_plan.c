/* test_plan.c - a pipeline as lanes and edges. */
#include "plan.h"

#include <string.h>

#include "alloc_fail.h"
#include "blueprint/blueprint.h"
#include "pd_test.h"

#define OPERATION(name, input, output, edges)                                                      \
        "{\"operation_signature\": {\"operation_name\": \"" name                                   \
        "\", \"input_message_name\": \"" input "\", \"input_message_stream\": false, "             \
        "\"output_message_name\": \"" output "\", \"output_message_stream\": false}, "             \
        "\"connected_to\": [" edges "]}"
#define EDGE(node, operation)                                                                      \
        "{\"container_name\": \"" node                                                             \
        "\", \"operation_signature\": {\"operation_name\": \"" operation "\"}}"
#define NODE(name, operations)                                                                     \
        "{\"container_name\": \"" name "\", \"node_type\": \"MLModel\", \"image\": \"i:1\", "      \
        "\"proto_uri\": \"a.proto\", \"operation_signature_list\": [" operations "]}"
#define PIPELINE(nodes)                                                                            \
        "{\"name\": \"p\", \"version\": \"1\", \"input_ports\": [], \"nodes\": [" nodes "]}"
#define PLACE(name, host, port)                                                                    \
        "{\"container_name\": \"" name "\", \"ip_address\": \"" host "\", \"port\": " port "}"
#define PLACES(list) "{\"docker_info_list\": [" list "]}"

#define MOUNT OPERATION("mountVolume", "", "", "")
#define FOLDER                                                                                     \
        "{\"container_name\": \"/data\", \"node_type\": \"SharedFolder\", \"image\": \"i:1\", "    \
        "\"operation_signature_list\": [{\"operation_signature\": {\"operation_name\": "           \
        "\"provideFolder\"}, \"connected_to\": [" EDGE("Source", "mountVolume") "]}]}"

#define TWO                                                                                        \
        PIPELINE(NODE("Source",                                                                    \
                      OPERATION("pull", "Empty", "Row",                                            \
                                EDGE("model", "predict"))) ", " NODE("model",                      \
                                                                     OPERATION("predict", "Row",   \
                                                                               "Result", "")))
#define TWO_PLACES                                                                                 \
        PLACES(PLACE("source", "10.0.0.1", "\"8556\"") ", " PLACE("MODEL", "::1", "8061"))

static const char source_proto[] =
        "syntax = \"proto3\"; package data.broker; import \"google/protobuf/empty.proto\";"
        "message Row { int32 number = 1; }"
        "service Broker { rpc pull(google.protobuf.Empty) returns (stream Row); }";
static const char model_proto[] =
        "syntax = \"proto3\"; message Row { int32 number = 1; } message Result { bool is = 1; }"
        "service Other { rpc Predict(Row) returns (Row); }"
        "service Model { rpc predict(stream Row) returns (Result); }";

/* Texts of a pipeline of at most two nodes that are called, and what becomes of them. */
struct pipeline {
        const char *blueprint, *places;
        const char *protos[3]; /* one a node; NULL: none */
        struct pd_findings findings;
        struct pd_proto *compiled[3];
        struct pd_plan *plan;
};

static void compile(struct pipeline *pipeline)
{
        struct pd_err err = {0};

        for (size_t i = 0; i < PD_COUNT(pipeline->protos); i++) {
                const char *text = pipeline->protos[i];

                if (text != NULL)
                        assert_pd_ok(pd_proto_compile(text, strlen(text), NULL,
                                                      &pipeline->compiled[i], &err),
                                     err);
        }
}

static int plan(struct pipeline *pipeline, struct pd_err *err)
{
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_addresses addresses = {0};

        if (pd_blueprint_read(pipeline->blueprint, strlen(pipeline->blueprint), &pipeline->findings,
                              &blueprint, err) < 0 ||
            pd_findings_check(&pipeline->findings, err) < 0 ||
            pd_addresses_read(pipeline->places, strlen(pipeline->places), &arena, &addresses, err) <
                    0)
                return -1;
        return pd_plan_new(pd_blueprint_graph(blueprint), &addresses, pipeline->compiled,
                           &pipeline->findings, &pipeline->plan, err);
}

static void done(struct pipeline *pipeline)
{
        for (size_t i = 0; i < PD_COUNT(pipeline->compiled); i++)
                pd_proto_free(pipeline->compiled[i]);
        pd_plan_free(pipeline->plan);
        pd_findings_done(&pipeline->findings);
}

static bool has_finding(const struct pipeline *pipeline, const char *part)
{
        for (size_t i = 0; i < pipeline->findings.count; i++) {
                if (strstr(pipeline->findings.at[i].message, part) != NULL)
                        return true;
        }
        return false;
}

static void a_lane_knows_what_to_call_and_where(void **state)
{
        pd_auto(done) struct pipeline pipeline = {
                .blueprint = TWO, .places = TWO_PLACES, .protos = {source_proto, model_proto}};
        const struct pd_plan_lane *source, *model;
        struct pd_err err = {0};
        (void)state;

        compile(&pipeline);
        assert_pd_ok(plan(&pipeline, &err), err);
        assert_int_equal(pipeline.plan->lane_count, 2);
        assert_true(pipeline.plan->has_source);
        source = &pipeline.plan->lanes[0];
        model = &pipeline.plan->lanes[1];

        assert_string_equal(source->path, "/data.broker.Broker/pull");
        assert_string_equal(source->target, "10.0.0.1:8556");
        assert_string_equal(source->component,
                            "OrchestrationThreadBase[component=Source,svc=Broker,rpc=pull]");
        assert_string_equal(source->rpc, "Broker.pull");
        assert_true(source->is_source);
        assert_non_null(source->input);
        assert_non_null(source->output);
        assert_int_equal(source->target_count, 1);
        assert_int_equal(source->targets[0], 1);

        assert_string_equal(model->path, "/Model/predict");
        assert_string_equal(model->target, "[::1]:8061");
        assert_string_equal(model->queue, "OrchestrationQueue[model_predict]");
        assert_false(model->is_source);
        assert_int_equal(model->feeder_count, 1);
        assert_int_equal(model->feeders[0], 0);
        assert_int_equal(pipeline.plan->lanes[pipeline.plan->order[0]].group, 0);
}

static void the_proto_says_what_streams(void **state)
{
        pd_auto(done) struct pipeline pipeline = {
                .blueprint = TWO, .places = TWO_PLACES, .protos = {source_proto, model_proto}};
        struct pd_err err = {0};
        (void)state;

        compile(&pipeline);
        assert_pd_ok(plan(&pipeline, &err), err);
        assert_false(pipeline.plan->lanes[0].input_stream);
        assert_true(pipeline.plan->lanes[0].output_stream);
        assert_true(pipeline.plan->lanes[1].input_stream);
        assert_false(pipeline.plan->lanes[1].output_stream);
}

static void the_shared_folder_and_its_mounts_are_no_lanes(void **state)
{
        pd_auto(done) struct pipeline pipeline = {
                .blueprint = PIPELINE(FOLDER ", " NODE(
                        "Source", MOUNT
                        ", " OPERATION("pull", "Empty", "Row",
                                       EDGE("model",
                                            "predict"))) ", " NODE("model", MOUNT
                                                                   ", " OPERATION("predict", "Row",
                                                                                  "Result", ""))),
                .places = TWO_PLACES,
                .protos = {NULL, source_proto, model_proto}};
        struct pd_err err = {0};
        (void)state;

        compile(&pipeline);
        assert_pd_ok(plan(&pipeline, &err), err);
        assert_int_equal(pipeline.plan->lane_count, 2);
        assert_int_equal(pipeline.plan->lanes[0].target_count, 1);
        assert_int_equal(pipeline.plan->lanes[0].targets[0], 1);
        assert_string_equal(pipeline.plan->lanes[1].operation, "predict");
}

static void a_pipeline_without_a_source_is_warned_of(void **state)
{
        pd_auto(done) struct pipeline pipeline = {
                .blueprint = PIPELINE(NODE("model", OPERATION("predict", "Row", "Result", ""))),
                .places = TWO_PLACES,
                .protos = {model_proto}};
        struct pd_err err = {0};
        (void)state;

        compile(&pipeline);
        assert_pd_ok(plan(&pipeline, &err), err);
        assert_false(pipeline.plan->has_source);
        assert_true(has_finding(&pipeline, "starts nothing"));
}

static void what_cannot_be_called_names_the_node(void **state)
{
        static const struct {
                struct pipeline pipeline;
                const char *says;
        } rows[] = {
                {{.blueprint = TWO,
                  .places = PLACES(PLACE("source", "a", "1")),
                  .protos = {source_proto, model_proto}},
                 "node 'model' is not in dockerinfo"},
                {{.blueprint = TWO, .places = TWO_PLACES, .protos = {source_proto, NULL}},
                 "node 'model' has no proto"},
                {{.blueprint = TWO, .places = TWO_PLACES, .protos = {source_proto, source_proto}},
                 "of node 'model' has the operation 'predict'"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(done) struct pipeline pipeline = rows[i].pipeline;
                struct pd_err err = {0};

                compile(&pipeline);
                assert_pd_fail(plan(&pipeline, &err), err, PD_E_UNPROCESSABLE);
                assert_pd_says(err.msg, rows[i].says);
                assert_non_null(pipeline.compiled[0]); /* still the caller's */
        }
}

static void a_node_may_be_fed_by_itself_and_twice(void **state)
{
        pd_auto(done) struct pipeline pipeline = {
                .blueprint = PIPELINE(NODE("model", OPERATION("predict", "Row", "Result",
                                                              EDGE("model", "predict") ", " EDGE(
                                                                      "MODEL", "predict")))),
                .places = TWO_PLACES,
                .protos = {model_proto}};
        struct pd_err err = {0};
        (void)state;

        compile(&pipeline);
        assert_pd_ok(plan(&pipeline, &err), err);
        assert_int_equal(pipeline.plan->edge_count, 2);
        assert_int_equal(pipeline.plan->lanes[0].target_count, 2);
        assert_int_equal(pipeline.plan->lanes[0].feeder_count, 2);
        assert_int_equal(pipeline.plan->group_count, 1);
}

/* A graph of one node with so many operations, all called `predict`, each with so many edges. */
struct crowd {
        struct pd_operation operations[PD_PLAN_MAX_LANES + 1];
        struct pd_edge edges[PD_PLAN_MAX_EDGES + 1];
        struct pd_node node;
};

static int plan_crowd(struct crowd *crowd, size_t operations, size_t edges, struct pd_err *err)
{
        static const struct pd_address place = {"model", "a", 1};
        const struct pd_addresses addresses = {&place, 1};
        const struct pd_graph graph = {&crowd->node, 1};
        pd_auto(done) struct pipeline pipeline = {.protos = {model_proto}};

        compile(&pipeline);
        for (size_t i = 0; i < operations; i++)
                crowd->operations[i] =
                        (struct pd_operation){.name = "predict", .input = "Row", .output = "Row"};
        crowd->operations[0].edges = crowd->edges;
        crowd->operations[0].edge_count = edges;
        crowd->node = (struct pd_node){
                .name = "model", .operations = crowd->operations, .operation_count = operations};
        return pd_plan_new(&graph, &addresses, pipeline.compiled, &pipeline.findings,
                           &pipeline.plan, err);
}

static void lanes_and_edges_have_limits(void **state)
{
        static struct crowd crowd;
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(plan_crowd(&crowd, PD_PLAN_MAX_LANES, PD_PLAN_MAX_EDGES, &err), err);
        assert_pd_fail(plan_crowd(&crowd, PD_PLAN_MAX_LANES + 1, 0, &err), err, PD_E_TOO_LARGE);
        assert_pd_fail(plan_crowd(&crowd, 1, PD_PLAN_MAX_EDGES + 1, &err), err, PD_E_TOO_LARGE);
}

/* Only the plan itself: what it is made of is there already. */
static int plan_again(void *context, struct pd_err *err)
{
        struct pipeline *pipeline = context;
        static const struct pd_address places[] = {{"source", "a", 1}, {"model", "b", 1}};
        static struct pd_edge edge = {.node_name = "model", .operation_name = "predict", .node = 1};
        static struct pd_operation pull = {.name = "pull",
                                           .input = "Empty",
                                           .output = "Row",
                                           .edges = &edge,
                                           .edge_count = 1,
                                           .output_stream = true};
        static struct pd_operation predict = {.name = "predict",
                                              .input = "Row",
                                              .output = "Result",
                                              .incoming = 1,
                                              .input_stream = true};
        static struct pd_node nodes[] = {
                {.name = "Source", .operations = &pull, .operation_count = 1},
                {.name = "model", .operations = &predict, .operation_count = 1}};
        const struct pd_graph graph = {nodes, PD_COUNT(nodes)};
        const struct pd_addresses addresses = {places, PD_COUNT(places)};
        struct pd_plan *made = NULL;

        if (pd_plan_new(&graph, &addresses, pipeline->compiled, &pipeline->findings, &made, err) <
            0)
                return -1;
        for (size_t i = 0; i < made->proto_count; i++)
                pipeline->compiled[i] = pd_steal(&made->protos[i]);
        pd_plan_free(made);
        return 0;
}

static void without_memory_it_fails_and_leaves_the_protos(void **state)
{
        pd_auto(done) struct pipeline pipeline = {.protos = {source_proto, model_proto}};
        (void)state;

        compile(&pipeline);
        assert_true(pd_alloc_fail_each(plan_again, &pipeline) > 4);
        assert_non_null(pipeline.compiled[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_lane_knows_what_to_call_and_where),
                cmocka_unit_test(the_proto_says_what_streams),
                cmocka_unit_test(the_shared_folder_and_its_mounts_are_no_lanes),
                cmocka_unit_test(a_pipeline_without_a_source_is_warned_of),
                cmocka_unit_test(what_cannot_be_called_names_the_node),
                cmocka_unit_test(a_node_may_be_fed_by_itself_and_twice),
                cmocka_unit_test(lanes_and_edges_have_limits),
                cmocka_unit_test(without_memory_it_fails_and_leaves_the_protos),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
