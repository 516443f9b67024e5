/* test_zips.c - zips of somebody else: what is taken, and what is refused of any. */
#include "zips.h"

static void assert_nothing_warned_of(const struct pd_findings *findings)
{
        for (size_t i = 0; i < findings->count; i++) {
                if (findings->at[i].severity != PD_SEVERITY_NOTE)
                        fail_msg("%s: %s", findings->at[i].path, findings->at[i].message);
        }
}

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
        {{CAMERA_FILE(
                  POD_OF("camera1", "", IMAGE("x") PORTS "      - {name: second, image: other}\n")),
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_zip_of_an_existing_deployer_is_admitted),
                cmocka_unit_test(what_asks_for_more_is_refused_by_its_place),
                cmocka_unit_test(all_that_is_refused_is_said_at_once),
                cmocka_unit_test(a_zip_that_costs_too_much_is_not_read),
        };

        return cmocka_run_group_tests_name("admit-zips", tests, NULL, NULL);
}
