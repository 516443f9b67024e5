/* kubernetes_objects.c - the objects that make a solution run on Kubernetes. */
#include "kubernetes_objects.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/format.h"
#include "base/own.h"
#include "json/build.h"
#include "json/get.h"
#include "json/json.h"
#include "kubernetes_files.h"
#include "kubernetes_workload.h"
#include "manifest/manifest.h"
#include "solution/names.h"

struct making {
        const struct pd_engine_wish *wish;
        const struct pd_solution *solution;
        const struct pd_kubernetes_shape *shape;
        json_t *labels;      /* of every object and pod */
        json_t *annotations; /* of every object */
        struct pd_kubernetes_objects *objects;
};

/* --- Objects --- */

static json_t *object_json(enum pd_kubernetes_kind kind, const char *name, const char *member,
                           json_t *value)
{
        return json_pack("{s:s, s:s, s:{s:s}, s:o}", "apiVersion", pd_kubernetes_kind_version(kind),
                         "kind", pd_kubernetes_kind_name(kind), "metadata", "name", name, member,
                         value);
}

static int mark(const struct making *making, enum pd_kubernetes_kind kind, json_t *metadata)
{
        if (pd_json_merge(metadata, "labels", making->labels) < 0 ||
            pd_json_merge(metadata, "annotations", making->annotations) < 0)
                return -1;
        if (kind == PD_KUBERNETES_NAMESPACE)
                return 0;
        return json_object_set_new(metadata, "namespace",
                                   json_string(making->shape->namespace_name));
}

/* Takes the tree; NULL for want of memory. */
static int add(struct making *making, enum pd_kubernetes_kind kind, json_t *json,
               struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *owned = json;
        json_t *metadata = pd_json_get(owned, "metadata");
        struct pd_kubernetes_objects *objects = making->objects;
        struct pd_kubernetes_object *place;

        if (metadata == NULL || mark(making, kind, metadata) < 0)
                return pd_fail_memory(err, pd_kubernetes_kind_name(kind));
        place = pd_arena_push(&objects->arena, &objects->at, &objects->count, sizeof(*place));
        if (place == NULL)
                return pd_fail_memory(err, pd_kubernetes_kind_name(kind));
        place->kind = kind;
        place->name = pd_json_get_string(metadata, "name");
        place->json = pd_steal(&owned);
        return 0;
}

/* Likewise an object of a workload. */
static int add_of(struct making *making, enum pd_kubernetes_kind kind,
                  const struct pd_workload *workload, json_t *json, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *label =
                json_pack("{s:s}", PD_LABEL_WORKLOAD, workload->name);

        if (json == NULL || label == NULL ||
            pd_json_merge(pd_json_get(json, "metadata"), "labels", label) < 0) {
                json_decref(json);
                return pd_fail_memory(err, workload->name);
        }
        return add(making, kind, json, err);
}

/* A single model may be called so, too. */
static bool is_orchestrator(const struct pd_solution *solution, const struct pd_workload *workload)
{
        return solution->kind == PD_SOLUTION_PIPELINE && pd_workload_is_orchestrator(workload);
}

/* --- The namespace and who may call whom --- */

static int add_namespace(struct making *making, struct pd_err *err)
{
        json_t *metadata = json_pack("{s:s, s:{s:s, s:s}}", "name", making->shape->namespace_name,
                                     "labels", "pod-security.kubernetes.io/enforce", "baseline",
                                     "pod-security.kubernetes.io/warn", "restricted");

        return add(making, PD_KUBERNETES_NAMESPACE,
                   json_pack("{s:s, s:s, s:o}", "apiVersion", "v1", "kind", "Namespace", "metadata",
                             metadata),
                   err);
}

static bool has_port(const json_t *ports, int port)
{
        json_t *entry;
        size_t i;

        json_array_foreach (pd_json_unconst(ports), i, entry) {
                if (json_integer_value(json_object_get(entry, "port")) == port)
                        return true;
        }
        return false;
}

/* Each port once that the nodes have in their containers. */
static json_t *ports_json(const struct pd_solution *solution, bool are_web)
{
        json_t *ports = json_array();

        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];
                int port = are_web                     ? pd_kubernetes_web_port(workload)
                           : workload->ports.count > 0 ? workload->ports.at[0].container_port
                                                       : 0;

                if (port != 0 && !is_orchestrator(solution, workload) && !has_port(ports, port))
                        pd_json_append(&ports, json_pack("{s:i}", "port", port));
        }
        return ports;
}

/* Nodes are called by the orchestrator alone, their web pages by everybody. */
static int add_policy(struct making *making, struct pd_err *err)
{
        const char *id = making->shape->id;
        bool are_shown = making->shape->expose != PD_EXPOSE_NONE;
        pd_auto(pd_json_free_ptr) json_t *web_ports =
                are_shown ? ports_json(making->solution, true) : json_array();
        json_t *rules;
        json_t *spec;

        if (web_ports == NULL)
                return pd_fail_memory(err, "ports");
        rules = json_array();
        pd_json_append(&rules, json_pack("{s:[{s:{s:{s:s, s:s}}}], s:o}", "from", "podSelector",
                                         "matchLabels", "app", PD_ORCHESTRATOR_NAME, PD_LABEL_ID,
                                         id, "ports", ports_json(making->solution, false)));
        if (json_array_size(web_ports) > 0) /* a rule without ports would be one for all */
                pd_json_append(&rules, json_pack("{s:O}", "ports", web_ports));
        spec = json_pack("{s:{s:{s:s}, s:[{s:s, s:s, s:[s]}]}, s:[s], s:o}", "podSelector",
                         "matchLabels", PD_LABEL_ID, id, "matchExpressions", "key", "app",
                         "operator", "NotIn", "values", PD_ORCHESTRATOR_NAME, "policyTypes",
                         "Ingress", "ingress", rules);
        return add(
                making, PD_KUBERNETES_NETWORK_POLICY,
                object_json(PD_KUBERNETES_NETWORK_POLICY, PD_KUBERNETES_NODES_POLICY, "spec", spec),
                err);
}

static int add_limits(struct making *making, struct pd_err *err)
{
        const struct pd_pairs *quota = making->shape->quota;
        const struct pd_pairs *limits = making->shape->default_limits;

        if (quota != NULL && quota->count > 0 &&
            add(making, PD_KUBERNETES_RESOURCE_QUOTA,
                object_json(PD_KUBERNETES_RESOURCE_QUOTA, PD_KUBERNETES_LIMITS, "spec",
                            json_pack("{s:o}", "hard", pd_kubernetes_pairs_json(quota))),
                err) < 0)
                return -1;
        if (limits == NULL || limits->count == 0)
                return 0;
        return add(making, PD_KUBERNETES_LIMIT_RANGE,
                   object_json(PD_KUBERNETES_LIMIT_RANGE, PD_KUBERNETES_LIMITS, "spec",
                               json_pack("{s:[{s:s, s:o}]}", "limits", "type", "Container",
                                         "default", pd_kubernetes_pairs_json(limits))),
                   err);
}

/* --- What pods are given --- */

static int add_secret(struct making *making, const char *name, const char *type, const char *key,
                      const struct pd_secret *secret, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(2 * PD_SECRET_MAX_BYTES);
        json_t *json;
        size_t len;
        const char *bytes = pd_secret_reveal(secret, &len);

        pd_base64_put(&text, bytes, len);
        if (pd_buf_check(&text, name, err) < 0)
                return -1;
        json = object_json(PD_KUBERNETES_SECRET, name, "data", json_pack("{s:s}", key, text.data));
        explicit_bzero(text.data, text.len);
        pd_json_put(&json, "type", json_string(type));
        return add(making, PD_KUBERNETES_SECRET, json, err);
}

static int add_secrets(struct making *making, struct pd_err *err)
{
        const struct pd_kubernetes_shape *shape = making->shape;

        if (shape->registries != NULL &&
            add_secret(making, PD_KUBERNETES_PULL_SECRET, "kubernetes.io/dockerconfigjson",
                       ".dockerconfigjson", shape->registries, err) < 0)
                return -1;
        if (making->solution->kind == PD_SOLUTION_MODEL)
                return 0;
        return add_secret(making, PD_KUBERNETES_TOKEN_SECRET, "Opaque", PD_KUBERNETES_TOKEN_KEY,
                          shape->token, err);
}

static int add_maps(struct making *making, const json_t *maps, struct pd_err *err)
{
        json_t *map;
        size_t i;

        json_array_foreach (pd_json_unconst(maps), i, map) {
                char name[64];
                json_t *json;

                pd_format(name, sizeof(name), PD_KUBERNETES_PIPELINE "-%zu", i);
                json = object_json(PD_KUBERNETES_CONFIG_MAP, name, "data",
                                   json_incref(json_object_get(map, "data")));
                pd_json_put(&json, "binaryData", json_incref(json_object_get(map, "binaryData")));
                if (add(making, PD_KUBERNETES_CONFIG_MAP, json, err) < 0)
                        return -1;
        }
        return 0;
}

/* Empty: what it is to hold is said later, by somebody else. */
static int add_run(struct making *making, struct pd_err *err)
{
        if (making->solution->kind == PD_SOLUTION_MODEL)
                return 0;
        return add(making, PD_KUBERNETES_CONFIG_MAP,
                   json_pack("{s:s, s:s, s:{s:s}}", "apiVersion", "v1", "kind", "ConfigMap",
                             "metadata", "name", PD_KUBERNETES_RUN),
                   err);
}

static int add_claim(struct making *making, struct pd_err *err)
{
        const struct pd_kubernetes_shape *shape = making->shape;
        struct pd_claim claim;
        json_t *json;

        if (making->solution->claim == NULL)
                return 0;
        claim = *making->solution->claim;
        if (shape->storage_class != NULL)
                claim.storage_class = shape->storage_class;
        json = pd_manifest_claim(&claim);
        if (json != NULL && shape->access_mode != NULL &&
            json_object_set_new(pd_json_get(json, "spec"), "accessModes",
                                json_pack("[s]", shape->access_mode)) < 0) {
                json_decref(json);
                json = NULL;
        }
        return add(making, PD_KUBERNETES_CLAIM, json, err);
}

/* --- Workloads --- */

static bool has_web_service(const struct making *making, const struct pd_workload *workload)
{
        return making->shape->expose != PD_EXPOSE_NONE && pd_kubernetes_web_port(workload) != 0 &&
               !is_orchestrator(making->solution, workload);
}

static int add_services(struct making *making, struct pd_err *err)
{
        const struct pd_kubernetes_shape *shape = making->shape;
        bool is_model = making->solution->kind == PD_SOLUTION_MODEL;

        for (size_t i = 0; i < making->solution->workload_count; i++) {
                const struct pd_workload *workload = &making->solution->workloads[i];
                bool has_face = is_orchestrator(making->solution, workload);
                /* A model is called by nobody in the cluster. */
                bool is_published = shape->expose == PD_EXPOSE_NODE_PORT &&
                                    (is_model || (has_face && shape->is_foreign));

                if (pd_manifest_has_service(workload) &&
                    add_of(making, PD_KUBERNETES_SERVICE, workload,
                           pd_kubernetes_service(workload, shape->id, has_face, is_published),
                           err) < 0)
                        return -1;
                if (has_web_service(making, workload) &&
                    add_of(making, PD_KUBERNETES_SERVICE, workload,
                           pd_kubernetes_web_service(workload, shape->id,
                                                     shape->expose == PD_EXPOSE_NODE_PORT),
                           err) < 0)
                        return -1;
        }
        return 0;
}

static json_t *rule_json(const struct pd_workload *workload, const char *host)
{
        char full[256];
        char service[PD_LABEL_MAX + sizeof(PD_WEBUI_SUFFIX)];

        pd_format(full, sizeof(full), "%s.%s", workload->name, host);
        pd_format(service, sizeof(service), "%s" PD_WEBUI_SUFFIX, workload->name);
        return json_pack("{s:s, s:{s:[{s:s, s:s, s:{s:{s:s, s:{s:s}}}}]}}", "host", full, "http",
                         "paths", "path", "/", "pathType", "Prefix", "backend", "service", "name",
                         service, "port", "name", PD_PORT_WEB);
}

static int add_ingress(struct making *making, struct pd_err *err)
{
        json_t *rules = json_array();

        for (size_t i = 0; i < making->solution->workload_count; i++) {
                const struct pd_workload *workload = &making->solution->workloads[i];

                if (has_web_service(making, workload))
                        pd_json_append(&rules, rule_json(workload, making->shape->host));
        }
        if (rules != NULL && json_array_size(rules) == 0) {
                json_decref(rules);
                return 0;
        }
        return add(making, PD_KUBERNETES_INGRESS,
                   object_json(PD_KUBERNETES_INGRESS, PD_PORT_WEB, "spec",
                               json_pack("{s:o}", "rules", rules)),
                   err);
}

static int add_deployments(struct making *making, const struct pd_kubernetes_pipeline *pipeline,
                           struct pd_err *err)
{
        for (size_t i = 0; i < making->solution->workload_count; i++) {
                const struct pd_workload *workload = &making->solution->workloads[i];
                bool has_files = is_orchestrator(making->solution, workload);

                if (add_of(making, PD_KUBERNETES_DEPLOYMENT, workload,
                           pd_kubernetes_deployment(workload, making->shape, making->labels,
                                                    has_files ? pipeline : NULL),
                           err) < 0)
                        return -1;
        }
        return 0;
}

/* --- All of it --- */

static int add_surroundings(struct making *making, const json_t *maps, struct pd_err *err)
{
        if (making->shape->owns_namespace &&
            (add_namespace(making, err) < 0 ||
             (making->solution->kind == PD_SOLUTION_PIPELINE && add_policy(making, err) < 0) ||
             add_limits(making, err) < 0))
                return -1;
        if (add_secrets(making, err) < 0 || add_maps(making, maps, err) < 0 ||
            add_run(making, err) < 0 || add_claim(making, err) < 0 || add_services(making, err) < 0)
                return -1;
        return making->shape->expose == PD_EXPOSE_INGRESS ? add_ingress(making, err) : 0;
}

static int make_pipeline(struct making *making, struct pd_err *err)
{
        struct pd_kubernetes_files files;
        pd_auto(pd_json_free_ptr) json_t *maps = NULL;

        if (pd_kubernetes_files_make(making->solution, &files, err) < 0)
                return -1;
        maps = files.maps;
        if (add_surroundings(making, maps, err) < 0)
                return -1;
        return add_deployments(making,
                               &(struct pd_kubernetes_pipeline){
                                       .hash = files.hash,
                                       .map_count = json_array_size(maps),
                               },
                               err);
}

static int make_model(struct making *making, struct pd_err *err)
{
        if (add_surroundings(making, NULL, err) < 0)
                return -1;
        return add_deployments(making, NULL, err);
}

/* The label nearest to what a person wrote. */
static json_t *label_json(const char *text)
{
        char label[PD_LABEL_MAX + 1];

        pd_label_make(text, label);
        return json_string(label);
}

static int describe(struct making *making, struct pd_err *err)
{
        const struct pd_engine_wish *wish = making->wish;

        making->labels = json_pack("{s:s, s:s, s:s, s:o}", PD_LABEL_MANAGED_BY, PD_LABEL_MANAGER,
                                   PD_LABEL_INSTANCE, wish->name, PD_LABEL_ID, making->shape->id,
                                   PD_LABEL_SOLUTION, label_json(making->solution->name));
        making->annotations = json_pack("{s:s}", PD_LABEL_SOLUTION, making->solution->name);
        if (wish->owner != NULL) {
                pd_json_put(&making->labels, PD_LABEL_OWNER, label_json(wish->owner));
                pd_json_put(&making->annotations, PD_LABEL_OWNER, json_string(wish->owner));
        }
        if (making->labels == NULL || making->annotations == NULL)
                return pd_fail_memory(err, "labels");
        return 0;
}

int pd_kubernetes_objects_make(const struct pd_engine_wish *wish,
                               const struct pd_kubernetes_shape *shape,
                               struct pd_kubernetes_objects *ret, struct pd_err *err)
{
        struct pd_kubernetes_objects objects = {0};
        struct making making = {
                .wish = wish, .solution = wish->solution, .shape = shape, .objects = &objects};
        int result = describe(&making, err);

        if (result == 0)
                result = making.solution->kind == PD_SOLUTION_PIPELINE ? make_pipeline(&making, err)
                                                                       : make_model(&making, err);
        json_decref(making.labels);
        json_decref(making.annotations);
        if (result < 0)
                pd_kubernetes_objects_done(&objects);
        else
                *ret = objects;
        return result;
}

void pd_kubernetes_objects_done(struct pd_kubernetes_objects *objects)
{
        for (size_t i = 0; i < objects->count; i++)
                json_decref(objects->at[i].json);
        pd_arena_done(&objects->arena);
        *objects = (struct pd_kubernetes_objects){0};
}
