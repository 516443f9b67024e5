#include "pair.h"

#include <string.h>

static void begin(struct pd_grpc_call *call, void *app)
{
        struct pair *pair = app;

        witness_done(&pair->served);
        pair->served = (struct witness){.call = call, .stops_reading = pair->served.stops_reading};
        pd_grpc_call_on(call, &witness_events, &pair->served);
}

static void begin_nothing(struct pd_grpc_call *call, void *app)
{
        (void)call;
        (void)app;
}

static const struct pd_grpc_method methods[] = {
        {.path = "/T/One", .begin = begin},
        {.path = "/T/Many", .client_streams = true, .server_streams = true, .begin = begin},
        {.path = "/T/Nobody", .begin = begin_nothing},
};

static const struct pd_grpc_request one = {.path = "/T/One", .sends_one = true, .takes_one = true};
static const struct pd_grpc_request many = {.path = "/T/Many"};

static int set_up(void **state)
{
        static struct pair pair;

        pair_open(&pair, methods, PD_COUNT(methods));
        *state = &pair;
        return 0;
}

static int tear_down(void **state)
{
        pair_close(*state);
        return 0;
}

static void reply(struct pair *pair, enum pd_grpc_code code, const char *text)
{
        const struct pd_grpc_entry entry = {.name = "trailer", .value = "t", .len = 1};
        const struct pd_grpc_status status = {
                .code = code, .message = text, .metadata = {.at = &entry, .count = 1}};

        assert_non_null(pair->served.call);
        pd_grpc_call_reply(pair->served.call, &status);
}

static void a_unary_call_brings_one_message_each_way(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0};

        for (size_t largest = 0; largest < 40; largest++) {
                pair->client.largest = pair->server.largest = largest;
                pair_call(pair, &one, &call);
                pair_send(call.call, "hello");
                pd_grpc_call_close(call.call);
                pair_settle(pair);
                assert_int_equal(pair->served.messages, 1);
                assert_int_equal(pair->served.half_closed, 1);
                assert_memory_equal(pd_grpc_message_data(pair->served.last), "hello", 5);

                pair_send(pair->served.call, "");
                reply(pair, PD_GRPC_OK, NULL);
                pair_settle(pair);
                assert_int_equal(call.messages, 1);
                assert_int_equal(call.last->len, 0);
                assert_int_equal(call.headers, 1);
                assert_int_equal(call.ended, 1);
                assert_int_equal(call.code, PD_GRPC_OK);
                assert_string_equal(call.trailer, "t");
                assert_int_equal(pair->served.ended, 1);
                assert_int_equal(pair->served.code, PD_GRPC_OK);
                witness_done(&call);
                call = (struct witness){0};
        }
        assert_int_equal(pair->client.session->held, 0);
        assert_int_equal(pair->server.session->held, 0);
}

static void an_error_without_messages_is_trailers_only(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0};

        pair_call(pair, &one, &call);
        pair_send(call.call, "x");
        pd_grpc_call_close(call.call);
        pair_settle(pair);
        reply(pair, PD_GRPC_NOT_FOUND, "50% of \xC3\xA4\nlost");
        pair_settle(pair);

        assert_int_equal(call.headers, 0);
        assert_int_equal(call.ended, 1);
        assert_int_equal(call.code, PD_GRPC_NOT_FOUND);
        assert_string_equal(call.text, "50% of \xC3\xA4\nlost");
        assert_string_equal(call.trailer, "t");
}

static void an_unknown_method_is_unimplemented(void **state)
{
        struct pair *pair = *state;
        const char *paths[] = {"/T/None", "/T/Nobody"};

        for (size_t i = 0; i < PD_COUNT(paths); i++) {
                struct pd_grpc_request request = {.path = paths[i]};
                struct witness call = {0};

                pair_call(pair, &request, &call);
                pair_settle(pair);
                assert_int_equal(call.ended, 1);
                assert_int_equal(call.code, PD_GRPC_UNIMPLEMENTED);
                assert_null(pair->server.session->calls.first);
                assert_null(pair->client.session->calls.first);
        }
}

static void a_side_that_takes_one_refuses_none_and_two(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0};
        const int counts[] = {0, 2};

        for (size_t i = 0; i < PD_COUNT(counts); i++) {
                call = (struct witness){0};
                pair_call(pair, &one, &call);
                for (int j = 0; j < counts[i]; j++)
                        pair_send(call.call, "x");
                pd_grpc_call_close(call.call);
                pair_settle(pair);
                assert_int_equal(call.code, PD_GRPC_UNIMPLEMENTED);
                assert_int_equal(pair->served.messages, 0);
                assert_int_equal(pair->served.ended, 1);

                call = (struct witness){0};
                pair_call(pair, &one, &call);
                pair_send(call.call, "x");
                pd_grpc_call_close(call.call);
                pair_settle(pair);
                for (int j = 0; j < counts[i]; j++)
                        pair_send(pair->served.call, "x");
                reply(pair, PD_GRPC_OK, NULL);
                pair_settle(pair);
                assert_int_equal(call.code, PD_GRPC_UNIMPLEMENTED);
                assert_int_equal(call.messages, 0);
        }
}

static void a_reader_that_stops_stops_its_peer_and_only_its_stream(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0}, other = {0};
        static char text[60000];
        size_t sent = 0;

        memset(text, 'a', sizeof(text) - 1);
        pair_call(pair, &many, &call);
        pair_settle(pair);
        pd_grpc_call_set_reading(pair->served.call, false);
        for (int i = 0; i < 1000; i++) {
                for (; pd_grpc_call_is_writable(call.call); sent++)
                        pair_send(call.call, text);
                pair_settle(pair);
        }
        assert_int_equal(pair->served.messages, 0);
        assert_true(sent * sizeof(text) > PD_GRPC_STREAM_WINDOW);
        assert_true(sent * sizeof(text) < 2 * PD_GRPC_STREAM_WINDOW);
        assert_true(pair->server.session->held <= PD_GRPC_STREAM_WINDOW + PD_GRPC_FRAME_BYTES);

        struct witness stopped = pair->served;

        pair_call(pair, &one, &other);
        pair_send(other.call, "y");
        pd_grpc_call_close(other.call);
        pair_settle(pair);
        assert_int_equal(pair->served.messages, 1);
        reply(pair, PD_GRPC_OK, NULL);
        pair_settle(pair);

        pd_grpc_call_on(stopped.call, &witness_events, &stopped);
        pd_grpc_call_close(call.call);
        pd_grpc_call_set_reading(stopped.call, true);
        pair_settle(pair);
        assert_int_equal(stopped.messages, sent);
        assert_int_equal(stopped.half_closed, 1);
        assert_true(call.writable > 0);
        assert_int_equal(pair->server.session->held, 0);
        pd_grpc_call_drop(call.call);
        pair_settle(pair);
        assert_int_equal(stopped.code, PD_GRPC_CANCELLED);
        witness_done(&stopped);
        witness_done(&call);
}

static void what_came_before_the_status_is_read_first(void **state)
{
        struct pair *pair = *state;
        struct witness call = {.stops_reading = true};

        pair_call(pair, &many, &call);
        pair_settle(pair);
        for (int i = 0; i < 5; i++)
                pair_send(pair->served.call, "m");
        reply(pair, PD_GRPC_ABORTED, "late");
        pair_settle(pair);
        for (size_t i = 1; i < 5; i++) {
                assert_int_equal(call.messages, i);
                assert_int_equal(call.ended, 0);
                pd_grpc_call_set_reading(call.call, true);
                pair_settle(pair);
        }
        assert_int_equal(call.messages, 5);
        assert_int_equal(call.ended, 1);
        assert_int_equal(call.code, PD_GRPC_ABORTED);
        witness_done(&call);
}

static void cancelling_tells_both_sides(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0};

        for (int by_server = 0; by_server < 2; by_server++) {
                call = (struct witness){0};
                pair_call(pair, &many, &call);
                pair_send(call.call, "x");
                pair_settle(pair);
                pd_grpc_call_cancel(by_server ? pair->served.call : call.call);
                assert_int_equal(call.ended + pair->served.ended, 0);
                pair_settle(pair);
                assert_int_equal(call.code, PD_GRPC_CANCELLED);
                assert_int_equal(call.ended, 1);
                assert_int_equal(pair->served.ended, 1);
                assert_int_equal(pair->served.code, PD_GRPC_CANCELLED);
        }
}

static void a_deadline_ends_the_call_on_both_sides(void **state)
{
        struct pair *pair = *state;
        struct pd_grpc_request request = {.path = "/T/Many", .deadline_ms = 20};
        struct witness call = {0};
        struct pd_err err = {0};

        pair_call(pair, &request, &call);
        pair_settle(pair);
        assert_true(pd_grpc_call_deadline_us(pair->served.call) > 0);
        while (call.ended == 0 || pair->served.ended == 0) {
                assert_pd_ok(pd_loop_turn(pair->loop, 100, &err), err);
                pair_settle(pair);
        }
        assert_int_equal(call.code, PD_GRPC_DEADLINE_EXCEEDED);
        assert_true(pair->served.code == PD_GRPC_DEADLINE_EXCEEDED ||
                    pair->served.code == PD_GRPC_CANCELLED);
}

static void a_server_may_end_before_the_client_has(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0};

        pair_call(pair, &many, &call);
        pair_send(call.call, "x");
        pair_settle(pair);
        pair_send(pair->served.call, "y");
        reply(pair, PD_GRPC_OK, NULL);
        pair_settle(pair);
        assert_int_equal(call.messages, 1);
        assert_int_equal(call.code, PD_GRPC_OK);
        assert_int_equal(pair->served.ended, 1);
        assert_null(pair->client.session->calls.first);
        assert_null(pair->server.session->calls.first);
        witness_done(&call);
}

static void too_long_and_compressed_messages_are_refused(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0};
        struct pd_err err = {0};
        struct pd_grpc_message *message = pd_grpc_message_new(1024 * 1024 + 1);

        assert_non_null(message);
        memset(pd_grpc_message_data(message), 0, message->len);
        pair_call(pair, &many, &call);
        assert_pd_ok(pd_grpc_call_send(call.call, message, &err), err);
        pair_settle(pair);
        assert_int_equal(call.code, PD_GRPC_RESOURCE_EXHAUSTED);
        pd_grpc_message_release(message);

        message = pd_grpc_message_of("zip", 3);
        assert_non_null(message);
        message->wire[0] = 1;
        call = (struct witness){0};
        pair_call(pair, &many, &call);
        assert_pd_ok(pd_grpc_call_send(call.call, message, &err), err);
        pair_settle(pair);
        assert_int_equal(call.code, PD_GRPC_UNIMPLEMENTED);
        pd_grpc_message_release(message);
}

static void a_lost_connection_ends_all_calls(void **state)
{
        struct pair *pair = *state;
        struct witness sent = {0}, unsent = {0};

        pair_call(pair, &many, &sent);
        pair_settle(pair);
        pair_call(pair, &many, &unsent);
        pd_grpc_session_lose(pair->client.session, "it rains");
        pair_settle(pair);
        assert_int_equal(sent.code, PD_GRPC_UNAVAILABLE);
        assert_string_equal(sent.text, "it rains");
        assert_false(sent.is_unprocessed);
        assert_int_equal(unsent.code, PD_GRPC_UNAVAILABLE);
        assert_true(unsent.is_unprocessed);
}

static size_t taken_back;

static void take_back(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        struct pd_grpc_message *message;

        (void)user;
        assert_int_equal(status->code, PD_GRPC_UNAVAILABLE);
        while ((message = pd_grpc_call_take_unsent(call)) != NULL) {
                assert_int_equal(pd_grpc_message_data(message)[0], '2' + taken_back);
                taken_back++;
                pd_grpc_message_release(message);
        }
}

static void what_was_not_sent_can_be_taken_back(void **state)
{
        static const struct pd_grpc_events events = {.ended = take_back};
        struct pair *pair = *state;
        struct witness call = {0};

        pair_call(pair, &many, &call);
        pd_grpc_call_on(call.call, &events, NULL);
        pair_send(call.call, "1");
        pair_settle(pair);
        pair_send(call.call, "2");
        pair_send(call.call, "3");
        pd_grpc_session_lose(pair->client.session, "it rains");
        pair_settle(pair);
        assert_int_equal(taken_back, 2);
}

static void a_server_that_goes_lets_running_calls_end(void **state)
{
        struct pair *pair = *state;
        struct witness call = {0};

        pair_call(pair, &one, &call);
        pair_send(call.call, "x");
        pd_grpc_call_close(call.call);
        pair_settle(pair);
        pd_grpc_session_shut_down(pair->server.session);
        pair_settle(pair);
        assert_true(pair->client.is_going);
        assert_false(pd_grpc_session_has_room(pair->client.session));
        assert_false(pd_grpc_session_is_over(pair->server.session));
        pair_send(pair->served.call, "y");
        reply(pair, PD_GRPC_OK, NULL);
        pair_settle(pair);
        assert_int_equal(call.code, PD_GRPC_OK);
        assert_true(pd_grpc_session_is_over(pair->server.session));
        assert_true(pd_grpc_session_is_over(pair->client.session));
        witness_done(&call);
}

static void a_client_waits_when_the_server_takes_no_more_streams(void **state)
{
        struct pair *pair = *state;
        struct witness calls[3] = {{0}};

        for (size_t i = 0; i < PD_COUNT(calls); i++) {
                assert_true(pd_grpc_session_has_room(pair->client.session));
                pair_call(pair, &many, &calls[i]);
        }
        assert_false(pd_grpc_session_has_room(pair->client.session));
        pd_grpc_call_drop(calls[0].call);
        pair_settle(pair);
        assert_true(pd_grpc_session_has_room(pair->client.session));
}

#define PAIR_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                PAIR_TEST(a_unary_call_brings_one_message_each_way),
                PAIR_TEST(an_error_without_messages_is_trailers_only),
                PAIR_TEST(an_unknown_method_is_unimplemented),
                PAIR_TEST(a_side_that_takes_one_refuses_none_and_two),
                PAIR_TEST(a_reader_that_stops_stops_its_peer_and_only_its_stream),
                PAIR_TEST(what_came_before_the_status_is_read_first),
                PAIR_TEST(cancelling_tells_both_sides),
                PAIR_TEST(a_deadline_ends_the_call_on_both_sides),
                PAIR_TEST(a_server_may_end_before_the_client_has),
                PAIR_TEST(too_long_and_compressed_messages_are_refused),
                PAIR_TEST(a_lost_connection_ends_all_calls),
                PAIR_TEST(what_was_not_sent_can_be_taken_back),
                PAIR_TEST(a_server_that_goes_lets_running_calls_end),
                PAIR_TEST(a_client_waits_when_the_server_takes_no_more_streams),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
