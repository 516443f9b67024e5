/* test_contents.c - the messages that events hold. */
#include <string.h>

#include "base/own.h"
#include "pd_test.h"
#include "proto/descriptors.h"
#include "world.h"

static void contents_are_held_only_while_somebody_wants_them(void **state)
{
        static const char proto[] = "syntax = \"proto3\"; message Row { string text = 1; }";
        static const uint8_t bytes[] = {0x0a, 0x02, 'h', 'i'};
        struct pd_grpc_message *message = pd_grpc_message_of(bytes, sizeof(bytes));
        pd_auto(pd_proto_free_ptr) struct pd_proto *types = NULL;
        struct pd_observer_options options = {.wants_messages = true, .wake = world_wake};
        struct pd_orchestration_event event;
        struct pd_observer *curious = NULL;
        struct pd_event told = {.kind = PD_EVENT_OUTPUT, .size = sizeof(bytes), .has_size = true};
        struct pd_err err = {0};
        struct world world;
        (void)state;

        assert_non_null(message);
        assert_pd_ok(pd_proto_compile(proto, strlen(proto), NULL, &types, &err), err);
        world_open(&world);
        told.plan = world.plan;
        told.lane = &world.plan->lanes[0];
        told.type = pd_proto_find(types, "Row");
        told.message = message;
        pd_events_tell(world.events, &told);
        assert_int_equal(message->holders, 1);

        options.user = &world;
        assert_pd_ok(pd_observer_new(world.events, &options, &curious, &err), err);
        pd_events_tell(world.events, &told);
        assert_int_equal(message->holders, 2);
        assert_int_equal(pd_observer_next(curious, &event), PD_OBSERVED_EVENT);
        assert_string_equal(world_detail(&event, "message"), "text: \"hi\"\n");
        for (int i = 0; i < 2; i++) {
                assert_int_equal(pd_observer_next(world.observer, &event), PD_OBSERVED_EVENT);
                assert_null(world_detail(&event, "message"));
        }
        world_reads_nothing(curious);
        world_reads_nothing(world.observer);
        assert_int_equal(message->holders, 1);

        pd_observer_free(curious);
        world_close(&world);
        pd_grpc_message_release(message);
}

static void contents_over_the_limit_go_before_the_events(void **state)
{
        struct pd_grpc_message *message = pd_grpc_message_new(PD_EVENTS_MAX_HELD_BYTES / 2 + 1);
        struct pd_observer_options options = {.wants_messages = true, .wake = world_wake};
        struct pd_observer *curious = NULL;
        struct pd_err err = {0};
        struct world world;
        (void)state;

        assert_non_null(message);
        world_open(&world);
        options.user = &world;
        assert_pd_ok(pd_observer_new(world.events, &options, &curious, &err), err);
        for (int i = 0; i < 3; i++)
                pd_events_tell(world.events,
                               &(struct pd_event){.kind = PD_EVENT_OUTPUT, .message = message});
        assert_int_equal(message->holders, 2);
        for (int i = 0; i < 3; i++)
                world_reads(curious, "distributing output message");
        world_reads_nothing(curious);
        pd_observer_free(curious);
        world_close(&world);
        assert_int_equal(message->holders, 1);
        pd_grpc_message_release(message);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(contents_are_held_only_while_somebody_wants_them),
                cmocka_unit_test(contents_over_the_limit_go_before_the_events),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
