/* test_reader.c - messages out of bytes, however these are split. */
#include "reader.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "pd_test.h"

#define MAX_MESSAGE 300
#define MAX_WIRE    65536

/* Takes one message, of which all bytes are there, or how its reading ends. */
static enum pd_grpc_reading read_all(const char *bytes, size_t len, struct pd_grpc_message **ret)
{
        struct pd_grpc_reader reader = {.max_message = MAX_MESSAGE};
        const uint8_t *at = (const uint8_t *)bytes;
        enum pd_grpc_reading reading = pd_grpc_reader_take(&reader, &at, &len, ret);

        pd_grpc_reader_done(&reader);
        return reading;
}

static void a_prefix_decides(void **state)
{
        static const struct {
                const char *bytes;
                size_t len;
                enum pd_grpc_reading reading;
        } rows[] = {
                {"", 0, PD_GRPC_READ_ALL},
                {"\0\0\0\0", 4, PD_GRPC_READ_ALL},
                {"\0\0\0\0\1", 5, PD_GRPC_READ_ALL},
                {"\0\0\0\1\x2c", 5, PD_GRPC_READ_ALL},
                {"\0\0\0\1\x2d", 5, PD_GRPC_READ_TOO_LONG},
                {"\0\xff\xff\xff\xff", 5, PD_GRPC_READ_TOO_LONG},
                {"\1\0\0\0\1x", 6, PD_GRPC_READ_COMPRESSED},
                {"\1\xff\xff\xff\xff", 5, PD_GRPC_READ_COMPRESSED},
                {"\2\0\0\0\1x", 6, PD_GRPC_READ_BROKEN},
                {"\xff\xff\xff\xff\xff", 5, PD_GRPC_READ_BROKEN},
        };
        struct pd_grpc_message *none = NULL;

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                assert_int_equal(read_all(rows[i].bytes, rows[i].len, &none), rows[i].reading);
                assert_null(none);
        }
}

static void what_is_behind_a_message_is_left(void **state)
{
        struct pd_grpc_reader reader = {.max_message = MAX_MESSAGE};
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message = NULL;
        const uint8_t bytes[] = "\0\0\0\0\2hi\0\0", *at = bytes;
        size_t len = sizeof(bytes) - 1;

        (void)state;
        assert_int_equal(pd_grpc_reader_take(&reader, &at, &len, &message), PD_GRPC_READ_MESSAGE);
        assert_int_equal(message->len, 2);
        assert_memory_equal(message->wire, bytes, 7);
        assert_ptr_equal(at, bytes + 7);
        assert_int_equal(len, 2);
}

static void it_knows_where_it_stands(void **state)
{
        struct pd_grpc_reader reader = {.max_message = MAX_MESSAGE};
        struct pd_grpc_message *none = NULL;
        const uint8_t bytes[] = "\0\0\0\0\2h", *at = bytes;
        size_t len = 3;

        (void)state;
        assert_true(pd_grpc_reader_is_between(&reader));
        assert_int_equal(pd_grpc_reader_take(&reader, &at, &len, &none), PD_GRPC_READ_ALL);
        assert_false(pd_grpc_reader_is_between(&reader));
        assert_int_equal(pd_grpc_reader_held(&reader), 0);

        len = 3;
        assert_int_equal(pd_grpc_reader_take(&reader, &at, &len, &none), PD_GRPC_READ_ALL);
        assert_false(pd_grpc_reader_is_between(&reader));
        assert_int_equal(pd_grpc_reader_held(&reader), 2);

        pd_grpc_reader_done(&reader);
        assert_true(pd_grpc_reader_is_between(&reader));
        assert_int_equal(pd_grpc_reader_held(&reader), 0);
}

static void put_message(struct pd_buf *wire, size_t len, char fill)
{
        char prefix[PD_GRPC_PREFIX_BYTES] = {0, 0, 0, (char)(len >> 8), (char)len};

        pd_buf_put(wire, prefix, sizeof(prefix));
        pd_buf_fill(wire, fill, len);
}

/* Reads what `bytes` has of messages and appends them, as they were on the wire, to `out`. */
static void read_piece(struct pd_grpc_reader *reader, const char *bytes, size_t len,
                       struct pd_buf *out)
{
        const uint8_t *at = (const uint8_t *)bytes;
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message = NULL;

        while (pd_grpc_reader_take(reader, &at, &len, &message) == PD_GRPC_READ_MESSAGE) {
                pd_buf_put(out, message->wire, PD_GRPC_PREFIX_BYTES + message->len);
                pd_grpc_message_release(pd_steal(&message));
        }
        assert_int_equal(len, 0);
}

static void any_split_gives_the_same_messages(void **state)
{
        (void)state;
        for (unsigned round = 0; round < 300; round++) {
                pd_auto(pd_buf_done) struct pd_buf wire = PD_BUF_INIT(MAX_WIRE);
                pd_auto(pd_buf_done) struct pd_buf back = PD_BUF_INIT(MAX_WIRE);
                struct pd_grpc_reader reader = {.max_message = MAX_MESSAGE};

                for (uint32_t i = pd_test_random() % 20; i > 0; i--)
                        put_message(&wire, pd_test_random() % 4 != 0 ? pd_test_random() % 300 : 0,
                                    (char)pd_test_random());
                for (size_t at = 0, size; at < wire.len; at += size) {
                        size = pd_test_random() % (round % 50 + 2);
                        size = size < wire.len - at ? size : wire.len - at;
                        read_piece(&reader, wire.data + at, size, &back);
                }

                assert_true(pd_grpc_reader_is_between(&reader));
                assert_int_equal(back.len, wire.len);
                assert_memory_equal(back.data, wire.data, wire.len);
        }
}

static void no_memory_is_told(void **state)
{
        struct pd_grpc_message *none = NULL;

        (void)state;
        pd_alloc_fail_at(1);
        assert_int_equal(read_all("\0\0\0\0\1x", 6, &none), PD_GRPC_READ_NO_MEMORY);
        pd_alloc_fail_never();
        assert_null(none);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_prefix_decides),
                cmocka_unit_test(what_is_behind_a_message_is_left),
                cmocka_unit_test(it_knows_where_it_stands),
                cmocka_unit_test(any_split_gives_the_same_messages),
                cmocka_unit_test(no_memory_is_told),
        };

        return cmocka_run_group_tests_name("grpc reader", tests, NULL, NULL);
}
