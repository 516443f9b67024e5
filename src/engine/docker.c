/* docker.c - the engine on one machine: its functions, and how it is opened. */
#include "engine/docker.h"

#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "docker_apply.h"
#include "docker_plan.h"
#include "docker_logs.h"
#include "docker_status.h"
#include "docker_stop.h"
#include "solution/names.h"

#define DEFAULT_ADDRESS "127.0.0.1"

static int ping(void *self, struct pd_arena *arena, const char **ret_version, struct pd_err *err)
{
        struct pd_docker *docker = self;
        const char *version;

        if (pd_docker_connect(docker, err) < 0)
                return -1;
        version = pd_arena_printf(arena, "%s, API %s", docker->product, docker->version + 1);
        if (version == NULL)
                return pd_fail_memory(err, "the engine's version");
        *ret_version = version;
        return 0;
}

static int plan(void *self, const struct pd_engine_wish *wish, struct pd_engine_plan *ret,
                struct pd_err *err)
{
        return pd_docker_plan(self, wish, ret, err);
}

static int apply(void *self, const struct pd_engine_wish *wish,
                 const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_docker_apply(self, wish, watcher, err);
}

static int wait_ready(void *self, const char *name, int64_t timeout_ms,
                      const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_docker_wait(self, name, timeout_ms, watcher, err);
}

static int list(void *self, const char *name, struct pd_deployments *ret, struct pd_err *err)
{
        return pd_docker_list(self, name, ret, err);
}

static int logs(void *self, const char *name, const struct pd_engine_logs *query,
                struct pd_err *err)
{
        return pd_docker_logs(self, name, query, err);
}

static int restart(void *self, const char *name, const char *workload,
                   const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_docker_restart(self, name, workload, watcher, err);
}

static int remove_all(void *self, const char *name, bool with_volumes,
                      const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_docker_remove(self, name, with_volumes, watcher, err);
}

/* --- The orchestrator --- */

/* The request as it goes out: an address, and the token. */
static int complete(const struct pd_docker_container *orchestrator, struct pd_arena *arena,
                    struct pd_fetch_request *request, struct pd_err *err)
{
        uint16_t port;
        const char *host = pd_docker_published(orchestrator, PD_ENGINE_HTTP_PORT, &port);

        if (host == NULL)
                return pd_ask_fail_down(err);
        request->unix_socket = NULL;
        request->url = pd_arena_printf(
                arena, strchr(host, ':') != NULL ? "http://[%s]:%u%s" : "http://%s:%u%s", host,
                port, request->url);
        if (request->url == NULL)
                return pd_fail_memory(err, "a request");
        return pd_ask_add_token(arena, pd_docker_variable(orchestrator, PD_ENGINE_TOKEN_VARIABLE),
                                request, err);
}

static int ask(void *self, const char *name, const struct pd_fetch_request *request,
               struct pd_fetch_answer *ret, struct pd_err *err)
{
        struct pd_docker *docker = self;
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        const struct pd_docker_container *orchestrator;
        struct pd_fetch_request whole = *request;
        struct pd_err why = {0};

        if (pd_docker_find_one(docker, name, &found, err) < 0)
                return -1;
        orchestrator = pd_docker_container_of(&found.at[0], PD_ORCHESTRATOR_NAME);
        if (orchestrator == NULL)
                return pd_ask_fail_absent(name, err);
        if (complete(orchestrator, &found.arena, &whole, err) < 0)
                return -1;
        if (pd_fetch(docker->fetch, &whole, ret, &why) < 0) {
                if (why.code == PD_E_BAD_GATEWAY)
                        (void)pd_wrap(&why,
                                      "the orchestrator of '%s' does not answer as one of this "
                                      "project does",
                                      name);
                if (err != NULL)
                        *err = why;
                return -1;
        }
        return 0;
}

/* Its container has PD_ENGINE_RUN_FILE for as long as there is one. */
static int keep(void *self, const char *name, const char *run, struct pd_err *err)
{
        (void)self, (void)name, (void)run, (void)err;
        return 0;
}

/* --- Opening --- */

static void docker_free(void *self)
{
        struct pd_docker *docker = self;

        pd_docker_host_done(&docker->host);
        free(docker->config_folder);
        free(docker->publish_address);
        (void)pthread_mutex_destroy(&docker->lock);
        free(docker);
}

static const struct pd_engine_ops docker_ops = {
        .kind = "docker",
        .ping = ping,
        .plan = plan,
        .apply = apply,
        .wait = wait_ready,
        .list = list,
        .logs = logs,
        .restart = restart,
        .remove = remove_all,
        .ask = ask,
        .keep = keep,
        .free = docker_free,
};

static int set_up(struct pd_docker *docker, const struct pd_docker_options *options,
                  struct pd_err *err)
{
        const char *address =
                options->publish_address != NULL ? options->publish_address : DEFAULT_ADDRESS;

        if (pd_docker_host_find(options, &docker->host, err) < 0)
                return -1;
        docker->publish_address = strdup(address);
        if (options->config_folder != NULL)
                docker->config_folder = strdup(options->config_folder);
        if (docker->publish_address == NULL ||
            (options->config_folder != NULL && docker->config_folder == NULL))
                return pd_fail_memory(err, "the engine");
        return 0;
}

int pd_docker_open(const struct pd_docker_options *options, struct pd_fetch *fetch,
                   struct pd_engine *ret, struct pd_err *err)
{
        struct pd_docker *docker = calloc(1, sizeof(*docker));

        if (docker == NULL)
                return pd_fail_memory(err, "the engine");
        docker->fetch = fetch;
        (void)pthread_mutex_init(&docker->lock, NULL); /* cannot fail on Linux */
        if (set_up(docker, options, err) < 0) {
                docker_free(docker);
                return -1;
        }
        *ret = (struct pd_engine){.ops = &docker_ops, .self = docker};
        return 0;
}
