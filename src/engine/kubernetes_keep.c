/*
 * kubernetes_keep.c - the run that goes on in the next pod of an orchestrator: in a ConfigMap.
 *
 * A pod's own folder ends with it, and its orchestrator has no right to write anything into the
 * cluster. So whoever starts a run says here that there is one, under a manager of its own: the
 * next apply, which does not speak of it, leaves it as it is.
 */
#include "kubernetes_keep.h"

#include "base/own.h"
#include "json/json.h"
#include "kubernetes_objects.h"

static json_t *patch_json(const char *run)
{
        return json_pack("{s:{s:s?}}", "data", PD_ENGINE_KEPT_RUN, run);
}

int pd_kubernetes_keep(const struct pd_kubernetes *kubernetes, const char *name, const char *run,
                       struct pd_err *err)
{
        struct pd_pair manager = {"fieldManager", PD_KUBERNETES_MANAGER "-run"};
        const struct pd_pairs query = {&manager, 1};
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        pd_auto(pd_json_free_ptr) json_t *patch = patch_json(run);
        struct pd_kubernetes_call call = {
                .method = "PATCH",
                .query = &query,
                .body = patch,
                .body_type = PD_KUBERNETES_MERGE,
        };

        if (patch == NULL)
                return pd_fail_memory(err, "a run");
        if (pd_kubernetes_find_one(kubernetes, name, PD_LOOK_STATE, &found, err) < 0)
                return -1;
        call.path = pd_kubernetes_kind_path(PD_KUBERNETES_CONFIG_MAP, &found.arena,
                                            found.at[0].namespace_name, PD_KUBERNETES_RUN);
        return pd_kubernetes_call(kubernetes, &call, NULL, err);
}
