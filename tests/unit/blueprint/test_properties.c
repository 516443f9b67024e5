/* test_properties.c - what holds for every blueprint, tried on many made by chance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "fixture.h"
#include "json/json.h"
#include "pd_test.h"
#include "solution/names.h"

#define RUNS 2500

/* Chance, the same in every run. */
static size_t below(unsigned *seed, size_t limit)
{
        return (size_t)rand_r(seed) % limit;
}

static const char *pick_name(unsigned *seed)
{
        static const char *const names[] = {
                "a",
                "A",
                "a-2",
                "a_2",
                "A 2",
                "awebui",
                "webui",
                "b.c",
                "B-C",
                "Größe",
                "図",
                "orchestrator",
                "Orchestrator",
                "2nd",
                "-",
                "node",
                "Node",
                "x--y",
                "X__Y",
                "a/b",
                "orchestratorwebui",
                "a-webui",
        };

        return names[below(seed, PD_COUNT(names))];
}

static const char *pick_message(unsigned *seed)
{
        static const char *const names[] = {"Empty", "Row", "a.Row", "google.protobuf.Empty"};

        return names[below(seed, PD_COUNT(names))];
}

static const char *pick_operation(unsigned *seed)
{
        static const char *const names[] = {"do", "Do", "undo", "mountVolume", "MOUNTVOLUME"};

        return names[below(seed, PD_COUNT(names))];
}

static json_t *make_edge(unsigned *seed)
{
        return json_pack("{s:s, s:{s:s}}", "container_name", pick_name(seed), "operation_signature",
                         "operation_name", pick_operation(seed));
}

static json_t *make_operation(unsigned *seed)
{
        json_t *edges = json_array();

        for (size_t n = below(seed, 3); n > 0; n--)
                json_array_append_new(edges, make_edge(seed));
        return json_pack("{s:{s:s, s:s, s:b, s:s, s:b}, s:o}", "operation_signature",
                         "operation_name", pick_operation(seed), "input_message_name",
                         pick_message(seed), "input_message_stream", (int)below(seed, 2),
                         "output_message_name", pick_message(seed), "output_message_stream",
                         (int)below(seed, 2), "connected_to", edges);
}

static json_t *make_node(unsigned *seed)
{
        json_t *operations = json_array();
        bool is_folder = below(seed, 8) == 0;

        for (size_t n = below(seed, 3); n > 0; n--)
                json_array_append_new(operations, make_operation(seed));
        return json_pack("{s:s, s:s, s:s, s:o}", "container_name",
                         is_folder ? "/data" : pick_name(seed), "node_type",
                         is_folder ? "SharedFolder" : "MLModel", "image", "a/b:1",
                         "operation_signature_list", operations);
}

static json_t *make_pipeline(unsigned *seed)
{
        json_t *nodes = json_array();
        json_t *ports = json_array();

        for (size_t n = 1 + below(seed, 6); n > 0; n--)
                json_array_append_new(nodes, make_node(seed));
        for (size_t n = below(seed, 3); n > 0; n--)
                json_array_append_new(ports, json_pack("{s:s}", "container_name", pick_name(seed)));
        return json_pack("{s:s, s:o, s:o}", "name", "by chance", "nodes", nodes, "input_ports",
                         ports);
}

/* Whether the edge goes, or says its node's name in another case. */
static bool is_changed_edge(const struct pd_graph *graph, const struct pd_edge *edge)
{
        return strcasecmp(edge->operation_name, "mountVolume") == 0 ||
               strcmp(edge->node_name, graph->nodes[edge->node].name) != 0;
}

static bool is_changed_operation(const struct pd_graph *graph, const struct pd_operation *operation)
{
        if (strcasecmp(operation->name, "mountVolume") == 0)
                return true;
        for (size_t i = 0; i < operation->edge_count; i++) {
                if (is_changed_edge(graph, &operation->edges[i]))
                        return true;
        }
        return false;
}

/* Whether the deployable blueprint must differ, renaming apart. */
static bool is_changed(const struct pd_graph *graph)
{
        for (size_t i = 0; i < graph->node_count; i++) {
                const struct pd_node *node = &graph->nodes[i];

                if (node->is_shared_folder)
                        return true;
                for (size_t k = 0; k < node->operation_count; k++) {
                        if (is_changed_operation(graph, &node->operations[k]))
                                return true;
                }
        }
        return false;
}

/* Workloads are the nodes that are no folder, in order, and the orchestrator. */
static bool is_renamed(const struct pd_graph *graph, const struct pd_solution *solution)
{
        size_t place = 0;

        for (size_t i = 0; i < graph->node_count; i++) {
                if (!graph->nodes[i].is_shared_folder &&
                    strcmp(graph->nodes[i].name, solution->workloads[place++].name) != 0)
                        return true;
        }
        return false;
}

static void assert_names_are_valid_and_apart(const struct pd_solution *solution)
{
        struct pd_map names = {0};

        for (size_t i = 0; i < solution->workload_count; i++) {
                const char *name = solution->workloads[i].name;

                assert_true(pd_label_valid(name));
                assert_false(pd_map_get(&names, name, NULL));
                assert_int_equal(pd_map_set(&names, name, i), 0);
        }
        for (size_t i = 0; i < solution->workload_count; i++) {
                char webui[PD_LABEL_MAX + sizeof(PD_WEBUI_SUFFIX)];

                (void)snprintf(webui, sizeof(webui), "%s%s", solution->workloads[i].name,
                               PD_WEBUI_SUFFIX);
                assert_false(pd_map_get(&names, webui, NULL));
        }
        pd_map_done(&names);
}

/* What must hold of a blueprint without errors; whether it has none. */
static bool assert_properties(const json_t *json)
{
        struct pd_findings findings = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint =
                fixture_read(json, &findings);
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_json_free_ptr) json_t *twice = NULL;
        const struct pd_graph *graph = pd_blueprint_graph(blueprint);
        size_t errors = findings.errors;

        pd_findings_done(&findings);
        assert_true(json_equal(pd_blueprint_json(blueprint), json));
        if (errors > 0)
                return false;

        solution = fixture_solution(blueprint);
        assert_names_are_valid_and_apart(solution);
        assert_int_equal(json_equal(solution->blueprint, json),
                         !is_changed(graph) && !is_renamed(graph, solution));
        twice = fixture_deployable(solution->blueprint);
        assert_true(json_equal(twice, solution->blueprint));
        return true;
}

static void solutions_of_blueprints_made_by_chance_are_sound(void **state)
{
        size_t sound = 0;
        (void)state;

        for (unsigned run = 1; run <= RUNS; run++) {
                unsigned seed = run;
                json_t *json = make_pipeline(&seed);

                sound += assert_properties(json);
                json_decref(json);
        }
        print_message("# %zu without errors\n", sound);
        assert_true(sound > RUNS / 10);
}

static json_t *make_value(unsigned *seed)
{
        static const char *const texts[] = {
                "null",
                "true",
                "0",
                "-1.5",
                "''",
                "'x'",
                "'mountVolume'",
                "'SharedFolder'",
                "'/'",
                "'Splitter'",
                "[]",
                "{}",
                "[null]",
                "[[]]",
                "{'container_name': 'model'}",
                "[{'operation_signature': {'operation_name': 'pull'}}]",
        };

        return fixture_quoted(texts[below(seed, PD_COUNT(texts))]);
}

/* Drop it, put another value in its place, or let a member take what its neighbour has. */
static void mutate_member(unsigned *seed, json_t *object, const char *key, const char *other)
{
        switch (below(seed, 3)) {
        case 0:
                json_object_del(object, key);
                break;
        case 1:
                json_object_set_new(object, key, make_value(seed));
                break;
        default:
                json_object_set_new(object, key, json_deep_copy(json_object_get(object, other)));
        }
}

static void mutate_item(unsigned *seed, json_t *array, size_t index)
{
        switch (below(seed, 3)) {
        case 0:
                json_array_remove(array, index);
                break;
        case 1:
                json_array_set_new(array, index, make_value(seed));
                break;
        default:
                json_array_insert_new(array, below(seed, index + 1),
                                      json_deep_copy(json_array_get(array, index)));
        }
}

static const char *pick_key(unsigned *seed, json_t *object)
{
        void *member = json_object_iter(object);

        for (size_t n = below(seed, json_object_size(object)); n > 0; n--)
                member = json_object_iter_next(object, member);
        return json_object_iter_key(member);
}

/* Change something somewhere below. */
static void mutate(unsigned *seed, json_t *at)
{
        bool is_deeper = below(seed, 4) > 0;

        if (json_object_size(at) > 0) {
                const char *key = pick_key(seed, at);
                json_t *value = json_object_get(at, key);

                if (is_deeper && (json_object_size(value) > 0 || json_array_size(value) > 0))
                        mutate(seed, value);
                else
                        mutate_member(seed, at, key, pick_key(seed, at));
        } else if (json_array_size(at) > 0) {
                size_t index = below(seed, json_array_size(at));

                if (is_deeper)
                        mutate(seed, json_array_get(at, index));
                else
                        mutate_item(seed, at, index);
        }
}

static void mutations_are_read_or_refused(void **state)
{
        size_t sound = 0;
        (void)state;

        for (unsigned run = 1; run <= RUNS; run++) {
                unsigned seed = run;
                json_t *json = fixture_pipeline();

                if (run % 2 == 0)
                        fixture_add_folder(json);
                for (size_t n = 1 + below(&seed, 4); n > 0; n--)
                        mutate(&seed, json);
                sound += assert_properties(json);
                json_decref(json);
        }
        print_message("# %zu without errors\n", sound);
        assert_true(sound > RUNS / 10);
}

#define MANY_NODES 1024
#define MANY_EDGES 4096

/* As many nodes as there may be, all of one stem, and an operation with as many edges. */
static void the_largest_pipeline_is_read(void **state)
{
        json_t *json = fixture_pipeline();
        json_t *nodes = json_object_get(json, "nodes");
        json_t *edges = json_array();
        struct pd_findings findings = {0};
        (void)state;

        for (size_t i = 0; json_array_size(nodes) < MANY_NODES; i++) {
                json_t *node = json_deep_copy(json_array_get(nodes, 1));
                char name[32];

                (void)snprintf(name, sizeof(name), "Model %zu!", i);
                json_object_set_new(node, "container_name", json_string(name));
                json_array_append_new(nodes, node);
        }
        for (size_t i = 0; i < MANY_EDGES; i++) {
                json_t *edge =
                        fixture_quoted("{'operation_signature': {'operation_name': 'predict'}}");

                json_object_set(edge, "container_name",
                                json_object_get(json_array_get(nodes, 1 + i % (MANY_NODES - 1)),
                                                "container_name"));
                json_array_append_new(edges, edge);
        }
        json_object_set_new(
                json_array_get(
                        json_object_get(json_array_get(nodes, 0), "operation_signature_list"), 0),
                "connected_to", edges);

        assert_true(assert_properties(json));
        pd_blueprint_free(fixture_read(json, &findings));
        assert_int_equal(findings.errors, 0);
        assert_int_equal(findings.warnings, MANY_NODES - 2 + MANY_EDGES - (MANY_NODES - 1));
        pd_findings_done(&findings);
        json_decref(json);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(solutions_of_blueprints_made_by_chance_are_sound),
                cmocka_unit_test(mutations_are_read_or_refused),
                cmocka_unit_test(the_largest_pipeline_is_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
