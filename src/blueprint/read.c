/* read.c - from the text of a blueprint to what is known of it. */
#include "room.h"

#include <string.h>

#include "base/utf8.h"
#include "json/get.h"
#include "json/json.h"

#define BLANKS " \t\n\r"

static const struct pd_json_limits limits = {
        .max_bytes = PD_BLUEPRINT_MAX_BYTES,
        .max_depth = PD_BLUEPRINT_MAX_DEPTH,
        .max_values = PD_BLUEPRINT_MAX_VALUES,
};

/* Where the first character stands that is no blank; `len`: there is none. */
static size_t find_start(const char *text, size_t len)
{
        size_t at = 0;

        while (at < len && memchr(BLANKS, text[at], strlen(BLANKS)) != NULL)
                at++;
        return at;
}

static int parse(const char *text, size_t len, json_t **ret, struct pd_err *err)
{
        size_t start = find_start(text, len);
        struct pd_place place = pd_utf8_place(text, start);
        int result = pd_json_parse(text, len, &limits, ret, err);

        if (result < 0 && start < len && (text[start] == '/' || text[start] == '#'))
                return pd_fail(err, PD_E_INVALID, 0,
                               "JSON has no comments: remove the one at line %zu, column %zu",
                               place.line, place.column);
        if (result == 0 && !json_is_object(*ret))
                return pd_fail(err, PD_E_INVALID, 0,
                               "a blueprint is a JSON object, and at line %zu, column %zu is %s",
                               place.line, place.column, pd_json_kind(*ret));
        return result;
}

static int check_size(const json_t *object, const char *key, size_t max, struct pd_err *err)
{
        if (json_array_size(pd_json_get_array(object, key)) <= max)
                return 0;
        return pd_fail(err, PD_E_TOO_LARGE, 0, "'%s' has more than %zu entries", key, max);
}

/* Before anything is said: where there are too many, nobody wants to hear of each. */
static int check_sizes(const json_t *blueprint, struct pd_err *err)
{
        const json_t *node, *operation;
        size_t i, k;

        if (check_size(blueprint, "nodes", PD_BLUEPRINT_MAX_NODES, err) < 0)
                return -1;
        json_array_foreach (pd_json_get_array(blueprint, "nodes"), i, node) {
                if (check_size(node, "operation_signature_list", PD_BLUEPRINT_MAX_OPERATIONS, err) <
                    0)
                        return pd_wrap(err, "nodes[%zu]", i);
                json_array_foreach (pd_json_get_array(node, "operation_signature_list"), k,
                                    operation) {
                        if (check_size(operation, "connected_to", PD_BLUEPRINT_MAX_EDGES, err) < 0)
                                return pd_wrap(err, "nodes[%zu].operation_signature_list[%zu]", i,
                                               k);
                }
        }
        return 0;
}

/* The first node with `depends_on`, when no node has operations; PD_GRAPH_NONE: none. */
static size_t find_legacy_node(const json_t *blueprint)
{
        size_t found = PD_GRAPH_NONE;
        const json_t *node;
        size_t i;

        json_array_foreach (pd_json_get_array(blueprint, "nodes"), i, node) {
                if (pd_json_get(node, "operation_signature_list") != NULL)
                        return PD_GRAPH_NONE;
                if (found == PD_GRAPH_NONE && pd_json_get(node, "depends_on") != NULL)
                        found = i;
        }
        return found;
}

static int read_graph(struct pd_blueprint *blueprint, const struct pd_object *top)
{
        if (pd_graph_build(top, &blueprint->arena, &blueprint->graph) < 0 ||
            pd_graph_resolve(blueprint, top->findings) < 0 ||
            pd_blueprint_label(blueprint, top->findings) < 0)
                return -1;
        pd_check_nodes(&blueprint->graph, top->findings);
        return pd_check_flow(blueprint, top->findings);
}

/* Everything that is to be said. */
static int read_all(struct pd_blueprint *blueprint, struct pd_findings *findings)
{
        struct pd_object top = {blueprint->json, NULL, "", PD_GRAPH_NONE, findings};
        size_t legacy = find_legacy_node(blueprint->json);
        const char *name = pd_json_get_string(blueprint->json, "name");

        blueprint->name = name != NULL && name[0] != '\0' ? name : PD_BLUEPRINT_NAME;
        if (legacy != PD_GRAPH_NONE) {
                pd_findings_add(findings, PD_SEVERITY_ERROR,
                                pd_path("nodes[%zu].depends_on", legacy).text,
                                "this is the old format of blueprints, with 'depends_on': export "
                                "the pipeline again, so that its nodes have an "
                                "'operation_signature_list'");
                return 0;
        }
        if (read_graph(blueprint, &top) < 0)
                return -1;
        pd_check_top(blueprint, &top);
        return 0;
}

int pd_blueprint_read(const char *text, size_t len, struct pd_findings *findings,
                      struct pd_blueprint **ret, struct pd_err *err)
{
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint =
                calloc(1, sizeof(*blueprint));
        size_t errors_before = findings->errors;

        if (blueprint == NULL)
                return pd_fail_memory(err, "blueprint");
        if (parse(text, len, &blueprint->json, err) < 0 || check_sizes(blueprint->json, err) < 0)
                return -1;
        if (read_all(blueprint, findings) < 0)
                return pd_fail_memory(err, "blueprint");

        blueprint->has_errors = findings->errors > errors_before;
        *ret = pd_steal(&blueprint);
        return 0;
}

void pd_blueprint_free(struct pd_blueprint *blueprint)
{
        if (blueprint == NULL)
                return;
        pd_node_index_done(&blueprint->index);
        pd_arena_done(&blueprint->arena);
        json_decref(blueprint->json);
        free(blueprint);
}

const char *pd_blueprint_name(const struct pd_blueprint *blueprint)
{
        return blueprint->name;
}

const struct pd_graph *pd_blueprint_graph(const struct pd_blueprint *blueprint)
{
        return &blueprint->graph;
}

const json_t *pd_blueprint_json(const struct pd_blueprint *blueprint)
{
        return blueprint->json;
}
