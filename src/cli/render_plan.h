/* render_plan.h - the flags and variables of `render` and `up`, held against each other. */
#ifndef PD_CLI_RENDER_PLAN_H
#define PD_CLI_RENDER_PLAN_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "command.h"
#include "render/render.h"
#include "solution/solution.h"

/**
 * What is to be rendered, and how it is written. Of two settings that take each other back the
 * stronger source counts. PD_E_USAGE names a wrong flag, PD_E_INVALID a wrong variable.
 */
int pd_render_plan_read(struct pd_call *call, struct pd_arena *arena, struct pd_render_options *ret,
                        struct pd_err *err) PD_MUST_CHECK;

/** Likewise, of a command that writes nothing: what changes the solution alone. */
int pd_render_plan_solution(struct pd_call *call, struct pd_arena *arena,
                            struct pd_solution_options *ret, struct pd_err *err) PD_MUST_CHECK;

/** Change what flags and variables name in a solution that came out of a zip. */
void pd_render_plan_override(const struct pd_call *call, const struct pd_solution_options *wanted,
                             struct pd_solution *solution);

#endif
