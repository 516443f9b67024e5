/* test_read.c - what YAML documents mean here, and which are refused. */
#include "yaml/yaml.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/format.h"
#include "json/json.h"
#include "pd_test.h"

static void assert_tree(const char *text, size_t len, const char *want)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        pd_auto(pd_buf_done) struct pd_buf got = PD_BUF_INIT(1 << 20);
        struct pd_err err = {0};

        if (pd_yaml_parse(text, len, &json, &err) < 0)
                fail_msg("%s: %s", text, err.msg);
        pd_json_write(&got, json, PD_JSON_COMPACT);
        if (strcmp(got.data, want) != 0)
                fail_msg("%s became %s, not %s", text, got.data, want);
}

static void assert_refused(const char *text, size_t len, int line, int column, const char *says)
{
        struct pd_err err = {0};
        json_t *json = NULL;
        char want[sizeof(err.msg)];

        pd_format(want, sizeof(want), "%s at line %d, column %d", says, line, column);
        assert_pd_fail(pd_yaml_parse(text, len, &json, &err), err, PD_E_INVALID);
        assert_string_equal(err.msg, want);
        assert_null(json);
}

static const struct {
        const char *text, *json;
} plain_scalars[] = {
        {"", "null"},
        {"~", "null"},
        {"null", "null"},
        {"Null", "null"},
        {"NULL", "null"},
        {"nUll", "\"nUll\""},
        {"true", "true"},
        {"True", "true"},
        {"TRUE", "true"},
        {"false", "false"},
        {"False", "false"},
        {"FALSE", "false"},
        {"tRUE", "\"tRUE\""},
        {"yEs", "\"yEs\""},
        {"nope", "\"nope\""},
        {"0", "0"},
        {"-0", "0"},
        {"+1", "1"},
        {"-17", "-17"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"0x1F", "31"},
        {"0xff", "255"},
        {"0x", "\"0x\""},
        {"0x_", "\"0x_\""},
        {".e+5", "\".e+5\""},
        {"1e+", "\"1e+\""},
        {"+", "\"+\""},
        {"0xg", "\"0xg\""},
        {"0b2", "\"0b2\""},
        {"0o8", "\"0o8\""},
        {"1.5", "1.5"},
        {"-1.5", "-1.5"},
        {"+1.5", "1.5"},
        {"5.", "5.0"},
        {".5", "0.5"},
        {"00.5", "0.5"},
        {"1.0e+22", "1.0e+22"},
        {"1.5E-3", "0.0015"},
        {".5e+1", "5.0"},
        {"-0.0", "-0.0"},
        {"1.2.3", "\"1.2.3\""},
        {"1e", "\"1e\""},
        {"e5", "\"e5\""},
        {"1a", "\"1a\""},
        {"_1", "\"_1\""},
        {"1_a", "\"1_a\""},
        {"-_", "\"-_\""},
        {".", "\".\""},
        {"..", "\"..\""},
        {".info", "\".info\""},
        {"inf", "\"inf\""},
        {"NaN", "\"NaN\""},
        {"=", "\"=\""},
        {"<<", "\"<<\""},
        {"2001-12-14", "\"2001-12-14\""},
        {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""},
        {"12:30", "\"12:30\""},
        {"190:20:30", "\"190:20:30\""},
        {"190:20:30.15", "\"190:20:30.15\""},
        {"1.0.0-rc1", "\"1.0.0-rc1\""},
        {"host:5000/name:tag", "\"host:5000/name:tag\""},
        {"a b  c", "\"a b  c\""},
        {"\xc3\xa9t\xc3\xa9", "\"\xc3\xa9t\xc3\xa9\""},
};

static void plain_scalars_are_what_all_readers_take_them_for(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(plain_scalars); i++) {
                char document[128], want[128];

                pd_format(document, sizeof(document), "key: %s\n", plain_scalars[i].text);
                pd_format(want, sizeof(want), "{\"key\":%s}", plain_scalars[i].json);
                assert_tree(document, strlen(document), want);
        }
}

static void what_readers_do_not_agree_on_wants_quotes(void **state)
{
        static const char *const rows[] = {
                "y",       "Y",          "yes",    "Yes",   "YES",   "n",     "N",     "no",
                "No",      "NO",         "on",     "On",    "ON",    "off",   "Off",   "OFF",
                "0777",    "00",         "007",    "-012",  "+010",  "08",    "0o17",  "-0o17",
                "0b101",   "0B1",        "0X1F",   "-0x1F", "+0x1F", "0x_1F", "1_000", "+_1",
                "1_000.5", "2024_01_02", "1e3",    "1E3",   "1e+3",  "1.0e3", "-.5",   "+.5",
                "-.5e+1",  ".5e1",       "1_0e+3", "0b1_0", "0_xe",  "1e_+3", "1_.5",  "-_1"};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char document[64], says[128], quoted[64], want[64];

                pd_format(document, sizeof(document), "key: %s\n", rows[i]);
                pd_format(says, sizeof(says),
                          "'%s' means different values to different readers; put it in quotes if "
                          "it is text",
                          rows[i]);
                assert_refused(document, strlen(document), 1, 6, says);

                pd_format(quoted, sizeof(quoted), "'%s'", rows[i]);
                pd_format(want, sizeof(want), "\"%s\"", rows[i]);
                assert_tree(quoted, strlen(quoted), want);
        }
}

static void styles_and_layouts_mean_what_yaml_says(void **state)
{
        static const struct {
                const char *text, *json;
        } rows[] = {
                {"", "null"},
                {"# nothing\n", "null"},
                {"---\n", "null"},
                {"---\n...\n", "null"},
                {"--- text\n", "\"text\""},
                {"\xef\xbb\xbf"
                 "a: 1\n",
                 "{\"a\":1}"},
                {"a: 1\r\nb: 2\r\n", "{\"a\":1,\"b\":2}"},
                {"z: 1\na: 2\nm: 3\n", "{\"z\":1,\"a\":2,\"m\":3}"},
                {"a:\n- 1\n- - 2\n  - 3\n-\n", "{\"a\":[1,[2,3],null]}"},
                {"a: {b: [1, 'x', \"y\"], c: {}}\n", "{\"a\":{\"b\":[1,\"x\",\"y\"],\"c\":{}}}"},
                {"'it''s'", "\"it's\""},
                {"'1'", "\"1\""},
                {"\"\"", "\"\""},
                {"\"\\x41\\u00e9\\U0001f600\\t\\/\\e\"",
                 "\"A\xc3\xa9\xf0\x9f\x98\x80\\t/\\u001b\""},
                {"\"a\\\n  b\"", "\"ab\""},
                {"a: |\n  1\n  2\n", "{\"a\":\"1\\n2\\n\"}"},
                {"a: >-\n  1\n  2\n", "{\"a\":\"1 2\"}"},
                {"a: |\n  true\n", "{\"a\":\"true\\n\"}"},
                {"? a\n: b\n", "{\"a\":\"b\"}"},
                {"'<<': 1\n'1': 2\n'': 3\n", "{\"<<\":1,\"1\":2,\"\":3}"},
                {"a: b # not text\n", "{\"a\":\"b\"}"},
                {"a: b#text\n", "{\"a\":\"b#text\"}"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_tree(rows[i].text, strlen(rows[i].text), rows[i].json);
}

static const struct {
        const char *text;
        int line, column;
        const char *says;
} faults[] = {
        {"a: b: c\n", 1, 5, "no YAML: mapping values are not allowed in this context"},
        {"a: [1\n", 2, 1, "no YAML: did not find expected ',' or ']'"},
        {"a: 'x\n", 2, 1, "no YAML: found unexpected end of stream"},
        {"a: \"\\ud800\"\n", 1, 7, "no YAML: found invalid Unicode character escape code"},
        {"a: @x\n", 1, 4, "no YAML: found character that cannot start any token"},
        {"a: 1\n\tb: 2\n", 2, 1, "no YAML: found a tab character that violates indentation"},
        {"a: &x 1\n", 1, 4, "the anchor '&x' is not allowed"},
        {"a: &x [1]\n", 1, 4, "the anchor '&x' is not allowed"},
        {"a: &x {}\n", 1, 4, "the anchor '&x' is not allowed"},
        {"a: *x\n", 1, 4, "the alias '*x' is not allowed"},
        {"a: !!str 1\n", 1, 4, "the tag 'tag:yaml.org,2002:str' is not allowed"},
        {"a: ! 1\n", 1, 4, "the tag '!' is not allowed"},
        {"a: !x [1]\n", 1, 4, "the tag '!x' is not allowed"},
        {"!!map {}\n", 1, 1, "the tag 'tag:yaml.org,2002:map' is not allowed"},
        {"%YAML 1.1\n---\na: 1\n", 1, 1, "a directive (%) is not allowed"},
        {"%TAG ! x\n---\na: 1\n", 1, 1, "a directive (%) is not allowed"},
        {"a: 1\n---\nb: 2\n", 2, 1, "a second document begins; only one is allowed"},
        {"a: 1\n---\n", 2, 1, "a second document begins; only one is allowed"},
        {"a: 1\nb: 2\na: 3\n", 3, 1, "the key 'a' is there twice"},
        {"{a: 1, 'a': 2}\n", 1, 8, "the key 'a' is there twice"},
        {"a:\n  <<: {}\n", 2, 3, "the merge key '<<' is not allowed"},
        {"[a]: 1\n", 1, 1, "a key is no text"},
        {"? {a: 1}\n: 1\n", 1, 3, "a key is no text"},
        {"*x : 1\n", 1, 1, "a key is no text"},
        {"1: x\n", 1, 1, "'1' as a key is no text; put it in quotes if it is text"},
        {"? \n: x\n", 1, 2, "'' as a key is no text; put it in quotes if it is text"},
        {"on: x\n", 1, 1,
         "'on' means different values to different readers; put it in quotes if it is "
         "text"},
        {"&a b: x\n", 1, 1, "the anchor '&a' is not allowed"},
        {"a: .inf\n", 1, 4, "'.inf' is no number of JSON; put it in quotes if it is text"},
        {"a: -.INF\n", 1, 4, "'-.INF' is no number of JSON; put it in quotes if it is text"},
        {"a: .nan\n", 1, 4, "'.nan' is no number of JSON; put it in quotes if it is text"},
        {"a: 9223372036854775808\n", 1, 4,
         "'9223372036854775808' is over 64 bits; put it in quotes if it is text"},
        {"a: -0x8000000000000001\n", 1, 4,
         "'-0x8000000000000001' means different values to different readers; put it in "
         "quotes if it is text"},
        {"a: 0x8000000000000000\n", 1, 4,
         "'0x8000000000000000' is over 64 bits; put it in quotes if it is text"},
        {"a: 0.10000000000000001\n", 1, 4,
         "'0.10000000000000001' cannot be kept exactly; put it in quotes if it is text"},
        {"a: 1.0e+999\n", 1, 4,
         "'1.0e+999' cannot be kept exactly; put it in quotes if it is text"},
        {"a: \"x\\0y\"\n", 1, 4, "a text holds U+0000"},
        {"\"a\\0\": 1\n", 1, 1, "a text holds U+0000"},
        {"a: \xff\n", 1, 4, "the byte 0xff is no UTF-8"},
        {"\xff\xfe"
         "a",
         1, 1, "the byte 0xff is no UTF-8"},
        {"a: 'x\x07'\n", 1, 6, "the character U+0007 stands there as it is; write \"\\u0007\""},
        {"a: b # c\xc2\x85"
         "d: 1\n",
         1, 9, "the character U+0085 stands there as it is; write \"\\u0085\""},
        {"a:\n  '\xe2\x80\xa8'\n", 2, 4,
         "the character U+2028 stands there as it is; write \"\\u2028\""},
        {"a: 1\n\xef\xbb\xbf"
         "b: 2\n",
         2, 1, "the character U+FEFF stands there as it is; write \"\\ufeff\""},
};

static void each_fault_is_named_with_its_place(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(faults); i++)
                assert_refused(faults[i].text, strlen(faults[i].text), faults[i].line,
                               faults[i].column, faults[i].says);
        assert_refused("a: b\0", 5, 1, 5,
                       "the character U+0000 stands there as it is; write \"\\u0000\"");
}

static void a_long_scalar_is_quoted_in_part(void **state)
{
        char text[1000];
        struct pd_err err = {0};
        json_t *json = NULL;

        (void)state;
        memset(text, '7', sizeof(text));
        assert_pd_fail(pd_yaml_parse(text, sizeof(text), &json, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "'777777777777777777777777777777777777...' is over 64 bits");
}

static int try_to_parse(const char *text, size_t len, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;

        return pd_yaml_parse(text, len, &json, err);
}

static void each_limit_is_named(void **state)
{
        static char text[PD_YAML_MAX_BYTES + 1];
        struct pd_err err = {0};

        (void)state;
        memset(text, ' ', sizeof(text));
        assert_pd_ok(try_to_parse(text, PD_YAML_MAX_BYTES, &err), err);
        assert_pd_fail(try_to_parse(text, sizeof(text), &err), err, PD_E_TOO_LARGE);
        assert_string_equal(err.msg, "YAML text of more than 1048576 bytes");

        memset(text, '[', PD_YAML_MAX_DEPTH + 1);
        memset(text + PD_YAML_MAX_DEPTH + 1, ']', PD_YAML_MAX_DEPTH + 1);
        assert_pd_ok(try_to_parse(text + 1, 2 * PD_YAML_MAX_DEPTH, &err), err);
        assert_pd_fail(try_to_parse(text, 2 * PD_YAML_MAX_DEPTH + 2, &err), err, PD_E_TOO_LARGE);
        assert_string_equal(err.msg, "more than 64 levels of nesting at line 1, column 65");

        for (size_t i = 0; i < PD_YAML_MAX_VALUES; i++)
                memcpy(text + 2 * i, "-\n", 2);
        assert_pd_ok(try_to_parse(text, 2 * (PD_YAML_MAX_VALUES - 1), &err), err);
        assert_pd_fail(try_to_parse(text, 2 * PD_YAML_MAX_VALUES, &err), err, PD_E_TOO_LARGE);
        assert_string_equal(err.msg, "more than 100000 values at line 100000, column 2");
}

static int parse_everything(void *context, struct pd_err *err)
{
        static const char text[] = "a: [1, 2.5, true, null, x]\n"
                                   "\"b\": {c: 'd', e: \"f\\n\"}\n"
                                   "g: |\n"
                                   "  text\n"
                                   "h: >\n"
                                   "  text\n"
                                   "? long\n"
                                   ": - - 1\n"
                                   "    - 2\n";

        (void)context;
        return try_to_parse(text, sizeof(text) - 1, err);
}

static void each_lack_of_memory_is_a_clean_failure(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(parse_everything, NULL) > 50);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_scalars_are_what_all_readers_take_them_for),
                cmocka_unit_test(what_readers_do_not_agree_on_wants_quotes),
                cmocka_unit_test(styles_and_layouts_mean_what_yaml_says),
                cmocka_unit_test(each_fault_is_named_with_its_place),
                cmocka_unit_test(a_long_scalar_is_quoted_in_part),
                cmocka_unit_test(each_limit_is_named),
                cmocka_unit_test(each_lack_of_memory_is_a_clean_failure),
        };

        return cmocka_run_group_tests_name("yaml read", tests, NULL, NULL);
}
