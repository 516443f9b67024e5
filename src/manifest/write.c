/* write.c - workloads as Kubernetes objects. */
#include "manifest/manifest.h"

#include "json/build.h"

const struct pd_manifest_options pd_manifest_default_options = {
        .service_type = PD_SERVICE_NODE_PORT,
        .pull_secret = "acumos-registry",
};

static json_t *amounts_json(const struct pd_pairs *amounts)
{
        json_t *object = json_object();

        for (size_t i = 0; i < amounts->count; i++)
                pd_json_put(&object, amounts->at[i].name, json_string(amounts->at[i].value));
        return object;
}

static json_t *resources_json(const struct pd_workload *workload)
{
        json_t *object = json_object();

        if (workload->requests.count > 0)
                pd_json_put(&object, "requests", amounts_json(&workload->requests));
        if (workload->limits.count > 0)
                pd_json_put(&object, "limits", amounts_json(&workload->limits));
        return object;
}

/* An object that begins with the name of the port, if it has one. */
static json_t *port_json(const struct pd_port *port)
{
        json_t *object = json_object();

        if (port->name != NULL)
                pd_json_put(&object, "name", json_string(port->name));
        return object;
}

static json_t *container_ports_json(const struct pd_ports *ports)
{
        json_t *array = json_array();

        for (size_t i = 0; i < ports->count; i++) {
                json_t *port = port_json(&ports->at[i]);

                pd_json_put(&port, "containerPort", json_integer(ports->at[i].container_port));
                pd_json_append(&array, port);
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
                pd_json_put(&port, "port", json_integer(ports->at[i].service_port));
                pd_json_put(&port, "targetPort", json_integer(ports->at[i].container_port));
                pd_json_append(&array, port);
        }
        return array;
}

static json_t *container_json(const struct pd_workload *workload)
{
        json_t *container =
                json_pack("{s:s, s:s}", "name", workload->name, "image", workload->image);

        if (workload->command.count > 0)
                pd_json_put(&container, "command", pd_strings_json(&workload->command));
        if (workload->args.count > 0)
                pd_json_put(&container, "args", pd_strings_json(&workload->args));
        if (workload->working_dir != NULL)
                pd_json_put(&container, "workingDir", json_string(workload->working_dir));
        if (workload->env.count > 0)
                pd_json_put(&container, "env", pd_pairs_json(&workload->env));
        if (workload->ports.count > 0)
                pd_json_put(&container, "ports", container_ports_json(&workload->ports));
        if (workload->requests.count > 0 || workload->limits.count > 0)
                pd_json_put(&container, "resources", resources_json(workload));
        if (workload->mount_path != NULL)
                pd_json_put(&container, "volumeMounts",
                            json_pack("[{s:s, s:s}]", "mountPath", workload->mount_path, "name",
                                      workload->name));
        if (workload->pull_policy != PD_PULL_UNSET)
                pd_json_put(&container, "imagePullPolicy",
                            json_string(pd_pull_policy_name(workload->pull_policy)));
        return container;
}

static json_t *pod_json(const struct pd_workload *workload,
                        const struct pd_manifest_options *options)
{
        json_t *pod = json_object();
        json_t *containers = json_array();

        if (options->pull_secret != NULL && options->pull_secret[0] != '\0')
                pd_json_put(&pod, "imagePullSecrets",
                            json_pack("[{s:s}]", "name", options->pull_secret));
        pd_json_append(&containers, container_json(workload));
        pd_json_put(&pod, "containers", containers);
        if (workload->mount_path != NULL)
                pd_json_put(&pod, "volumes",
                            json_pack("[{s:s, s:{s:s}}]", "name", workload->name,
                                      "persistentVolumeClaim", "claimName",
                                      PD_MANIFEST_CLAIM_NAME));
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
                pd_json_put(&spec, "storageClassName", json_string(claim->storage_class));
        pd_json_put(&spec, "accessModes", json_pack("[s]", "ReadWriteMany"));
        pd_json_put(&spec, "resources", json_pack("{s:{s:s}}", "requests", "storage", claim->size));
        return object_json("v1", "PersistentVolumeClaim",
                           json_pack("{s:s}", "name", PD_MANIFEST_CLAIM_NAME), spec);
}
