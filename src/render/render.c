/* render.c - what the settings of a render become. */
#include "render/render.h"

#include <string.h>

#include "render/amount.h"
#include "solution/image.h"

/* Longest name of an object of Kubernetes. */
#define MAX_OBJECT_NAME 253

const char *const pd_render_pull_policies[] = {[PD_PULL_UNSET] = "default",
                                               [PD_PULL_ALWAYS] = "Always",
                                               [PD_PULL_IF_NOT_PRESENT] = "IfNotPresent",
                                               [PD_PULL_NEVER] = "Never",
                                               NULL};
const char *const pd_render_service_types[] = {
        [PD_SERVICE_NODE_PORT] = "NodePort", [PD_SERVICE_CLUSTER_IP] = "ClusterIP", NULL};

/* The name of a Secret or of a StorageClass: a DNS subdomain (RFC 1123). "" is none. */
static int check_object_name(const char *setting, const char *name, struct pd_err *err)
{
        static const char inside[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
        size_t len = strlen(name);

        if (name[strspn(name, inside)] != '\0' || len > MAX_OBJECT_NAME ||
            (len > 0 && (strchr(".-", name[0]) != NULL || strchr(".-", name[len - 1]) != NULL)) ||
            strstr(name, "..") != NULL)
                return pd_fail(err, PD_E_INVALID, 0,
                               "%s: '%s' is no name; write a-z, 0-9, '-' and '.'", setting, name);
        return 0;
}

static int check_image(const char *image, struct pd_err *err)
{
        struct pd_image parsed;

        return pd_image_parse(image, &parsed, err) == 0 ? 0 : pd_wrap(err, "orchestrator-image");
}

int pd_render_solution_read(const struct pd_render_settings *settings, struct pd_arena *arena,
                            struct pd_solution_options *ret, struct pd_err *err)
{
        struct pd_solution_options options = pd_solution_default_options;
        struct pd_claim *claim = &options.claim;

        if (check_object_name("storage-class", settings->storage_class, err) < 0 ||
            check_image(settings->orchestrator_image, err) < 0 ||
            pd_amount_check("claim-size", settings->claim_size, err) < 0 ||
            pd_amounts_parse("requests", settings->requests, arena, &options.requests, err) < 0 ||
            pd_amounts_parse("limits", settings->limits, arena, &options.limits, err) < 0)
                return -1;

        options.orchestrator_image = settings->orchestrator_image;
        options.pull_policy = (enum pd_pull_policy)settings->pull_policy;
        claim->size = settings->claim_size;
        claim->storage_class = settings->default_storage_class ? NULL : settings->storage_class;
        *ret = options;
        return 0;
}

int pd_render_options_read(const struct pd_render_settings *settings, struct pd_arena *arena,
                           struct pd_render_options *ret, struct pd_err *err)
{
        struct pd_render_options options = {.manifest = pd_manifest_default_options};

        if (check_object_name("pull-secret", settings->pull_secret, err) < 0 ||
            pd_render_solution_read(settings, arena, &options.solution, err) < 0)
                return -1;

        options.manifest.service_type = (enum pd_service_type)settings->service_type;
        options.manifest.pull_secret = settings->no_pull_secret ? NULL : settings->pull_secret;
        *ret = options;
        return 0;
}
