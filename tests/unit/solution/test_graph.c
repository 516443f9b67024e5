/* test_graph.c - what is told of a graph, and how it is shown. */
#include "base/own.h"
#include "pd_test.h"
#include "solution/graph.h"
#include "solution/rpc.h"

static struct pd_edge edges[] = {
        {.node_name = "model", .operation_name = "predict", .node = 1, .operation = 0},
        {.node_name = "gone \"\\",
         .operation_name = "x",
         .node = PD_GRAPH_NONE,
         .operation = PD_GRAPH_NONE},
        {.node_name = "model", .operation_name = "", .node = 1, .operation = PD_GRAPH_NONE},
};

static struct pd_operation broker_operations[] = {
        {.name = "pull",
         .input = "google.protobuf.Empty",
         .output = "Row",
         .output_stream = true,
         .edges = edges,
         .edge_count = PD_COUNT(edges)},
};

static struct pd_operation model_operations[] = {
        {.name = "predict", .input = "Row", .output = "", .input_stream = true, .incoming = 1},
};

static struct pd_operation folder_operations[] = {
        {.name = "provideFolder", .input = "Empty", .output = "Folder"},
};

static struct pd_node nodes[] = {
        {.name = "bro\nker",
         .type = "DataBroker",
         .image = "broker:1",
         .proto_uri = "",
         .operations = broker_operations,
         .operation_count = 1},
        {.name = "model",
         .type = "",
         .image = "",
         .proto_uri = "",
         .operations = model_operations,
         .operation_count = 1},
        {.name = "/data",
         .type = "SharedFolder",
         .image = "",
         .proto_uri = "",
         .is_shared_folder = true,
         .operations = folder_operations,
         .operation_count = 1},
};

static const struct pd_graph graph = {nodes, PD_COUNT(nodes)};

static void empty_is_empty_in_any_package(void **state)
{
        (void)state;

        assert_true(pd_message_is_empty("Empty"));
        assert_true(pd_message_is_empty("google.protobuf.Empty"));
        assert_true(pd_message_is_empty(".Empty"));
        assert_false(pd_message_is_empty(""));
        assert_false(pd_message_is_empty("empty"));
        assert_false(pd_message_is_empty("NotEmpty"));
        assert_false(pd_message_is_empty("Empty.Not"));
}

static void a_source_takes_empty_and_has_no_edge_to_it(void **state)
{
        (void)state;

        assert_true(pd_operation_is_source(&(struct pd_operation){.input = "Empty"}));
        assert_false(pd_operation_is_source(&(struct pd_operation){.input = "Row"}));
        assert_false(pd_operation_is_source(&(struct pd_operation){.input = ""}));
        assert_false(
                pd_operation_is_source(&(struct pd_operation){.input = "Empty", .incoming = 1}));
}

static void text_has_a_block_a_node(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);
        (void)state;

        pd_graph_text(&graph, &out);
        assert_string_equal(out.data, "bro?ker (DataBroker) broker:1\n"
                                      "  pull: google.protobuf.Empty -> stream Row (source)\n"
                                      "    -> model.predict\n"
                                      "    -> gone \"\\.x (unknown)\n"
                                      "    -> model.- (unknown)\n"
                                      "\n"
                                      "model (-) -\n"
                                      "  predict: stream Row -> -\n"
                                      "\n"
                                      "/data (SharedFolder)\n"
                                      "  provideFolder: Empty -> Folder\n");
}

static void dot_knows_nodes_by_place_and_quotes_names(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);
        (void)state;

        pd_graph_dot(&graph, "the \"pipe\"", &out);
        assert_string_equal(
                out.data,
                "digraph \"the \\\"pipe\\\"\" {\n"
                "        rankdir=LR;\n"
                "        node [shape=box];\n"
                "        n0 [label=\"bro?ker\\nDataBroker\", style=bold];\n"
                "        n1 [label=\"model\\n\"];\n"
                "        n2 [label=\"/data\\nSharedFolder\", shape=folder];\n"
                "        n0 -> n1 [label=\"Row\", taillabel=\"pull\", headlabel=\"predict\", "
                "penwidth=2];\n"
                "        \"?gone \\\"\\\\\" [label=\"gone \\\"\\\\\", style=dashed];\n"
                "        n0 -> \"?gone \\\"\\\\\" [label=\"Row\", taillabel=\"pull\", "
                "headlabel=\"x\", penwidth=2];\n"
                "        n0 -> n1 [label=\"Row\", taillabel=\"pull\", headlabel=\"\", "
                "penwidth=2];\n"
                "}\n");
}

static void a_method_is_found_by_exact_case_first(void **state)
{
        static const struct pd_rpc at[] = {
                {.service = "A", .method = "Train"},
                {.service = "B", .method = "train"},
                {.service = "C", .method = "stop"},
        };
        static const struct pd_rpcs rpcs = {at, PD_COUNT(at)};
        (void)state;

        assert_ptr_equal(pd_rpcs_find(&rpcs, "train"), &at[1]);
        assert_ptr_equal(pd_rpcs_find(&rpcs, "TRAIN"), &at[0]);
        assert_ptr_equal(pd_rpcs_find(&rpcs, "Stop"), &at[2]);
        assert_null(pd_rpcs_find(&rpcs, "sto"));
        assert_null(pd_rpcs_find(&(struct pd_rpcs){0}, "stop"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(empty_is_empty_in_any_package),
                cmocka_unit_test(a_source_takes_empty_and_has_no_edge_to_it),
                cmocka_unit_test(text_has_a_block_a_node),
                cmocka_unit_test(dot_knows_nodes_by_place_and_quotes_names),
                cmocka_unit_test(a_method_is_found_by_exact_case_first),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
