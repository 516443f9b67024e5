/* fuzz_orchestrator.c - what initialize() is sent becomes a plan, or is refused. Every node has the
 * same proto, compiled once: protoc itself is not what is tested. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "blueprint/blueprint.h"
#include "ending.h"
#include "plan.h"
#include "proto/orchestrator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Operations of all kinds, under the names that the seeds have. */
static const char source[] =
        "syntax = \"proto3\"; message Empty {} message A { string a = 1; }"
        "service S { rpc source(Empty) returns (A); rpc spring(Empty) returns (stream A);"
        " rpc pass(A) returns (A); rpc join(stream A) returns (A);"
        " rpc flow(stream A) returns (stream A); rpc sink(A) returns (Empty); }";

static void check_plan(const struct pd_plan *plan)
{
        struct pd_lane_state *states = calloc(plan->lane_count + 1, sizeof(*states));
        enum pd_lane_ending *endings = calloc(plan->lane_count + 1, sizeof(*endings));

        assert(states != NULL && endings != NULL);
        for (size_t i = 0; i < plan->lane_count; i++) {
                const struct pd_plan_lane *lane = &plan->lanes[i];

                assert(lane->group < plan->group_count);
                for (size_t j = 0; j < lane->target_count; j++)
                        assert(lane->group <= plan->lanes[lane->targets[j]].group);
        }
        /* where nothing waits and nothing is called, all has ended */
        assert(pd_ending_decide(plan, states, endings));
        free(states);
        free(endings);
}

/* The proto is ours: it is taken out of the plan again. */
static void plan_free(struct pd_plan *plan)
{
        plan->proto_count = 0;
        pd_plan_free(plan);
}

static void make_plan(const struct pd_graph *graph, const struct pd_addresses *addresses,
                      struct pd_findings *findings, struct pd_proto *proto)
{
        struct pd_proto **protos = calloc(graph->node_count + 1, sizeof(struct pd_proto *));
        struct pd_plan *plan;
        struct pd_err err = {0};

        assert(protos != NULL);
        for (size_t i = 0; i < graph->node_count; i++)
                protos[i] = proto;
        if (pd_plan_new(graph, addresses, protos, findings, &plan, &err) == 0) {
                check_plan(plan);
                plan_free(plan);
        } else {
                assert(err.code != PD_E_INTERNAL && err.msg[0] != '\0');
        }
        free(protos);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct pd_proto *proto; /* compiled at the first input */
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_orchestration texts;
        struct pd_addresses addresses;

        if (proto == NULL && pd_proto_compile(source, strlen(source), NULL, &proto, NULL) < 0)
                abort();
        if (pd_orchestration_decode(data, size, &arena, &texts, NULL) < 0 ||
            pd_blueprint_read(texts.blueprint, strlen(texts.blueprint), &findings, &blueprint,
                              NULL) < 0 ||
            findings.errors > 0 ||
            pd_addresses_read(texts.dockerinfo, strlen(texts.dockerinfo), &arena, &addresses,
                              NULL) < 0)
                return 0;
        make_plan(pd_blueprint_graph(blueprint), &addresses, &findings, proto);
        return 0;
}
