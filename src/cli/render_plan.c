/* render_plan.c - the flags and variables of `render`. */
#include "render_plan.h"

#include <string.h>

static enum pd_config_source source_of(const struct pd_call *call, const char *name)
{
        return pd_config_source_of(call->config, name);
}

/* Whether somebody asked for it. */
static bool is_given(const struct pd_call *call, const char *name)
{
        return source_of(call, name) != PD_CONFIG_FROM_DEFAULT;
}

/* A name, and the flag that takes it back: the stronger source wins, two flags exclude each other.
 */
static int settle(const struct pd_call *call, const char *name, const char *opposite,
                  bool *is_taken_back, struct pd_err *err)
{
        enum pd_config_source by = source_of(call, name);
        enum pd_config_source back_by = source_of(call, opposite);

        if (*is_taken_back && by == PD_CONFIG_FROM_FLAG && back_by == PD_CONFIG_FROM_FLAG)
                return pd_fail(err, PD_E_USAGE, 0, "--%s and --%s exclude each other", name,
                               opposite);
        if (by > back_by)
                *is_taken_back = false;
        return 0;
}

/* The message begins with the name of a setting: what it is called where it came from. */
static int blame(const struct pd_call *call, struct pd_err *err)
{
        size_t len = strcspn(err->msg, ": ");

        for (size_t i = 0; i < pd_options_of_render.count; i++) {
                const char *name = pd_options_of_render.keys[i].name;

                if (err->code == PD_E_INVALID && strlen(name) == len &&
                    strncmp(err->msg, name, len) == 0 &&
                    source_of(call, name) == PD_CONFIG_FROM_FLAG)
                        return pd_fail(err, PD_E_USAGE, 0, "--%s", err->msg);
        }
        return -1;
}

static int settle_storage(struct pd_call *call, struct pd_err *err)
{
        return settle(call, "storage-class", "default-storage-class",
                      &call->options.render.default_storage_class, err);
}

int pd_render_plan_read(struct pd_call *call, struct pd_arena *arena, struct pd_render_options *ret,
                        struct pd_err *err)
{
        struct pd_render_settings *given = &call->options.render;

        if (settle(call, "pull-secret", "no-pull-secret", &given->no_pull_secret, err) < 0 ||
            settle_storage(call, err) < 0)
                return -1;
        return pd_render_options_read(given, arena, ret, err) < 0 ? blame(call, err) : 0;
}

int pd_render_plan_solution(struct pd_call *call, struct pd_arena *arena,
                            struct pd_solution_options *ret, struct pd_err *err)
{
        if (settle_storage(call, err) < 0)
                return -1;
        return pd_render_solution_read(&call->options.render, arena, ret, err) < 0
                       ? blame(call, err)
                       : 0;
}

void pd_render_plan_override(const struct pd_call *call, const struct pd_solution_options *wanted,
                             struct pd_solution *solution)
{
        for (size_t i = 0; i < solution->workload_count; i++) {
                struct pd_workload *workload = &solution->workloads[i];

                if (is_given(call, "orchestrator-image") && pd_workload_is_orchestrator(workload))
                        workload->image = wanted->orchestrator_image;
                if (is_given(call, "image-pull-policy"))
                        workload->pull_policy = wanted->pull_policy;
                if (is_given(call, "requests"))
                        workload->requests = wanted->requests;
                if (is_given(call, "limits"))
                        workload->limits = wanted->limits;
        }
        if (solution->claim != NULL && is_given(call, "claim-size"))
                solution->claim->size = wanted->claim.size;
        if (solution->claim != NULL &&
            (is_given(call, "storage-class") || is_given(call, "default-storage-class")))
                solution->claim->storage_class = wanted->claim.storage_class;
}
