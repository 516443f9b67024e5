/* run_private.h - a run as its lanes see it. */
#ifndef PD_ORCHESTRATOR_RUN_PRIVATE_H
#define PD_ORCHESTRATOR_RUN_PRIVATE_H

#include "base/buf.h"
#include "base/map.h"
#include "lane.h"

/** Longest list of lanes that stand still. */
#define PD_RUN_MAX_STALLED_TEXT 4096

struct pd_run {
        struct pd_loop *loop;
        struct pd_plan *plan;
        struct pd_run_options options; /**< no member is zero that may not be */
        struct pd_events *events;
        const struct pd_run_ops *ops;
        void *owner;
        enum pd_run_state state;
        struct pd_lane *lanes;
        struct pd_lane_state *states; /**< for decisions; like the next, one a lane */
        enum pd_lane_ending *endings;
        struct pd_grpc_channel **channels; /**< one a node that is called */
        size_t channel_count;
        struct pd_map targets;         /**< which is to which */
        struct pd_grpc_message *empty; /**< what sources are called with */
        struct pd_task decide;
        struct pd_timer look; /**< every second: rates, and whether anything moves */
        int64_t looked_us;
        int64_t stalled_us;
        bool is_ending; /**< a source has made all its calls: others may end from now on */
};

/** A lane may have come to its end. */
void pd_run_consider(struct pd_run *run);

/** A message goes along all edges of a lane. */
void pd_run_distribute(struct pd_lane *from, struct pd_grpc_message *message);

/** Whether one of those that the lane feeds takes no more. */
bool pd_run_is_blocked(const struct pd_lane *lane);

/** The queue of the lane has room again: those who feed it may go on. */
void pd_run_unblock(struct pd_lane *lane);

/** Tell an event of a lane, if anybody observes. */
void pd_run_tell(const struct pd_lane *lane, enum pd_event_kind kind,
                 struct pd_grpc_message *message);
void pd_run_tell_detail(const struct pd_lane *lane, enum pd_event_kind kind, const char *name,
                        const char *detail);

#endif
