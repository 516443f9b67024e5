/* cycles.h - which lanes lie on a common cycle (strongly connected components, Tarjan 1972). Pure.
 */
#ifndef PD_ORCHESTRATOR_CYCLES_H
#define PD_ORCHESTRATOR_CYCLES_H

#include "plan.h"

/** Set the group of each lane, plan->group_count and plan->order. -1: no memory. */
int pd_cycles_find(struct pd_plan *plan, struct pd_err *err) PD_MUST_CHECK;

#endif
