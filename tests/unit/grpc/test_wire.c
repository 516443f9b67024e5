/* test_wire.c - the small encodings, by the tables of the specification. */
#include "wire.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#include "base/own.h"
#include "base/utf8.h"
#include "pd_test.h"

#define MAX_TEXT 4096

static void messages_are_percent_encoded(void **state)
{
        static const struct {
                const char *text, *wire;
        } rows[] = {
                {"", ""},
                {"plain ~ text!", "plain ~ text!"},
                {"100%", "100%25"},
                {" a  b ", "%20a  b%20"},
                {" ", "%20"},
                {"a\r\n\tb\x7f", "a%0D%0A%09b%7F"},
                {"na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80", "na%C3%AFve %E2%82%AC %F0%9F%98%80"},
                {"broken \xff\xc3", "broken %FF%C3"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(MAX_TEXT);

                pd_grpc_percent_encode(&out, rows[i].text);
                assert_string_equal(out.data, rows[i].wire);
        }
}

static void what_is_received_becomes_utf8_without_controls(void **state)
{
        static const struct {
                const char *wire, *text;
        } rows[] = {
                {"", ""},
                {"100%25", "100%"},
                {"a%0D%0A%09b", "a\r\n\tb"},
                {"na%c3%afve %E2%82%AC", "na\xc3\xafve \xe2\x82\xac"},
                {"raw \xc3\xaf", "raw \xc3\xaf"},
                {"half raw \xc3%AF", "half raw \xc3\xaf"},
                {"%", "%"},
                {"%4", "%4"},
                {"%zz%4g% 41", "%zz%4g% 41"},
                {"%%41", "%A"},
                {"%2541", "%41"},
                {"%00%1b[2J%7F", "\xef\xbf\xbd\xef\xbf\xbd[2J\xef\xbf\xbd"},
                {"%C2%9B", "\xef\xbf\xbd"},
                {"\x01", "\xef\xbf\xbd"},
                {"%FF", "\xef\xbf\xbd"},
                {"%C3", "\xef\xbf\xbd"},
                {"%C3(", "\xef\xbf\xbd("},
                {"%E2%82", "\xef\xbf\xbd\xef\xbf\xbd"},
                {"%ED%A0%80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(MAX_TEXT);

                pd_grpc_percent_decode(&out, rows[i].wire, strlen(rows[i].wire));
                assert_string_equal(out.data, rows[i].text);
                assert_int_equal(out.len, strlen(rows[i].text));
        }
}

/* A character of `n` that no control is. */
static void put_char(struct pd_buf *out, unsigned n)
{
        static const char *const some[] = {"%",
                                           "\n",
                                           "\t",
                                           " ",
                                           "~",
                                           "A",
                                           "\xc3\xa4",
                                           "\xc2\xa0",
                                           "\xe2\x82\xac",
                                           "\xef\xbf\xbd",
                                           "\xf4\x8f\xbf\xbf"};

        pd_buf_puts(out, some[n % PD_COUNT(some)]);
}

static void any_text_comes_back_and_goes_as_printable_ascii(void **state)
{
        (void)state;
        for (unsigned round = 0; round < 300; round++) {
                pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_TEXT);
                pd_auto(pd_buf_done) struct pd_buf wire = PD_BUF_INIT(MAX_TEXT);
                pd_auto(pd_buf_done) struct pd_buf back = PD_BUF_INIT(MAX_TEXT);

                for (unsigned i = 0; i < round % 40; i++)
                        put_char(&text, pd_test_random());
                pd_grpc_percent_encode(&wire, text.data);
                for (size_t i = 0; i < wire.len; i++)
                        assert_in_range(wire.data[i], ' ', '~');
                pd_grpc_percent_decode(&back, wire.data, wire.len);
                assert_string_equal(back.data, text.data);
        }
}

static void timeouts_are_written_in_eight_digits(void **state)
{
        static const struct {
                int64_t us;
                const char *text;
        } rows[] = {
                {INT64_MIN, "1u"},
                {0, "1u"},
                {1, "1u"},
                {99999999, "99999999u"},
                {100000000, "100000m"},
                {100000001, "100001m"},
                {99999999000, "99999999m"},
                {99999999001, "100000S"},
                {99999999000000, "99999999S"},
                {99999999000001, "1666667M"},
                {5999999940000000, "99999999M"},
                {5999999940000001, "1666667H"},
                {359999996400000000, "99999999H"},
                {INT64_MAX, "99999999H"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char text[PD_GRPC_TIMEOUT_SIZE];

                pd_grpc_timeout_write(rows[i].us, text);
                assert_string_equal(text, rows[i].text);
        }
}

static void timeouts_are_read_strictly(void **state)
{
        static const struct {
                const char *text;
                bool is_good;
                int64_t us;
        } rows[] = {
                {"1H", true, 3600000000},  {"2M", true, 120000000},
                {"3S", true, 3000000},     {"4m", true, 4000},
                {"5u", true, 5},           {"1n", true, 1},
                {"1000n", true, 1},        {"1001n", true, 2},
                {"0n", true, 0},           {"0S", true, 0},
                {"00000007m", true, 7000}, {"99999999H", true, 359999996400000000},
                {"100000000n", false, 0},  {"", false, 0},
                {"S", false, 0},           {"1", false, 0},
                {"12", false, 0},          {"1s", false, 0},
                {"1h", false, 0},          {"1 S", false, 0},
                {" 1S", false, 0},         {"-1S", false, 0},
                {"+1S", false, 0},         {"1.5S", false, 0},
                {"1SS", false, 0},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                int64_t us = 77;

                assert_int_equal(pd_grpc_timeout_read(rows[i].text, strlen(rows[i].text), &us),
                                 rows[i].is_good);
                assert_int_equal(us, rows[i].is_good ? rows[i].us : 77);
        }
        assert_false(pd_grpc_timeout_read("1\0", 2, &(int64_t){0}));
}

static void a_written_timeout_is_never_shorter(void **state)
{
        (void)state;
        for (int i = 0; i < 10000; i++) {
                int64_t any = (int64_t)pd_test_random() << 31 | pd_test_random();
                int64_t us = any >> pd_test_random() % 62, back;
                char text[PD_GRPC_TIMEOUT_SIZE];

                us = us > 359999996400000000 ? 359999996400000000 : us;
                pd_grpc_timeout_write(us, text);
                assert_true(pd_grpc_timeout_read(text, strlen(text), &back));
                assert_in_range(back, us, us < 100000000 ? us + 1 : us + us / 1000);
        }
}

static void content_types_begin_with_ours(void **state)
{
        static const struct {
                const char *text;
                bool is_ours;
        } rows[] = {
                {"application/grpc", true},
                {"application/grpc+proto", true},
                {"application/grpc;charset=utf-8", true},
                {"Application/GRPC", true},
                {"application/grpc-web", false},
                {"application/grpcx", false},
                {"application/grp", false},
                {"application/json", false},
                {"", false},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_int_equal(pd_grpc_is_content_type(rows[i].text, strlen(rows[i].text)),
                                 rows[i].is_ours);
        assert_false(pd_grpc_is_content_type("application/grpc\0x", 18));
}

static void a_status_is_digits(void **state)
{
        static const struct {
                const char *text;
                enum pd_grpc_code code;
        } rows[] = {
                {"0", PD_GRPC_OK},        {"1", PD_GRPC_CANCELLED},
                {"00", PD_GRPC_OK},       {"16", PD_GRPC_UNAUTHENTICATED},
                {"17", PD_GRPC_UNKNOWN},  {"4294967296", PD_GRPC_UNKNOWN},
                {"", PD_GRPC_UNKNOWN},    {"-1", PD_GRPC_UNKNOWN},
                {"OK", PD_GRPC_UNKNOWN},  {"0 ", PD_GRPC_UNKNOWN},
                {"1x3", PD_GRPC_UNKNOWN}, {"99999999999999999999", PD_GRPC_UNKNOWN},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_int_equal(pd_grpc_code_read(rows[i].text, strlen(rows[i].text)),
                                 rows[i].code);
        assert_int_equal(pd_grpc_code_read("1\0", 2), PD_GRPC_UNKNOWN);
}

/* http-grpc-status-mapping.md */
static void http_answers_have_a_code(void **state)
{
        static const struct {
                int status;
                enum pd_grpc_code code;
        } rows[] = {
                {400, PD_GRPC_INTERNAL},          {401, PD_GRPC_UNAUTHENTICATED},
                {403, PD_GRPC_PERMISSION_DENIED}, {404, PD_GRPC_UNIMPLEMENTED},
                {429, PD_GRPC_UNAVAILABLE},       {502, PD_GRPC_UNAVAILABLE},
                {503, PD_GRPC_UNAVAILABLE},       {504, PD_GRPC_UNAVAILABLE},
                {200, PD_GRPC_UNKNOWN},           {204, PD_GRPC_UNKNOWN},
                {302, PD_GRPC_UNKNOWN},           {415, PD_GRPC_UNKNOWN},
                {500, PD_GRPC_UNKNOWN},           {0, PD_GRPC_UNKNOWN},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_int_equal(pd_grpc_code_of_http(rows[i].status), rows[i].code);
}

static void resets_have_a_code_and_a_name(void **state)
{
        static const struct {
                uint32_t error_code;
                enum pd_grpc_code code;
                const char *name;
        } rows[] = {
                {0, PD_GRPC_INTERNAL, "NO_ERROR"},
                {1, PD_GRPC_INTERNAL, "PROTOCOL_ERROR"},
                {3, PD_GRPC_INTERNAL, "FLOW_CONTROL_ERROR"},
                {7, PD_GRPC_UNAVAILABLE, "REFUSED_STREAM"},
                {8, PD_GRPC_CANCELLED, "CANCEL"},
                {11, PD_GRPC_RESOURCE_EXHAUSTED, "ENHANCE_YOUR_CALM"},
                {12, PD_GRPC_PERMISSION_DENIED, "INADEQUATE_SECURITY"},
                {13, PD_GRPC_INTERNAL, "HTTP_1_1_REQUIRED"},
                {14, PD_GRPC_INTERNAL, "?"},
                {UINT32_MAX, PD_GRPC_INTERNAL, "?"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                assert_int_equal(pd_grpc_code_of_reset(rows[i].error_code), rows[i].code);
                assert_string_equal(pd_grpc_reset_name(rows[i].error_code), rows[i].name);
        }
        for (uint32_t error_code = 0; error_code <= NGHTTP2_HTTP_1_1_REQUIRED; error_code++)
                assert_string_equal(pd_grpc_reset_name(error_code),
                                    nghttp2_http2_strerror(error_code));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(messages_are_percent_encoded),
                cmocka_unit_test(what_is_received_becomes_utf8_without_controls),
                cmocka_unit_test(any_text_comes_back_and_goes_as_printable_ascii),
                cmocka_unit_test(timeouts_are_written_in_eight_digits),
                cmocka_unit_test(timeouts_are_read_strictly),
                cmocka_unit_test(a_written_timeout_is_never_shorter),
                cmocka_unit_test(content_types_begin_with_ours),
                cmocka_unit_test(a_status_is_digits),
                cmocka_unit_test(http_answers_have_a_code),
                cmocka_unit_test(resets_have_a_code_and_a_name),
        };

        return cmocka_run_group_tests_name("grpc wire", tests, NULL, NULL);
}
