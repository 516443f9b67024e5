/* test_channel.c - calls that go out, wait and fail, as servers come and go. */
#include "both.h"

#include <string.h>

#include "alloc_fail.h"

static const struct pd_grpc_request echo = {.path = ECHO};
static const struct pd_grpc_request keep = {.path = KEEP};

static int set_up(void **state)
{
        static struct both both;

        both_open(&both, NULL, NULL);
        *state = &both;
        return 0;
}

static int tear_down(void **state)
{
        both_close(*state);
        return 0;
}

static void the_first_call_connects(void **state)
{
        struct both *both = *state;
        struct witness call;

        assert_int_equal(pd_grpc_channel_state(both->channel), PD_GRPC_IDLE);
        both_ask(both, false, &call);
        assert_int_equal(call.code, PD_GRPC_OK);
        assert_int_equal(call.messages, 1);
        assert_int_equal(pd_grpc_channel_state(both->channel), PD_GRPC_READY);
        assert_string_equal(pd_grpc_channel_problem(both->channel), "");
}

static void a_stream_carries_more_than_all_windows(void **state)
{
        static char text[50001];
        struct both *both = *state;
        struct witness call;
        size_t sent = 0;

        memset(text, 'x', sizeof(text) - 1);
        both_call(both, &echo, &call);
        while (call.messages < 200) {
                for (; sent < 200 && pd_grpc_call_is_writable(call.call); sent++)
                        pair_send(call.call, text);
                both_turn(both);
        }
        pd_grpc_call_close(call.call);
        BOTH_UNTIL(both, call.ended > 0);
        assert_int_equal(call.code, PD_GRPC_OK);
        assert_int_equal(call.bytes, 200 * (sizeof(text) - 1));
        witness_done(&call);
}

static void a_deadline_ends_a_call_on_both_sides(void **state)
{
        struct both *both = *state;
        const struct pd_grpc_request request = {.path = KEEP, .deadline_ms = 50};
        struct witness call;

        both_call(both, &request, &call);
        BOTH_UNTIL(both, call.ended > 0 && both->ended > 0);
        assert_int_equal(call.code, PD_GRPC_DEADLINE_EXCEEDED);
        assert_int_equal(both->begun, 1);
}

static void a_deadline_ends_a_call_that_waits(void **state)
{
        struct both *both = *state;
        const struct pd_grpc_request request = {
                .path = KEEP, .deadline_ms = 50, .waits_for_ready = true};
        struct witness call;

        both_kill(both);
        both_call(both, &request, &call);
        BOTH_UNTIL(both, call.ended > 0);
        assert_int_equal(call.code, PD_GRPC_DEADLINE_EXCEEDED);
}

static void a_cancelled_call_is_cancelled_on_both_sides(void **state)
{
        struct both *both = *state;
        struct witness call;

        both_call(both, &keep, &call);
        BOTH_UNTIL(both, both->kept_count == 1);
        pd_grpc_call_cancel(call.call);
        assert_int_equal(call.ended, 0);
        BOTH_UNTIL(both, call.ended > 0 && both->ended > 0);
        assert_int_equal(call.code, PD_GRPC_CANCELLED);
        assert_int_equal(both->last, PD_GRPC_CANCELLED);
}

static void a_call_without_server_fails_fast(void **state)
{
        struct both *both = *state;
        struct witness call;

        both_kill(both);
        both_ask(both, false, &call);
        assert_int_equal(call.code, PD_GRPC_UNAVAILABLE);
        assert_true(call.is_unprocessed);
        assert_pd_says(call.text, both->target);
        assert_pd_says(call.text, "Connection refused");
        assert_string_equal(pd_grpc_channel_problem(both->channel), call.text);
}

static void a_channel_that_has_failed_rests_and_is_idle(void **state)
{
        struct both *both = *state;
        struct witness call;

        both_kill(both);
        both_ask(both, false, &call);
        assert_int_equal(pd_grpc_channel_state(both->channel), PD_GRPC_FAILED);
        both_call(both, &keep, &call); /* fails at once: nobody waits for the pause */
        assert_int_equal(pd_grpc_channel_state(both->channel), PD_GRPC_FAILED);
        BOTH_UNTIL(both, call.ended > 0);
        assert_int_equal(call.code, PD_GRPC_UNAVAILABLE);
        BOTH_UNTIL(both, pd_grpc_channel_state(both->channel) == PD_GRPC_IDLE);
}

static void a_call_that_waits_is_served_when_the_server_comes(void **state)
{
        struct both *both = *state;
        const struct pd_grpc_request request = {.path = KEEP, .waits_for_ready = true};
        struct witness call, other;

        both_kill(both);
        both_call(both, &request, &call);
        both_ask(both, false, &other); /* the try fails for the one that does not wait */
        assert_int_equal(other.code, PD_GRPC_UNAVAILABLE);
        assert_int_equal(call.ended, 0);

        both_serve(both, NULL);
        BOTH_UNTIL(both, both->kept_count == 1);
        assert_string_equal(pd_grpc_channel_problem(both->channel), "");
        pd_grpc_call_drop(call.call);
}

static void calls_on_a_lost_connection_are_unavailable_and_later_ones_are_not(void **state)
{
        struct both *both = *state;
        struct witness call;

        both_call(both, &keep, &call);
        BOTH_UNTIL(both, both->kept_count == 1);
        both_kill(both);
        both_serve(both, NULL);
        BOTH_UNTIL(both, call.ended > 0);
        assert_int_equal(call.code, PD_GRPC_UNAVAILABLE);
        assert_false(call.is_unprocessed);
        assert_string_equal(pd_grpc_channel_problem(both->channel), "");

        both_ask(both, false, &call);
        assert_int_equal(call.code, PD_GRPC_OK);
}

static void on_drained(void *app)
{
        struct both *both = app;

        both->drained++;
}

static void a_drained_server_ends_its_calls_while_new_ones_go_to_the_next(void **state)
{
        struct both *both = *state;
        struct pd_grpc_server *old = both->server;
        struct witness call, other;

        both_call(both, &echo, &call);
        pair_send(call.call, "before");
        BOTH_UNTIL(both, call.messages == 1);

        pd_grpc_server_drain(old, on_drained);
        both_serve(both, NULL);
        BOTH_UNTIL(both, pd_grpc_channel_state(both->channel) != PD_GRPC_READY);
        both_ask(both, false, &other);
        assert_int_equal(other.code, PD_GRPC_OK);
        assert_int_equal(both->drained, 0);

        pair_send(call.call, "after");
        pd_grpc_call_close(call.call);
        BOTH_UNTIL(both, call.ended > 0);
        assert_int_equal(call.messages, 2);
        assert_int_equal(call.code, PD_GRPC_OK);
        BOTH_UNTIL(both, both->drained == 1);
        witness_done(&call);
        pd_grpc_server_free(old);
}

static void calls_over_the_limit_of_streams_wait_in_line(void **state)
{
        const struct pd_grpc_server_options two = {.max_streams = 2};
        struct both both;
        struct witness calls[5];

        (void)state;
        both_open(&both, &two, NULL);
        for (size_t i = 0; i < PD_COUNT(calls); i++)
                both_call(&both, &keep, &calls[i]);
        BOTH_UNTIL(&both, both.kept_count == 2);
        for (int i = 0; i < 3; i++)
                both_turn(&both);
        assert_int_equal(both.begun, 2);

        pd_grpc_call_cancel(calls[0].call);
        pd_grpc_call_cancel(calls[4].call); /* one that waits */
        BOTH_UNTIL(&both, both.begun == 3);
        assert_int_equal(both.kept_count, 2);
        pd_grpc_call_cancel(calls[1].call);
        BOTH_UNTIL(&both, both.begun == 4);
        BOTH_UNTIL(&both, calls[0].ended && calls[1].ended && calls[4].ended);
        assert_int_equal(calls[2].ended + calls[3].ended, 0);
        both_close(&both);
        assert_int_equal(calls[2].ended + calls[3].ended, 0); /* dropped */
}

static void what_is_no_target_or_no_path_is_refused(void **state)
{
        struct both *both = *state;
        const struct pd_grpc_request request = {.path = "no path"};
        struct pd_grpc_channel *channel = NULL;
        struct pd_grpc_call *call = NULL;
        struct pd_err err = {0};

        assert_pd_fail(pd_grpc_channel_new(both->loop, "nonsense", NULL, &channel, &err), err,
                       PD_E_INVALID);
        assert_pd_fail(
                pd_grpc_call_start(both->channel, &request, &witness_events, NULL, &call, &err),
                err, PD_E_INVALID);
        assert_int_equal(pd_grpc_channel_state(both->channel), PD_GRPC_IDLE);
}

/* Enough of a call that each step may be the one without memory. */
static void one_whole_call(struct both *both)
{
        const struct pd_grpc_request request = {
                .path = ECHO, .deadline_ms = BOTH_PATIENCE_MS / 2, .waits_for_ready = true};
        struct pd_grpc_channel *channel = NULL;
        struct witness call = {.call = NULL};

        if (pd_grpc_channel_new(both->loop, both->target, NULL, &channel, NULL) == 0 &&
            pd_grpc_call_start(channel, &request, &witness_events, &call, &call.call, NULL) == 0) {
                pd_grpc_call_close(call.call);
                BOTH_UNTIL(both, call.ended > 0);
                assert_int_not_equal(call.code, PD_GRPC_DEADLINE_EXCEEDED);
        }
        pd_grpc_channel_free(channel);
        both_turn(both); /* the server sees it go */
}

static void each_failed_allocation_fails_at_most_its_call(void **state)
{
        struct both *both = *state;
        struct witness call;
        size_t made = 1;

        for (size_t n = 1; made > 0; n++) {
                pd_alloc_fail_at(n);
                one_whole_call(both);
                made = pd_alloc_count() >= n;
                pd_alloc_fail_never();
        }
        both_ask(both, false, &call);
        assert_int_equal(call.code, PD_GRPC_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(the_first_call_connects),
                TEST(a_stream_carries_more_than_all_windows),
                TEST(a_deadline_ends_a_call_on_both_sides),
                TEST(a_deadline_ends_a_call_that_waits),
                TEST(a_cancelled_call_is_cancelled_on_both_sides),
                TEST(a_call_without_server_fails_fast),
                TEST(a_channel_that_has_failed_rests_and_is_idle),
                TEST(a_call_that_waits_is_served_when_the_server_comes),
                TEST(calls_on_a_lost_connection_are_unavailable_and_later_ones_are_not),
                TEST(a_drained_server_ends_its_calls_while_new_ones_go_to_the_next),
                cmocka_unit_test(calls_over_the_limit_of_streams_wait_in_line),
                TEST(what_is_no_target_or_no_path_is_refused),
                TEST(each_failed_allocation_fails_at_most_its_call),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
