/* kubernetes_workload.c - one workload as its Deployment and its Services. */
#include "kubernetes_workload.h"

#include <string.h>

#include "base/format.h"
#include "base/own.h"
#include "json/build.h"
#include "json/get.h"
#include "json/json.h"
#include "manifest/manifest.h"
#include "solution/names.h"

/* A model may load for so long before it must answer, and is looked at so often, in seconds. */
#define START_PERIOD_S 1
#define START_TRIES    1800
#define READY_PERIOD_S 5
/* Where the orchestrator keeps what runs. */
#define RUN_FOLDER "/var/lib/playground"
#define RUN_VOLUME "run"
#define RUN_SIZE   "16Mi"
/* It gets so long to end, as in other engines. */
#define STOP_S 5

/* --- The Deployment --- */

static json_t *probe_json(uint16_t port, int period_s, int tries)
{
        return json_pack("{s:{s:i}, s:i, s:i}", "tcpSocket", "port", (int)port, "periodSeconds",
                         period_s, "failureThreshold", tries);
}

static json_t *variable_json(const char *name, const char *value)
{
        return json_pack("{s:s, s:s}", "name", name, "value", value);
}

static json_t *token_variable_json(void)
{
        return json_pack("{s:s, s:{s:{s:s, s:s}}}", "name", PD_ENGINE_TOKEN_VARIABLE, "valueFrom",
                         "secretKeyRef", "name", PD_KUBERNETES_TOKEN_SECRET, "key",
                         PD_KUBERNETES_TOKEN_KEY);
}

static json_t *source_json(const char *map)
{
        return json_pack("{s:{s:s}}", "configMap", "name", map);
}

/* One folder with all files of all ConfigMaps. */
static json_t *volume_json(size_t map_count)
{
        json_t *sources = json_array();

        for (size_t i = 0; i < map_count; i++) {
                char name[64];

                pd_format(name, sizeof(name), PD_KUBERNETES_PIPELINE "-%zu", i);
                pd_json_append(&sources, source_json(name));
        }
        pd_json_append(&sources, source_json(PD_KUBERNETES_RUN));
        return json_pack("{s:s, s:{s:o}}", "name", PD_KUBERNETES_PIPELINE, "projected", "sources",
                         sources);
}

/* The array member of that name, made where there is none; borrowed. NULL: no memory. */
static json_t *array_of(json_t *object, const char *name)
{
        json_t *array = pd_json_get_array(object, name);

        if (array == NULL) {
                array = json_array();
                if (json_object_set_new(object, name, array) < 0)
                        return NULL;
        }
        return array;
}

/* What the orchestrator writes down outlives its process, in a folder of the pod. */
static int give_memory(json_t *pod, json_t *container)
{
        if (json_array_append_new(
                    array_of(container, "volumeMounts"),
                    json_pack("{s:s, s:s}", "mountPath", RUN_FOLDER, "name", RUN_VOLUME)) < 0 ||
            json_array_append_new(array_of(pod, "volumes"),
                                  json_pack("{s:s, s:{s:s}}", "name", RUN_VOLUME, "emptyDir",
                                            "sizeLimit", RUN_SIZE)) < 0)
                return -1;
        return json_array_append_new(array_of(container, "env"),
                                     variable_json(PD_ENGINE_RUN_VARIABLE, RUN_FOLDER "/run.json"));
}

static int give_pipeline(json_t *pod, json_t *container,
                         const struct pd_kubernetes_pipeline *pipeline)
{
        json_t *env = array_of(container, "env");
        json_t *mount = json_pack("{s:s, s:s, s:b}", "mountPath", PD_ENGINE_PIPELINE_FOLDER, "name",
                                  PD_KUBERNETES_PIPELINE, "readOnly", true);

        if (json_array_append_new(array_of(container, "volumeMounts"), mount) < 0 ||
            json_array_append_new(env, variable_json(PD_ENGINE_PIPELINE_VARIABLE,
                                                     PD_ENGINE_PIPELINE_FOLDER)) < 0 ||
            json_array_append_new(env, token_variable_json()) < 0 ||
            json_array_append_new(array_of(pod, "volumes"), volume_json(pipeline->map_count)) < 0)
                return -1;
        return 0;
}

/* What protects the cluster from the container, and tells when it answers. */
static int complete_container(json_t *container, const struct pd_workload *workload)
{
        pd_auto(pd_json_free_ptr) json_t *more =
                json_pack("{s:{s:b}}", "securityContext", "allowPrivilegeEscalation", false);

        if (workload->ports.count > 0) {
                uint16_t port = workload->ports.at[0].container_port;

                pd_json_put(&more, "startupProbe", probe_json(port, START_PERIOD_S, START_TRIES));
                pd_json_put(&more, "readinessProbe", probe_json(port, READY_PERIOD_S, 3));
        }
        return more != NULL ? json_object_update(container, more) : -1;
}

static json_t *tolerations_json(const struct pd_tolerations *tolerations)
{
        json_t *list = json_array();

        for (size_t i = 0; i < tolerations->count; i++) {
                const struct pd_toleration *toleration = &tolerations->at[i];

                pd_json_append(&list, json_pack("{s:s*, s:s*, s:s*, s:s*}", "key", toleration->key,
                                                "operator", toleration->op, "value",
                                                toleration->value, "effect", toleration->effect));
        }
        return list;
}

json_t *pd_kubernetes_pairs_json(const struct pd_pairs *pairs)
{
        json_t *object = json_object();

        for (size_t i = 0; i < pairs->count; i++)
                pd_json_put(&object, pairs->at[i].name, json_string(pairs->at[i].value));
        return object;
}

static int place_pod(json_t *pod, const struct pd_workload *workload)
{
        if (workload->node_selector.count > 0 &&
            json_object_set_new(pod, "nodeSelector",
                                pd_kubernetes_pairs_json(&workload->node_selector)) < 0)
                return -1;
        if (workload->tolerations.count > 0 &&
            json_object_set_new(pod, "tolerations", tolerations_json(&workload->tolerations)) < 0)
                return -1;
        return 0;
}

static int complete_pod(json_t *pod)
{
        pd_auto(pd_json_free_ptr) json_t *more =
                json_pack("{s:b, s:b, s:{s:{s:s}}, s:i}", "automountServiceAccountToken", false,
                          "enableServiceLinks", false, "securityContext", "seccompProfile", "type",
                          "RuntimeDefault", "terminationGracePeriodSeconds", STOP_S);

        return more != NULL ? json_object_update(pod, more) : -1;
}

/* A workload runs once: its old pod ends before the new one begins. */
static int complete_spec(json_t *spec, const char *workload, const char *id, const json_t *labels,
                         const struct pd_kubernetes_pipeline *pipeline)
{
        pd_auto(pd_json_free_ptr) json_t *strategy = json_pack(
                "{s:{s:s}, s:i}", "strategy", "type", "Recreate", "revisionHistoryLimit", 1);
        json_t *metadata = pd_json_dig(spec, "template", "metadata", NULL);
        json_t *match = pd_json_dig(spec, "selector", "matchLabels", NULL);

        if (strategy == NULL || json_object_update(spec, strategy) < 0 ||
            pd_json_merge(metadata, "labels", labels) < 0 ||
            json_object_set_new(pd_json_get(metadata, "labels"), PD_LABEL_WORKLOAD,
                                json_string(workload)) < 0 ||
            json_object_set_new(match, PD_LABEL_ID, json_string(id)) < 0)
                return -1;
        if (pipeline == NULL)
                return 0;
        return json_object_set_new(metadata, "annotations",
                                   json_pack("{s:s}", PD_KUBERNETES_PIPELINE_HASH, pipeline->hash));
}

json_t *pd_kubernetes_deployment(const struct pd_workload *workload,
                                 const struct pd_kubernetes_shape *shape, const json_t *labels,
                                 const struct pd_kubernetes_pipeline *pipeline)
{
        const struct pd_manifest_options options = {
                .pull_secret = shape->registries != NULL ? PD_KUBERNETES_PULL_SECRET : NULL,
        };
        pd_auto(pd_json_free_ptr) json_t *deployment = pd_manifest_deployment(workload, &options);
        json_t *spec = pd_json_get(deployment, "spec");
        json_t *pod = pd_json_dig(spec, "template", "spec", NULL);
        json_t *container = json_array_get(pd_json_get(pod, "containers"), 0);

        if (container == NULL || complete_container(container, workload) < 0 ||
            complete_pod(pod) < 0 || place_pod(pod, workload) < 0 ||
            complete_spec(spec, workload->name, shape->id, labels, pipeline) < 0 ||
            (pipeline != NULL &&
             (give_pipeline(pod, container, pipeline) < 0 || give_memory(pod, container) < 0)))
                return NULL;
        return pd_steal(&deployment);
}

/* --- Services --- */

/* The object where it selects the pods of this deployment alone; NULL stays NULL. */
static json_t *select_by_id(json_t *service, const char *id)
{
        pd_auto(pd_json_free_ptr) json_t *owned = service;
        json_t *selector = pd_json_dig(owned, "spec", "selector", NULL);

        if (json_object_set_new(selector, PD_LABEL_ID, json_string(id)) < 0)
                return NULL;
        return pd_steal(&owned);
}

json_t *pd_kubernetes_service(const struct pd_workload *workload, const char *id, bool has_face,
                              bool is_published)
{
        const struct pd_manifest_options options = {
                .service_type = is_published ? PD_SERVICE_NODE_PORT : PD_SERVICE_CLUSTER_IP,
        };
        pd_auto(pd_json_free_ptr) json_t *service =
                select_by_id(pd_manifest_service(workload, &options), id);
        json_t *ports = pd_json_dig(service, "spec", "ports", NULL);

        if (service == NULL)
                return NULL;
        if (has_face &&
            json_array_append_new(ports, json_pack("{s:s, s:i, s:i}", "name", PD_PORT_WEB, "port",
                                                   PD_ENGINE_HTTP_PORT, "targetPort",
                                                   PD_ENGINE_HTTP_PORT)) < 0)
                return NULL;
        return pd_steal(&service);
}

uint16_t pd_kubernetes_web_port(const struct pd_workload *workload)
{
        for (size_t i = 0; i < workload->ports.count; i++) {
                const struct pd_port *port = &workload->ports.at[i];

                if (port->name != NULL && strcmp(port->name, PD_PORT_WEB) == 0)
                        return port->container_port;
        }
        return 0;
}

json_t *pd_kubernetes_web_service(const struct pd_workload *workload, const char *id,
                                  bool is_published)
{
        char name[PD_LABEL_MAX + sizeof(PD_WEBUI_SUFFIX)];
        int port = pd_kubernetes_web_port(workload);

        pd_format(name, sizeof(name), "%s" PD_WEBUI_SUFFIX, workload->name);
        return json_pack("{s:s, s:s, s:{s:s}, s:{s:{s:s, s:s}, s:s, s:[{s:s, s:i, s:i}]}}",
                         "apiVersion", "v1", "kind", "Service", "metadata", "name", name, "spec",
                         "selector", "app", workload->name, PD_LABEL_ID, id, "type",
                         is_published ? "NodePort" : "ClusterIP", "ports", "name", PD_PORT_WEB,
                         "port", port, "targetPort", port);
}
