/* objects.c - lists of objects: made, written, read and compared. */
#include "objects.h"

#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "pd_test.h"
#include "quoted_json.h"

static const char *const files[] = {
        [CLAIM] = "pvc.yaml",
        [DEPLOYMENT] = "camera1_deployment.yaml",
        [SERVICE] = "camera1_service.yaml",
};

static const char *const texts[] = {
        [CLAIM] = "{'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',"
                  " 'metadata': {'name': 'shared-folder'}, 'spec': {'storageClassName': '',"
                  "  'accessModes': ['ReadWriteMany'], 'resources': {'requests': {'storage': "
                  "'1Gi'}}}}",
        [DEPLOYMENT] =
                "{'apiVersion': 'apps/v1', 'kind': 'Deployment',"
                " 'metadata': {'name': 'camera1', 'labels': {'app': 'camera1'}},"
                " 'spec': {'replicas': 1, 'selector': {'matchLabels': {'app': 'camera1'}},"
                "  'template': {'metadata': {'labels': {'app': 'camera1'}}, 'spec': {"
                "   'imagePullSecrets': [{'name': 'acumos-registry'}],"
                "   'containers': [{'name': 'camera1', 'image': 'example.org/camera:1',"
                "    'command': ['run', '-v'], 'args': ['a', 'b'], 'workingDir': '/app',"
                "    'resources': {'requests': {'cpu': '100m'}, 'limits': {'memory': '1Gi'}},"
                "    'imagePullPolicy': 'Always',"
                "    'env': [{'name': 'SHARED_FOLDER_PATH', 'value': '/data/shared'}],"
                "    'ports': [{'name': 'protobuf-api', 'containerPort': 8061},"
                "              {'name': 'webui', 'containerPort': 8062}],"
                "    'volumeMounts': [{'mountPath': '/data/shared', 'name': 'camera1'}]}],"
                "   'volumes': [{'name': 'camera1',"
                "    'persistentVolumeClaim': {'claimName': 'shared-folder'}}]}}}}",
        [SERVICE] = "{'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': 'camera1'},"
                    " 'spec': {'selector': {'app': 'camera1'}, 'type': 'NodePort',"
                    "  'ports': [{'name': 'protobuf-api', 'port': 8556, 'targetPort': 8061}]}}",
};

void objects_done(struct objects *objects)
{
        for (size_t i = 0; i < objects->count; i++)
                json_decref(pd_json_unconst(objects->at[i].json));
}

int objects_add(struct objects *objects, const char *file, json_t *json)
{
        if (json == NULL)
                return -1;
        assert_true(objects->count < OBJECTS_MAX);
        objects->at[objects->count++] = (struct pd_manifest_object){file, json};
        return 0;
}

struct objects objects_make(void)
{
        struct objects objects = {0};

        for (size_t i = 0; i < PD_COUNT(texts); i++)
                assert_int_equal(objects_add(&objects, files[i], pd_test_json(texts[i])), 0);
        return objects;
}

/* Where an index such as `[0]` points; members have names. */
static size_t step_index(const char *step)
{
        assert_true(step[1] >= '0' && step[1] <= '9' && step[2] == ']');
        return (size_t)(step[1] - '0');
}

static json_t *step_get(const json_t *json, const char *step)
{
        return step[0] == '[' ? json_array_get(json, step_index(step))
                              : json_object_get(json, step);
}

static int step_set(json_t *json, const char *step, json_t *value)
{
        if (value == NULL)
                return json_object_del(json, step);
        if (step[0] != '[')
                return json_object_set_new(json, step, value);
        if (step_index(step) == json_array_size(json))
                return json_array_append_new(json, value);
        return json_array_set_new(json, step_index(step), value);
}

void objects_set(json_t *json, const char *path, json_t *value)
{
        size_t len = path[0] == '[' ? sizeof("[0]") - 1 : strcspn(path, ".[");
        char step[64] = "";

        assert_true(len < sizeof(step));
        memcpy(step, path, len);
        path += len;
        path += *path == '.';
        if (*path != '\0' && step_get(json, step) == NULL)
                assert_int_equal(step_set(json, step, json_object()), 0);
        if (*path != '\0')
                objects_set(step_get(json, step), path, value);
        else
                assert_int_equal(step_set(json, step, value), 0);
}

int objects_write(const struct pd_solution *solution, const struct pd_manifest_options *options,
                  struct objects *objects)
{
        if (solution->claim != NULL &&
            objects_add(objects, "claim", pd_manifest_claim(solution->claim)) < 0)
                return -1;
        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];

                if (objects_add(objects, "deployment", pd_manifest_deployment(workload, options)) <
                            0 ||
                    (pd_manifest_has_service(workload) &&
                     objects_add(objects, "service", pd_manifest_service(workload, options)) < 0))
                        return -1;
        }
        return 0;
}

int objects_read(const struct objects *objects, struct pd_findings *findings,
                 struct pd_solution **ret, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;

        if (pd_solution_new(PD_SOLUTION_PIPELINE, &solution, err) < 0 ||
            pd_manifest_read(objects->at, objects->count, objects->rights, solution, findings,
                             err) < 0)
                return -1;
        *ret = pd_steal(&solution);
        return 0;
}

char *objects_findings(const struct pd_findings *findings)
{
        struct pd_buf text = PD_BUF_INIT(100000);

        for (size_t i = 0; i < findings->count; i++)
                pd_buf_printf(&text, "%s %s: %s\n", pd_severity_name(findings->at[i].severity),
                              findings->at[i].path, findings->at[i].message);
        return pd_buf_take(&text, NULL);
}

static char *solution_text(const struct pd_solution *solution)
{
        pd_auto(pd_json_free_ptr) json_t *json = pd_solution_json(solution);
        struct pd_buf text = PD_BUF_INIT(1000000);

        assert_non_null(json);
        pd_json_write(&text, json, PD_JSON_INDENT);
        return pd_buf_take(&text, NULL);
}

/* All that may be said is that nothing reaches the workloads without offered ports. */
static void assert_findings(const struct pd_findings *findings, const struct pd_solution *solution)
{
        size_t unreached = 0;

        for (size_t i = 0; i < solution->workload_count; i++)
                unreached += !pd_manifest_has_service(&solution->workloads[i]);
        for (size_t i = 0; findings->count != unreached && i < findings->count; i++)
                print_error("%s: %s\n", findings->at[i].path, findings->at[i].message);
        assert_int_equal(findings->count, unreached);
        assert_int_equal(findings->warnings, unreached);
}

void assert_objects_say(const struct objects *objects, const struct pd_solution *solution)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *again = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_free_ptr) char *wanted = solution_text(solution);
        pd_auto(pd_free_ptr) char *got = NULL;
        struct pd_err err = {0};

        assert_pd_ok(objects_read(objects, &findings, &again, &err), err);
        assert_findings(&findings, solution);
        got = solution_text(again);
        assert_string_equal(got, wanted);
}
