/* world.c - events, a plan that they tell of, and one who observes. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "pd_test.h"

struct pd_plan *world_plan(void)
{
        struct pd_plan *plan = calloc(1, sizeof(*plan));

        assert_non_null(plan);
        plan->lanes = pd_arena_alloc(&plan->arena, 1, sizeof(*plan->lanes));
        assert_non_null(plan->lanes);
        plan->lane_count = 1;
        plan->lanes[0].component =
                pd_arena_string(&plan->arena, "OrchestrationThreadBase[component=N,svc=S,rpc=r]");
        plan->lanes[0].queue = pd_arena_string(&plan->arena, "OrchestrationQueue[N_r]");
        plan->lanes[0].rpc = pd_arena_string(&plan->arena, "S.r");
        return plan;
}

void world_wake(void *user)
{
        ((struct world *)user)->woken++;
}

struct pd_observer *world_observe(struct world *world, const char *name, const char *component)
{
        const struct pd_observer_options options = {.name_pattern = name,
                                                    .component_pattern = component,
                                                    .wake = world_wake,
                                                    .user = world};
        struct pd_observer *observer = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_observer_new(world->events, &options, &observer, &err), err);
        return observer;
}

void world_open(struct world *world)
{
        struct pd_err err = {0};

        *world = (struct world){.plan = world_plan()};
        assert_pd_ok(pd_events_new(WORLD_CAPACITY, &world->events, &err), err);
        world->observer = world_observe(world, "", NULL);
}

void world_close(struct world *world)
{
        pd_observer_free(world->observer);
        pd_plan_free(world->plan);
        pd_events_free(world->events);
}

void world_tell(struct world *world, enum pd_event_kind kind)
{
        pd_events_tell(world->events, &(struct pd_event){.kind = kind,
                                                         .plan = world->plan,
                                                         .lane = &world->plan->lanes[0]});
}

void world_tell_whole(struct world *world, enum pd_event_kind kind)
{
        pd_events_tell(world->events, &(struct pd_event){.kind = kind});
}

const char *world_detail(const struct pd_orchestration_event *event, const char *key)
{
        for (size_t i = 0; i < event->detail.count; i++) {
                if (strcmp(event->detail.at[i].key, key) == 0)
                        return event->detail.at[i].value;
        }
        return NULL;
}

void world_reads(struct pd_observer *observer, const char *name)
{
        struct pd_orchestration_event event;

        assert_int_equal(pd_observer_next(observer, &event), PD_OBSERVED_EVENT);
        assert_string_equal(event.name, name);
}

void world_reads_missed(struct pd_observer *observer, const char *count)
{
        struct pd_orchestration_event event;

        assert_int_equal(pd_observer_next(observer, &event), PD_OBSERVED_EVENT);
        assert_string_equal(event.name, "dropped");
        assert_string_equal(event.component, "orchestrator");
        assert_string_equal(world_detail(&event, "events"), count);
}

void world_reads_nothing(struct pd_observer *observer)
{
        struct pd_orchestration_event event;

        assert_int_equal(pd_observer_next(observer, &event), PD_OBSERVED_NOTHING);
}

void world_reads_the_end(struct pd_observer *observer)
{
        struct pd_orchestration_event event;

        assert_int_equal(pd_observer_next(observer, &event), PD_OBSERVED_END);
}
