/* docker_stop.c - containers ended, removed, restarted, several at the same time. */
#include "docker_stop.h"

#include "choice.h"
#include "docker_batch.h"
#include "json/get.h"

/* What is asked for of each container. */
struct verb {
        const char *method;
        const char *path;
        struct pd_pairs query;
};

static struct pd_pair patience[] = {{"t", PD_DOCKER_STOP_S}};
static struct pd_pair everything[] = {{"force", "true"}, {"v", "true"}};

static const struct verb stop = {"POST", "/containers/%s/stop", {patience, PD_COUNT(patience)}};
static const struct verb restart = {
        "POST", "/containers/%s/restart", {patience, PD_COUNT(patience)}};
static const struct verb removal = {"DELETE", "/containers/%s", {everything, PD_COUNT(everything)}};

static int send_to_all(struct pd_docker *docker, const struct verb *verb,
                       const struct pd_docker_container *const *containers, size_t count,
                       struct pd_err *err)
{
        pd_auto(pd_docker_batch_done) struct pd_docker_batch batch = {0};

        if (pd_docker_batch_init(&batch, docker, count, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                const char *url = pd_docker_url(docker, &batch.arena, verb->path, containers[i]->id,
                                                &verb->query);
                struct pd_fetch_request *request;

                if (pd_docker_batch_add(&batch, NULL, verb->method, url, &request, err) < 0)
                        return -1;
                request->deadline_ms = PD_DOCKER_SLOW_DEADLINE_MS;
        }
        pd_docker_batch_send(&batch);
        return pd_docker_batch_check(&batch, err);
}

int pd_docker_remove_containers(struct pd_docker *docker,
                                const struct pd_docker_container *const *containers, size_t count,
                                const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        for (size_t i = 0; i < count; i++)
                pd_tell(watcher, containers[i]->workload, PD_STATE_REMOVING);
        if (send_to_all(docker, &stop, containers, count, err) < 0 ||
            send_to_all(docker, &removal, containers, count, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++)
                pd_tell(watcher, containers[i]->workload, PD_STATE_GONE);
        return 0;
}

/* All containers of a deployment, or the one of a workload, as a list in the arena. */
static int choose(struct pd_docker_found *found, const char *workload,
                  const struct pd_docker_container ***ret, size_t *ret_count, struct pd_err *err)
{
        const struct pd_docker_deployed *deployed = &found->at[0];
        const struct pd_docker_container **list = pd_arena_alloc(
                &found->arena, deployed->count + 1, sizeof(struct pd_docker_container *));
        size_t count = 0;

        if (list == NULL)
                return pd_fail_memory(err, "a list");
        for (size_t i = 0; i < deployed->count; i++)
                if (pd_choice_has(workload, deployed->containers[i].workload))
                        list[count++] = &deployed->containers[i];
        if (workload != NULL && count == 0)
                return pd_choice_fail(workload, deployed->name, err);
        *ret = list;
        *ret_count = count;
        return 0;
}

static int delete_object(struct pd_docker *docker, const char *path, const json_t *object,
                         const char *member, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        const char *name = pd_json_get_string(object, member);
        struct pd_fetch_request request;
        struct pd_err why = {0};

        if (name == NULL)
                return 0;
        if (pd_docker_request(docker, "DELETE", pd_docker_url(docker, &arena, path, name, NULL),
                              &request, err) < 0)
                return -1;
        if (pd_docker_do(docker, &request, &why) < 0 && why.code != PD_E_NOT_FOUND) {
                if (why.code == PD_E_FORBIDDEN)
                        why.code = PD_E_CONFLICT; /* Docker's word for: still in use */
                if (err != NULL)
                        *err = why;
                return pd_wrap(err, "remove '%s'", name);
        }
        return 0;
}

/* The network goes last: until then what is left is found by it. */
int pd_docker_remove(struct pd_docker *docker, const char *name, bool with_volumes,
                     const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        const struct pd_docker_container **list;
        const struct pd_docker_deployed *deployed;
        size_t count;

        if (pd_docker_find(docker, name, &found, err) < 0)
                return -1;
        deployed = found.count > 0 ? &found.at[0] : NULL;
        if (deployed == NULL ||
            (deployed->network == NULL && deployed->count == 0 && !with_volumes))
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no deployment is called '%s'",
                               pd_show(name).text);
        if (choose(&found, NULL, &list, &count, err) < 0 ||
            pd_docker_remove_containers(docker, list, count, watcher, err) < 0)
                return -1;
        if (with_volumes && deployed->volume != NULL &&
            delete_object(docker, "/volumes/%s", deployed->volume, "Name", err) < 0)
                return -1;
        if (deployed->network != NULL &&
            delete_object(docker, "/networks/%s", deployed->network, "Id", err) < 0)
                return -1;
        pd_tell(watcher, "", PD_STATE_GONE);
        return 0;
}

int pd_docker_restart(struct pd_docker *docker, const char *name, const char *workload,
                      const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        const struct pd_docker_container **list;
        size_t count;

        if (pd_docker_find_one(docker, name, &found, err) < 0 ||
            choose(&found, workload, &list, &count, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (!pd_docker_is_started(list[i]))
                        return pd_fail(err, PD_E_CONFLICT, 0,
                                       "'%s' was never started: its `up` was cut short; repeat it",
                                       list[i]->workload);
                pd_tell(watcher, list[i]->workload, PD_STATE_RESTARTING);
        }
        return send_to_all(docker, &restart, list, count, err);
}
