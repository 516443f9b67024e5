/* fixture.c - a good pipeline, and ways to spoil it. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "pd_test.h"

json_t *fixture_quoted(const char *text)
{
        char *copy = strdup(text);
        json_t *json;

        assert_non_null(copy);
        for (char *c = copy; *c != '\0'; c++) {
                if (*c == '\'')
                        *c = '"';
        }
        json = json_loads(copy, JSON_DECODE_ANY, NULL);
        if (json == NULL)
                fail_msg("no JSON: %s", copy);
        free(copy);
        return json;
}

json_t *fixture_pipeline(void)
{
        return fixture_quoted(
                "{'name': 'Two', 'version': '1', 'input_ports': [],"
                " 'nodes': ["
                "  {'container_name': 'source', 'node_type': 'DataSource', 'image': 'source:1',"
                "   'proto_uri': 'a/source.proto', 'operation_signature_list': ["
                "    {'operation_signature': {'operation_name': 'pull',"
                "      'input_message_name': 'Empty', 'input_message_stream': false,"
                "      'output_message_name': 'Row', 'output_message_stream': true},"
                "     'connected_to': [{'container_name': 'model',"
                "      'operation_signature': {'operation_name': 'predict'}}]}]},"
                "  {'container_name': 'model', 'node_type': 'MLModel', 'image': 'model:1',"
                "   'proto_uri': 'a/model.proto', 'operation_signature_list': ["
                "    {'operation_signature': {'operation_name': 'predict',"
                "      'input_message_name': 'Row', 'input_message_stream': false,"
                "      'output_message_name': 'Result', 'output_message_stream': false},"
                "     'connected_to': []}]}],"
                " 'probeIndicator': [{'value': 'false'}]}");
}

#define MOUNT "{'operation_signature': {'operation_name': 'mountVolume'}, 'connected_to': []}"

void fixture_add_folder(json_t *pipeline)
{
        json_t *nodes = json_object_get(pipeline, "nodes");
        json_t *folder = fixture_quoted(
                "{'container_name': '/data', 'node_type': 'SharedFolder', 'image': 'folder:1',"
                " 'operation_signature_list': [{'operation_signature':"
                "  {'operation_name': 'provideFolder'}, 'connected_to': []}]}");
        json_t *edges = json_object_get(
                json_array_get(json_object_get(folder, "operation_signature_list"), 0),
                "connected_to");
        json_t *node;
        size_t i;

        json_array_foreach (nodes, i, node) {
                json_t *edge = fixture_quoted(
                        "{'operation_signature': {'operation_name': 'mountVolume'}}");

                json_object_set(edge, "container_name", json_object_get(node, "container_name"));
                json_array_append_new(edges, edge);
                json_array_insert_new(json_object_get(node, "operation_signature_list"), 0,
                                      fixture_quoted(MOUNT));
        }
        json_array_insert_new(nodes, 0, folder);
}

/* One step of a path: a member or an index of what stands at `at`. */
struct step {
        char member[64];
        size_t index;
        bool is_index;
};

static const char *next_step(const char *path, struct step *ret)
{
        size_t len;

        ret->is_index = *path == '[';
        if (ret->is_index) {
                ret->index = 0;
                while (*++path != ']')
                        ret->index = ret->index * 10 + (size_t)(*path - '0');
                return path + 1;
        }
        path += *path == '.';
        len = strcspn(path, ".[");
        assert_true(len < sizeof(ret->member));
        memcpy(ret->member, path, len);
        ret->member[len] = '\0';
        return path + len;
}

static void set_step(json_t *at, const struct step *step, json_t *value)
{
        int result;

        if (!step->is_index)
                result = value != NULL ? json_object_set_new(at, step->member, value)
                                       : json_object_del(at, step->member);
        else if (value == NULL)
                result = json_array_remove(at, step->index);
        else if (step->index == json_array_size(at))
                result = json_array_append_new(at, value);
        else
                result = json_array_set_new(at, step->index, value);
        assert_int_equal(result, 0);
}

void fixture_set(json_t *pipeline, const char *path, const char *quoted)
{
        json_t *at = pipeline;
        struct step step;

        for (path = next_step(path, &step); *path != '\0'; path = next_step(path, &step)) {
                at = step.is_index ? json_array_get(at, step.index)
                                   : json_object_get(at, step.member);
                assert_non_null(at);
        }
        set_step(at, &step, quoted != NULL ? fixture_quoted(quoted) : NULL);
}

struct pd_blueprint *fixture_read(const json_t *json, struct pd_findings *findings)
{
        struct pd_blueprint *blueprint = NULL;
        struct pd_err err = {0};
        char *text = json_dumps(json, JSON_COMPACT);

        assert_non_null(text);
        assert_pd_ok(pd_blueprint_read(text, strlen(text), findings, &blueprint, &err), err);
        free(text);
        return blueprint;
}

struct pd_solution *fixture_solution(const struct pd_blueprint *blueprint)
{
        struct pd_blueprint_parts parts = {0};
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_blueprint_solution(blueprint, &parts, &pd_solution_default_options,
                                           &solution, &err),
                     err);
        return solution;
}

json_t *fixture_deployable(const json_t *json)
{
        struct pd_findings findings = {0};
        struct pd_err err = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint =
                fixture_read(json, &findings);
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;

        assert_pd_ok(pd_findings_check(&findings, &err), err);
        pd_findings_done(&findings);
        solution = fixture_solution(blueprint);
        return json_incref(solution->blueprint);
}
