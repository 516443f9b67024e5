/* test_run.c - what a run is bounded by, without a node that answers. */
#include "run_private.h"

#include "pd_test.h"
#include "shape.h"

/* A run of one lane whose node is not there. */
struct stage {
        struct pd_loop *loop;
        struct pd_events *events;
        struct pd_run *run;
};

static const struct pd_run_ops ops = {NULL};

static void stage_open(struct stage *stage, size_t queue_messages)
{
        const struct pd_run_options options = {.queue_messages = queue_messages};
        struct pd_run_place place = {.ops = &ops};
        struct pd_plan *plan = shape_plan(1, NULL, 0);
        struct pd_err err = {0};

        *stage = (struct stage){.loop = NULL};
        plan->lanes[0].node = "node";
        plan->lanes[0].target = "127.0.0.1:1";
        plan->lanes[0].component = plan->lanes[0].queue = "component";
        assert_pd_ok(pd_loop_new(&stage->loop, &err), err);
        assert_pd_ok(pd_events_new(1, &stage->events, &err), err);
        place.loop = stage->loop;
        place.events = stage->events;
        assert_pd_ok(pd_run_new(&place, &options, plan, &stage->run, &err), err);
}

static void stage_close(struct stage *stage)
{
        pd_run_free(stage->run);
        pd_events_free(stage->events);
        pd_loop_free(stage->loop);
}

static void queues_take_no_more_messages_than_the_limit_whoever_asks(void **state)
{
        struct stage stage;
        (void)state;

        stage_open(&stage, INT32_MAX);
        assert_int_equal(stage.run->lanes[0].queue.max_count, PD_RUN_MAX_QUEUE_MESSAGES);
        stage_close(&stage);

        stage_open(&stage, PD_RUN_MAX_QUEUE_MESSAGES);
        assert_int_equal(stage.run->lanes[0].queue.max_count, PD_RUN_MAX_QUEUE_MESSAGES);
        stage_close(&stage);
}

static void a_run_begins_without_the_reserve_of_the_last_one(void **state)
{
        struct pd_queue *queue;
        struct stage stage;
        (void)state;

        stage_open(&stage, 1);
        queue = &stage.run->lanes[0].queue;
        assert_true(pd_queue_grant_reserve(queue));
        stage.run->state = PD_RUN_FINISHED;
        pd_run_start(stage.run, 1);
        assert_int_equal(queue->max_count, 1);
        assert_true(pd_queue_grant_reserve(queue));
        stage_close(&stage);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(queues_take_no_more_messages_than_the_limit_whoever_asks),
                cmocka_unit_test(a_run_begins_without_the_reserve_of_the_last_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
