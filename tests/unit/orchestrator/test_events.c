/* test_events.c - what observers are told, what they miss, and what is held for them. */

#include "alloc_fail.h"
#include "pd_test.h"
#include "world.h"

static void each_kind_names_its_component(void **state)
{
        static const struct {
                enum pd_event_kind kind;
                const char *name;
                const char *component;
        } rows[] = {
                {PD_EVENT_THREAD_START, "thread.start",
                 "OrchestrationThreadBase[component=N,svc=S,rpc=r]"},
                {PD_EVENT_STREAM_OUTPUT, "distributing streaming output",
                 "OrchestrationThreadBase[component=N,svc=S,rpc=r]"},
                {PD_EVENT_QUEUE_ADDED, "queue.added", "OrchestrationQueue[N_r]"},
                {PD_EVENT_STALLED, "stalled", "orchestrator"},
        };
        struct pd_orchestration_event event;
        struct world world;
        (void)state;

        world_open(&world);
        pd_events_set_run(world.events, "label");
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                world_tell(&world, rows[i].kind);
                assert_int_equal(pd_observer_next(world.observer, &event), PD_OBSERVED_EVENT);
                assert_string_equal(event.run, "label");
                assert_string_equal(event.name, rows[i].name);
                assert_string_equal(event.component, rows[i].component);
        }
        world_close(&world);
}

static void details_are_told(void **state)
{
        struct pd_orchestration_event event;
        char text[] = "UNAVAILABLE: gone";
        struct world world;
        (void)state;

        world_open(&world);
        pd_events_tell(world.events, &(struct pd_event){.kind = PD_EVENT_EXCEPTION,
                                                        .plan = world.plan,
                                                        .lane = &world.plan->lanes[0],
                                                        .size = 0,
                                                        .has_size = true,
                                                        .detail_name = "traceback",
                                                        .detail = text});
        text[0] = '?';
        assert_int_equal(pd_observer_next(world.observer, &event), PD_OBSERVED_EVENT);
        assert_string_equal(world_detail(&event, "traceback"), "UNAVAILABLE: gone");
        assert_string_equal(world_detail(&event, "method"), "S.r");
        assert_string_equal(world_detail(&event, "size"), "0");
        assert_null(world_detail(&event, "message"));
        world_close(&world);
}

static void two_observers_each_get_everything_from_when_they_came(void **state)
{
        struct pd_observer *second;
        struct world world;
        (void)state;

        world_open(&world);
        world_tell(&world, PD_EVENT_THREAD_START);
        second = world_observe(&world, ".*", ".*");
        world_tell(&world, PD_EVENT_RPC_CALL);
        world_reads(world.observer, "thread.start");
        world_reads(world.observer, "RPC.call");
        world_reads_nothing(world.observer);
        world_reads(second, "RPC.call");
        world_reads_nothing(second);
        pd_observer_free(second);
        world_close(&world);
}

static void who_sleeps_is_woken_once_until_he_has_read(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        world_tell(&world, PD_EVENT_THREAD_START);
        world_tell(&world, PD_EVENT_RPC_CALL);
        assert_int_equal(world.woken, 1);
        world_reads(world.observer, "thread.start");
        world_reads(world.observer, "RPC.call");
        world_tell(&world, PD_EVENT_RPC_FINISHED);
        assert_int_equal(world.woken, 1);
        world_reads(world.observer, "RPC.finished");
        world_reads_nothing(world.observer);
        world_tell(&world, PD_EVENT_RPC_CALL);
        assert_int_equal(world.woken, 2);
        world_close(&world);
}

static void filters_match_at_the_start(void **state)
{
        struct pd_observer *names, *components;
        struct world world;
        (void)state;

        world_open(&world);
        names = world_observe(&world, "queue", NULL);
        components = world_observe(&world, NULL, "Orchestration(Thread|Queue).*N");
        world_tell(&world, PD_EVENT_RPC_CALL);
        world_tell_whole(&world, PD_EVENT_INITIALIZED);
        world_tell(&world, PD_EVENT_QUEUE_ADDED);
        world_reads(names, "queue.added");
        world_reads_nothing(names);
        world_reads(components, "RPC.call");
        world_reads(components, "queue.added");
        world_reads_nothing(components);
        pd_observer_free(names);
        pd_observer_free(components);
        world_close(&world);
}

static void what_nobody_asked_for_wakes_nobody_and_is_not_missed(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        pd_observer_free(world.observer);
        world.observer = world_observe(&world, "stalled", NULL);
        for (int i = 0; i < 3 * WORLD_CAPACITY; i++)
                world_tell(&world, PD_EVENT_RPC_CALL);
        assert_int_equal(world.woken, 0);
        world_reads_nothing(world.observer);
        world_tell_whole(&world, PD_EVENT_STALLED);
        assert_int_equal(world.woken, 1);
        world_reads(world.observer, "stalled");
        world_close(&world);
}

static void a_match_that_costs_too_much_passes_nothing(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        pd_observer_free(world.observer);
        world.observer = world_observe(&world, NULL, "(([A-Za-z]+)*)*!");
        for (int i = 0; i < 3; i++)
                world_tell(&world, PD_EVENT_RPC_CALL);
        world_reads_nothing(world.observer);
        world_close(&world);
}

static void a_slow_one_is_told_how_many_it_has_missed(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        for (int i = 0; i < WORLD_CAPACITY + 3; i++)
                world_tell(&world, PD_EVENT_RPC_CALL);
        world_tell(&world, PD_EVENT_RPC_FINISHED);
        world_reads_missed(world.observer, "4");
        for (int i = 0; i < WORLD_CAPACITY - 1; i++)
                world_reads(world.observer, "RPC.call");
        world_reads(world.observer, "RPC.finished");
        world_reads_nothing(world.observer);
        world_close(&world);
}

static void observers_end_when_the_run_has_finished(void **state)
{
        struct pd_observer *late;
        struct world world;
        (void)state;

        world_open(&world);
        world_tell_whole(&world, PD_EVENT_FINISHED);
        pd_events_finish(world.events);
        late = world_observe(&world, NULL, NULL);
        world_tell(&world, PD_EVENT_THREAD_START);
        world_reads(world.observer, "finished");
        world_reads_the_end(world.observer);
        world_reads_the_end(world.observer);
        world_reads(late, "thread.start");
        world_reads_nothing(late);
        pd_observer_free(late);
        world_close(&world);
}

static void who_does_not_want_the_end_ends_too(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        pd_observer_free(world.observer);
        world.observer = world_observe(&world, "exception", NULL);
        world_tell_whole(&world, PD_EVENT_FINISHED);
        pd_events_finish(world.events);
        assert_int_equal(world.woken, 1);
        world_reads_the_end(world.observer);
        world_close(&world);
}

static void one_that_missed_the_end_ends_before_the_next_run(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        world_tell_whole(&world, PD_EVENT_FINISHED);
        pd_events_finish(world.events);
        for (int i = 0; i < 2 * WORLD_CAPACITY; i++)
                world_tell(&world, PD_EVENT_RPC_CALL);
        pd_events_finish(world.events);
        world_reads_missed(world.observer, "5");
        world_reads_the_end(world.observer);
        world_close(&world);
}

static void a_plan_that_was_given_up_can_still_be_read_of(void **state)
{
        struct pd_orchestration_event event;
        struct world world;
        (void)state;

        world_open(&world);
        world_tell(&world, PD_EVENT_THREAD_TERMINATE);
        world_tell_whole(&world, PD_EVENT_TERMINATE);
        pd_plan_free(world.plan);
        world.plan = world_plan();
        world_tell(&world, PD_EVENT_THREAD_START);
        assert_int_equal(pd_observer_next(world.observer, &event), PD_OBSERVED_EVENT);
        assert_string_equal(event.name, "thread.terminate");
        assert_string_equal(event.component, "OrchestrationThreadBase[component=N,svc=S,rpc=r]");
        world_reads(world.observer, "terminate_orchestration");
        world_reads(world.observer, "thread.start");
        world_reads_nothing(world.observer);
        world_close(&world);
}

static void verdicts_do_not_outlive_the_plan(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        pd_observer_free(world.observer);
        world.observer = world_observe(&world, NULL, ".*component=N");
        for (int i = 0; i < 20; i++) {
                world_tell(&world, PD_EVENT_RPC_CALL);
                world_reads(world.observer, "RPC.call");
                world_reads_nothing(world.observer);
                pd_plan_free(world.plan);
                world.plan = world_plan();
        }
        world_close(&world);
}

static void while_nobody_observes_nothing_is_kept(void **state)
{
        struct world world;
        (void)state;

        world_open(&world);
        assert_true(pd_events_are_observed(world.events));
        pd_observer_free(world.observer);
        assert_false(pd_events_are_observed(world.events));
        pd_alloc_fail_never();
        pd_events_tell(world.events, &(struct pd_event){.kind = PD_EVENT_EXCEPTION, .detail = "a"});
        assert_int_equal(pd_alloc_count(), 0);
        world.observer = world_observe(&world, NULL, NULL);
        world_reads_nothing(world.observer);
        world_close(&world);
}

static void observers_have_a_limit_and_patterns_must_be_some(void **state)
{
        struct pd_observer *observers[PD_EVENTS_MAX_OBSERVERS] = {NULL};
        struct pd_observer_options options = {.wake = world_wake};
        struct pd_observer *more = NULL;
        struct pd_err err = {0};
        struct world world;
        (void)state;

        world_open(&world);
        for (size_t i = 1; i < PD_EVENTS_MAX_OBSERVERS; i++)
                observers[i] = world_observe(&world, NULL, NULL);
        assert_pd_fail(pd_observer_new(world.events, &options, &more, &err), err, PD_E_UNAVAILABLE);
        for (size_t i = 1; i < PD_EVENTS_MAX_OBSERVERS; i++)
                pd_observer_free(observers[i]);
        options.name_pattern = "(";
        assert_pd_fail(pd_observer_new(world.events, &options, &more, &err), err, PD_E_INVALID);
        options.name_pattern = "a";
        options.component_pattern = "[";
        assert_pd_fail(pd_observer_new(world.events, &options, &more, &err), err, PD_E_INVALID);
        world_close(&world);
}

static int open_and_observe(void *context, struct pd_err *err)
{
        const struct pd_observer_options options = {
                .name_pattern = "queue", .component_pattern = "O", .wake = world_wake};
        pd_auto(pd_events_free_ptr) struct pd_events *events = NULL;
        struct pd_observer *observer = NULL;
        (void)context;

        if (pd_events_new(WORLD_CAPACITY, &events, err) < 0 ||
            pd_observer_new(events, &options, &observer, err) < 0)
                return -1;
        pd_observer_free(observer);
        return 0;
}

static void without_memory_it_fails(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(open_and_observe, NULL) > 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_kind_names_its_component),
                cmocka_unit_test(details_are_told),
                cmocka_unit_test(two_observers_each_get_everything_from_when_they_came),
                cmocka_unit_test(who_sleeps_is_woken_once_until_he_has_read),
                cmocka_unit_test(filters_match_at_the_start),
                cmocka_unit_test(what_nobody_asked_for_wakes_nobody_and_is_not_missed),
                cmocka_unit_test(a_match_that_costs_too_much_passes_nothing),
                cmocka_unit_test(a_slow_one_is_told_how_many_it_has_missed),
                cmocka_unit_test(observers_end_when_the_run_has_finished),
                cmocka_unit_test(who_does_not_want_the_end_ends_too),
                cmocka_unit_test(one_that_missed_the_end_ends_before_the_next_run),
                cmocka_unit_test(a_plan_that_was_given_up_can_still_be_read_of),
                cmocka_unit_test(verdicts_do_not_outlive_the_plan),
                cmocka_unit_test(while_nobody_observes_nothing_is_kept),
                cmocka_unit_test(observers_have_a_limit_and_patterns_must_be_some),
                cmocka_unit_test(without_memory_it_fails),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
