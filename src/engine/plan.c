/* plan.c - what the plans of all kinds of engines have in common. */
#include "plan.h"

#include <string.h>

int pd_plan_check_holder(const struct pd_engine_wish *wish, const char *solution,
                         const struct pd_plan_holder *holder, struct pd_err *err)
{
        const char *owner = wish->owner != NULL ? wish->owner : "";

        if (strcmp(holder->owner, owner) != 0)
                return pd_fail(err, PD_E_CONFLICT, 0,
                               "the deployment '%s' is somebody else's; choose another name",
                               wish->name);
        if (!wish->replace && strcmp(holder->solution, solution) != 0)
                return pd_fail(err, PD_E_CONFLICT, 0,
                               "the deployment '%s' holds another solution, '%s'; choose another "
                               "name, or replace it (--replace)",
                               wish->name, pd_show(holder->solution).text);
        return 0;
}

int pd_plan_add(struct pd_engine_plan *plan, struct pd_engine_step step, struct pd_err *err)
{
        struct pd_engine_step *place =
                pd_arena_push(&plan->arena, &plan->at, &plan->count, sizeof(*place));

        if (place == NULL)
                return pd_fail_memory(err, "a plan");
        step.name = pd_arena_string(&plan->arena, step.name);
        *place = step;
        plan->changes += step.change != PD_CHANGE_NONE;
        return step.name != NULL ? 0 : pd_fail_memory(err, "a plan");
}
