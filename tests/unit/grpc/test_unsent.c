/* test_unsent.c - messages that wait, taken as one run of bytes. */
#include "unsent.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "grpc/grpc.h"
#include "pd_test.h"

#define MAX_WIRE (1024 * 1024)

/* A message of `len` equal bytes. */
static struct pd_grpc_message *message_of(size_t len, int fill)
{
        struct pd_grpc_message *message = pd_grpc_message_new(len);

        assert_non_null(message);
        memset(pd_grpc_message_data(message), fill, len);
        return message;
}

/* Adds a message and forgets it: the queue alone holds it. */
static void add(struct pd_grpc_unsent *unsent, size_t len, int fill)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                message_of(len, fill);
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_unsent_add(unsent, message, &err), err);
}

static void bytes_come_in_order_and_are_counted(void **state)
{
        pd_auto(pd_grpc_unsent_done) struct pd_grpc_unsent unsent = {0};
        uint8_t out[64];

        (void)state;
        add(&unsent, 3, 'a');
        add(&unsent, 0, 0);
        add(&unsent, 2, 'b');
        assert_int_equal(unsent.count, 3);
        assert_int_equal(unsent.bytes, 20);

        pd_grpc_unsent_take(&unsent, out, 0);
        pd_grpc_unsent_take(&unsent, out, 6);
        assert_int_equal(unsent.count, 3);
        assert_int_equal(unsent.bytes, 14);
        pd_grpc_unsent_take(&unsent, out + 6, 2);
        assert_int_equal(unsent.count, 2);
        pd_grpc_unsent_take(&unsent, out + 8, 12);
        assert_int_equal(unsent.count, 0);
        assert_int_equal(unsent.bytes, 0);
        assert_memory_equal(out, "\0\0\0\0\3aaa\0\0\0\0\0\0\0\0\0\2bb", 20);
}

static void it_is_full_from_so_many_bytes_or_messages(void **state)
{
        pd_auto(pd_grpc_unsent_done) struct pd_grpc_unsent few = {0};
        pd_auto(pd_grpc_unsent_done) struct pd_grpc_unsent many = {0};

        (void)state;
        add(&few, PD_GRPC_MAX_UNSENT_BYTES - 2 * PD_GRPC_PREFIX_BYTES - 1, 'x');
        assert_true(pd_grpc_unsent_has_room(&few));
        add(&few, 1, 'x');
        assert_false(pd_grpc_unsent_has_room(&few));

        for (int i = 0; i < PD_GRPC_MAX_UNSENT_MESSAGES; i++) {
                assert_true(pd_grpc_unsent_has_room(&many));
                add(&many, 1, 'x');
        }
        assert_false(pd_grpc_unsent_has_room(&many));
        add(&many, 1, 'x'); /* what its owner has allowed once is taken */
        assert_int_equal(many.count, PD_GRPC_MAX_UNSENT_MESSAGES + 1);
}

static void take_some(struct pd_grpc_unsent *unsent, size_t len, struct pd_buf *out)
{
        uint8_t bytes[200];

        len = len < unsent->bytes ? len : unsent->bytes;
        pd_grpc_unsent_take(unsent, bytes, len);
        pd_buf_put(out, bytes, len);
}

static void what_was_added_is_taken_in_any_pieces(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf in = PD_BUF_INIT(MAX_WIRE);
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(MAX_WIRE);
        pd_auto(pd_grpc_unsent_done) struct pd_grpc_unsent unsent = {0};
        struct pd_err err = {0};

        (void)state;
        for (int round = 0; round < 3000; round++) {
                pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                        message_of(pd_test_random() % 50, (int)pd_test_random());

                if (pd_test_random() % 5 < 3) {
                        assert_pd_ok(pd_grpc_unsent_add(&unsent, message, &err), err);
                        pd_buf_put(&in, message->wire, PD_GRPC_PREFIX_BYTES + message->len);
                } else {
                        take_some(&unsent, pd_test_random() % 80, &out);
                }
                assert_int_equal(unsent.bytes, in.len - out.len);
        }

        while (unsent.bytes > 0)
                take_some(&unsent, 200, &out);
        assert_int_equal(unsent.count, 0);
        assert_int_equal(out.len, in.len);
        assert_memory_equal(out.data, in.data, in.len);
}

static void the_end_releases_what_waits(void **state)
{
        struct pd_grpc_message *message = message_of(1, 'x');
        struct pd_grpc_unsent unsent = {0};
        struct pd_err err = {0};

        (void)state;
        for (int i = 0; i < 5; i++)
                assert_pd_ok(pd_grpc_unsent_add(&unsent, message, &err), err);
        assert_int_equal(atomic_load(&message->holders), 6);
        pd_grpc_unsent_take(&unsent, (uint8_t[8]){0}, 8);
        assert_int_equal(atomic_load(&message->holders), 5);
        pd_grpc_unsent_done(&unsent);
        assert_int_equal(atomic_load(&message->holders), 1);
        assert_int_equal(unsent.count, 0);
        assert_int_equal(unsent.bytes, 0);
        pd_grpc_message_release(message);
}

static int fill_and_empty(void *context, struct pd_err *err)
{
        pd_auto(pd_grpc_unsent_done) struct pd_grpc_unsent unsent = {0};

        for (int i = 0; i < 9; i++) {
                if (pd_grpc_unsent_add(&unsent, context, err) < 0)
                        return -1;
        }
        return 0;
}

static void few_want_no_memory_and_more_are_told_when_there_is_none(void **state)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message = message_of(1, 'x');

        (void)state;
        assert_int_equal(pd_alloc_fail_each(fill_and_empty, message), 3); /* 4, 8 and 16 */
        assert_int_equal(atomic_load(&message->holders), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(bytes_come_in_order_and_are_counted),
                cmocka_unit_test(it_is_full_from_so_many_bytes_or_messages),
                cmocka_unit_test(what_was_added_is_taken_in_any_pieces),
                cmocka_unit_test(the_end_releases_what_waits),
                cmocka_unit_test(few_want_no_memory_and_more_are_told_when_there_is_none),
        };

        return cmocka_run_group_tests_name("grpc unsent", tests, NULL, NULL);
}
