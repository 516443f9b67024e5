/* world.h - events, a plan that they tell of, and one who observes. */
#ifndef PD_TESTS_WORLD_H
#define PD_TESTS_WORLD_H

#include "events.h"
#include "plan.h"

/** Events that the ring takes. */
#define WORLD_CAPACITY 4

struct world {
        struct pd_events *events;
        struct pd_plan *plan;         /**< of one lane: operation r of node N */
        struct pd_observer *observer; /**< wants everything */
        int woken;
};

void world_open(struct world *world);
void world_close(struct world *world);

/** The plan of one lane, anew; the caller releases it. */
struct pd_plan *world_plan(void);

/** Counts in the world that is its user. */
void world_wake(void *user);

/** One more observer, whose wakes are counted too; the caller releases it. */
struct pd_observer *world_observe(struct world *world, const char *name, const char *component);

/* Tell an event of the lane, or of the orchestrator. */
void world_tell(struct world *world, enum pd_event_kind kind);
void world_tell_whole(struct world *world, enum pd_event_kind kind);

/** The value of a detail; NULL: it is not there. */
const char *world_detail(const struct pd_orchestration_event *event, const char *key);

/* What the next read must give. */
void world_reads(struct pd_observer *observer, const char *name);
void world_reads_missed(struct pd_observer *observer, const char *count);
void world_reads_nothing(struct pd_observer *observer);
void world_reads_the_end(struct pd_observer *observer);

#endif
