/* docker_found.c - what is there: the engine's objects with our labels, a deployment each. */
#include "docker_found.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/num.h"
#include "engine/engine.h"
#include "json/get.h"
#include "json/json.h"
#include "solution/findings.h"
#include "solution/names.h"

/** How often, and how soon again, an engine is asked that fails to say how a container is. */
#define INSPECT_TRIES    3
#define INSPECT_PAUSE_MS 50

/* --- Labels --- */

const char *pd_docker_label(const json_t *object, const char *name)
{
        const json_t *labels = pd_json_get(object, "Labels");

        if (labels == NULL)
                labels = pd_json_dig(object, "Config", "Labels", NULL);
        return pd_json_get_text(labels, name);
}

/* Filters are the engine's; whether something is ours is looked at here. */
static bool is_ours(const json_t *object, const char *instance)
{
        const char *name = pd_docker_label(object, PD_LABEL_INSTANCE);

        return strcmp(pd_docker_label(object, PD_LABEL_MANAGED_BY), PD_LABEL_MANAGER) == 0 &&
               pd_docker_label(object, PD_LABEL_ID)[0] != '\0' && name[0] != '\0' &&
               (instance == NULL || strcmp(name, instance) == 0);
}

/* --- Asking --- */

struct asking {
        struct pd_docker *docker;
        const char *instance;
        struct pd_docker_found *found;
};

/* One of the three lists; `member` is where the answer has it, NULL: it is the answer. */
static int ask_list(struct asking *asking, const char *path, const char *member, json_t **ret,
                    struct pd_err *err)
{
        struct pd_arena *arena = &asking->found->arena;
        struct pd_pair pairs[] = {
                {"filters", pd_docker_filter(arena, asking->instance)},
                {"all", "true"},
        };
        const struct pd_pairs query = {pairs, PD_COUNT(pairs)};
        pd_auto(pd_json_free_ptr) json_t *answer = NULL;
        json_t *list;

        if (pairs[0].value == NULL)
                return pd_fail_memory(err, "a request to the engine");
        if (pd_docker_get(asking->docker, pd_docker_url(asking->docker, arena, path, NULL, &query),
                          &answer, err) < 0)
                return -1;
        list = member != NULL ? pd_json_get_array(answer, member) : answer;
        *ret = list != NULL ? json_incref(list) : json_array();
        return *ret != NULL ? 0 : pd_fail_memory(err, "a list of the engine");
}

static int add_container(struct asking *asking, json_t *inspect, struct pd_err *err)
{
        struct pd_docker_found *found = asking->found;
        const char *id = pd_json_get_string(inspect, "Id");
        const char *image_id = pd_json_get_string(inspect, "Image");
        struct pd_docker_container *container;

        if (id == NULL || !is_ours(inspect, asking->instance)) {
                json_decref(inspect);
                return 0;
        }
        container = pd_arena_push(&found->arena, &found->containers, &found->container_count,
                                  sizeof(*container));
        if (container == NULL) {
                json_decref(inspect);
                return pd_fail_memory(err, "a container");
        }
        *container = (struct pd_docker_container){
                .inspect = inspect,
                .id = id,
                .workload = pd_docker_label(inspect, PD_LABEL_WORKLOAD),
                .spec = pd_docker_label(inspect, PD_LABEL_SPEC),
                .image_id = image_id != NULL ? image_id : "",
        };
        container->is_orchestrator = strcmp(container->workload, PD_ORCHESTRATOR_NAME) == 0;
        return 0;
}

/* Podman answers 500 for a container whose process ends while it looks; the next look is right. */
static int ask_patiently(struct asking *asking, const char *const *urls, size_t count,
                         json_t **ret_trees, struct pd_err *err)
{
        struct pd_err last = {0};

        for (int i = 0; i < INSPECT_TRIES; i++) {
                if (pd_docker_get_all(asking->docker, &asking->found->arena, urls, count, ret_trees,
                                      &last) == 0)
                        return 0;
                if (last.code != PD_E_BAD_GATEWAY)
                        break;
                (void)poll(NULL, 0, INSPECT_PAUSE_MS);
        }
        if (err != NULL)
                *err = last;
        return -1;
}

/* One that is gone by now is none. */
static int inspect_all(struct asking *asking, const json_t *list, struct pd_err *err)
{
        struct pd_arena *arena = &asking->found->arena;
        size_t count = json_array_size(list);
        const char **urls = pd_arena_alloc(arena, count + 1, sizeof(*urls));
        json_t **trees = pd_arena_alloc(arena, count + 1, sizeof(json_t *));
        int result = 0;

        if (urls == NULL || trees == NULL)
                return pd_fail_memory(err, "requests to the engine");
        for (size_t i = 0; i < count; i++) {
                const char *id = pd_json_get_string(json_array_get(list, i), "Id");

                urls[i] = pd_docker_url(asking->docker, arena, "/containers/%s/json",
                                        id != NULL ? id : "", NULL);
        }
        if (ask_patiently(asking, urls, count, trees, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (result < 0)
                        json_decref(trees[i]);
                else if (trees[i] != NULL)
                        result = add_container(asking, trees[i], err);
        }
        return result;
}

/* --- Deployments --- */

static struct pd_docker_deployed *deployed_of(struct pd_docker_found *found, const char *name)
{
        for (size_t i = 0; i < found->count; i++)
                if (strcmp(found->at[i].name, name) == 0)
                        return &found->at[i];
        return NULL;
}

/* The deployment that an object belongs to, new or not; NULL: no memory. */
static struct pd_docker_deployed *deployed_for(struct pd_docker_found *found, const json_t *object)
{
        const char *name = pd_docker_label(object, PD_LABEL_INSTANCE);
        struct pd_docker_deployed *deployed = deployed_of(found, name);

        if (deployed != NULL)
                return deployed;
        deployed = pd_arena_push(&found->arena, &found->at, &found->count, sizeof(*deployed));
        if (deployed != NULL)
                *deployed = (struct pd_docker_deployed){
                        .name = name,
                        .id = pd_docker_label(object, PD_LABEL_ID),
                        .owner = pd_docker_label(object, PD_LABEL_OWNER),
                        .solution = pd_docker_label(object, PD_LABEL_SOLUTION),
                };
        return deployed;
}

/* Whether it is of that very deployment, and not of one that had the name before or has it too. */
static bool is_part(const struct pd_docker_deployed *deployed, const json_t *object)
{
        return strcmp(deployed->id, pd_docker_label(object, PD_LABEL_ID)) == 0;
}

static int compare_containers(const void *a, const void *b)
{
        const struct pd_docker_container *one = a, *other = b;

        if (one->is_orchestrator != other->is_orchestrator)
                return one->is_orchestrator ? 1 : -1;
        return strcmp(one->workload, other->workload);
}

static int compare_deployed(const void *a, const void *b)
{
        const struct pd_docker_deployed *one = a, *other = b;

        return strcmp(one->name, other->name);
}

static int group_containers(struct pd_docker_found *found, struct pd_err *err)
{
        for (size_t i = 0; i < found->container_count; i++) {
                const struct pd_docker_container *container = &found->containers[i];
                struct pd_docker_deployed *deployed = deployed_for(found, container->inspect);
                struct pd_docker_container *place;

                if (deployed == NULL)
                        return pd_fail_memory(err, "a deployment");
                if (!is_part(deployed, container->inspect))
                        continue;
                place = pd_arena_push(&found->arena, &deployed->containers, &deployed->count,
                                      sizeof(*place));
                if (place == NULL)
                        return pd_fail_memory(err, "a deployment");
                *place = *container;
        }
        return 0;
}

/* The network is made first and removed last: what it says of its deployment counts. */
static int group(struct asking *asking, struct pd_err *err)
{
        struct pd_docker_found *found = asking->found;
        struct pd_docker_deployed *deployed;
        json_t *object;
        size_t i;

        json_array_foreach (found->networks, i, object) {
                if (!is_ours(object, asking->instance))
                        continue;
                deployed = deployed_for(found, object);
                if (deployed == NULL)
                        return pd_fail_memory(err, "a deployment");
                if (deployed->network == NULL)
                        deployed->network = object;
        }
        if (group_containers(found, err) < 0)
                return -1;
        json_array_foreach (found->volumes, i, object) {
                if (!is_ours(object, asking->instance))
                        continue;
                deployed = deployed_for(found, object);
                if (deployed == NULL)
                        return pd_fail_memory(err, "a deployment");
                if (is_part(deployed, object))
                        deployed->volume = object;
        }
        for (i = 0; i < found->count; i++)
                if (found->at[i].count > 1)
                        qsort(found->at[i].containers, found->at[i].count,
                              sizeof(*found->at[i].containers), compare_containers);
        if (found->count > 1)
                qsort(found->at, found->count, sizeof(*found->at), compare_deployed);
        return 0;
}

int pd_docker_find(struct pd_docker *docker, const char *name, struct pd_docker_found *ret,
                   struct pd_err *err)
{
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        pd_auto(pd_json_free_ptr) json_t *containers = NULL;
        struct asking asking = {.docker = docker, .instance = name, .found = &found};

        if (pd_docker_connect(docker, err) < 0 ||
            ask_list(&asking, "/networks", NULL, &found.networks, err) < 0 ||
            ask_list(&asking, "/volumes", "Volumes", &found.volumes, err) < 0 ||
            ask_list(&asking, "/containers/json", NULL, &containers, err) < 0 ||
            inspect_all(&asking, containers, err) < 0 || group(&asking, err) < 0)
                return -1;
        *ret = found;
        found = (struct pd_docker_found){0};
        return 0;
}

int pd_docker_find_one(struct pd_docker *docker, const char *name, struct pd_docker_found *ret,
                       struct pd_err *err)
{
        struct pd_docker_found found;

        if (pd_docker_find(docker, name, &found, err) < 0)
                return -1;
        if (found.count == 0 || (found.at[0].network == NULL && found.at[0].count == 0)) {
                pd_docker_found_done(&found);
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no deployment is called '%s'",
                               pd_show(name).text);
        }
        *ret = found;
        return 0;
}

void pd_docker_found_done(struct pd_docker_found *found)
{
        for (size_t i = 0; i < found->container_count; i++)
                json_decref(found->containers[i].inspect);
        json_decref(found->networks);
        json_decref(found->volumes);
        pd_arena_done(&found->arena);
        *found = (struct pd_docker_found){0};
}

const struct pd_docker_container *pd_docker_container_of(const struct pd_docker_deployed *deployed,
                                                         const char *workload)
{
        for (size_t i = 0; i < deployed->count; i++)
                if (strcmp(deployed->containers[i].workload, workload) == 0)
                        return &deployed->containers[i];
        return NULL;
}

bool pd_docker_is_started(const struct pd_docker_container *container)
{
        const json_t *state = pd_json_get(container->inspect, "State");

        return pd_clock_read_rfc3339(pd_json_get_string(state, "StartedAt")) > 0;
}

const char *pd_docker_variable(const struct pd_docker_container *container, const char *name)
{
        size_t len = strlen(name), i;
        json_t *line;

        json_array_foreach (pd_json_dig(container->inspect, "Config", "Env", NULL), i, line) {
                const char *text = json_string_value(line);

                if (text != NULL && strncmp(text, name, len) == 0 && text[len] == '=')
                        return text + len + 1;
        }
        return NULL;
}

/* What is published on all addresses is reached at this one. */
static bool is_any_address(const char *host)
{
        return host[0] == '\0' || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

const char *pd_docker_published(const struct pd_docker_container *container, unsigned port,
                                uint16_t *ret_port)
{
        char key[16];
        const json_t *first;
        const char *host, *text;
        int64_t number;

        pd_format(key, sizeof(key), "%u/tcp", port);
        first = json_array_get(
                pd_json_dig(container->inspect, "NetworkSettings", "Ports", key, NULL), 0);
        host = pd_json_get_string(first, "HostIp");
        text = pd_json_get_string(first, "HostPort");
        if (host == NULL || text == NULL || pd_parse_int(text, 1, 65535, &number, NULL) < 0)
                return NULL;
        *ret_port = (uint16_t)number;
        return is_any_address(host) ? "127.0.0.1" : host;
}
