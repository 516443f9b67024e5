/* test_sse.c - server-sent events, in one piece and in any other. */
#include "sse.h"

#include <string.h>

#include "base/attr.h"
#include "base/own.h"
#include "pd_test.h"

#define MAX_TEXT  512
#define MAX_TOLD  4096
#define MUTATIONS 4000
#define SPLITS    4

/* Each event's data in brackets. */
static int tell(void *context, const char *data, size_t len, struct pd_err *err)
{
        struct pd_buf *told = context;
        (void)err;

        assert_int_equal(data[len], '\0');
        pd_buf_putc(told, '[');
        pd_buf_put(told, data, len);
        pd_buf_putc(told, ']');
        return 0;
}

/* Feed the bytes in pieces that end where `ends` say. */
static void feed(const char *bytes, size_t len, const size_t *ends, size_t count,
                 struct pd_buf *told)
{
        pd_auto(pd_sse_done) struct pd_sse sse = PD_SSE_INIT(tell, told);
        struct pd_err err = {0};
        size_t at = 0;

        for (size_t i = 0; i < count; i++) {
                assert_pd_ok(pd_sse_feed(&sse, bytes + at, ends[i] - at, &err), err);
                at = ends[i];
        }
        assert_pd_ok(pd_sse_feed(&sse, bytes + at, len - at, &err), err);
}

static const struct {
        const char *bytes, *told;
} rows[] = {
        {"data: a\n\n", "[a]"},
        {"data:a\n\n", "[a]"},
        {"data:  a\n\n", "[ a]"},
        {"data: a\n", ""},
        {"data: a\ndata: b\n\n", "[a\nb]"},
        {"data\n\n", "[]"},
        {"data:\n\n", "[]"},
        {"data: a\r\rdata: b\r\n\r\ndata: c\n\r\n", "[a][b][c]"},
        {":\n\n: nothing\n\ndata: a\n\n:\n\n", "[a]"},
        {"\n\n\n", ""},
        {"event: x\nid: 1\nretry: 3\ndata: a\nDATA: b\ndatum: c\ndata2: d\nnothing\n\n", "[a]"},
        {"\xef\xbb\xbf"
         "data: a\n\n\xef\xbb\xbf"
         "data: b\n\n",
         "[a]"},
        {"data: a: b\n\n", "[a: b]"},
};

static void events_are_what_the_standard_says(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf told = PD_BUF_INIT(MAX_TOLD);

                feed(rows[i].bytes, strlen(rows[i].bytes), NULL, 0, &told);
                assert_string_equal(told.data, rows[i].told);
        }
}

static void a_byte_at_a_time_gives_the_same_events(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf told = PD_BUF_INIT(MAX_TOLD);
                size_t ends[MAX_TEXT];
                size_t len = strlen(rows[i].bytes);

                for (size_t k = 0; k < len; k++)
                        ends[k] = k + 1;
                feed(rows[i].bytes, len, ends, len, &told);
                assert_string_equal(told.data, rows[i].told);
        }
}

static size_t below(size_t limit)
{
        return pd_test_random() % limit;
}

/* Some of the rows behind each other, and bytes of it changed. */
static size_t make_text(char text[MAX_TEXT])
{
        static const char bytes[] = "\n\r: data\0\xef\xbb\xbf\x80x";
        size_t len = 0;

        for (size_t i = below(4) + 1; i > 0; i--) {
                const char *row = rows[below(PD_COUNT(rows))].bytes;

                memcpy(text + len, row, strlen(row));
                len += strlen(row);
        }
        for (size_t i = below(6); i > 0; i--)
                text[below(len)] = bytes[below(sizeof(bytes) - 1)];
        return len;
}

/* NUL bytes too: so the length counts, not the first of them. */
static void assert_same(const struct pd_buf *a, const struct pd_buf *b)
{
        assert_int_equal(a->len, b->len);
        assert_memory_equal(a->data, b->data, a->len);
}

static void any_split_of_any_bytes_gives_the_same_events(void **state)
{
        (void)state;

        for (int i = 0; i < MUTATIONS; i++) {
                pd_auto(pd_buf_done) struct pd_buf whole = PD_BUF_INIT(MAX_TOLD);
                pd_auto(pd_buf_done) struct pd_buf pieces = PD_BUF_INIT(MAX_TOLD);
                char text[MAX_TEXT];
                size_t len = make_text(text);
                size_t ends[SPLITS];
                size_t at = 0;

                for (size_t k = 0; k < SPLITS; k++)
                        at = ends[k] = at + below(len - at + 1);
                feed(text, len, NULL, 0, &whole);
                feed(text, len, ends, SPLITS, &pieces);
                assert_same(&whole, &pieces);
        }
}

static void a_line_without_an_end_is_refused(void **state)
{
        static char bytes[65536];
        pd_auto(pd_buf_done) struct pd_buf told = PD_BUF_INIT(MAX_TOLD);
        pd_auto(pd_sse_done) struct pd_sse sse = PD_SSE_INIT(tell, &told);
        struct pd_err err = {0};
        (void)state;

        memset(bytes, 'a', sizeof(bytes));
        for (size_t fed = 0; fed < PD_SSE_MAX_BYTES; fed += sizeof(bytes))
                assert_pd_ok(pd_sse_feed(&sse, bytes, sizeof(bytes), &err), err);
        assert_pd_fail(pd_sse_feed(&sse, bytes, 1, &err), err, PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "a line of events");
}

static void an_event_without_an_end_is_refused(void **state)
{
        static const char line[] = "data: 0123456789abcdef0123456789abcdef0123456789abcdef\n";
        pd_auto(pd_buf_done) struct pd_buf told = PD_BUF_INIT(MAX_TOLD);
        pd_auto(pd_sse_done) struct pd_sse sse = PD_SSE_INIT(tell, &told);
        struct pd_err err = {0};
        size_t fed = 0;
        (void)state;

        while (fed <= 2 * PD_SSE_MAX_BYTES && pd_sse_feed(&sse, line, strlen(line), &err) == 0)
                fed += strlen(line);
        assert_int_equal(err.code, PD_E_TOO_LARGE);
        assert_true(fed > PD_SSE_MAX_BYTES);
}

static int refuse(void *context, const char *data, size_t len, struct pd_err *err)
{
        int *calls = context;
        (void)data;
        (void)len;

        (*calls)++;
        return pd_fail(err, PD_E_INVALID, 0, "no more of that");
}

static void the_taker_may_have_enough(void **state)
{
        int calls = 0;
        pd_auto(pd_sse_done) struct pd_sse sse = PD_SSE_INIT(refuse, &calls);
        struct pd_err err = {0};
        const char *bytes = "data: a\n\ndata: b\n\n";
        (void)state;

        assert_pd_fail(pd_sse_feed(&sse, bytes, strlen(bytes), &err), err, PD_E_INVALID);
        assert_int_equal(calls, 1);
}

static void another_stream_begins_anew(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf told = PD_BUF_INIT(MAX_TOLD);
        pd_auto(pd_sse_done) struct pd_sse sse = PD_SSE_INIT(tell, &told);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_sse_feed(&sse, "data: a\ndata: b\r", 16, &err), err);
        pd_sse_restart(&sse);
        assert_pd_ok(pd_sse_feed(&sse, "\ndata: c\n\n", 10, &err), err);
        assert_string_equal(told.data, "[c]");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(events_are_what_the_standard_says),
                cmocka_unit_test(a_byte_at_a_time_gives_the_same_events),
                cmocka_unit_test(any_split_of_any_bytes_gives_the_same_events),
                cmocka_unit_test(a_line_without_an_end_is_refused),
                cmocka_unit_test(an_event_without_an_end_is_refused),
                cmocka_unit_test(the_taker_may_have_enough),
                cmocka_unit_test(another_stream_begins_anew),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
