/* zips.h - zips as existing deployers write them, and what is said of them. */
#ifndef PD_TESTS_ADMIT_ZIPS_H
#define PD_TESTS_ADMIT_ZIPS_H

#include "admit/admit.h"
#include "pd_test.h"

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

void zip_done(struct zip *zip);

struct zip make_zip(const struct file *files);

/** The policy that a text says, ' for ". */
struct pd_policy make_policy(const char *text);

/** Admit the files by a policy; NULL: they are refused. */
struct pd_solution *admit(const struct file *files, const char *policy_text,
                          struct pd_findings *findings);

/** There must be a finding at that place which says so. */
void assert_found(const struct pd_findings *findings, enum pd_severity severity, const char *path,
                  const char *says);

/** A pipeline with a shared folder, of an older deployer and of a newer one. */
extern const struct file with_secrets[];
extern const struct file without_secrets[];

#endif
