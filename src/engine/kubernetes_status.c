/* kubernetes_status.c - how the workloads of a deployment are. */
#include "kubernetes_status.h"

#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "solution/names.h"
#include "status.h"

/* --- Addresses --- */

static int add_address(struct pd_arena *arena, struct pd_workload_status *status,
                       struct pd_address address, struct pd_err *err)
{
        struct pd_address *place =
                pd_arena_push(arena, &status->addresses, &status->address_count, sizeof(*place));

        if (place == NULL)
                return pd_fail_memory(err, "an address");
        address.port_name =
                pd_arena_string(arena, address.port_name != NULL ? address.port_name : "");
        address.host = pd_arena_string(arena, address.host);
        *place = address;
        return address.port_name != NULL && address.host != NULL
                       ? 0
                       : pd_fail_memory(err, "an address");
}

static uint16_t port_of(const json_t *entry, const char *member)
{
        return (uint16_t)json_integer_value(json_object_get(entry, member));
}

/* Those ports of a Service that every machine has. */
static int add_node_ports(struct pd_arena *arena, const json_t *service, const char *host,
                          struct pd_workload_status *status, struct pd_err *err)
{
        json_t *entry;
        size_t i;

        json_array_foreach (pd_json_dig(service, "spec", "ports", NULL), i, entry) {
                const struct pd_address address = {
                        .port_name = pd_json_get_string(entry, "name"),
                        .container_port = port_of(entry, "targetPort"),
                        .host = host,
                        .port = port_of(entry, "nodePort"),
                };

                if (address.port != 0 && add_address(arena, status, address, err) < 0)
                        return -1;
        }
        return 0;
}

/* A rule of an Ingress that leads to the workload's web page. */
static int add_rule(struct pd_arena *arena, const json_t *rule, struct pd_workload_status *status,
                    struct pd_err *err)
{
        const json_t *path = json_array_get(pd_json_dig(rule, "http", "paths", NULL), 0);
        const json_t *service = pd_json_dig(path, "backend", "service", NULL);
        const char *name = pd_json_get_string(service, "name");
        size_t len = strlen(status->name);
        const struct pd_address address = {
                .port_name = pd_json_get_string(pd_json_get(service, "port"), "name"),
                .host = pd_json_get_string(rule, "host"),
                .port = 80,
        };

        if (name == NULL || address.host == NULL || strncmp(name, status->name, len) != 0 ||
            strcmp(name + len, PD_WEBUI_SUFFIX) != 0)
                return 0;
        return add_address(arena, status, address, err);
}

/* Where a node port is reached: the machine that the pod runs on has it, as all of them do. */
static const char *host_of(const struct pd_kubernetes_verdict *verdict)
{
        return pd_json_get_string(pd_json_get(verdict->pod, "status"), "hostIP");
}

static int add_addresses(struct pd_arena *arena, const struct pd_kubernetes_deployed *deployed,
                         const struct pd_kubernetes_verdict *verdict,
                         struct pd_workload_status *status, struct pd_err *err)
{
        const char *host = host_of(verdict);

        for (size_t i = 0; host != NULL && i < deployed->count; i++) {
                const struct pd_kubernetes_item *item = &deployed->items[i];
                json_t *rule;
                size_t k;

                if (item->kind == PD_KUBERNETES_SERVICE &&
                    strcmp(item->workload, status->name) == 0 &&
                    add_node_ports(arena, item->json, host, status, err) < 0)
                        return -1;
                if (item->kind != PD_KUBERNETES_INGRESS)
                        continue;
                json_array_foreach (pd_json_dig(item->json, "spec", "rules", NULL), k, rule) {
                        if (add_rule(arena, rule, status, err) < 0)
                                return -1;
                }
        }
        return 0;
}

/* --- Workloads --- */

/* The first container of a pod, of a template or in a status. */
static const json_t *first(const json_t *object, const char *member)
{
        return json_array_get(pd_json_get(object, member), 0);
}

static char *keep(struct pd_arena *arena, const char *text)
{
        return pd_arena_string(arena, text != NULL ? text : "");
}

static int read_workload(struct pd_arena *arena, const struct pd_kubernetes_deployed *deployed,
                         const struct pd_kubernetes_item *item,
                         const struct pd_kubernetes_verdict *verdict,
                         struct pd_workload_status *ret, struct pd_err *err)
{
        const json_t *pod = pd_json_dig(item->json, "spec", "template", "spec", NULL);
        const json_t *status = pd_json_get(verdict->pod, "status");

        *ret = (struct pd_workload_status){
                .name = keep(arena, item->workload),
                .image = keep(arena, pd_json_get_string(first(pod, "containers"), "image")),
                .image_id = keep(arena,
                                 pd_json_get_string(first(status, "containerStatuses"), "imageID")),
                .is_orchestrator = item->is_orchestrator,
                .state = verdict->state,
                .since_ms = verdict->since_ms,
                .restarts = verdict->restarts,
                .reason = verdict->reason,
                .detail = keep(arena, verdict->detail),
                .advice = pd_kubernetes_advice(verdict->reason),
                .lines = "",
        };
        if (ret->name == NULL || ret->image == NULL || ret->image_id == NULL || ret->detail == NULL)
                return pd_fail_memory(err, "a workload's state");
        return add_addresses(arena, deployed, verdict, ret, err);
}

static void judge(const struct pd_kubernetes_deployed *deployed, const json_t *item,
                  const json_t *events, struct pd_kubernetes_verdict *ret)
{
        const struct pd_kubernetes_seen seen = {
                .deployment = item,
                .pods = deployed->pods,
                .events = pd_json_get(events, "items"),
                .now_ms = pd_clock_unix_ms(),
        };

        pd_kubernetes_judge(&seen, ret);
}

/* --- Deployments --- */

/* Events tell only why something is not ready. */
static bool wants_events(const struct pd_kubernetes_deployed *deployed)
{
        for (size_t i = 0; i < deployed->count; i++) {
                struct pd_kubernetes_verdict verdict;

                if (deployed->items[i].kind != PD_KUBERNETES_DEPLOYMENT)
                        continue;
                judge(deployed, deployed->items[i].json, NULL, &verdict);
                if (verdict.state != PD_STATE_READY)
                        return true;
        }
        return false;
}

/* trees[i] are the events around found->at[i]; NULL: they tell nothing of interest. */
static int get_events(const struct pd_kubernetes *kubernetes, struct pd_kubernetes_found *found,
                      json_t **trees, struct pd_err *err)
{
        struct pd_arena *arena = &found->arena;
        struct pd_kubernetes_call *calls = pd_arena_alloc(arena, found->count + 1, sizeof(*calls));
        json_t **answers = pd_arena_alloc(arena, found->count + 1, sizeof(json_t *));
        size_t *about = pd_arena_alloc(arena, found->count + 1, sizeof(*about));
        size_t count = 0;

        if (calls == NULL || answers == NULL || about == NULL)
                return pd_fail_memory(err, "requests to the cluster");
        for (size_t i = 0; i < found->count; i++) {
                const char *place = found->at[i].namespace_name;

                if (!wants_events(&found->at[i]))
                        continue;
                about[count] = i;
                calls[count++].path = pd_kubernetes_core_path(arena, place, "events", NULL);
        }
        if (pd_kubernetes_call_all(kubernetes, calls, count, answers, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                trees[about[i]] = answers[i];
        return 0;
}

static int read_deployment(struct pd_arena *arena, const struct pd_kubernetes_deployed *deployed,
                           const json_t *events, struct pd_deployment *ret, struct pd_err *err)
{
        const json_t *first_made = pd_json_get(deployed->items[0].json, "metadata");

        *ret = (struct pd_deployment){
                .engine = "kubernetes",
                .name = keep(arena, deployed->name),
                .id = keep(arena, deployed->id),
                .owner = keep(arena, deployed->owner),
                .solution = keep(arena, deployed->solution),
                .created_ms =
                        pd_clock_read_rfc3339(pd_json_get_string(first_made, "creationTimestamp")),
        };
        if (ret->name == NULL || ret->id == NULL || ret->owner == NULL || ret->solution == NULL)
                return pd_fail_memory(err, "a deployment");
        for (size_t i = 0; i < deployed->count; i++) {
                const struct pd_kubernetes_item *item = &deployed->items[i];
                struct pd_kubernetes_verdict verdict;
                struct pd_workload_status *workload;

                ret->has_volume = ret->has_volume || item->kind == PD_KUBERNETES_CLAIM;
                if (item->kind != PD_KUBERNETES_DEPLOYMENT)
                        continue;
                workload = pd_arena_push(arena, &ret->workloads, &ret->workload_count,
                                         sizeof(*workload));
                if (workload == NULL)
                        return pd_fail_memory(err, "a workload's state");
                judge(deployed, item->json, events, &verdict);
                if (read_workload(arena, deployed, item, &verdict, workload, err) < 0)
                        return -1;
        }
        ret->state = pd_status_worst(ret->workloads, ret->workload_count);
        return 0;
}

static int read_all(const struct pd_kubernetes_found *found, json_t *const *events,
                    struct pd_deployments *list, struct pd_err *err)
{
        for (size_t i = 0; i < found->count; i++) {
                struct pd_deployment *deployment;

                if (pd_kubernetes_is_leftover(&found->at[i]))
                        continue;
                deployment =
                        pd_arena_push(&list->arena, &list->at, &list->count, sizeof(*deployment));
                if (deployment == NULL)
                        return pd_fail_memory(err, "a deployment");
                if (read_deployment(&list->arena, &found->at[i], events[i], deployment, err) < 0)
                        return -1;
        }
        return 0;
}

int pd_kubernetes_list(const struct pd_kubernetes *kubernetes, const char *name,
                       struct pd_deployments *ret, struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        pd_auto(pd_deployments_done) struct pd_deployments list = {0};
        json_t **events;
        int result;

        if ((name != NULL ? pd_kubernetes_find_one(kubernetes, name, PD_LOOK_STATE, &found, err)
                          : pd_kubernetes_find(kubernetes, NULL, PD_LOOK_STATE, &found, err)) < 0)
                return -1;
        events = pd_arena_alloc(&found.arena, found.count + 1, sizeof(json_t *));
        if (events == NULL)
                return pd_fail_memory(err, "events");
        if (get_events(kubernetes, &found, events, err) < 0)
                return -1;
        result = read_all(&found, events, &list, err);
        for (size_t i = 0; i < found.count; i++)
                json_decref(events[i]);
        if (result < 0)
                return -1;
        *ret = list;
        list = (struct pd_deployments){0};
        return 0;
}
