/*
 * ending.h - when streams are closed and when a run is over (contract, section 6). Pure.
 *
 * Groups are looked at in the order of the flow: a group has ended when nothing feeds it any more,
 * nothing waits and no call is open. Before that, when only its streams are open, their sending
 * sides are closed, and what comes of that may open new calls.
 */
#ifndef PD_ORCHESTRATOR_ENDING_H
#define PD_ORCHESTRATOR_ENDING_H

#include "plan.h"

/** How a lane stands. */
struct pd_lane_state {
        size_t waiting;      /**< messages in its queue, or to be sent again */
        size_t unary_calls;  /**< open calls that have got their one message */
        size_t stream_calls; /**< open calls that take messages still, or have been closed */
        bool may_begin;      /**< a source that is called again */
};

/** What follows for a lane. */
enum pd_lane_ending {
        PD_LANE_GOES_ON,
        PD_LANE_CLOSES, /**< close the sending side of its open streams */
        PD_LANE_ENDED,
};

/** What follows for each lane. `ret` has one place a lane. Whether all have ended. */
bool pd_ending_decide(const struct pd_plan *plan, const struct pd_lane_state *states,
                      enum pd_lane_ending *ret);

#endif
