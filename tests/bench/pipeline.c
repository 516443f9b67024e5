/* pipeline.c - a pipeline of any length. */
#include "pipeline.h"

static void put_node(struct pd_buf *out, size_t i, size_t count)
{
        pd_buf_printf(out,
                      "    {\n"
                      "      \"container_name\": \"news-classifier%zu\",\n"
                      "      \"node_type\": \"MLModel\",\n"
                      "      \"image\": \"registry.example.org:7444/news/classifier-%zu:1.%zu\",\n"
                      "      \"proto_uri\": \"" PD_BENCH_PROTO_URI "\",\n"
                      "      \"operation_signature_list\": [\n"
                      "        {\n"
                      "          \"operation_signature\": {\n"
                      "            \"operation_name\": \"classify%zu\",\n"
                      "            \"input_message_name\": \"%s\",\n"
                      "            \"input_message_stream\": false,\n"
                      "            \"output_message_name\": \"Text\",\n"
                      "            \"output_message_stream\": false\n"
                      "          },\n"
                      "          \"connected_to\": [",
                      i, i, i, i, i, i == 0 ? "Empty" : "Text");
        if (i + 1 < count)
                pd_buf_printf(out,
                              "\n            {\n"
                              "              \"container_name\": \"news-classifier%zu\",\n"
                              "              \"operation_signature\": {\n"
                              "                \"operation_name\": \"classify%zu\"\n"
                              "              }\n"
                              "            }\n          ",
                              i + 1, i + 1);
        pd_buf_printf(out, "]\n        }\n      ]\n    }%s\n", i + 1 < count ? "," : "");
}

void pd_bench_put_blueprint(struct pd_buf *out, size_t count)
{
        pd_buf_puts(out, "{\n"
                         "  \"name\": \"news\",\n"
                         "  \"version\": \"1.0.0\",\n"
                         "  \"pipeline_id\": \"0f7d3d8e-8d0e-4c5d-9a60-2fa19c5c9c3b\",\n"
                         "  \"creation_date\": \"2026-01-31 12:00:00.000000\",\n"
                         "  \"type\": \"pipeline-topology/v2\",\n"
                         "  \"nodes\": [\n");
        for (size_t i = 0; i < count; i++)
                put_node(out, i, count);
        pd_buf_puts(out, "  ]\n}\n");
}

void pd_bench_put_proto(struct pd_buf *out, size_t node)
{
        pd_buf_puts(out, "syntax = \"proto3\";\n\nmessage Empty {\n}\n\n");
        for (size_t i = 0; i < 8; i++)
                pd_buf_printf(out,
                              "message Setting%zu {\n"
                              "  string name_of_%zu = 1;\n"
                              "  repeated double weights = 2;\n"
                              "  int32 epochs_%zu = %zu;\n"
                              "}\n\n",
                              i, node * 7 + i, node + i, 3 + i);
        pd_buf_printf(out, "service News {\n  rpc classify%zu(Text) returns (Text);\n}\n", node);
}
