/* test_members.c - what is said about each member of an object: kept, noted, refused. */
#include "pd_test.h"

#include <string.h>

#include "base/buf.h"
#include "base/format.h"
#include "base/own.h"
#include "json/get.h"
#include "objects.h"
#include "quoted_json.h"

#define D    "camera1_deployment.yaml: "
#define POD  "spec.template.spec."
#define C    POD "containers[0]."
#define S    "camera1_service.yaml: "
#define GONE "-" /* for a value: the member is taken away */

struct change {
        size_t object;
        const char *path, *value; /* where "" the whole object */
};

/* Read the objects after that change; `wanted` is all that is said, a line a finding. */
static void assert_objects_said(struct objects *objects, enum pd_rights rights,
                                const struct change *change, const char *wanted)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_free_ptr) char *said = NULL;
        struct pd_err err = {0};
        json_t *value = strcmp(change->value, GONE) == 0 ? NULL : pd_test_json(change->value);

        objects->rights = rights;
        objects_set(pd_json_unconst(objects->at[change->object].json), change->path, value);
        assert_pd_ok(objects_read(objects, &findings, &solution, &err), err);
        said = objects_findings(&findings);
        assert_string_equal(said, wanted);
}

static void assert_said_with(enum pd_rights rights, const struct change *change, const char *wanted)
{
        pd_auto(objects_done) struct objects objects = objects_make();

        assert_objects_said(&objects, rights, change, wanted);
}

static void assert_said(const struct change *change, const char *wanted)
{
        assert_said_with(PD_RIGHTS_DROPPED, change, wanted);
}

struct row {
        struct change change;
        const char *said;
};

static void assert_rows(const struct row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                print_message("# %s = %s\n", rows[i].change.path, rows[i].change.value);
                assert_said(&rows[i].change, rows[i].said);
        }
}

static void what_says_nothing_about_what_runs_is_passed_over(void **state)
{
        static const struct row rows[] = {
                {{DEPLOYMENT, "metadata.namespace", "'pipeline-1'"}, ""},
                {{DEPLOYMENT, "metadata.creationTimestamp", "null"}, ""},
                {{DEPLOYMENT, "metadata.annotations", "{'a/b': 'c'}"}, ""},
                {{DEPLOYMENT, "metadata.labels.other", "'x'"}, ""},
                {{DEPLOYMENT, "status", "{'replicas': 1}"}, ""},
                {{DEPLOYMENT, "spec.strategy", "{}"}, ""},
                {{DEPLOYMENT, "spec.revisionHistoryLimit", "10"}, ""},
                {{DEPLOYMENT, "spec.template.metadata.creationTimestamp", "null"}, ""},
                {{DEPLOYMENT, POD "restartPolicy", "'Always'"}, ""},
                {{DEPLOYMENT, POD "securityContext", "{}"}, ""},
                {{DEPLOYMENT, POD "hostNetwork", "false"}, ""},
                {{DEPLOYMENT, POD "serviceAccountName", "'default'"}, ""},
                {{DEPLOYMENT, C "securityContext",
                  "{'privileged': false, 'procMount': 'Default',"
                  " 'capabilities': {'add': []}, 'seccompProfile': {'type': 'RuntimeDefault'}}"},
                 ""},
                {{DEPLOYMENT, C "ports[0].hostPort", "0"}, ""},
                {{DEPLOYMENT, C "volumeMounts[0].mountPropagation", "'None'"}, ""},
                {{DEPLOYMENT, POD "initContainers", "[]"}, ""},
                {{DEPLOYMENT, POD "imagePullSecrets", "[{'name': 'other'}]"}, ""},
                {{DEPLOYMENT, C "terminationMessagePolicy", "'File'"}, ""},
                {{DEPLOYMENT, C "resources", "{}"}, ""},
                {{DEPLOYMENT, C "envFrom", "null"}, ""},
                {{DEPLOYMENT, C "ports[0].protocol", "'TCP'"}, ""},
                {{DEPLOYMENT, C "volumeMounts[0].readOnly", "false"}, ""},
                {{SERVICE, "spec.type", "'ClusterIP'"}, ""},
                {{SERVICE, "spec.sessionAffinity", "'None'"}, ""},
                {{SERVICE, "status", "{'loadBalancer': {}}"}, ""},
                {{CLAIM, "spec.volumeMode", "'Filesystem'"}, ""},
        };
        (void)state;

        assert_rows(rows, PD_COUNT(rows));
}

static void what_is_not_kept_is_named(void **state)
{
        static const struct row rows[] = {
                {{DEPLOYMENT, "extra", "1"}, "note " D "extra: is not kept\n"},
                {{DEPLOYMENT, "metadata.finalizers", "['x']"},
                 "note " D "metadata.finalizers: is not kept\n"},
                {{DEPLOYMENT, "spec.paused", "true"}, "note " D "spec.paused: is not kept\n"},
                {{DEPLOYMENT, "spec.revisionHistoryLimit", "3"},
                 "note " D "spec.revisionHistoryLimit: is not kept\n"},
                {{DEPLOYMENT, POD "hostNetwork", "true"},
                 "note " D POD "hostNetwork: is not kept\n"},
                {{DEPLOYMENT, POD "nodeSelector", "{'disk': 'ssd'}"},
                 "note " D POD "nodeSelector: is not kept\n"},
                {{DEPLOYMENT, POD "securityContext", "{'runAsUser': 0}"},
                 "note " D POD "securityContext.runAsUser: is not kept\n"},
                {{DEPLOYMENT, POD "restartPolicy", "'Never'"},
                 "note " D POD "restartPolicy: is not kept\n"},
                {{DEPLOYMENT, C "livenessProbe", "{'tcpSocket': {'port': 1}}"},
                 "note " D C "livenessProbe: is not kept\n"},
                {{DEPLOYMENT, C "lifecycle", "{'postStart': {}}"},
                 "note " D C "lifecycle: is not kept\n"},
                {{DEPLOYMENT, C "securityContext", "{'privileged': true}"},
                 "note " D C "securityContext.privileged: is not kept\n"},
                {{DEPLOYMENT, C "securityContext", "{'capabilities': {'drop': ['ALL']}}"},
                 "note " D C "securityContext.capabilities.drop: is not kept\n"},
                {{DEPLOYMENT, C "env[0].more", "1"}, "note " D C "env[0].more: is not kept\n"},
                {{DEPLOYMENT, C "ports[1].hostPort", "80"},
                 "note " D C "ports[1].hostPort: is not kept\n"},
                {{DEPLOYMENT, C "volumeMounts[0].readOnly", "true"},
                 "note " D C "volumeMounts[0].readOnly: is not kept\n"},
                {{DEPLOYMENT, C "resources", "{'claims': [1]}"},
                 "note " D C "resources.claims: is not kept\n"},
                {{DEPLOYMENT, C "name", "'main'"},
                 "note " D C "name: is 'main', and becomes that of the Deployment\n"},
                {{SERVICE, "metadata", "{'name': 'camera1', 'x.y': 1, 'z\\u001b': 1}"},
                 "note " S "metadata[\"x.y\"]: is not kept\n"
                 "note " S "metadata[\"z?\"]: is not kept\n"},
                {{SERVICE, "spec.type", "'LoadBalancer'"}, "note " S "spec.type: is not kept\n"},
                {{SERVICE, "spec.clusterIP", "'10.0.0.1'"},
                 "note " S "spec.clusterIP: is not kept\n"},
                {{SERVICE, "spec.ports[0].nodePort", "30000"},
                 "note " S "spec.ports[0].nodePort: is not kept\n"},
                {{SERVICE, "spec.ports[0].name", "'grpc'"},
                 "note " S "spec.ports[0].name: is not kept: the container calls the port "
                 "'protobuf-api'\n"},
                {{CLAIM, "spec.volumeName", "'pv1'"},
                 "note pvc.yaml: spec.volumeName: is not kept\n"},
                {{CLAIM, "spec.resources.limits", "{'storage': '2Gi'}"},
                 "note pvc.yaml: spec.resources.limits: is not kept\n"},
        };
        (void)state;

        assert_rows(rows, PD_COUNT(rows));
}

static void volumes_but_the_claim_are_not_kept_nor_mounted(void **state)
{
        static const struct change volume = {
                DEPLOYMENT, POD "volumes[1]",
                "{'name': 'logs', 'hostPath': {'path': '/var/logs', 'type': ''}}"};
        static const char volume_said[] = "note " D POD "volumes[1].hostPath: is not kept\n";
        static const struct change both = {
                DEPLOYMENT, "spec.template.spec",
                "{'containers': [{'name': 'camera1', 'image': 'x',"
                "  'ports': [{'containerPort': 8061}],"
                "  'volumeMounts': [{'name': 'tmp', 'mountPath': '/tmp'}]}],"
                " 'volumes': [{'name': 'tmp', 'emptyDir': {}}]}"};
        static const char both_said[] =
                "note " D C "volumeMounts[0]: nothing is mounted at '/tmp': "
                "the volume 'tmp' is not kept\n";
        (void)state;

        assert_said(&volume, volume_said);
        assert_said(&both, both_said);
}

/* Each asks for more than a container of its own: dropped with a note, or an error. */
static const struct change asking[] = {
        {DEPLOYMENT, POD "hostNetwork", "true"},
        {DEPLOYMENT, POD "hostNetwork", "'true'"},
        {DEPLOYMENT, POD "hostPID", "true"},
        {DEPLOYMENT, POD "hostIPC", "true"},
        {DEPLOYMENT, POD "hostUsers", "true"},
        {DEPLOYMENT, POD "serviceAccountName", "'admin'"},
        {DEPLOYMENT, POD "serviceAccount", "'admin'"},
        {DEPLOYMENT, POD "automountServiceAccountToken", "true"},
        {DEPLOYMENT, POD "securityContext.sysctls", "[{'name': 'kernel.msgmax', 'value': '1'}]"},
        {DEPLOYMENT, POD "securityContext.seLinuxOptions", "{'type': 'spc_t'}"},
        {DEPLOYMENT, POD "securityContext.windowsOptions", "{'hostProcess': true}"},
        {DEPLOYMENT, POD "securityContext.seccompProfile.type", "'Unconfined'"},
        {DEPLOYMENT, POD "securityContext.appArmorProfile.type", "'Unconfined'"},
        {DEPLOYMENT, POD "volumes[1].hostPath", "{'path': '/'}"},
        {DEPLOYMENT, POD "volumes[1].secret", "{'secretName': 'x'}"},
        {DEPLOYMENT, POD "volumes[1].projected", "{'sources': [{}]}"},
        {DEPLOYMENT, POD "volumes[1].csi", "{'driver': 'x'}"},
        {DEPLOYMENT, C "securityContext.privileged", "true"},
        {DEPLOYMENT, C "securityContext.privileged", "1"},
        {DEPLOYMENT, C "securityContext.allowPrivilegeEscalation", "true"},
        {DEPLOYMENT, C "securityContext.capabilities.add", "['SYS_ADMIN']"},
        {DEPLOYMENT, C "securityContext.procMount", "'Unmasked'"},
        {DEPLOYMENT, C "securityContext.seLinuxOptions", "{'level': 's0'}"},
        {DEPLOYMENT, C "securityContext.seccompProfile.type", "'Unconfined'"},
        {DEPLOYMENT, C "securityContext.appArmorProfile.type", "'Unconfined'"},
        {DEPLOYMENT, C "ports[1].hostPort", "80"},
        {DEPLOYMENT, C "ports[1].hostIP", "'0.0.0.0'"},
        {DEPLOYMENT, C "volumeDevices", "[{'name': 'camera1', 'devicePath': '/dev/sda'}]"},
        {DEPLOYMENT, C "volumeMounts[0].mountPropagation", "'Bidirectional'"},
        {SERVICE, "spec.externalIPs", "['10.0.0.1']"},
};

static void what_asks_for_more_than_a_container_is_dropped_or_refused(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(asking); i++) {
                const char *file = asking[i].object == SERVICE ? S : D;
                char note[400], error[400];

                print_message("# %s = %s\n", asking[i].path, asking[i].value);
                pd_format(note, sizeof(note), "note %s%s: is not kept\n", file, asking[i].path);
                pd_format(error, sizeof(error),
                          "error %s%s: is refused: it asks for more than a container of its own: "
                          "remove it\n",
                          file, asking[i].path);
                assert_said(&asking[i], note);
                assert_said_with(PD_RIGHTS_REFUSED, &asking[i], error);
        }
}

static void a_probe_or_hook_that_calls_another_host_is_refused(void **state)
{
        static const char *const calls[] = {
                "livenessProbe.httpGet",       "readinessProbe.tcpSocket",
                "startupProbe.httpGet",        "lifecycle.postStart.httpGet",
                "lifecycle.preStop.tcpSocket",
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(calls); i++) {
                int member = (int)strcspn(calls[i], ".");
                struct pd_path path = pd_path(C "%s", calls[i]);
                struct change here = {DEPLOYMENT, path.text, "{'port': 80}"};
                struct change there = {DEPLOYMENT, path.text, "{'port': 80, 'host': '10.0.0.1'}"};
                char note[400], both[800];

                print_message("# %s\n", calls[i]);
                pd_format(note, sizeof(note), "note " D C "%.*s: is not kept\n", member, calls[i]);
                pd_format(both, sizeof(both),
                          "%serror " D "%s.host: is refused: it asks for more than a container of "
                          "its own: remove it\n",
                          note, path.text);
                assert_said_with(PD_RIGHTS_REFUSED, &here, note);
                assert_said_with(PD_RIGHTS_REFUSED, &there, both);
                assert_said(&there, note);
        }
}

static void an_orchestrator_keeps_no_logs_on_the_machine(void **state)
{
        static const struct change logs = {
                DEPLOYMENT, "spec.template.spec",
                "{'containers': [{'name': 'orchestrator', 'image': 'x',"
                "  'volumeMounts': [{'name': 'logs', 'mountPath': '/logs'}]}],"
                " 'volumes': [{'name': 'logs', 'hostPath': {'path': '/var/acumos/log'}},"
                "  {'name': 'keys', 'secret': {'secretName': 'x'}}]}"};
        pd_auto(objects_done) struct objects objects = objects_make();
        (void)state;

        objects_set(pd_json_unconst(objects.at[DEPLOYMENT].json), "metadata.name",
                    json_string("orchestrator"));
        objects_set(pd_json_unconst(objects.at[SERVICE].json), "metadata.name",
                    json_string("orchestrator"));
        assert_objects_said(&objects, PD_RIGHTS_REFUSED, &logs,
                            "note " D POD "volumes[0].hostPath: is not kept\n"
                            "error " D POD "volumes[1].secret: is refused: it asks for more than a "
                            "container of its own: remove it\n"
                            "note " D C "volumeMounts[0]: nothing is mounted at '/logs': the "
                            "volume 'logs' is not kept\n");
}

static void the_claim_may_be_called_pipeline(void **state)
{
        static const struct change older = {
                DEPLOYMENT, POD "volumes[0].persistentVolumeClaim.claimName", "'pipeline'"};
        (void)state;

        assert_said_with(PD_RIGHTS_REFUSED, &older,
                         "note " D POD
                         "volumes[0].persistentVolumeClaim.claimName: is 'pipeline', as "
                         "older ones call 'shared-folder'\n");
}

static void what_a_workload_cannot_say_is_refused(void **state)
{
        static const struct row rows[] = {
                {{DEPLOYMENT, POD "initContainers", "[{'name': 'i'}]"},
                 "error " D POD "initContainers: containers that run before are not taken\n"},
                {{DEPLOYMENT, POD "ephemeralContainers", "[{'name': 'e'}]"},
                 "error " D POD "ephemeralContainers: containers for debugging are not taken\n"},
                {{DEPLOYMENT, POD "containers[1]", "{'name': 'b', 'image': 'c'}"},
                 "error " D POD "containers: has 2 containers, but must have one\n"},
                {{DEPLOYMENT, POD "containers", "[]"},
                 "error " D POD "containers: has 0 containers, but must have one\n"},
                {{DEPLOYMENT, C "env[0].valueFrom", "{'fieldRef': {'fieldPath': 'x'}}"},
                 "error " D C "env[0].valueFrom: a value from elsewhere is not taken: write it out "
                 "as value\n"},
                {{DEPLOYMENT, C "envFrom", "[{'secretRef': {'name': 'x'}}]"},
                 "error " D C "envFrom: variables from elsewhere are not taken: write them out "
                 "under env\n"},
                {{DEPLOYMENT, C "env[1]", "{'name': 'SHARED_FOLDER_PATH', 'value': ''}"},
                 "error " D C "env[1].name: 'SHARED_FOLDER_PATH' is set twice: remove one\n"},
                {{DEPLOYMENT, "spec.replicas", "0"},
                 "error " D "spec.replicas: is 0, but one is run: write 1, or leave the workload "
                 "out\n"},
                {{DEPLOYMENT, "spec.replicas", "2"},
                 "warning " D "spec.replicas: is 2, but one is run\n"},
                {{DEPLOYMENT, C "ports[0].protocol", "'UDP'"},
                 "error " D C "ports[0].protocol: is 'UDP', but must be TCP\n"},
                {{SERVICE, "spec.ports[0].protocol", "'SCTP'"},
                 "error " S "spec.ports[0].protocol: is 'SCTP', but must be TCP\n"},
                {{SERVICE, "spec.ports[1]", "{'name': 'b', 'port': 80, 'targetPort': 8061}"},
                 "error " S "spec.ports[1]: leads to 8061 of the container, as another port does: "
                 "keep one\n"
                 "note " S "spec.ports[1].name: is not kept: the container calls the port "
                 "'protobuf-api'\n"},
                {{DEPLOYMENT, C "volumeMounts[0].subPath", "'a'"},
                 "error " D C "volumeMounts[0].subPath: only the whole shared folder can be "
                 "mounted\n"},
                {{DEPLOYMENT, C "volumeMounts[1]", "{'name': 'camera1', 'mountPath': '/b'}"},
                 "error " D C "volumeMounts[1]: mounts the shared folder a second time\n"},
                {{DEPLOYMENT, C "volumeMounts[0].name", "'other'"},
                 "error " D C "volumeMounts[0].name: is 'other', but the pod has no such volume\n"},
                {{CLAIM, "spec.accessModes", "['ReadWriteOnce']"},
                 "warning pvc.yaml: spec.accessModes[0]: becomes ReadWriteMany: all nodes share "
                 "the folder\n"},
        };
        (void)state;

        assert_rows(rows, PD_COUNT(rows));
}

static void what_kubernetes_would_not_take_of_a_container_is_an_error(void **state)
{
        static const struct row rows[] = {
                {{DEPLOYMENT, C "image", GONE}, "error " D C "image: is missing\n"},
                {{DEPLOYMENT, C "image", "''"}, "error " D C "image: is missing\n"},
                {{DEPLOYMENT, C "image", "7"},
                 "error " D C "image: is a number, but must be a string: put it in quotes\n"},
                {{DEPLOYMENT, C "name", GONE}, "error " D C "name: is missing\n"},
                {{DEPLOYMENT, C "args", "['--port', 8061]"},
                 "error " D C "args[1]: is a number, but must be a string: put it in quotes\n"},
                {{DEPLOYMENT, C "command", "[null]"},
                 "error " D C "command[0]: is null, but must be a string\n"},
                {{DEPLOYMENT, C "command", "'sh'"},
                 "error " D C "command: is a string, but must be an array\n"},
                {{DEPLOYMENT, C "workingDir", "[]"},
                 "error " D C "workingDir: is an array, but must be a string\n"},
                {{DEPLOYMENT, C "env[0].value", "1"},
                 "error " D C
                 "env[0].value: is a number, but must be a string: put it in quotes\n"},
                {{DEPLOYMENT, C "env[0].value", "true"},
                 "error " D C "env[0].value: is a boolean, but must be a string: put it in "
                 "quotes\n"},
                {{DEPLOYMENT, C "env[0].name", GONE}, "error " D C "env[0].name: is missing\n"},
                {{DEPLOYMENT, C "env[0].name", "'A=B'"},
                 "error " D C "env[0].name: must have no '=' in it\n"},
                {{DEPLOYMENT, C "ports[0].containerPort", "65536"},
                 "error " D C "ports[0].containerPort: is no port: a number from 1 to 65535\n"},
                {{DEPLOYMENT, C "ports[1].containerPort", "'http'"},
                 "error " D C "ports[1].containerPort: is no port: a number from 1 to 65535\n"},
                {{DEPLOYMENT, C "ports[1].containerPort", "8061"},
                 "error " D C "ports[1].containerPort: is the number of another port too\n"},
                {{DEPLOYMENT, C "ports[1].name", "'protobuf-api'"},
                 "error " D C "ports[1].name: is the name of another port too\n"},
                {{DEPLOYMENT, C "ports[1].name", "'Web UI'"},
                 "error " D C "ports[1].name: is 'Web UI', but must be at most 15 of a-z, 0-9 and "
                 "single '-' inside\n"},
                {{DEPLOYMENT, C "resources", "{'limits': {'cpu': 'much'}}"},
                 "error " D C "resources.limits.cpu: is 'much', but must be an amount such as 500m "
                 "or 1Gi\n"},
                {{DEPLOYMENT, C "resources", "{'limits': {'cpu': -1}}"},
                 "error " D C "resources.limits.cpu: is '-1', but must be an amount such as 500m "
                 "or 1Gi\n"},
                {{DEPLOYMENT, C "imagePullPolicy", "'Sometimes'"},
                 "error " D C "imagePullPolicy: is 'Sometimes', but must be Always, IfNotPresent "
                 "or Never\n"},
                {{DEPLOYMENT, C "volumeMounts[0].mountPath", "'data'"},
                 "error " D C "volumeMounts[0].mountPath: must begin with '/' and have no ':' in "
                 "it\n"},
        };
        (void)state;

        assert_rows(rows, PD_COUNT(rows));
}

static void what_kubernetes_would_not_take_of_an_object_is_an_error(void **state)
{
        static const struct row rows[] = {
                {{DEPLOYMENT, "spec.replicas", "'1'"},
                 "error " D "spec.replicas: is a string, but must be a whole number\n"},
                {{DEPLOYMENT, "spec.template", GONE}, "error " D "spec.template: is missing\n"},
                {{DEPLOYMENT, "spec", "7"},
                 "error " D "spec: is a number, but must be an object\n"},
                {{DEPLOYMENT, "metadata.name", "'Camera_1'"},
                 "error " D "metadata.name: 'Camera_1' is no name for a workload: at most 58 of "
                 "a-z, 0-9 and '-', a letter first\n"
                 "note " S "is not kept: there is no Deployment of its name\n"},
                {{SERVICE, "spec.ports[0].port", GONE},
                 "error " S "spec.ports[0].port: is missing\n"
                 "warning camera1_deployment.yaml: no Service of its name selects its pods: "
                 "nothing reaches them\n"},
                {{CLAIM, "spec.resources.requests.storage", GONE},
                 "error pvc.yaml: spec.resources.requests.storage: is missing\n"},
                {{CLAIM, "spec.resources.requests.storage", "'1 GiB'"},
                 "error pvc.yaml: spec.resources.requests.storage: is '1 GiB', but must be an "
                 "amount such as 500m or 1Gi\n"},
                {{CLAIM, "spec.resources", GONE}, "error pvc.yaml: spec.resources: is missing\n"},
        };
        (void)state;

        assert_rows(rows, PD_COUNT(rows));
}

static void several_ports_of_a_service_must_have_names(void **state)
{
        static const struct change change = {
                SERVICE, "spec.ports",
                "[{'port': 1, 'targetPort': 8061}, {'name': 'webui', 'port': 2, "
                "'targetPort': 8062}]"};
        (void)state;

        assert_said(&change, "error " S "spec.ports[0].name: is missing\n");
}

static void lists_are_read_up_to_a_limit(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf args = PD_BUF_INIT(100000);
        struct change change = {DEPLOYMENT, C "args", NULL};
        (void)state;

        pd_buf_puts(&args, "['0'");
        for (int i = 1; i < 1000; i++)
                pd_buf_puts(&args, ",'x'");
        pd_buf_puts(&args, "]");
        change.value = args.data;
        assert_said(&change, "");

        pd_buf_cut(&args, args.len - 1);
        pd_buf_puts(&args, ",'x']");
        change.value = args.data;
        assert_said(&change, "error " D C "args: has over 1000 elements\n");
}

static void a_nul_in_a_text_is_an_error(void **state)
{
        pd_auto(objects_done) struct objects objects = objects_make();
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_err err = {0};
        (void)state;

        objects_set(pd_json_unconst(objects.at[DEPLOYMENT].json), C "workingDir",
                    json_stringn("/a\0b", 4));
        assert_pd_ok(objects_read(&objects, &findings, &solution, &err), err);
        assert_int_equal(findings.count, 1);
        assert_string_equal(findings.at[0].message, "has a NUL in it");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_says_nothing_about_what_runs_is_passed_over),
                cmocka_unit_test(what_is_not_kept_is_named),
                cmocka_unit_test(volumes_but_the_claim_are_not_kept_nor_mounted),
                cmocka_unit_test(what_asks_for_more_than_a_container_is_dropped_or_refused),
                cmocka_unit_test(a_probe_or_hook_that_calls_another_host_is_refused),
                cmocka_unit_test(an_orchestrator_keeps_no_logs_on_the_machine),
                cmocka_unit_test(the_claim_may_be_called_pipeline),
                cmocka_unit_test(what_a_workload_cannot_say_is_refused),
                cmocka_unit_test(what_kubernetes_would_not_take_of_a_container_is_an_error),
                cmocka_unit_test(what_kubernetes_would_not_take_of_an_object_is_an_error),
                cmocka_unit_test(several_ports_of_a_service_must_have_names),
                cmocka_unit_test(lists_are_read_up_to_a_limit),
                cmocka_unit_test(a_nul_in_a_text_is_an_error),
        };

        return cmocka_run_group_tests_name("manifest members", tests, NULL, NULL);
}
