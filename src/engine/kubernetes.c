/* kubernetes.c - the engine on a cluster: its functions, and how it is opened. */
#include "engine/kubernetes.h"

#include <stdlib.h>
#include <string.h>

#include "json/get.h"
#include "json/json.h"
#include "kubernetes_ask.h"
#include "kubernetes_changes.h"
#include "kubernetes_keep.h"
#include "kubernetes_logs.h"
#include "kubernetes_remove.h"
#include "kubernetes_restart.h"
#include "kubernetes_status.h"
#include "kubernetes_up.h"
#include "solution/findings.h"

static int ping(void *self, struct pd_arena *arena, const char **ret_version, struct pd_err *err)
{
        const struct pd_kubernetes *kubernetes = self;
        pd_auto(pd_json_free_ptr) json_t *about = NULL;
        const char *version;

        if (pd_kubernetes_get(kubernetes, "/version", NULL, &about, err) < 0)
                return -1;
        version = pd_json_get_string(about, "gitVersion");
        if (version == NULL)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0, "what answers at '%s' is no Kubernetes",
                               kubernetes->access.server);
        version = pd_arena_printf(arena, "Kubernetes %s",
                                  pd_show(version + (version[0] == 'v')).text);
        if (version == NULL)
                return pd_fail_memory(err, "the engine's version");
        *ret_version = version;
        return 0;
}

static int plan(void *self, const struct pd_engine_wish *wish, struct pd_engine_plan *ret,
                struct pd_err *err)
{
        return pd_kubernetes_changes(self, wish, ret, err);
}

static int apply(void *self, const struct pd_engine_wish *wish,
                 const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_kubernetes_up(self, wish, watcher, err);
}

static int wait_ready(void *self, const char *name, int64_t timeout_ms,
                      const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_kubernetes_wait(self, name, timeout_ms, watcher, err);
}

static int list(void *self, const char *name, struct pd_deployments *ret, struct pd_err *err)
{
        return pd_kubernetes_list(self, name, ret, err);
}

static int logs(void *self, const char *name, const struct pd_engine_logs *query,
                struct pd_err *err)
{
        return pd_kubernetes_logs(self, name, query, err);
}

static int restart(void *self, const char *name, const char *workload,
                   const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_kubernetes_restart(self, name, workload, watcher, err);
}

static int remove_all(void *self, const char *name, bool with_volumes,
                      const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return pd_kubernetes_remove(self, name, with_volumes, watcher, err);
}

static int ask(void *self, const char *name, const struct pd_fetch_request *request,
               struct pd_fetch_answer *ret, struct pd_err *err)
{
        return pd_kubernetes_ask(self, name, request, ret, err);
}

static int keep(void *self, const char *name, const char *run, struct pd_err *err)
{
        return pd_kubernetes_keep(self, name, run, err);
}

/* --- Opening --- */

static void kubernetes_free(void *self)
{
        struct pd_kubernetes *kubernetes = self;

        pd_kubernetes_access_done(&kubernetes->access);
        pd_arena_done(&kubernetes->arena);
        free(kubernetes);
}

static const struct pd_engine_ops kubernetes_ops = {
        .kind = "kubernetes",
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
        .free = kubernetes_free,
};

static int open_access(struct pd_kubernetes *kubernetes, struct pd_err *err)
{
        const struct pd_kubernetes_options *options = &kubernetes->options;

        if (options->kubeconfig != NULL && options->kubeconfig[0] != '\0')
                return pd_kubernetes_access_by_config(options->kubeconfig, options->context,
                                                      &kubernetes->access, err);
        if (options->service_host != NULL && options->service_port != NULL)
                return pd_kubernetes_access_in_cluster(PD_KUBERNETES_ACCOUNT_FOLDER,
                                                       options->service_host, options->service_port,
                                                       &kubernetes->access, err);
        return pd_fail(err, PD_E_NOT_FOUND, 0,
                       "no cluster is known: set KUBECONFIG, or make a kubeconfig for kubectl");
}

static int copy_options(struct pd_kubernetes *kubernetes,
                        const struct pd_kubernetes_options *options, struct pd_err *err)
{
        struct pd_kubernetes_options *own = &kubernetes->options;
        const char **const texts[] = {
                &own->kubeconfig,    &own->context,        &own->service_host,
                &own->service_port,  &own->namespace_name, &own->host,
                &own->storage_class, &own->access_mode,    &own->registry_config,
        };

        *own = *options;
        for (size_t i = 0; i < PD_COUNT(texts); i++) {
                if (*texts[i] == NULL)
                        continue;
                *texts[i] = pd_arena_string(&kubernetes->arena, *texts[i]);
                if (*texts[i] == NULL)
                        return pd_fail_memory(err, "the engine");
        }
        return 0;
}

static int check_options(const struct pd_kubernetes_options *options, struct pd_err *err)
{
        static const char *const modes[] = {"ReadWriteMany", "ReadWriteOnce"};
        bool is_mode = options->access_mode == NULL;

        for (size_t i = 0; i < PD_COUNT(modes); i++)
                is_mode = is_mode || strcmp(options->access_mode, modes[i]) == 0;
        if (!is_mode)
                return pd_fail(err, PD_E_INVALID, 0, "the access mode '%s' is none of: %s, %s",
                               pd_show(options->access_mode).text, modes[0], modes[1]);
        if (options->expose == PD_EXPOSE_INGRESS && options->host == NULL)
                return pd_fail(err, PD_E_INVALID, 0,
                               "an Ingress wants the host that its names end with");
        return 0;
}

int pd_kubernetes_open(const struct pd_kubernetes_options *options, struct pd_fetch *fetch,
                       struct pd_engine *ret, struct pd_err *err)
{
        struct pd_kubernetes *kubernetes = calloc(1, sizeof(*kubernetes));

        if (kubernetes == NULL)
                return pd_fail_memory(err, "the engine");
        kubernetes->fetch = fetch;
        if (check_options(options, err) < 0 || copy_options(kubernetes, options, err) < 0 ||
            open_access(kubernetes, err) < 0) {
                kubernetes_free(kubernetes);
                return -1;
        }
        *ret = (struct pd_engine){.ops = &kubernetes_ops, .self = kubernetes};
        return 0;
}
