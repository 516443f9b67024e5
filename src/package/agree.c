/* agree.c - blueprint.json and dockerinfo.json held against the workloads. */
#include "agree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/own.h"
#include "json/get.h"
#include "layout.h"

/* A workload and where it belongs. */
struct place {
        size_t rank;  /* node of the blueprint; behind all nodes for others */
        size_t index; /* in the solution, until now */
};

struct agreeing {
        struct pd_solution *solution;
        struct pd_findings *findings;
        struct pd_map workloads; /* their places in the solution by name */
        struct place *places;    /* one a workload */
        size_t node_count;
};

int pd_agree_index(const struct pd_solution *solution, struct pd_map *ret, struct pd_err *err)
{
        ret->ignore_case = true;
        for (size_t i = 0; i < solution->workload_count; i++) {
                if (pd_map_set(ret, solution->workloads[i].name, i) < 0)
                        return pd_fail_memory(err, "names of workloads");
        }
        return 0;
}

/* Give a node, or the end of an edge, the workload's own name. */
static int set_name(json_t *object, const char *name, struct pd_err *err)
{
        if (json_object_set_new(object, "container_name", json_string(name)) < 0)
                return pd_fail_memory(err, "blueprint");
        return 0;
}

static int agree_edge(const struct agreeing *agreeing, json_t *edge, struct pd_err *err)
{
        const char *name = pd_json_get_string(edge, "container_name");
        size_t index;

        if (name == NULL || !pd_map_get(&agreeing->workloads, name, &index) ||
            strcmp(name, agreeing->solution->workloads[index].name) == 0)
                return 0;
        return set_name(edge, agreeing->solution->workloads[index].name, err);
}

static int agree_edges(const struct agreeing *agreeing, const json_t *node, struct pd_err *err)
{
        json_t *operation, *edge;
        size_t i, j;

        json_array_foreach (pd_json_get_array(node, "operation_signature_list"), i, operation) {
                json_array_foreach (pd_json_get_array(operation, "connected_to"), j, edge) {
                        if (agree_edge(agreeing, edge, err) < 0)
                                return -1;
                }
        }
        return 0;
}

/* Find the workload of a node. */
static int agree_node(struct agreeing *agreeing, size_t i, json_t *node, struct pd_err *err)
{
        struct pd_path path = pd_path("nodes[%zu].container_name", i);
        const char *name = pd_json_get_string(node, "container_name");
        const char *own;
        size_t index;

        if (name == NULL || !pd_map_get(&agreeing->workloads, name, &index)) {
                pd_findings_add(agreeing->findings, PD_SEVERITY_ERROR, path.text,
                                "there is no deployment of '%s'", name != NULL ? name : "");
                return 0;
        }
        if (agreeing->places[index].rank < i) {
                pd_findings_add(agreeing->findings, PD_SEVERITY_ERROR, path.text,
                                "'%s' is the name of two nodes", name);
                return 0;
        }

        agreeing->places[index].rank = i;
        own = agreeing->solution->workloads[index].name;
        if (strcmp(name, own) == 0)
                return 0;
        pd_findings_add(agreeing->findings, PD_SEVERITY_NOTE, path.text, "'%s' is called '%s' now",
                        name, own);
        return set_name(node, own, err);
}

static int agree_nodes(struct agreeing *agreeing, const json_t *nodes, struct pd_err *err)
{
        json_t *node;
        size_t i;

        json_array_foreach (nodes, i, node) {
                if (agree_node(agreeing, i, node, err) < 0 || agree_edges(agreeing, node, err) < 0)
                        return -1;
        }
        return 0;
}

static void find_strays(const struct agreeing *agreeing)
{
        const struct pd_solution *solution = agreeing->solution;

        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];

                if (agreeing->places[i].rank >= agreeing->node_count &&
                    !pd_workload_is_orchestrator(workload))
                        pd_findings_add(agreeing->findings, PD_SEVERITY_WARNING,
                                        pd_layout_name(PD_LAYOUT_BLUEPRINT),
                                        "there is no node '%s': it runs, but gets no messages",
                                        workload->name);
        }
}

static int by_rank(const void *a, const void *b)
{
        const struct place *one = a, *other = b;

        if (one->rank != other->rank)
                return one->rank < other->rank ? -1 : 1;
        return (one->index > other->index) - (one->index < other->index);
}

static int order_workloads(const struct agreeing *agreeing, struct pd_err *err)
{
        struct pd_solution *solution = agreeing->solution;
        size_t count = solution->workload_count;
        pd_auto(pd_free_ptr) struct pd_workload *ordered = calloc(count, sizeof(*ordered));

        if (ordered == NULL)
                return pd_fail_memory(err, "workloads");
        qsort(agreeing->places, count, sizeof(*agreeing->places), by_rank);
        for (size_t i = 0; i < count; i++)
                ordered[i] = solution->workloads[agreeing->places[i].index];
        memcpy(solution->workloads, ordered, count * sizeof(*ordered));
        return 0;
}

static void agreeing_done(struct agreeing *agreeing)
{
        pd_map_done(&agreeing->workloads);
        free(agreeing->places);
}

int pd_agree_blueprint(struct pd_solution *solution, struct pd_findings *findings,
                       struct pd_err *err)
{
        const json_t *nodes = pd_json_get_array(solution->blueprint, "nodes");
        pd_auto(agreeing_done) struct agreeing agreeing = {
                .solution = solution, .findings = findings, .node_count = json_array_size(nodes)};

        if (nodes == NULL)
                pd_findings_add(findings, PD_SEVERITY_ERROR, "nodes", "there are no nodes");
        if (solution->workload_count == 0)
                return 0;

        agreeing.places = calloc(solution->workload_count, sizeof(*agreeing.places));
        if (agreeing.places == NULL)
                return pd_fail_memory(err, "workloads");
        for (size_t i = 0; i < solution->workload_count; i++)
                agreeing.places[i] = (struct place){
                        .rank = agreeing.node_count +
                                !pd_workload_is_orchestrator(&solution->workloads[i]),
                        .index = i,
                };

        if (pd_agree_index(solution, &agreeing.workloads, err) < 0 ||
            agree_nodes(&agreeing, nodes, err) < 0)
                return -1;
        find_strays(&agreeing);
        return order_workloads(&agreeing, err);
}

/* As a number or as text: it is text until the existing script has deployed the solution. */
static bool is_port(const json_t *port)
{
        int64_t number = json_is_integer(port) ? json_integer_value(port) : 0;

        if (json_is_string(port) &&
            pd_parse_int(json_string_value(port), 1, UINT16_MAX, &number, NULL) < 0)
                return false;
        return number >= 1 && number <= UINT16_MAX;
}

/* Take the names that dockerinfo.json lists, and say which of them mean nothing. */
static int list_names(const struct pd_map *workloads, const json_t *list, struct pd_map *listed,
                      struct pd_findings *findings, struct pd_err *err)
{
        const char *file = pd_layout_name(PD_LAYOUT_DOCKERINFO);
        json_t *entry;
        size_t i;

        json_array_foreach (list, i, entry) {
                const char *name = pd_json_get_string(entry, "container_name");

                if (name == NULL || !pd_map_get(workloads, name, NULL)) {
                        pd_findings_add(findings, PD_SEVERITY_WARNING, file,
                                        "there is no deployment of '%s'", name != NULL ? name : "");
                        continue;
                }
                if (!is_port(pd_json_get(entry, "port")))
                        pd_findings_add(findings, PD_SEVERITY_WARNING, file,
                                        "'%s' has no port that is one", name);
                if (pd_map_set(listed, name, i) < 0)
                        return pd_fail_memory(err, "names of workloads");
        }
        return 0;
}

int pd_agree_dockerinfo(const struct pd_solution *solution, const json_t *dockerinfo,
                        struct pd_findings *findings, struct pd_err *err)
{
        pd_auto(pd_map_done) struct pd_map workloads = {0};
        pd_auto(pd_map_done) struct pd_map listed = {.ignore_case = true};
        const char *file = pd_layout_name(PD_LAYOUT_DOCKERINFO);

        if (dockerinfo == NULL) {
                pd_findings_add(findings, PD_SEVERITY_WARNING, file, "the file is missing");
                return 0;
        }
        if (pd_agree_index(solution, &workloads, err) < 0 ||
            list_names(&workloads, pd_json_get_array(dockerinfo, "docker_info_list"), &listed,
                       findings, err) < 0)
                return -1;

        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];

                if (pd_workload_api_port(workload) != 0 &&
                    !pd_map_get(&listed, workload->name, NULL))
                        pd_findings_add(findings, PD_SEVERITY_WARNING, file, "'%s' is not in it",
                                        workload->name);
        }
        return 0;
}
