/* test_parse.c - what is JSON here, what is not, and what is said about it. */
#include "json/json.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/format.h"
#include "pd_test.h"

static int parse(const char *text, size_t len, json_t **ret, struct pd_err *err)
{
        return pd_json_parse(text, len, &pd_json_default_limits, ret, err);
}

/* jansson reads the same text to the same tree. */
static void good_texts_mean_what_jansson_reads(void **state)
{
        static const char *const rows[] = {
                "null",
                " true ",
                "false\n",
                "0",
                "-0",
                "-1",
                "9223372036854775807",
                "-9223372036854775808",
                "0.0",
                "-0.0",
                "0e7",
                "1.5",
                "1E5",
                "1e-5",
                "100e-2",
                "0.1",
                "123456789012345.6",
                "1.7976931348623157e308",
                "2.2250738585072014e-308",
                "5e-324",
                "5.0e-324",
                "7.120236347223045e-307",
                "\"\"",
                "\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"",
                "\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"",
                "\"\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"",
                "[]",
                "[ ]",
                "[1 ,2,\t3]",
                "{}",
                "{ }",
                "{\"a\":1,\"b\":{\"c\":[null,{}]},\"\":2}",
                "{\"long name\":{\"\":{\"\":\"\"}},\"next\":[\"x\",\"\"]}",
                "\r\n\t [[[]]] ",
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *want = NULL;
                pd_auto(pd_json_free_ptr) json_t *json = NULL;
                struct pd_err err = {0};

                want = json_loads(rows[i], JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
                assert_non_null(want);
                assert_pd_ok(parse(rows[i], strlen(rows[i]), &json, &err), err);
                if (!json_equal(json, want))
                        fail_msg("%s", rows[i]);
        }
}

static void assert_bad(const char *text, size_t len, int line, int column, const char *says)
{
        json_t *json = NULL;
        struct pd_err err = {0};
        char want[sizeof(err.msg)];

        pd_format(want, sizeof(want), "%s at line %d, column %d", says, line, column);
        assert_pd_fail(parse(text, len, &json, &err), err, PD_E_INVALID);
        assert_string_equal(err.msg, want);
        assert_null(json);
}

static void each_fault_is_named_with_its_place(void **state)
{
        static const struct {
                const char *text;
                int line, column;
                const char *says;
        } rows[] = {
                {"", 1, 1, "a value is missing where the text ends"},
                {"\n ", 2, 2, "a value is missing where the text ends"},
                {"\xef\xbb\xbf{}", 1, 1,
                 "there is a byte order mark in front; save it without one"},
                {"tru", 1, 1, "'tru' is no JSON value"},
                {"[NaN]", 1, 2, "'NaN' is no JSON value"},
                {"[\n-Infinity]", 2, 2, "a digit is missing before 'I'"},
                {"'x'", 1, 1, "a value is missing before '''"},
                {"[\xe2\x82\xac]", 1, 2, "a value is missing before '\xe2\x82\xac'"},
                {"[\x01]", 1, 2, "a value is missing before the byte 0x01"},
                {"[\xff]", 1, 2, "a value is missing before the byte 0xff"},
                {"[1", 1, 3, "',' or ']' is missing where the text ends"},
                {"[1 2]", 1, 4, "',' or ']' is missing before '2'"},
                {"[1,]", 1, 4, "a value is missing before ']'"},
                {"[,1]", 1, 2, "a value is missing before ','"},
                {"[1}", 1, 3, "',' or ']' is missing before '}'"},
                {"{\"a\":1", 1, 7, "',' or '}' is missing where the text ends"},
                {"{\"a\":1,}", 1, 8, "a name in double quotes is missing before '}'"},
                {"{a:1}", 1, 2, "a name in double quotes is missing before 'a'"},
                {"{\"a\" 1}", 1, 6, "':' is missing before '1'"},
                {"{\"a\":}", 1, 6, "a value is missing before '}'"},
                {"{\"a\":1,\n \"b\":2, \"a\":3}", 2, 9, "the name 'a' is there twice"},
                {"{\"\":1,\"\":2}", 1, 7, "the name '' is there twice"},
                {"{} {}", 1, 4, "the end is missing before '{'"},
                {"{} /* */", 1, 4, "the end is missing before '/'"},
                {"\"a", 1, 3, "a string has no end"},
                {"\"\xc3\xa9\xc3\xa9\n\"", 1, 4,
                 "a string holds the control character 0x0a; write '\\u000a'"},
                {"\"\\x\"", 1, 2, "an unknown escape; write '\\\\' for a backslash"},
                {"\"\\", 1, 2, "an unknown escape; write '\\\\' for a backslash"},
                {"\"\\u12g4\"", 1, 2, "'\\u' is not followed by 4 hex digits"},
                {"\"\\u12", 1, 2, "'\\u' is not followed by 4 hex digits"},
                {"\"\\u0000\"", 1, 2, "a string holds U+0000"},
                {"{\"a\\u0000b\":1}", 1, 4, "a string holds U+0000"},
                {"\"\\ud800\"", 1, 2, "'\\ud800' is half of a pair, the other half is missing"},
                {"\"\\ud800\\u0041\"", 1, 2,
                 "'\\ud800' is half of a pair, the other half is missing"},
                {"\"\\uDC00\\ud800\"", 1, 2,
                 "'\\uDC00' is half of a pair, the other half is missing"},
                {"\"a\xed\xa0\x80\"", 1, 3, "the byte 0xed is no UTF-8"},
                {"\"\xc0\xaf\"", 1, 2, "the byte 0xc0 is no UTF-8"},
                {"\"\xf4\x90\x80\x80\"", 1, 2, "the byte 0xf4 is no UTF-8"},
                {"01", 1, 2, "a number has a leading zero"},
                {"-", 1, 2, "a digit is missing where the text ends"},
                {"+1", 1, 1, "a value is missing before '+'"},
                {".5", 1, 1, "a value is missing before '.'"},
                {"1.", 1, 3, "a digit is missing where the text ends"},
                {"1e", 1, 3, "a digit is missing where the text ends"},
                {"1e+x", 1, 4, "a digit is missing before 'x'"},
                {"0x10", 1, 2, "the end is missing before 'x'"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_bad(rows[i].text, strlen(rows[i].text), rows[i].line, rows[i].column,
                           rows[i].says);
        assert_bad("[\0]", 3, 1, 2, "a value is missing before the byte 0x00");
        assert_bad("1\0", 2, 1, 2, "the end is missing before the byte 0x00");
        assert_bad("\"\0\"", 3, 1, 2, "a string holds the control character 0x00; write '\\u0000'");
}

static void numbers_that_would_change_are_refused(void **state)
{
        static const char *const rows[] = {
                "9223372036854775808",
                "-9223372036854775809",
                "99999999999999999999999999999999999999",
                "0.10000000000000001",
                "0.1000000000000000055511151231257827",
                "9007199254740993.0",
                "3.14159265358979323846",
                "1e309",
                "-1e400",
                "1e99999999999999999999",
                "1e-400",
                "4e-324",
                "123456789.12345678912",
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char says[128];

                pd_format(says, sizeof(says),
                          "the number '%s' cannot be kept exactly; write it as a string", rows[i]);
                assert_bad(rows[i], strlen(rows[i]), 1, 1, says);
        }
}

static void a_long_number_is_quoted_in_part(void **state)
{
        char digits[1000], want[42] = "", *says;
        struct pd_err err = {0};
        json_t *json = NULL;

        (void)state;
        memset(digits, '7', sizeof(digits));
        memset(want, '7', 40);
        assert_pd_fail(parse(digits, sizeof(digits), &json, &err), err, PD_E_INVALID);
        says = strchr(err.msg, '\'') + 1;
        assert_memory_equal(says, want, 40);
        assert_memory_equal(says + 40, "...'", 4);
}

static void each_limit_is_named(void **state)
{
        static const struct pd_json_limits limits = {
                .max_bytes = 20, .max_depth = 3, .max_values = 4};
        static const struct {
                const char *text;
                const char *says; /* NULL: within the limits */
        } rows[] = {
                {"[[[1]]]", NULL},
                {"[1,2,3]", NULL},
                {"\"01234567890123456\" ", NULL},
                {"[[[[]]]]", "more than 3 levels of nesting at line 1, column 4"},
                {"[{\"a\":{\"b\":[]}}]", "more than 3 levels of nesting at line 1, column 12"},
                {"[1,2,3,4]", "more than 4 values at line 1, column 8"},
                {"\"01234567890123456\"  ", "JSON text of more than 20 bytes"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *json = NULL;
                struct pd_err err = {0};
                int result =
                        pd_json_parse(rows[i].text, strlen(rows[i].text), &limits, &json, &err);

                if (rows[i].says == NULL) {
                        assert_pd_ok(result, err);
                } else {
                        assert_pd_fail(result, err, PD_E_TOO_LARGE);
                        assert_string_equal(err.msg, rows[i].says);
                }
        }
}

static void the_deepest_nesting_that_can_be_allowed_is_read(void **state)
{
        static const struct pd_json_limits limits = {
                .max_bytes = 4096, .max_depth = PD_JSON_MAX_DEPTH, .max_values = 4096};
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        char text[2 * PD_JSON_MAX_DEPTH];
        struct pd_err err = {0};

        (void)state;
        memset(text, '[', PD_JSON_MAX_DEPTH);
        memset(text + PD_JSON_MAX_DEPTH, ']', PD_JSON_MAX_DEPTH);
        assert_pd_ok(pd_json_parse(text, sizeof(text), &limits, &json, &err), err);
}

static int parse_everything(void *context, struct pd_err *err)
{
        static const char text[] =
                "{\"name\":\"a\\u00e9\",\"list\":[1,2.5,true,null,\"x\"],"
                "\"a name that makes the decoded strings grow beyond their first memory: "
                "................................................................................"
                "................................................................................"
                "................................................................................"
                "\":{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9}}";
        pd_auto(pd_json_free_ptr) json_t *json = NULL;

        (void)context;
        return parse(text, sizeof(text) - 1, &json, err);
}

static void each_lack_of_memory_is_a_clean_failure(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(parse_everything, NULL) > 30);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_texts_mean_what_jansson_reads),
                cmocka_unit_test(each_fault_is_named_with_its_place),
                cmocka_unit_test(numbers_that_would_change_are_refused),
                cmocka_unit_test(a_long_number_is_quoted_in_part),
                cmocka_unit_test(each_limit_is_named),
                cmocka_unit_test(the_deepest_nesting_that_can_be_allowed_is_read),
                cmocka_unit_test(each_lack_of_memory_is_a_clean_failure),
        };

        return cmocka_run_group_tests_name("json parse", tests, NULL, NULL);
}
