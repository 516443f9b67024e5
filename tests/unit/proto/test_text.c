/*
 * test_text.c - messages as text. That the text is Python's is shown by
 * tests/integration/test_proto_text.py.
 */
#include "pd_test.h"

#include <pthread.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/own.h"
#include "proto/text.h"

static const char source[] =
        "syntax = \"proto3\"; package p; enum E { Z = 0; ONE = 1; }\n"
        "message M { int32 i = 1; string s = 2; M m = 3; repeated E e = 4; map<string, int64> t = "
        "5;\n"
        "  oneof o { M a = 6; string b = 7; } float f = 8; double d = 9; bytes y = 10;\n"
        "  repeated sint32 z = 11; }";

/* Made before the tests and never changed: what they all read. */
static struct pd_proto *proto;

static const struct pd_proto_message *message(void)
{
        const struct pd_proto_message *found = pd_proto_find(proto, "p.M");

        assert_non_null(found);
        return found;
}

static void assert_text(const char *bytes, size_t len, const char *wanted)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);
        struct pd_err err = {0};

        assert_pd_ok(pd_proto_text(message(), bytes, len, &out, &err), err);
        assert_string_equal(out.data, wanted);
}

static void shows_fields_by_number_and_what_counts_of_them(void **state)
{
#define ROW(bytes, wanted)                                                                         \
        {                                                                                          \
                bytes, sizeof(bytes) - 1, wanted                                                   \
        }
        static const struct {
                const char *bytes;
                size_t len;
                const char *wanted;
        } rows[] = {
                ROW("", ""),
                ROW("\x12\x01x\x08\x05", "i: 5\ns: \"x\"\n"),
                ROW("\x08\x05\x08\x00", ""),
                ROW("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "i: -1\n"),
                ROW("\x1a\x02\x08\x01\x1a\x03\x12\x01y", "m {\n  i: 1\n  s: \"y\"\n}\n"),
                ROW("\x1a\x02\x1a\x00", "m {\n  m {\n  }\n}\n"),
                ROW("\x22\x03\x00\x01\x07\x20\x01", "e: Z\ne: ONE\ne: 7\ne: ONE\n"),
                ROW("\x2a\x05\x0a\x01\x62\x10\x02\x2a\x03\x0a\x01\x61\x2a\x05\x0a\x01\x62\x10\x03",
                    "t {\n  key: \"a\"\n}\nt {\n  key: \"b\"\n  value: 3\n}\n"),
                ROW("\x32\x02\x08\x01\x3a\x01q", "b: \"q\"\n"),
                ROW("\x32\x02\x08\x01\x3a\x01q\x32\x02\x08\x02", "a {\n  i: 2\n}\n"),
                ROW("\x45\xcd\xcc\xcc\x3d", "f: 0.1\n"),
                ROW("\x45\xff\xff\x7f\x7f", "f: 3.4028235e+38\n"),
                ROW("\x45\x01\x00\x00\x00", "f: 1.4013e-45\n"),
                ROW("\x45\x00\x00\x80\x7f", "f: inf\n"),
                ROW("\x49\x00\x00\x00\x00\x00\x00\xf8\xff", "d: nan\n"),
                ROW("\x52\x04\x00\"\\\xff", "y: \"\\000\\\"\\\\\\377\"\n"),
                ROW("\x58\x01\x5a\x02\x02\x03", "z: -1\nz: 1\nz: -2\n"),
                ROW("\x98\x06\x01\x12\x01x", "s: \"x\"\n"),
                ROW("\x08\x05\x12\x09x", "i: 5\n" PD_PROTO_TEXT_BROKEN),
                ROW("\x1a\x03\x08\x01\x08\x12\x01x",
                    "s: \"x\"\nm {\n  i: 1\n  " PD_PROTO_TEXT_BROKEN "}\n"),
        };
#undef ROW
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# row %zu\n", i);
                assert_text(rows[i].bytes, rows[i].len, rows[i].wanted);
        }
        assert_text(NULL, 0, "");
}

static void text_is_appended_and_cut_at_the_end_of_a_line(void **state)
{
        static const char bytes[] = "\x08\x05\x08\x06\x12\x03xyz\x58\x01\x58\x02\x58\x03";
        static const char begun[] = "message: ";
        const size_t room = strlen(begun) + strlen("i: 6\ns: \"xyz\"\nz: -1\n.");
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(room + strlen(PD_PROTO_TEXT_CUT));
        struct pd_err err = {0};
        (void)state;

        pd_buf_puts(&out, begun);
        assert_pd_ok(pd_proto_text(message(), bytes, sizeof(bytes) - 1, &out, &err), err);
        assert_pd_ok(pd_buf_check(&out, "text", &err), err);
        assert_string_equal(out.data, "message: i: 6\ns: \"xyz\"\nz: -1\n" PD_PROTO_TEXT_CUT);
}

static void without_room_for_a_word_the_buffer_is_full(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(3);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_proto_text(message(), "\x08\x05", 2, &out, &err), err);
        assert_pd_fail(pd_buf_check(&out, "text", &err), err, PD_E_TOO_LARGE);
}

static void a_full_buffer_stays_as_it_is(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(100);
        struct pd_err err = {0};
        (void)state;

        pd_buf_fill(&out, 'x', 101);
        assert_pd_ok(pd_proto_text(message(), "\x08\x05", 2, &out, &err), err);
        assert_pd_fail(pd_buf_check(&out, "text", &err), err, PD_E_TOO_LARGE);
}

/* Of 200 fields the stack of fields grows twice. */
static int show_many(void *context, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);

        (void)context;
        for (int i = 0; i < 200; i++)
                pd_buf_puts(&bytes, "\x58\x01");
        if (pd_buf_check(&bytes, "bytes", err) < 0)
                return -1;
        return pd_proto_text(message(), bytes.data, bytes.len, &out, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(show_many, NULL) > 4);
}

static void small_messages_need_no_memory_of_their_own(void **state)
{
        static const char bytes[] = "\x32\x02\x08\x01\x3a\x01q\x2a\x03\x0a\x01z\x2a\x03\x0a\x01y";
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);
        struct pd_err err = {0};
        int result;
        (void)state;

        pd_buf_fill(&out, ' ', 1000); /* the buffer has its memory */
        pd_buf_clear(&out);
        pd_alloc_fail_never();
        result = pd_proto_text(message(), bytes, sizeof(bytes) - 1, &out, &err);
        assert_int_equal(pd_alloc_count(), 0);
        assert_pd_ok(result, err);
        assert_string_equal(out.data, "t {\n  key: \"y\"\n}\nt {\n  key: \"z\"\n}\nb: \"q\"\n");
}

static void *show_often(void *is_right)
{
        static const char bytes[] = "\x1a\x02\x08\x01\x2a\x05\x0a\x01\x62\x10\x02";

        *(bool *)is_right = true;
        for (int i = 0; i < 1000; i++) {
                pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(1000);

                if (pd_proto_text(pd_proto_find(proto, "p.M"), bytes, sizeof(bytes) - 1, &out,
                                  NULL) < 0 ||
                    strcmp(out.data, "m {\n  i: 1\n}\nt {\n  key: \"b\"\n  value: 2\n}\n") != 0)
                        *(bool *)is_right = false;
        }
        return NULL;
}

static void threads_share_a_proto(void **state)
{
        pthread_t threads[4];
        bool is_right[PD_COUNT(threads)];
        (void)state;

        for (size_t i = 0; i < PD_COUNT(threads); i++)
                assert_int_equal(pthread_create(&threads[i], NULL, show_often, &is_right[i]), 0);
        for (size_t i = 0; i < PD_COUNT(threads); i++) {
                assert_int_equal(pthread_join(threads[i], NULL), 0);
                assert_true(is_right[i]);
        }
}

static int compile(void **state)
{
        (void)state;
        return pd_proto_compile(source, strlen(source), NULL, &proto, NULL);
}

static int release(void **state)
{
        (void)state;
        pd_proto_free(proto);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(shows_fields_by_number_and_what_counts_of_them),
                cmocka_unit_test(text_is_appended_and_cut_at_the_end_of_a_line),
                cmocka_unit_test(without_room_for_a_word_the_buffer_is_full),
                cmocka_unit_test(a_full_buffer_stays_as_it_is),
                cmocka_unit_test(each_failing_allocation_is_an_error),
                cmocka_unit_test(small_messages_need_no_memory_of_their_own),
                cmocka_unit_test(threads_share_a_proto),
        };

        return cmocka_run_group_tests_name("proto text", tests, compile, release);
}
