/* test_values.c - what a values file changes. */
#include "values.h"

#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"
#include "yaml/yaml.h"

struct world {
        struct pd_solution *solution;
        struct pd_findings findings;
        json_t *values;
        struct pd_err err;
};

static void begin(struct world *world, const char *values)
{
        static const char *const names[] = {"source", "solver"};

        *world = (struct world){0};
        assert_pd_ok(pd_yaml_parse(values, strlen(values), &world->values, &world->err),
                     world->err);
        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &world->solution, &world->err),
                     world->err);
        for (size_t i = 0; i < PD_COUNT(names); i++)
                assert_pd_ok(pd_solution_add_node(world->solution, names[i], "a:1", "/shared",
                                                  &pd_solution_default_options, &world->err),
                             world->err);
}

static void end(struct world *world)
{
        pd_findings_done(&world->findings);
        pd_solution_free(world->solution);
        json_decref(world->values);
}

static int apply(void *context, struct pd_err *err)
{
        struct world *world = context;

        return pd_values_apply(world->values, world->solution, &world->findings, err);
}

static void what_the_file_names_is_changed_and_nothing_else(void **state)
{
        pd_auto(end) struct world world;
        const struct pd_workload *source, *solver;

        (void)state;
        begin(&world, "nodes:\n"
                      "  Solver:\n"
                      "    image: b:2\n"
                      "    command: [run]\n"
                      "    args: [--deep, '3']\n"
                      "    env: {THREADS: 4, SHARED_FOLDER_PATH: null, LOUD: true}\n"
                      "    resources: {requests: {cpu: 500m}, limits: {memory: 1Gi, cpu: 2}}\n"
                      "    nodeSelector: {kind: gpu}\n"
                      "    tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]\n");
        assert_pd_ok(apply(&world, &world.err), world.err);
        assert_int_equal(world.findings.count, 0);
        source = &world.solution->workloads[0];
        solver = &world.solution->workloads[1];

        assert_string_equal(solver->image, "b:2");
        assert_int_equal(solver->command.count, 1);
        assert_string_equal(solver->args.at[1], "3");
        assert_int_equal(solver->env.count, 2);
        assert_string_equal(solver->env.at[0].value, "4");
        assert_string_equal(solver->env.at[1].value, "true");
        assert_string_equal(solver->requests.at[0].value, "500m");
        assert_string_equal(solver->limits.at[1].value, "2");

        assert_string_equal(solver->node_selector.at[0].value, "gpu");
        assert_int_equal(solver->tolerations.count, 1);
        assert_string_equal(solver->tolerations.at[0].key, "gpu");
        assert_string_equal(solver->tolerations.at[0].op, "Exists");
        assert_string_equal(solver->tolerations.at[0].effect, "NoSchedule");

        assert_string_equal(source->image, "a:1");
        assert_int_equal(source->env.count, 1);
        assert_int_equal(source->limits.count, 0);
}

static void every_mistake_is_told_with_its_place(void **state)
{
        static const struct {
                const char *values, *path, *says;
        } rows[] = {
                {"[]", "values", "is an array and must be an object"},
                {"nods: {}", "values.nods", "did you mean 'nodes'?"},
                {"nodes: 1", "values.nodes", "must be an object"},
                {"nodes: {solvr: {}}", "values.nodes.solvr", "did you mean 'solver'?"},
                {"nodes: {x: {}}", "values.nodes.x", "no node of that name"},
                {"nodes: {solver: {imag: a}}", "values.nodes.solver.imag", "did you mean 'image'?"},
                {"nodes: {solver: {image: 1}}", "values.nodes.solver.image", "must be a text"},
                {"nodes: {solver: {image: 'A B'}}", "values.nodes.solver.image", "'A B'"},
                {"nodes: {solver: {args: x}}", "values.nodes.solver.args", "an array of texts"},
                {"nodes: {solver: {args: [a, 1]}}", "values.nodes.solver.args[1]", "a text"},
                {"nodes: {solver: {env: []}}", "values.nodes.solver.env", "must be an object"},
                {"nodes: {solver: {env: {A: []}}}", "values.nodes.solver.env.A", "a text or"},
                {"nodes: {solver: {nodeSelector: []}}", "values.nodes.solver.nodeSelector",
                 "must be an object"},
                {"nodes: {solver: {tolerations: {}}}", "values.nodes.solver.tolerations",
                 "an array of objects"},
                {"nodes: {solver: {tolerations: [{operator: Is}]}}",
                 "values.nodes.solver.tolerations[0].operator", "'Is'"},
                {"nodes: {solver: {tolerations: [{key: 1}]}}",
                 "values.nodes.solver.tolerations[0].key", "must be a text"},
                {"nodes: {solver: {resources: {limits: {cpu: much}}}}",
                 "values.nodes.solver.resources.limits.cpu", "'much' is no amount"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(end) struct world world;

                print_message("# %s\n", rows[i].values);
                begin(&world, rows[i].values);
                assert_pd_ok(apply(&world, &world.err), world.err);
                assert_int_equal(world.findings.errors, 1);
                assert_string_equal(world.findings.at[0].path, rows[i].path);
                assert_pd_says(world.findings.at[0].message, rows[i].says);
        }
}

static void a_list_that_workloads_share_is_changed_for_one(void **state)
{
        pd_auto(end) struct world world;
        struct pd_pair both = {"cpu", "1"};

        (void)state;
        begin(&world, "nodes: {solver: {resources: {limits: {cpu: 2}}}}");
        for (size_t i = 0; i < 2; i++)
                world.solution->workloads[i].limits = (struct pd_pairs){&both, 1};
        assert_pd_ok(apply(&world, &world.err), world.err);
        assert_string_equal(world.solution->workloads[0].limits.at[0].value, "1");
        assert_string_equal(world.solution->workloads[1].limits.at[0].value, "2");
}

static void a_lack_of_memory_is_an_error(void **state)
{
        pd_auto(end) struct world world;

        (void)state;
        begin(&world, "nodes: {solver: {image: b, args: [a], env: {A: 1}, "
                      "tolerations: [{key: a}]}}");
        pd_alloc_fail_each(apply, &world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_the_file_names_is_changed_and_nothing_else),
                cmocka_unit_test(every_mistake_is_told_with_its_place),
                cmocka_unit_test(a_list_that_workloads_share_is_changed_for_one),
                cmocka_unit_test(a_lack_of_memory_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
