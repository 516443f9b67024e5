/* test_buf.c - text that grows. */
#include "base/buf.h"

#include <errno.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "pd_test.h"

static void text_is_terminated_from_the_start(void **state)
{
        struct pd_buf buf = PD_BUF_INIT(10);

        (void)state;
        assert_string_equal(buf.data, "");
        pd_buf_put(&buf, NULL, 0);
        pd_buf_cut(&buf, 0);
        pd_buf_clear(&buf);
        assert_string_equal(buf.data, "");
        pd_buf_done(&buf);
        assert_string_equal(buf.data, "");
}

static void pieces_follow_each_other(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(100000);
        struct pd_err err = {0};

        (void)state;
        pd_buf_puts(&buf, "a");
        pd_buf_putc(&buf, 'b');
        pd_buf_put(&buf, "\0c", 2);
        pd_buf_printf(&buf, "%d%s", 1, "d");
        assert_int_equal(buf.len, 6);
        assert_memory_equal(buf.data, "ab\0c1d", 7);

        for (int i = 0; i < 10000; i++)
                pd_buf_putc(&buf, 'x');
        pd_buf_printf(&buf, "%5000d", 7);
        pd_buf_fill(&buf, '.', 3000);
        pd_buf_fill(&buf, '.', 0);
        assert_int_equal(buf.len, 18006);
        assert_int_equal(strlen(buf.data + 4), 18002);
        assert_string_equal(buf.data + 18002, "....");
        assert_pd_ok(pd_buf_check(&buf, "text", &err), err);
}

static void the_maximum_is_kept_exactly(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(256);
        struct pd_err err = {0};
        char text[257];

        (void)state;
        memset(text, 'x', sizeof(text));
        pd_buf_put(&buf, text, 256);
        assert_pd_ok(pd_buf_check(&buf, "report", &err), err);
        assert_int_equal(strlen(buf.data), 256);

        pd_buf_putc(&buf, 'y');
        assert_pd_fail(pd_buf_check(&buf, "report", &err), err, PD_E_TOO_LARGE);
        assert_string_equal(err.msg, "report is over 256 bytes");
}

static void after_a_failure_nothing_is_added(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(4);

        (void)state;
        pd_buf_puts(&buf, "abc");
        pd_buf_puts(&buf, "de");
        pd_buf_puts(&buf, "f");
        pd_buf_putc(&buf, 'g');
        pd_buf_fill(&buf, 'h', 1);
        pd_buf_printf(&buf, "%d", 1);
        pd_buf_put_json(&buf, "\n", 1);
        assert_string_equal(buf.data, "abc");
        assert_int_equal(buf.failed, EFBIG);
        assert_null(pd_buf_take(&buf, NULL));

        pd_buf_clear(&buf);
        pd_buf_puts(&buf, "wxyz");
        assert_string_equal(buf.data, "wxyz");
        assert_int_equal(buf.failed, 0);
}

static void sizes_beyond_all_memory_fail(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(SIZE_MAX);

        (void)state;
        pd_buf_puts(&buf, "a");
        pd_buf_put(&buf, "b", SIZE_MAX - 1);
        assert_int_equal(buf.failed, EFBIG);
        pd_buf_clear(&buf);
        pd_buf_put(&buf, "b", SIZE_MAX / 2);
        assert_int_equal(buf.failed, EFBIG);
        assert_string_equal(buf.data, "");
}

static void a_cut_text_goes_on_where_it_was_cut(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(100);

        (void)state;
        pd_buf_puts(&buf, "abcdef");
        pd_buf_cut(&buf, 6);
        pd_buf_cut(&buf, 100);
        assert_string_equal(buf.data, "abcdef");
        pd_buf_cut(&buf, 3);
        assert_string_equal(buf.data, "abc");
        pd_buf_puts(&buf, "x");
        assert_string_equal(buf.data, "abcx");
}

static void taken_text_is_the_callers(void **state)
{
        struct pd_buf buf = PD_BUF_INIT(100);
        pd_auto(pd_free_ptr) char *empty = pd_buf_take(&buf, NULL);
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len = 0;

        (void)state;
        assert_string_equal(empty, "");

        pd_buf_put(&buf, "a\0b", 3);
        text = pd_buf_take(&buf, &len);
        assert_int_equal(len, 3);
        assert_memory_equal(text, "a\0b", 4);
        assert_int_equal(buf.len, 0);
        assert_int_equal(buf.max, 100);
        assert_string_equal(buf.data, "");
}

static void json_strings_are_escaped(void **state)
{
        static const char *const rows[][2] = {
                {"", ""},
                {"plain / text", "plain / text"},
                {"\"\\", "\\\"\\\\"},
                {"\b\f\n\r\t", "\\b\\f\\n\\r\\t"},
                {"\x01\x1f\x7f", "\\u0001\\u001f\\u007f"},
                {"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80"},
                {"a\nb\"c", "a\\nb\\\"c"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(100);

                pd_buf_put_json(&buf, rows[i][0], strlen(rows[i][0]));
                assert_string_equal(buf.data, rows[i][1]);
        }
}

static int build(void *context, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(100000);
        pd_auto(pd_free_ptr) char *text = NULL;

        (void)context;
        for (int i = 0; i < 1000; i++)
                pd_buf_printf(&buf, "%d,", i);
        if (pd_buf_check(&buf, "a list", err) < 0)
                return -1;

        text = pd_buf_take(&buf, NULL);
        assert_non_null(text);
        text[0] = 'x'; /* the memory is needed */
        return 0;
}

static void each_lack_of_memory_is_remembered(void **state)
{
        (void)state;
        assert_int_equal(pd_alloc_fail_each(build, NULL), 5);
}

static void no_memory_for_nothing_is_seen_too(void **state)
{
        struct pd_buf buf = PD_BUF_INIT(100);

        (void)state;
        pd_alloc_fail_at(1);
        assert_null(pd_buf_take(&buf, NULL));
        pd_alloc_fail_never();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_is_terminated_from_the_start),
                cmocka_unit_test(pieces_follow_each_other),
                cmocka_unit_test(the_maximum_is_kept_exactly),
                cmocka_unit_test(after_a_failure_nothing_is_added),
                cmocka_unit_test(sizes_beyond_all_memory_fail),
                cmocka_unit_test(a_cut_text_goes_on_where_it_was_cut),
                cmocka_unit_test(taken_text_is_the_callers),
                cmocka_unit_test(json_strings_are_escaped),
                cmocka_unit_test(each_lack_of_memory_is_remembered),
                cmocka_unit_test(no_memory_for_nothing_is_seen_too),
        };

        return cmocka_run_group_tests_name("base buf", tests, NULL, NULL);
}
