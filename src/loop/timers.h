/* timers.h - timers by the time they are due: a pairing heap without memory of its own. */
#ifndef PD_LOOP_TIMERS_H
#define PD_LOOP_TIMERS_H

#include "loop/loop.h"

/** Add a timer, which is in no heap, to the heap whose first (NULL: empty) is *root. */
void pd_timers_add(struct pd_timer **root, struct pd_timer *timer);

/** Take a timer out of the heap, or out of another list linked like it. */
void pd_timers_remove(struct pd_timer **root, struct pd_timer *timer);

#endif
