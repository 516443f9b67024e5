/* engines.c - the engines that a call may use. */
#include "engines.h"

#include <string.h>

#include "base/own.h"
#include "config/config.h"
#include "engine/docker.h"
#include "engine/kubernetes.h"
#include "render/amount.h"
#include "solution/findings.h"

#define INGRESS "ingress:"

/* One that is to be opened. */
struct opening {
        const struct pd_call *call;
        struct pd_fetch *fetch;
        struct pd_arena *arena;
};

static const char *variable(const struct opening *opening, const char *name)
{
        return pd_config_variable(opening->call->cli->environment, name);
}

/* The value of a variable, or where the user's own is: `path` below his home. NULL: nowhere. */
static const char *variable_or_home(const struct opening *opening, const char *name,
                                    const char *path)
{
        const char *value = variable(opening, name);
        const char *home = variable(opening, "HOME");

        if (value != NULL && value[0] != '\0')
                return value;
        return home != NULL ? pd_arena_printf(opening->arena, "%s/%s", home, path) : NULL;
}

/* --- Kinds --- */

static int open_docker(const struct opening *opening, struct pd_engine *ret, struct pd_err *err)
{
        const struct pd_docker_options options = {
                .host = variable(opening, "DOCKER_HOST"),
                .runtime_folder = variable(opening, "XDG_RUNTIME_DIR"),
                .config_folder = variable_or_home(opening, "DOCKER_CONFIG", ".docker"),
        };

        return pd_docker_open(&options, opening->fetch, ret, err);
}

/* "nodeport", "ingress:HOST" or "none"; NULL: the first. */
static int read_expose(const char *text, struct pd_kubernetes_options *options, struct pd_err *err)
{
        if (text == NULL || strcmp(text, "nodeport") == 0) {
                options->expose = PD_EXPOSE_NODE_PORT;
        } else if (strcmp(text, "none") == 0) {
                options->expose = PD_EXPOSE_NONE;
        } else if (strncmp(text, INGRESS, strlen(INGRESS)) == 0 && text[strlen(INGRESS)] != '\0') {
                options->expose = PD_EXPOSE_INGRESS;
                options->host = text + strlen(INGRESS);
        } else {
                return pd_fail(err, PD_E_USAGE, 0,
                               "--expose '%s' is none of: nodeport, ingress:HOST, none",
                               pd_show(text).text);
        }
        return 0;
}

static int open_kubernetes(const struct opening *opening, struct pd_engine *ret, struct pd_err *err)
{
        const struct pd_options *given = &opening->call->options;
        struct pd_kubernetes_options options = {
                .kubeconfig = variable(opening, "KUBECONFIG"),
                .context = given->context,
                .service_host = variable(opening, "KUBERNETES_SERVICE_HOST"),
                .service_port = variable(opening, "KUBERNETES_SERVICE_PORT"),
                .namespace_name = given->namespace_name,
                .access_mode = given->access_mode,
                .registry_config = given->registry_config,
        };

        if (read_expose(given->expose, &options, err) < 0 ||
            pd_amounts_parse("quota", given->quota, opening->arena, &options.quota, err) < 0 ||
            pd_amounts_parse("default-limits", given->default_limits, opening->arena,
                             &options.default_limits, err) < 0)
                return -1;
        if (options.service_host == NULL)
                options.kubeconfig = variable_or_home(opening, "KUBECONFIG", ".kube/config");
        return pd_kubernetes_open(&options, opening->fetch, ret, err);
}

static int (*const openers[])(const struct opening *opening, struct pd_engine *ret,
                              struct pd_err *err) = {
        [PD_ENGINE_DOCKER] = open_docker,
        [PD_ENGINE_KUBERNETES] = open_kubernetes,
};

/* What goes wrong with one matters only where there is no other. */
static int open_those_at_hand(const struct opening *opening, struct pd_engines *ret,
                              struct pd_err *err)
{
        struct pd_err docker = {0}, kubernetes = {0};

        if (open_docker(opening, &ret->at[ret->count], &docker) == 0)
                ret->count++;
        if (open_kubernetes(opening, &ret->at[ret->count], &kubernetes) == 0)
                ret->count++;
        if (ret->count > 0)
                return 0;
        return pd_fail(err, PD_E_UNAVAILABLE, 0, "%s. %s", docker.msg, kubernetes.msg);
}

/* What is said of a cluster means one. */
static int kind_of(const struct pd_options *options)
{
        bool is_cluster = options->context != NULL || options->namespace_name != NULL;

        return options->engine == PD_ENGINE_AUTO && is_cluster ? PD_ENGINE_KUBERNETES
                                                               : options->engine;
}

int pd_engines_open(const struct pd_call *call, struct pd_fetch *fetch, struct pd_arena *arena,
                    struct pd_engines *ret, struct pd_err *err)
{
        const struct opening opening = {.call = call, .fetch = fetch, .arena = arena};
        int kind = kind_of(&call->options);

        if (kind == PD_ENGINE_AUTO)
                return open_those_at_hand(&opening, ret, err);
        if (openers[kind](&opening, &ret->at[0], err) < 0)
                return -1;
        ret->count = 1;
        return 0;
}

void pd_engines_done(struct pd_engines *engines)
{
        for (size_t i = 0; i < engines->count; i++)
                pd_engine_done(&engines->at[i]);
        engines->count = 0;
}
