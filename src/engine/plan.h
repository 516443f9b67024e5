/* plan.h - what the plans of all kinds of engines have in common. */
#ifndef PD_ENGINE_PLAN_H
#define PD_ENGINE_PLAN_H

#include "base/attr.h"
#include "base/err.h"
#include "engine/engine.h"

/* Who has the name by now. Texts are never NULL. */
struct pd_plan_holder {
        const char *owner;
        const char *solution; /* its name as a label */
};

/* PD_E_CONFLICT: the deployment is somebody else's, or holds another solution than the one of that
 * label and is not to be replaced. */
int pd_plan_check_holder(const struct pd_engine_wish *wish, const char *solution,
                         const struct pd_plan_holder *holder, struct pd_err *err) PD_MUST_CHECK;

/* One more step; its name is copied, the other texts are not. */
int pd_plan_add(struct pd_engine_plan *plan, struct pd_engine_step step,
                struct pd_err *err) PD_MUST_CHECK;

#endif
