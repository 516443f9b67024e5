/* test_message.c - messages that many hold, and the names of codes. */
#include "grpc/message.h"

#include <string.h>

#include "alloc_fail.h"
#include "grpc/status.h"
#include "pd_test.h"

static void a_message_is_its_prefix_and_its_bytes(void **state)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                pd_grpc_message_of("hello", 5);

        (void)state;
        assert_non_null(message);
        assert_int_equal(message->len, 5);
        assert_memory_equal(message->wire, "\0\0\0\0\5hello", 10);
        assert_ptr_equal(pd_grpc_message_data(message), message->wire + PD_GRPC_PREFIX_BYTES);
}

static void the_length_is_in_network_order(void **state)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                pd_grpc_message_new(0x01020304);

        (void)state;
        assert_non_null(message);
        assert_memory_equal(message->wire, "\0\1\2\3\4", PD_GRPC_PREFIX_BYTES);
}

static void nothing_is_a_message_as_well(void **state)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                pd_grpc_message_of(NULL, 0);

        (void)state;
        assert_non_null(message);
        assert_int_equal(message->len, 0);
        assert_memory_equal(message->wire, "\0\0\0\0\0", PD_GRPC_PREFIX_BYTES);
}

/* The leak check of the sanitizer sees one release too few, the other checks one too many. */
static void the_last_holder_releases_it(void **state)
{
        struct pd_grpc_message *message = pd_grpc_message_of("x", 1);

        (void)state;
        assert_ptr_equal(pd_grpc_message_hold(message), message);
        pd_grpc_message_release(message);
        assert_int_equal(message->wire[PD_GRPC_PREFIX_BYTES], 'x');
        pd_grpc_message_release(message);
        pd_grpc_message_release(NULL);
}

static void no_memory_is_no_message(void **state)
{
        (void)state;
        pd_alloc_fail_at(1);
        assert_null(pd_grpc_message_new(10));
        pd_alloc_fail_at(1);
        assert_null(pd_grpc_message_of("x", 1));
        pd_alloc_fail_never();
}

static void each_code_has_its_name(void **state)
{
        (void)state;
        assert_string_equal(pd_grpc_code_name(PD_GRPC_OK), "OK");
        assert_string_equal(pd_grpc_code_name(PD_GRPC_DEADLINE_EXCEEDED), "DEADLINE_EXCEEDED");
        assert_string_equal(pd_grpc_code_name(PD_GRPC_UNAUTHENTICATED), "UNAUTHENTICATED");
        assert_string_equal(pd_grpc_code_name((enum pd_grpc_code)17), "UNKNOWN");
        assert_string_equal(pd_grpc_code_name((enum pd_grpc_code) - 1), "UNKNOWN");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_message_is_its_prefix_and_its_bytes),
                cmocka_unit_test(the_length_is_in_network_order),
                cmocka_unit_test(nothing_is_a_message_as_well),
                cmocka_unit_test(the_last_holder_releases_it),
                cmocka_unit_test(no_memory_is_no_message),
                cmocka_unit_test(each_code_has_its_name),
        };

        return cmocka_run_group_tests_name("grpc message", tests, NULL, NULL);
}
