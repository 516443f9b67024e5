/* tell.h - telling a watcher what happens. */
#ifndef PD_ENGINE_TELL_H
#define PD_ENGINE_TELL_H

#include "base/attr.h"
#include "engine/engine.h"

/* Any event; those members that are NULL become "". */
void pd_tell_event(const struct pd_engine_watcher *watcher, struct pd_engine_event event);

/* That a workload ("": the deployment) is in a state now. `watcher` may be NULL. */
void pd_tell(const struct pd_engine_watcher *watcher, const char *workload, enum pd_state state);

/* PD_E_UNAVAILABLE where the watcher wants to leave off. */
int pd_tell_check_canceled(const struct pd_engine_watcher *watcher,
                           struct pd_err *err) PD_MUST_CHECK;

#endif
