/* ending.c - when streams are closed and when a run is over. */
#include "ending.h"

#include <string.h>

/** What is known of a group while its lanes are looked at. */
struct group {
        bool is_fed;      /**< something outside may feed it still */
        bool is_busy;     /**< something waits, or a call with its one message is open */
        bool has_streams; /**< a stream is open */
};

static void look_at(const struct pd_plan *plan, const struct pd_lane_state *states,
                    const enum pd_lane_ending *endings, size_t index, struct group *group)
{
        const struct pd_plan_lane *lane = &plan->lanes[index];
        const struct pd_lane_state *state = &states[index];

        for (size_t i = 0; i < lane->feeder_count; i++) {
                size_t feeder = lane->feeders[i];

                if (plan->lanes[feeder].group != lane->group && endings[feeder] != PD_LANE_ENDED)
                        group->is_fed = true;
        }
        if (state->waiting > 0 || state->unary_calls > 0 || state->may_begin)
                group->is_busy = true;
        if (state->stream_calls > 0)
                group->has_streams = true;
}

static enum pd_lane_ending decide(const struct group *group)
{
        if (group->is_fed || group->is_busy)
                return PD_LANE_GOES_ON;
        return group->has_streams ? PD_LANE_CLOSES : PD_LANE_ENDED;
}

/* Lanes of one group stand together in `order`, groups in the order of the flow. */
bool pd_ending_decide(const struct pd_plan *plan, const struct pd_lane_state *states,
                      enum pd_lane_ending *ret)
{
        bool have_all_ended = true;

        for (size_t at = 0; at < plan->lane_count;) {
                struct group group = {0};
                size_t number = plan->lanes[plan->order[at]].group;
                size_t begin = at;

                for (; at < plan->lane_count && plan->lanes[plan->order[at]].group == number; at++)
                        look_at(plan, states, ret, plan->order[at], &group);
                for (size_t i = begin; i < at; i++)
                        ret[plan->order[i]] = decide(&group);
                have_all_ended = have_all_ended && decide(&group) == PD_LANE_ENDED;
        }
        return have_all_ended;
}
