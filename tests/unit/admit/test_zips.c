/* test_zips.c - zips of somebody else: what is taken, what is refused, what a policy does to them.
 */
#include "pd_test.h"

#include <stdlib.h>
#include <string.h>

#include "admit/admit.h"
#include "alloc_fail.h"
#include "base/arena.h"
#include "json/json.h"

/* An existing deployer's manifests: POD is what the pod says besides its container. */
#define POD_OF(name, pod, container)                                                               \
        "---\napiVersion: apps/v1\nkind: Deployment\n"                                             \
        "metadata: {name: " name ", labels: {app: " name "}}\n"                                    \
        "spec:\n  replicas: 1\n  selector: {matchLabels: {app: " name "}}\n"                       \
        "  template:\n    metadata: {labels: {app: " name "}}\n    spec:\n" pod                    \
        "      containers:\n      - name: " name "\n" container
#define IMAGE(image) "        image: " image "\n"
#define PORTS                                                                                      \
        "        ports: [{name: protobuf-api, containerPort: 8061}, "                              \
        "{name: webui, containerPort: 8062}]\n"
#define SECRETS "      imagePullSecrets: [{name: acumos-registry}]\n"
#define SERVICE_OF(name, port)                                                                     \
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: " name "}\nspec:\n"                  \
        "  selector: {app: " name "}\n  type: NodePort\n"                                          \
        "  ports: [{name: protobuf-api, port: " port ", targetPort: 8061}]\n"

#define HUB_CAMERA "hub.example.org:5000/camera:1"
#define CAMERA     POD_OF("camera1", SECRETS, IMAGE(HUB_CAMERA) PORTS)
#define CAMERA_SERVICE                                                                             \
        {                                                                                          \
                "deployments/camera1_service.yaml", SERVICE_OF("camera1", "8556")                  \
        }
#define CAMERA_FILE(text)                                                                          \
        {                                                                                          \
                "deployments/camera1_deployment.yaml", text                                        \
        }
#define MODEL_NAME                                                                                 \
        {                                                                                          \
                "modelname.txt", "Camera"                                                          \
        }
#define MODEL_PROTO                                                                                \
        {                                                                                          \
                "microservice/camera1.proto", "x"                                                  \
        }

/* A pipeline as existing deployers write it: names in mixed case, logs on the machine, a Service of
 * a web page, ports as text, files that mean nothing here. */
#define FOLDER_MOUNT  "        volumeMounts: [{mountPath: /data, name: v}]\n"
#define FOLDER_VOLUME "      volumes: [{name: v, persistentVolumeClaim: {claimName: pipeline}}]\n"
#define PIPELINE_FILES                                                                             \
        CAMERA_SERVICE,                                                                            \
                {"deployments/camera1webui_service.yaml",                                          \
                 "---\napiVersion: v1\nkind: Service\nmetadata: {name: camera1webui}\nspec:\n"     \
                 "  selector: {app: camera1}\n  type: NodePort\n"                                  \
                 "  ports: [{name: webui, port: 8062, targetPort: 8062, nodePort: 30001}]\n"},     \
                {"deployments/orchestrator_service.yaml", SERVICE_OF("orchestrator", "'8061'")},   \
                {"deployments/orchestrator_deployment.yaml",                                       \
                 POD_OF("orchestrator",                                                            \
                        "      volumes:\n"                                                         \
                        "      - {name: logs, hostPath: {path: /var/acumos/log}}\n"                \
                        "      - {name: v, persistentVolumeClaim: {claimName: pipeline}}\n",       \
                        IMAGE("orchestrator:2") "        ports: [{containerPort: '8061'}]\n"       \
                                                "        volumeMounts:\n"                          \
                                                "        - {name: logs, mountPath: /logs}\n"       \
                                                "        - {name: v, mountPath: /data}\n")},       \
                {"deployments/pvc.yaml", "---\napiVersion: v1\nkind: PersistentVolumeClaim\n"      \
                                         "metadata: {name: shared-folder}\n"                       \
                                         "spec: {storageClassName: '', "                           \
                                         "accessModes: [ReadWriteMany], "                          \
                                         "resources: {requests: {storage: 1Gi}}}\n"},              \
                {"microservice/Camera1.proto", "x"}, {"databroker.json", "{}"},                    \
                {"source_system_url.txt", "https://example.org"},                                  \
                {"kubernetes-client-script.py", "import os; os.abort()"},                          \
                {"orchestrator_client/orchestrator_client.py", "raise SystemExit(1)"},             \
                {"blueprint.json", "{\"name\": \"Cam\", \"nodes\": [{\"container_name\": "         \
                                   "\"Camera1\", \"operation_signature_list\": []}]}"},            \
        {                                                                                          \
                "dockerinfo.json", "{\"docker_info_list\": [{\"container_name\": \"Camera1\", "    \
                                   "\"port\": 30001}, {\"container_name\": \"orchestrator\", "     \
                                   "\"port\": \"8061\"}]}"                                         \
        }

#define MOST_FILES 20

struct file {
        const char *name, *text;
};

struct zip {
        void *bytes;
        size_t len;
};

static void zip_done(struct zip *zip)
{
        free(zip->bytes);
}

static struct zip make_zip(const struct file *files)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        struct zip zip = {0};
        struct pd_err err = {0};

        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        for (size_t i = 0; i < MOST_FILES && files[i].name != NULL; i++)
                assert_pd_ok(pd_archive_add(writer, files[i].name, files[i].text,
                                            strlen(files[i].text), &err),
                             err);
        assert_pd_ok(pd_archive_finish(writer, &zip.bytes, &zip.len, &err), err);
        return zip;
}

/* The policy that a text says, ' for ". */
static struct pd_policy make_policy(const char *text)
{
        struct pd_policy policy = PD_POLICY_INIT;
        pd_auto(pd_free_ptr) char *quoted = strdup(text);
        struct pd_err err = {0};
        json_t *json;

        assert_non_null(quoted);
        for (char *at = quoted; (at = strchr(at, '\'')) != NULL;)
                *at = '"';
        json = json_loads(quoted, 0, NULL);
        assert_pd_ok(pd_policy_read(json, &policy, &err), err);
        json_decref(json);
        return policy;
}

/* Admit the files by a policy; NULL: they are refused. */
static struct pd_solution *admit(const struct file *files, const char *policy_text,
                                 struct pd_findings *findings)
{
        pd_auto(pd_policy_done) struct pd_policy policy = make_policy(policy_text);
        pd_auto(zip_done) struct zip zip = make_zip(files);
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_admit(zip.bytes, zip.len, &policy, findings, &solution, &err), err);
        assert_int_equal(solution == NULL, findings->errors > 0);
        return solution;
}

/* There must be a finding at that place which says so. */
static void assert_found(const struct pd_findings *findings, enum pd_severity severity,
                         const char *path, const char *says)
{
        for (size_t i = 0; i < findings->count; i++) {
                const struct pd_finding *finding = &findings->at[i];

                if (finding->severity == severity && strstr(finding->path, path) != NULL &&
                    strstr(finding->message, says) != NULL)
                        return;
        }
        for (size_t i = 0; i < findings->count; i++)
                print_message("# %s: %s\n", findings->at[i].path, findings->at[i].message);
        fail_msg("nothing says '%s' at '%s'", says, path);
}

static void assert_nothing_warned_of(const struct pd_findings *findings)
{
        for (size_t i = 0; i < findings->count; i++) {
                if (findings->at[i].severity != PD_SEVERITY_NOTE)
                        fail_msg("%s: %s", findings->at[i].path, findings->at[i].message);
        }
}

static const struct file with_secrets[] = {
        CAMERA_FILE(POD_OF("camera1", SECRETS FOLDER_VOLUME, IMAGE(HUB_CAMERA) PORTS FOLDER_MOUNT)),
        PIPELINE_FILES,
        {NULL, NULL},
};

static const struct file without_secrets[] = {
        CAMERA_FILE(POD_OF("camera1", FOLDER_VOLUME, IMAGE(HUB_CAMERA) PORTS FOLDER_MOUNT)),
        PIPELINE_FILES,
        {NULL, NULL},
};

static void a_zip_of_an_existing_deployer_is_admitted(void **state)
{
        static const struct file *const zips[] = {with_secrets, without_secrets};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(zips); i++) {
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                        admit(zips[i], "{}", &findings);

                assert_nothing_warned_of(&findings);
                assert_int_equal(solution->workload_count, 2);
                assert_string_equal(solution->workloads[0].name, "camera1");
                assert_string_equal(solution->workloads[0].mount_path, "/data");
                assert_int_equal(solution->workloads[0].ports.at[0].service_port, 8556);
                assert_string_equal(solution->workloads[1].name, "orchestrator");
                assert_string_equal(solution->workloads[1].mount_path, "/data");
                assert_int_equal(solution->workloads[1].ports.at[0].container_port, 8061);
                assert_string_equal(solution->claim->size, "1Gi");
                assert_int_equal(solution->extras.count, 2);
                assert_found(&findings, PD_SEVERITY_NOTE, "volumes[0].hostPath", "is not kept");
                assert_found(&findings, PD_SEVERITY_NOTE, "camera1webui", "Services of their own");
        }
}

/* One model, one thing that it must not have. */
static const struct {
        struct file files[MOST_FILES];
        const char *path, *says;
} refused[] = {
        {{CAMERA_FILE(CAMERA),
          CAMERA_SERVICE,
          {"deployments/x.yaml", "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: x}}"}},
         "deployments/x.yaml: kind",
         "is 'DaemonSet', but must be"},
        {{CAMERA_FILE(CAMERA),
          CAMERA_SERVICE,
          {"deployments/x.yml", "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, "
                                "metadata: {name: x}, rules: []}"}},
         "deployments/x.yml: kind",
         "is 'ClusterRole', but must be"},
        {{CAMERA_FILE(CAMERA),
          CAMERA_SERVICE,
          {"deployments/x.yaml", "{apiVersion: v1, kind: List, items: []}"}},
         "deployments/x.yaml: kind",
         "is 'List', but must be"},
        {{CAMERA_FILE(POD_OF("camera1", "",
                             IMAGE("x") PORTS "        securityContext: {privileged: true}\n")),
          CAMERA_SERVICE},
         "containers[0].securityContext.privileged",
         "more than a container of its own"},
        {{CAMERA_FILE(POD_OF("camera1", "      volumes: [{name: root, hostPath: {path: /}}]\n",
                             IMAGE("x") PORTS
                             "        volumeMounts: [{name: root, mountPath: /r}]\n")),
          CAMERA_SERVICE},
         "volumes[0].hostPath",
         "more than a container of its own"},
        {{CAMERA_FILE(POD_OF("camera1", "      hostNetwork: true\n", IMAGE("x") PORTS)),
          CAMERA_SERVICE},
         "spec.hostNetwork",
         "more than a container of its own"},
        {{CAMERA_FILE(POD_OF("camera1", "",
                             IMAGE("x") "        ports: [{containerPort: 8061, hostPort: 80}]\n")),
          CAMERA_SERVICE},
         "ports[0].hostPort",
         "more than a container of its own"},
        {{CAMERA_FILE(POD_OF("camera1", "      serviceAccountName: admin\n", IMAGE("x") PORTS)),
          CAMERA_SERVICE},
         "spec.serviceAccountName",
         "more than a container of its own"},
        {{CAMERA_FILE(POD_OF("camera1", "", IMAGE("x") PORTS "      - {name: second, image: other}\n")),
          CAMERA_SERVICE},
         "spec.template.spec.containers",
         "has 2 containers, but must have one"},
        {{CAMERA_FILE(POD_OF("camera1", "      initContainers: [{name: first, image: other}]\n",
                             IMAGE("x") PORTS)),
          CAMERA_SERVICE},
         "initContainers",
         "containers that run before are not taken"},
        {{CAMERA_FILE(POD_OF("camera1", "",
                             IMAGE("x") PORTS "        env: [{name: A, valueFrom: {secretKeyRef: "
                                              "{name: s, key: k}}}]\n")),
          CAMERA_SERVICE},
         "env[0].valueFrom",
         "a value from elsewhere is not taken"},
        {{CAMERA_FILE(POD_OF("camera1", "",
                             IMAGE("x") PORTS "        envFrom: [{secretRef: {name: s}}]\n")),
          CAMERA_SERVICE},
         "envFrom",
         "variables from elsewhere are not taken"},
        {{CAMERA_FILE(CAMERA), CAMERA_SERVICE, {"deployments/again.yaml", CAMERA}},
         "metadata.name",
         "'camera1' is the name of two objects"},
        {{CAMERA_FILE(POD_OF("camera1", "",
                             IMAGE("x") PORTS
                             "        lifecycle: {postStart: {httpGet: {host: 10.0.0.1}}}\n")),
          CAMERA_SERVICE},
         "lifecycle.postStart.httpGet.host",
         "more than a container of its own"},
};

static void what_asks_for_more_is_refused_by_its_place(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(refused); i++) {
                pd_auto(pd_findings_done) struct pd_findings findings = {0};

                print_message("# row %zu: %s\n", i, refused[i].path);
                assert_null(admit(refused[i].files, "{}", &findings));
                assert_found(&findings, PD_SEVERITY_ERROR, refused[i].path, refused[i].says);
        }
}

static void all_that_is_refused_is_said_at_once(void **state)
{
        static const struct file files[] = {
                CAMERA_FILE(POD_OF(
                        "camera1", "      hostPID: true\n      hostIPC: true\n",
                        IMAGE("evil.example/x") "        securityContext: {privileged: true}\n")),
                CAMERA_SERVICE,
                {"deployments/x.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: x}}"},
                MODEL_NAME,
                {NULL, NULL},
        };
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        (void)state;

        assert_null(admit(files, "{'registries': ['docker.io']}", &findings));
        assert_int_equal(findings.errors, 5);
        assert_found(&findings, PD_SEVERITY_ERROR, "hostPID", "refused");
        assert_found(&findings, PD_SEVERITY_ERROR, "hostIPC", "refused");
        assert_found(&findings, PD_SEVERITY_ERROR, "privileged", "refused");
        assert_found(&findings, PD_SEVERITY_ERROR, "x.yaml: kind", "'Pod'");
        assert_found(&findings, PD_SEVERITY_ERROR, "workloads[0].image", "'evil.example'");
}

static void images_come_from_registries_of_the_policy(void **state)
{
        static const struct {
                const char *image, *registries;
                bool is_taken;
        } rows[] = {
                {"x", "[]", true},
                {"x", "['docker.io']", true},
                {"library/x:1", "['index.docker.io']", true},
                {"index.docker.io/library/x", "['docker.io']", true},
                {"docker.io/x", "['ghcr.io', 'docker.io']", true},
                {"x", "['ghcr.io']", false},
                {"ghcr.io/a/x", "['GHCR.io']", true},
                {"ghcr.io.evil.example/a/x", "['ghcr.io']", false},
                {"hub.example.org:5000/x", "['hub.example.org:5000']", true},
                {"hub.example.org/x", "['hub.example.org:5000']", false},
                {"hub.example.org:5001/x", "['hub.example.org:5000']", false},
                {"myhost/x", "['docker.io']", true},
                {"localhost/x", "['localhost']", true},
                {"localhost/x", "['docker.io']", false},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                const char *pod = pd_arena_printf(&arena, POD_OF("camera1", "", IMAGE("%s") PORTS),
                                                  rows[i].image);
                const char *policy =
                        pd_arena_printf(&arena, "{'registries': %s}", rows[i].registries);
                const struct file files[] = {
                        CAMERA_FILE(pod), CAMERA_SERVICE, MODEL_NAME, MODEL_PROTO, {NULL, NULL}};
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                        admit(files, policy, &findings);

                print_message("# %s by %s\n", rows[i].image, rows[i].registries);
                assert_int_equal(solution != NULL, rows[i].is_taken);
                if (!rows[i].is_taken)
                        assert_found(&findings, PD_SEVERITY_ERROR, "workloads[0].image",
                                     "is none of the registries");
        }
}

static void what_all_ask_for_together_is_limited(void **state)
{
        static const struct {
                const char *policy, *says; /* NULL: it is taken */
        } rows[] = {
                {"{'max_resources': {'cpu': '1500m', 'memory': '3Gi', 'storage': '1Gi'}}", NULL},
                {"{'max_resources': {'cpu': 1.499}}", "more cpu than the 1.499 that"},
                {"{'max_resources': {'memory': '3071Mi'}}", "more memory than the 3071Mi that"},
                {"{'max_resources': {'storage': '1000Mi'}}", "more storage than the 1000Mi"},
                {"{'max_resources': {'nvidia.com/gpu': 0}}", NULL},
                {"{'max_workloads': 2}", NULL},
                {"{'max_workloads': 1}", "there are 2, but at most 1 are taken"},
        };
        struct file files[] = {
                CAMERA_FILE(POD_OF("camera1", FOLDER_VOLUME,
                                   IMAGE("x") PORTS FOLDER_MOUNT
                                   "        resources: {requests: {cpu: 500m, memory: 1Gi}, "
                                   "limits: {cpu: 1500m, memory: 3Gi}}\n")),
                PIPELINE_FILES,
                {NULL, NULL},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                        admit(files, rows[i].policy, &findings);

                print_message("# %s\n", rows[i].policy);
                assert_int_equal(solution == NULL, rows[i].says != NULL);
                if (rows[i].says != NULL)
                        assert_found(&findings, PD_SEVERITY_ERROR, "", rows[i].says);
        }
}

static const char *variable_of(const struct pd_workload *workload, const char *name)
{
        for (size_t i = 0; i < workload->env.count; i++) {
                if (strcmp(workload->env.at[i].name, name) == 0)
                        return workload->env.at[i].value;
        }
        return NULL;
}

static void variables_are_set_where_the_image_begins_so(void **state)
{
        static const char policy[] =
                "{'environment_variables': ["
                " {'docker_image_pattern': 'hub[.]example[.]org(:\\\\d+)?/', 'name': 'KEY', "
                "  'value': 'secret-1'},"
                " {'docker_image_pattern': '.*', 'name': 'ALL', 'value': 1},"
                " {'docker_image_pattern': '.*camera:1$', 'name': 'KEY', 'value': 'secret-2'},"
                " {'docker_image_pattern': 'camera', 'name': 'INSIDE', 'value': 'no'}]}";
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                admit(with_secrets, policy, &findings);
        const struct pd_workload *camera = &solution->workloads[0];
        (void)state;

        assert_string_equal(variable_of(camera, "KEY"), "secret-2");
        assert_string_equal(variable_of(camera, "ALL"), "1");
        assert_null(variable_of(camera, "INSIDE"));
        assert_int_equal(camera->env.count, 2);
        assert_null(variable_of(&solution->workloads[1], "KEY"));
        assert_string_equal(variable_of(&solution->workloads[1], "ALL"), "1");
        assert_found(&findings, PD_SEVERITY_NOTE, "workloads[0].env", "'KEY' of 'camera1' is set");
        for (size_t i = 0; i < findings.count; i++)
                assert_null(strstr(findings.at[i].message, "secret-"));
}

static void a_variable_of_the_zip_gives_way(void **state)
{
        static const struct file files[] = {
                CAMERA_FILE(POD_OF("camera1", "",
                                   IMAGE("x") PORTS "        env: [{name: A, value: zip}, "
                                                    "{name: B, value: zip}]\n")),
                CAMERA_SERVICE,
                MODEL_NAME,
                MODEL_PROTO,
                {NULL, NULL}};
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                admit(files,
                      "{'environment_variables': [{'docker_image_pattern': 'x', 'name': 'A', "
                      "'value': 'policy'}]}",
                      &findings);
        (void)state;

        assert_int_equal(solution->workloads[0].env.count, 2);
        assert_string_equal(solution->workloads[0].env.at[0].value, "policy");
        assert_string_equal(solution->workloads[0].env.at[1].value, "zip");
}

static int admit_with_policy(void *context, struct pd_err *err)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_json_free_ptr) json_t *json =
                json_pack("{s:[s], s:[{s:s, s:s, s:s}]}", "registries", "hub.example.org:5000",
                          "environment_variables", "docker_image_pattern", "hub.*", "name", "A",
                          "value", "B");
        const struct zip *zip = context;

        if (json == NULL)
                return pd_fail_memory(err, "policy");
        if (pd_policy_read(json, &policy, err) < 0 ||
            pd_admit(zip->bytes, zip->len, &policy, &findings, &solution, err) < 0)
                return -1;
        assert_int_equal(findings.errors, 1); /* the orchestrator's registry */
        return findings.failed ? pd_fail_memory(err, "findings") : 0;
}

static void each_failing_allocation_is_a_clean_error(void **state)
{
        pd_auto(zip_done) struct zip zip = make_zip(with_secrets);
        (void)state;

        assert_in_range(pd_alloc_fail_each(admit_with_policy, &zip), 50, 10000);
}

/* What the zip itself must not be is for the room `archive` to test; here, that it is asked. */
static void a_zip_that_costs_too_much_is_not_read(void **state)
{
        pd_auto(pd_policy_done) struct pd_policy policy = make_policy("{'max_bytes': 100}");
        pd_auto(zip_done) struct zip zip = make_zip(with_secrets);
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(pd_admit(zip.bytes, zip.len, &policy, &findings, &solution, &err), err,
                       PD_E_TOO_LARGE);
        assert_pd_fail(pd_admit("no zip", 6, &policy, &findings, &solution, &err), err,
                       PD_E_INVALID);
        assert_null(solution);
}

static void a_pattern_without_end_is_an_error(void **state)
{
        pd_auto(pd_policy_done) struct pd_policy policy =
                make_policy("{'environment_variables': [{'docker_image_pattern': "
                            "'([a-z.0-9:/]+)+$$', 'name': 'A', 'value': ''}]}");
        pd_auto(zip_done) struct zip zip = make_zip((const struct file[]){
                CAMERA_FILE(
                        POD_OF("camera1", "", IMAGE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_x") PORTS)),
                CAMERA_SERVICE,
                {NULL, NULL}});
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(pd_admit(zip.bytes, zip.len, &policy, &findings, &solution, &err), err,
                       PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "variable 'A' for the image of 'camera1': ");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_zip_of_an_existing_deployer_is_admitted),
                cmocka_unit_test(what_asks_for_more_is_refused_by_its_place),
                cmocka_unit_test(all_that_is_refused_is_said_at_once),
                cmocka_unit_test(images_come_from_registries_of_the_policy),
                cmocka_unit_test(what_all_ask_for_together_is_limited),
                cmocka_unit_test(variables_are_set_where_the_image_begins_so),
                cmocka_unit_test(a_variable_of_the_zip_gives_way),
                cmocka_unit_test(each_failing_allocation_is_a_clean_error),
                cmocka_unit_test(a_zip_that_costs_too_much_is_not_read),
                cmocka_unit_test(a_pattern_without_end_is_an_error),
        };

        return cmocka_run_group_tests_name("admit-zips", tests, NULL, NULL);
}
