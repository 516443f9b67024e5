/* write.c - workloads as Kubernetes objects. */
#include "manifest/manifest.h"

const struct pd_manifest_options pd_manifest_default_options = {
        .service_type = PD_SERVICE_NODE_PORT,
        .pull_secret = "acumos-registry",
};

/* Set a member of an object. What is NULL, object or value, stays NULL: memory was short. */
static void put(json_t **object, const char *name, json_t *value)
{
        if (json_object_set_new(*object, name, value) < 0) {
                json_decref(*object);
                *object = NULL;
        }
}

/* Likewise, at the end of an array. */
static void append(json_t **array, json_t *value)
{
        if (json_array_append_new(*array, value) < 0) {
                json_decref(*array);
                *array = NULL;
        }
}

static json_t *strings_json(const struct pd_strings *strings)
{
        json_t *array = json_array();

        for (size_t i = 0; i < strings->count; i++)
                append(&array, json_string(strings->at[i]));
        return array;
}

static json_t *env_json(const struct pd_pairs *env)
{
        json_t *array = json_array();

        for (size_t i = 0; i < env->count; i++)
                append(&array,
                       json_pack("{s:s, s:s}", "name", env->at[i].name, "value", env->at[i].value));
        return array;
}

static json_t *amounts_json(const struct pd_pairs *amounts)
{
        json_t *object = json_object();

        for (size_t i = 0; i < amounts->count; i++)
                put(&object, amounts->at[i].name, json_string(amounts->at[i].value));
        return object;
}

static json_t *resources_json(const struct pd_workload *workload)
{
        json_t *object = json_object();

        if (workload->requests.count > 0)
                put(&object, "requests", amounts_json(&workload->requests));
        if (workload->limits.count > 0)
                put(&object, "limits", amounts_json(&workload->limits));
        return object;
}

/* An object that begins with the name of the port, if it has one. */
static json_t *port_json(const struct pd_port *port)
{
        json_t *object = json_object();

        if (port->name != NULL)
                put(&object, "name", json_string(port->name));
        return object;
}

static json_t *container_ports_json(const struct pd_ports *ports)
{
        json_t *array = json_array();

        for (size_t i = 0; i < ports->count; i++) {
                json_t *port = port_json(&ports->at[i]);

                put(&port, "containerPort", json_integer(ports->at[i].container_port));
                append(&array, port);
        }
        return array;
}

static json_t *service_ports_json(const struct pd_ports *ports)
{
        json_t *array = json_array();

        for (size_t i = 0; i < ports->count; i++) {
                json_t *port;

                if (ports->at[i].service_port == 0)
                        continue;
                port = port_json(&ports->at[i]);
                put(&port, "port", json_integer(ports->at[i].service_port));
                put(&port, "targetPort", json_integer(ports->at[i].container_port));
                append(&array, port);
        }
        return array;
}

static json_t *container_json(const struct pd_workload *workload)
{
        json_t *container =
                json_pack("{s:s, s:s}", "name", workload->name, "image", workload->image);

        if (workload->command.count > 0)
                put(&container, "command", strings_json(&workload->command));
        if (workload->args.count > 0)
                put(&container, "args", strings_json(&workload->args));
        if (workload->working_dir != NULL)
                put(&container, "workingDir", json_string(workload->working_dir));
        if (workload->env.count > 0)
                put(&container, "env", env_json(&workload->env));
        if (workload->ports.count > 0)
                put(&container, "ports", container_ports_json(&workload->ports));
        if (workload->requests.count > 0 || workload->limits.count > 0)
                put(&container, "resources", resources_json(workload));
        if (workload->mount_path != NULL)
                put(&container, "volumeMounts",
                    json_pack("[{s:s, s:s}]", "mountPath", workload->mount_path, "name",
                              workload->name));
        if (workload->pull_policy != PD_PULL_UNSET)
                put(&container, "imagePullPolicy",
                    json_string(pd_pull_policy_name(workload->pull_policy)));
        return container;
}

static json_t *pod_json(const struct pd_workload *workload,
                        const struct pd_manifest_options *options)
{
        json_t *pod = json_object();
        json_t *containers = json_array();

        if (options->pull_secret != NULL && options->pull_secret[0] != '\0')
                put(&pod, "imagePullSecrets", json_pack("[{s:s}]", "name", options->pull_secret));
        append(&containers, container_json(workload));
        put(&pod, "containers", containers);
        if (workload->mount_path != NULL)
                put(&pod, "volumes",
                    json_pack("[{s:s, s:{s:s}}]", "name", workload->name, "persistentVolumeClaim",
                              "claimName", PD_MANIFEST_CLAIM_NAME));
        return pod;
}

bool pd_manifest_has_service(const struct pd_workload *workload)
{
        for (size_t i = 0; i < workload->ports.count; i++) {
                if (workload->ports.at[i].service_port != 0)
                        return true;
        }
        return false;
}

/* What ties a Service, a Deployment and its pods together. */
static json_t *app_json(const struct pd_workload *workload)
{
        return json_pack("{s:s}", "app", workload->name);
}

static json_t *object_json(const char *api_version, const char *kind, json_t *metadata,
                           json_t *spec)
{
        return json_pack("{s:s, s:s, s:o, s:o}", "apiVersion", api_version, "kind", kind,
                         "metadata", metadata, "spec", spec);
}

json_t *pd_manifest_service(const struct pd_workload *workload,
                            const struct pd_manifest_options *options)
{
        static const char *const types[] = {
                [PD_SERVICE_NODE_PORT] = "NodePort",
                [PD_SERVICE_CLUSTER_IP] = "ClusterIP",
        };
        json_t *spec = json_pack("{s:o, s:s, s:o}", "selector", app_json(workload), "type",
                                 types[options->service_type], "ports",
                                 service_ports_json(&workload->ports));

        return object_json("v1", "Service", json_pack("{s:s}", "name", workload->name), spec);
}

json_t *pd_manifest_deployment(const struct pd_workload *workload,
                               const struct pd_manifest_options *options)
{
        json_t *metadata =
                json_pack("{s:s, s:o}", "name", workload->name, "labels", app_json(workload));
        json_t *template = json_pack("{s:{s:o}, s:o}", "metadata", "labels", app_json(workload),
                                     "spec", pod_json(workload, options));
        json_t *spec = json_pack("{s:i, s:{s:o}, s:o}", "replicas", 1, "selector", "matchLabels",
                                 app_json(workload), "template", template);

        return object_json("apps/v1", "Deployment", metadata, spec);
}

json_t *pd_manifest_claim(const struct pd_claim *claim)
{
        json_t *spec = json_object();

        if (claim->storage_class != NULL)
                put(&spec, "storageClassName", json_string(claim->storage_class));
        put(&spec, "accessModes", json_pack("[s]", "ReadWriteMany"));
        put(&spec, "resources", json_pack("{s:{s:s}}", "requests", "storage", claim->size));
        return object_json("v1", "PersistentVolumeClaim",
                           json_pack("{s:s}", "name", PD_MANIFEST_CLAIM_NAME), spec);
}
