/* docker_spec.c - a wish as what Docker is asked to make. */
#include "docker_spec.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/format.h"
#include "docker_amount.h"
#include "docker_pipeline.h"
#include "json/build.h"
#include "json/json.h"
#include "solution/names.h"

/* Most bytes of a body. */
#define MAX_BODY (4 * 1024 * 1024)

#define NANO 1000000000

/* --- Names --- */

const char *pd_docker_network_name(struct pd_arena *arena, const char *name)
{
        return pd_arena_printf(arena, "%s.network", name);
}

const char *pd_docker_volume_name(struct pd_arena *arena, const char *name)
{
        return pd_arena_printf(arena, "%s.shared-folder", name);
}

const char *pd_docker_container_name(struct pd_arena *arena, const char *name, const char *workload)
{
        return pd_arena_printf(arena, "%s.%s", name, workload);
}

/* --- Trees --- */

static bool has_variable(const struct pd_workload *workload, const char *name)
{
        for (size_t i = 0; i < workload->env.count; i++)
                if (strcmp(workload->env.at[i].name, name) == 0)
                        return true;
        return false;
}

static json_t *env_json(const struct pd_workload *workload)
{
        json_t *list = json_array();

        for (size_t i = 0; i < workload->env.count; i++)
                pd_json_append(&list, json_sprintf("%s=%s", workload->env.at[i].name,
                                                   workload->env.at[i].value));
        if (!pd_workload_is_orchestrator(workload))
                return list;
        if (!has_variable(workload, PD_ENGINE_PIPELINE_VARIABLE))
                pd_json_append(&list, json_string(PD_ENGINE_PIPELINE_VARIABLE
                                                  "=" PD_ENGINE_PIPELINE_FOLDER));
        if (!has_variable(workload, PD_ENGINE_RUN_VARIABLE))
                pd_json_append(&list, json_string(PD_ENGINE_RUN_VARIABLE "=" PD_ENGINE_RUN_FILE));
        return list;
}

/* {"8061/tcp": ...} with a copy of `value` for each port. */
static json_t *ports_json(const struct pd_workload *workload, json_t *value)
{
        json_t *ports = json_object();

        for (size_t i = 0; i < workload->ports.count; i++) {
                char key[16];

                pd_format(key, sizeof(key), "%u/tcp", workload->ports.at[i].container_port);
                pd_json_put(&ports, key, json_deep_copy(value));
        }
        json_decref(value);
        return ports;
}

/* --- Resources --- */

struct resource {
        const char *name;
        const char *member; /* of HostConfig */
        int64_t unit;
};

static json_t *with_amounts(json_t *host, const struct pd_pairs *amounts,
                            const struct resource *known, size_t count, const char **ret_unknown)
{
        for (size_t i = 0; i < amounts->count; i++) {
                size_t k = 0;
                int64_t value;

                while (k < count && strcmp(known[k].name, amounts->at[i].name) != 0)
                        k++;
                if (k == count || !pd_docker_amount(amounts->at[i].value, known[k].unit, &value))
                        *ret_unknown = amounts->at[i].name;
                else
                        pd_json_put(&host, known[k].member, json_integer(value));
        }
        return host;
}

/* Swap would only hide that memory is short: a container may have as much of both together as of
 * memory alone. */
static json_t *with_resources(json_t *host, const struct pd_workload *workload,
                              struct pd_findings *findings)
{
        static const struct resource limits[] = {
                {"cpu", "NanoCpus", NANO},
                {"memory", "Memory", 1},
        };
        static const struct resource requests[] = {{"memory", "MemoryReservation", 1}};
        const char *unknown = NULL;
        const char *ignored =
                NULL; /* a share of the processor without a limit means nothing here */

        host = with_amounts(host, &workload->limits, limits, PD_COUNT(limits), &unknown);
        host = with_amounts(host, &workload->requests, requests, PD_COUNT(requests), &ignored);
        if (json_object_get(host, "Memory") != NULL)
                pd_json_put(&host, "MemorySwap", json_incref(json_object_get(host, "Memory")));
        if (unknown != NULL)
                pd_findings_add(findings, PD_SEVERITY_WARNING, workload->name,
                                "the limit of '%s' is not obeyed: Docker is given limits of cpu "
                                "and memory alone",
                                pd_show(unknown).text);
        return host;
}

/* There is one machine. */
static void look_at_place(const struct pd_workload *workload, struct pd_findings *findings)
{
        if (workload->node_selector.count + workload->tolerations.count > 0)
                pd_findings_add(findings, PD_SEVERITY_WARNING, workload->name,
                                "nodeSelector and tolerations mean nothing to Docker");
}

/* --- A container --- */

static json_t *host_config(const struct pd_workload *workload, const struct pd_docker_specs *specs,
                           const char *publish_address, struct pd_findings *findings)
{
        json_t *host = json_pack(
                "{s:s, s:o, s:[s], s:{s:s}}", "NetworkMode", specs->network, "PortBindings",
                ports_json(workload,
                           json_pack("[{s:s, s:s}]", "HostIp", publish_address, "HostPort", "")),
                "SecurityOpt", "no-new-privileges", "RestartPolicy", "Name", "unless-stopped");

        if (workload->mount_path != NULL && specs->volume != NULL)
                pd_json_put(&host, "Mounts",
                            json_pack("[{s:s, s:s, s:s}]", "Type", "volume", "Source",
                                      specs->volume, "Target", workload->mount_path));
        look_at_place(workload, findings);
        return with_resources(host, workload, findings);
}

static json_t *body_json(const struct pd_workload *workload, const struct pd_docker_specs *specs,
                         const char *publish_address, struct pd_findings *findings)
{
        json_t *body = json_pack(
                "{s:s, s:s, s:o, s:o, s:o, s:{s:{s:{s:[s]}}}}", "Image", workload->image,
                "Hostname", workload->name, "Env", env_json(workload), "ExposedPorts",
                ports_json(workload, json_object()), "HostConfig",
                host_config(workload, specs, publish_address, findings), "NetworkingConfig",
                "EndpointsConfig", specs->network, "Aliases", workload->name);

        if (workload->command.count > 0)
                pd_json_put(&body, "Entrypoint", pd_strings_json(&workload->command));
        if (workload->args.count > 0)
                pd_json_put(&body, "Cmd", pd_strings_json(&workload->args));
        if (workload->working_dir != NULL)
                pd_json_put(&body, "WorkingDir", json_string(workload->working_dir));
        return body;
}

/* What makes two specs equal: the body, and what is copied into the container. */
static int digest(const struct pd_docker_spec *spec, const struct pd_docker_specs *specs,
                  char out[PD_DIGEST_SIZE], struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_BODY + PD_PIPELINE_MAX_TAR);
        static const char digits[] = "0123456789abcdef";
        unsigned char bytes[EVP_MAX_MD_SIZE];

        pd_json_write(&text, spec->body, PD_JSON_COMPACT);
        if (pd_workload_is_orchestrator(spec->workload) && specs->tar != NULL)
                pd_buf_put(&text, specs->tar, specs->tar_len);
        if (pd_buf_check(&text, "a container", err) < 0)
                return -1;
        if (EVP_Digest(text.data, text.len, bytes, NULL, EVP_sha256(), NULL) != 1)
                return pd_fail_memory(err, "a digest");
        for (size_t i = 0; i < PD_DIGEST_SIZE / 2; i++) {
                out[2 * i] = digits[bytes[i] >> 4];
                out[2 * i + 1] = digits[bytes[i] & 15];
        }
        out[PD_DIGEST_SIZE - 1] = '\0';
        return 0;
}

static const char *ports_text(struct pd_arena *arena, const struct pd_workload *workload)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_BODY);

        for (size_t i = 0; i < workload->ports.count; i++) {
                const struct pd_port *port = &workload->ports.at[i];

                pd_buf_printf(&text, "%s%s=%u", i > 0 ? " " : "",
                              port->name != NULL ? port->name : "", port->container_port);
        }
        return text.failed == 0 ? pd_arena_string(arena, text.data) : NULL;
}

static int make_spec(const struct pd_engine_wish *wish, const struct pd_workload *workload,
                     const char *publish_address, struct pd_findings *findings,
                     struct pd_docker_specs *specs, struct pd_err *err)
{
        struct pd_docker_spec *spec =
                pd_arena_push(&specs->arena, &specs->at, &specs->count, sizeof(*spec));

        if (spec == NULL)
                return pd_fail_memory(err, "a container");
        spec->workload = workload;
        spec->container = pd_docker_container_name(&specs->arena, wish->name, workload->name);
        spec->ports = ports_text(&specs->arena, workload);
        spec->body = body_json(workload, specs, publish_address, findings);
        if (spec->container == NULL || spec->ports == NULL || spec->body == NULL)
                return pd_fail_memory(err, "a container");
        return digest(spec, specs, spec->digest, err);
}

/* --- All of a wish --- */

static int name_objects(const struct pd_engine_wish *wish, struct pd_docker_specs *specs,
                        struct pd_err *err)
{
        char label[PD_LABEL_MAX + 1];

        if (!pd_label_valid(wish->name))
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is no name of a deployment: it has small letters, digits and "
                               "'-', begins with a letter and is at most %d long",
                               pd_show(wish->name).text, PD_LABEL_MAX);
        pd_label_make(wish->solution->name, label);
        specs->solution = pd_arena_string(&specs->arena, label);
        specs->network = pd_docker_network_name(&specs->arena, wish->name);
        if (wish->solution->claim != NULL)
                specs->volume = pd_docker_volume_name(&specs->arena, wish->name);
        if (specs->solution == NULL || specs->network == NULL ||
            (wish->solution->claim != NULL && specs->volume == NULL))
                return pd_fail_memory(err, "the deployment's names");
        return 0;
}

int pd_docker_specs_make(const struct pd_engine_wish *wish, const char *publish_address,
                         struct pd_findings *findings, struct pd_docker_specs *ret,
                         struct pd_err *err)
{
        const struct pd_solution *solution = wish->solution;
        pd_auto(pd_docker_specs_done) struct pd_docker_specs specs = {0};

        if (name_objects(wish, &specs, err) < 0)
                return -1;
        if (solution->kind == PD_SOLUTION_PIPELINE &&
            pd_pipeline_tar(solution, &specs.arena, &specs.tar, &specs.tar_len, err) < 0)
                return -1;
        for (size_t i = 0; i < solution->workload_count; i++)
                if (make_spec(wish, &solution->workloads[i], publish_address, findings, &specs,
                              err) < 0)
                        return pd_wrap(err, "'%s'", solution->workloads[i].name);
        *ret = specs;
        specs = (struct pd_docker_specs){0};
        return 0;
}

void pd_docker_specs_done(struct pd_docker_specs *specs)
{
        for (size_t i = 0; i < specs->count; i++)
                json_decref(specs->at[i].body);
        pd_arena_done(&specs->arena);
        *specs = (struct pd_docker_specs){0};
}

json_t *pd_docker_labels(const struct pd_docker_owner *owner)
{
        json_t *labels = json_pack("{s:s, s:s, s:s, s:s}", PD_LABEL_MANAGED_BY, PD_LABEL_MANAGER,
                                   PD_LABEL_INSTANCE, owner->name, PD_LABEL_ID, owner->id,
                                   PD_LABEL_SOLUTION, owner->solution);

        if (owner->owner != NULL)
                pd_json_put(&labels, PD_LABEL_OWNER, json_string(owner->owner));
        return labels;
}

json_t *pd_docker_spec_body(const struct pd_docker_spec *spec, const struct pd_docker_owner *owner,
                            const char *token)
{
        json_t *body = json_deep_copy(spec->body);
        json_t *labels = pd_docker_labels(owner);

        pd_json_put(&labels, PD_LABEL_WORKLOAD, json_string(spec->workload->name));
        pd_json_put(&labels, PD_LABEL_SPEC, json_string(spec->digest));
        pd_json_put(&labels, PD_LABEL_PORTS, json_string(spec->ports));
        pd_json_put(&body, "Labels", labels);
        if (pd_workload_is_orchestrator(spec->workload) &&
            !has_variable(spec->workload, PD_ENGINE_TOKEN_VARIABLE) &&
            json_array_append_new(json_object_get(body, "Env"),
                                  json_sprintf(PD_ENGINE_TOKEN_VARIABLE "=%s", token)) < 0) {
                json_decref(body);
                return NULL;
        }
        return body;
}
