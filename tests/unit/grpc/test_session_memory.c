/* test_session_memory.c - a call and its sessions when memory runs out. */
#include "pair.h"

#include "alloc_fail.h"

static void begin(struct pd_grpc_call *call, void *app)
{
        struct pair *pair = app;

        witness_done(&pair->served);
        pair->served = (struct witness){.call = call};
        pd_grpc_call_on(call, &witness_events, &pair->served);
}

static const struct pd_grpc_method methods[] = {{.path = "/T/One", .begin = begin}};

static const struct pd_grpc_request one = {.path = "/T/One", .sends_one = true, .takes_one = true};

static bool carry_once(struct pd_grpc_session *from, struct pd_grpc_session *to)
{
        static uint8_t bytes[PD_GRPC_PRODUCE_BYTES];
        ssize_t len = pd_grpc_session_produce(from, bytes, sizeof(bytes));

        return len >= 0 && pd_grpc_session_receive(to, bytes, (size_t)len) == 0;
}

/* Bytes go both ways until the call has ended, or a connection would be closed. */
static void carry_until(struct pair *pair, const struct witness *call)
{
        bool goes_on = true;

        for (int i = 0; i < 20 && goes_on && call->ended == 0; i++) {
                goes_on = carry_once(pair->client.session, pair->server.session) &&
                          carry_once(pair->server.session, pair->client.session) &&
                          pd_loop_turn(pair->loop, 0, NULL) == 0;
                if (pair->served.call != NULL && pair->served.half_closed == 1) {
                        (void)!pd_grpc_call_send(pair->served.call, pair->served.last, NULL);
                        pair->served.half_closed++;
                        pd_grpc_call_reply(
                                pair->served.call,
                                &(struct pd_grpc_status){.code = PD_GRPC_OK, .message = "fine"});
                }
        }
}

static int exchange(struct pair *pair, struct witness *call, struct pd_err *err)
{
        struct pd_grpc_message *message;

        if (pd_grpc_call_prepare(pair->loop, &one, 100, &call->call, err) < 0)
                return -1;
        pd_grpc_call_on(call->call, &witness_events, call);
        message = pd_grpc_message_of("hello", 5);
        if (message == NULL || pd_grpc_call_send(call->call, message, err) < 0 ||
            pd_grpc_session_open(pair->client.session, call->call, err) < 0) {
                pd_grpc_message_release(message);
                pd_grpc_call_drop(call->call);
                return pd_fail(err, PD_E_INTERNAL, 0, "not sent");
        }
        pd_grpc_message_release(message);
        pd_grpc_call_close(call->call);
        carry_until(pair, call);
        if (call->ended == 0)
                pd_grpc_session_lose(pair->client.session, "broken");
        return 0;
}

static int exchange_on_new_sessions(void *context, struct pd_err *err)
{
        struct pair pair = {.methods = methods, .method_count = PD_COUNT(methods)};
        struct witness call = {0};
        int result = -1;

        (void)context;
        if (pd_loop_new(&pair.loop, err) == 0 && pair_try_open(&pair, err) == 0)
                result = exchange(&pair, &call, err);
        pair_close(&pair);
        witness_done(&call);
        if (result == 0 && (call.ended != 1 || call.code != PD_GRPC_OK))
                return pd_fail(err, PD_E_INTERNAL, 0, "ended with %d %s", (int)call.code,
                               call.text);
        return result;
}

static void each_failed_allocation_ends_a_call_cleanly(void **state)
{
        size_t failed = 0;
        size_t count;

        (void)state;
        do {
                struct pd_err err = {0};
                int result;

                pd_alloc_fail_at(failed + 1);
                result = exchange_on_new_sessions(NULL, &err);
                count = pd_alloc_count();
                pd_alloc_fail_never();
                /* Some are for what can be done without. */
                if (result < 0)
                        assert_int_equal(err.code, PD_E_INTERNAL);
                failed++;
        } while (failed <= count);
        assert_true(failed > 50);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_failed_allocation_ends_a_call_cleanly),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
