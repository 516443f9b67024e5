/* gen_solution.c - solutions out of random numbers. */
#include "gen_solution.h"

#include <string.h>

#include "gen_workload.h"
#include "pd_test.h"
#include "solution/names.h"

#define MOST_NODES 6

static const char *const name_stems[] = {"a", "news-trainer", "yes", "n-", "pvc", "a-service"};

static const char *gen_label(struct pd_gen *gen, size_t i)
{
        const char *stem = name_stems[pd_gen_below(gen, PD_COUNT(name_stems))];
        const char *label = pd_arena_printf(gen->arena, "%s%zu", stem, i);

        assert_non_null(label);
        return label;
}

/* Bytes of every value, NUL included. */
static struct pd_file gen_bytes(struct pd_gen *gen)
{
        size_t size = pd_gen_below(gen, 3) * pd_gen_below(gen, 1000);
        char *bytes = pd_arena_alloc(gen->arena, size + 1, 1);

        assert_non_null(bytes);
        for (size_t i = 0; i < size; i++)
                bytes[i] = (char)pd_gen_below(gen, 256);
        return (struct pd_file){.data = bytes, .size = size};
}

static void add_workload(struct pd_gen *gen, struct pd_solution *solution, const char *name)
{
        struct pd_workload *place = pd_solution_add_workload(solution);

        assert_non_null(place);
        *place = pd_gen_workload(gen, name, solution->claim != NULL);
}

static void add_proto(struct pd_gen *gen, struct pd_solution *solution, const char *name)
{
        struct pd_file proto = gen_bytes(gen);
        struct pd_err err = {0};

        assert_pd_ok(pd_solution_add_proto(solution, name, proto.data, proto.size, &err), err);
}

static json_t *gen_node(struct pd_gen *gen, const struct pd_solution *solution, size_t i)
{
        const char *next = solution->workloads[(i + 1) % solution->workload_count].name;
        json_t *node =
                json_pack("{s:s, s:s, s:[{s:{s:s}, s:[{s:s}]}]}", "container_name",
                          solution->workloads[i].name, "image", pd_gen_text(gen),
                          "operation_signature_list", "operation_signature", "operation_name",
                          pd_gen_text(gen), "connected_to", "container_name", next);

        assert_non_null(node);
        return node;
}

/* The blueprint of all workloads so far. */
static json_t *gen_blueprint(struct pd_gen *gen, const struct pd_solution *solution)
{
        json_t *blueprint = json_pack("{s:s, s:s, s:[]}", "name", solution->name, "unknown",
                                      pd_gen_text(gen), "nodes");

        assert_non_null(blueprint);
        for (size_t i = 0; i < solution->workload_count; i++)
                json_array_append_new(json_object_get(blueprint, "nodes"),
                                      gen_node(gen, solution, i));
        return blueprint;
}

static void fill_pipeline(struct pd_gen *gen, struct pd_solution *solution)
{
        size_t count = 1 + pd_gen_below(gen, MOST_NODES);

        solution->name = pd_gen_text(gen);
        for (size_t i = 0; i < count; i++) {
                const char *name = gen_label(gen, i);

                add_workload(gen, solution, name);
                if (!pd_gen_once_in(gen, 5))
                        add_proto(gen, solution, name);
        }
        solution->blueprint = gen_blueprint(gen, solution);
        add_workload(gen, solution, PD_ORCHESTRATOR_NAME);
}

/* Line breaks at the end of a model's name are not kept. */
static void fill_model(struct pd_gen *gen, struct pd_solution *solution)
{
        const char *name = gen_label(gen, 0);

        solution->name = pd_arena_printf(gen->arena, "%s.", pd_gen_text(gen));
        assert_non_null(solution->name);
        add_workload(gen, solution, name);
        add_proto(gen, solution, name);
}

/* In the order of their names, as they are read. */
static void add_extras(struct pd_gen *gen, struct pd_solution *solution)
{
        static const char *const names[] = {
                "Dockerfile",
                "README.md",
                "data/a b.yaml",
                "data/\xc3\xa4.bin",
                "deployments/note.txt",
                "microservice/stray.proto.txt",
                "x/y/z",
        };

        for (size_t i = 0; i < PD_COUNT(names); i++) {
                struct pd_file extra = gen_bytes(gen);
                struct pd_err err = {0};

                if (pd_gen_once_in(gen, 3))
                        assert_pd_ok(pd_solution_add_file(solution, &solution->extras, names[i],
                                                          extra.data, extra.size, &err),
                                     err);
        }
}

struct pd_solution *pd_gen_solution(uint64_t seed)
{
        struct pd_gen gen = {.state = seed};
        bool is_model = pd_gen_once_in(&gen, 3);
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_solution_new(is_model ? PD_SOLUTION_MODEL : PD_SOLUTION_PIPELINE, &solution,
                                     &err),
                     err);
        gen.arena = &solution->arena;
        if (pd_gen_once_in(&gen, 2)) {
                solution->claim = pd_arena_alloc(gen.arena, 1, sizeof(*solution->claim));
                assert_non_null(solution->claim);
                *solution->claim = pd_gen_claim(&gen);
        }

        if (is_model)
                fill_model(&gen, solution);
        else
                fill_pipeline(&gen, solution);
        if (pd_gen_once_in(&gen, 2))
                solution->icon = gen_bytes(&gen);
        if (pd_gen_once_in(&gen, 2))
                solution->description = gen_bytes(&gen);
        add_extras(&gen, solution);
        return solution;
}
