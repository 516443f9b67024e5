/* test_write.c - what trees look like as YAML. */
#include "yaml/yaml.h"

#include <string.h>

#include "alloc_fail.h"
#include "json/json.h"
#include "pd_test.h"

static json_t *parse_json(const char *text)
{
        struct pd_err err = {0};
        json_t *json = NULL;

        assert_pd_ok(pd_json_parse(text, strlen(text), &pd_json_default_limits, &json, &err), err);
        return json;
}

/* Our own reader takes it for the same tree. */
static void assert_reads_back(const char *text, const json_t *want)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        struct pd_err err = {0};

        if (pd_yaml_parse(text, strlen(text), &json, &err) < 0)
                fail_msg("%s: %s", text, err.msg);
        if (!json_equal(json, want))
                fail_msg("%s means something else", text);
}

static void each_tree_is_written_in_one_way(void **state)
{
        static const struct {
                const char *json, *yaml;
        } rows[] = {
                {"null", "---\nnull\n"},
                {"\"text\"", "---\ntext\n"},
                {"{}", "---\n{}\n"},
                {"[]", "---\n[]\n"},
                {"{\"z\":1,\"a\":true,\"m\":false,\"n\":null}",
                 "---\nz: 1\na: true\nm: false\n\"n\": null\n"},
                {"{\"a\":{\"b\":{\"c\":1},\"d\":{}},\"e\":[]}",
                 "---\na:\n  b:\n    c: 1\n  d: {}\ne: []\n"},
                {"{\"a\":[{\"b\":1,\"c\":[2,3]},[4,[5]],[],{}]}",
                 "---\na:\n- b: 1\n  c:\n  - 2\n  - 3\n- - 4\n  - - 5\n- []\n- {}\n"},
                {"[[1,2],{\"a\":{\"b\":[3]}}]", "---\n- - 1\n  - 2\n- a:\n    b:\n    - 3\n"},
                {"[1.0,1e22,-0.5,1e-7,-9223372036854775808]",
                 "---\n- 1.0\n- 1.0e+22\n- -0.5\n- 1.0e-07\n- -9223372036854775808\n"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *json = parse_json(rows[i].json);
                pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);

                pd_yaml_write(&out, json);
                assert_string_equal(out.data, rows[i].yaml);
                assert_reads_back(out.data, json);
        }
}

static const struct {
        const char *text, *yaml;
} texts[] = {
        {"camera1", "camera1"},
        {"/data/shared", "/data/shared"},
        {"app.kubernetes.io/name", "app.kubernetes.io/name"},
        {"a-b_c.d-", "a-b_c.d-"},
        {"x", "x"},
        {"yess", "yess"},
        {"e5", "e5"},
        {"", "\"\""},
        {"y", "\"y\""},
        {"N", "\"N\""},
        {"Yes", "\"Yes\""},
        {"nO", "\"nO\""},
        {"ON", "\"ON\""},
        {"off", "\"off\""},
        {"true", "\"true\""},
        {"False", "\"False\""},
        {"NULL", "\"NULL\""},
        {"nan", "\"nan\""},
        {"Inf", "\"Inf\""},
        {"~", "\"~\""},
        {"1", "\"1\""},
        {"1Gi", "\"1Gi\""},
        {"-", "\"-\""},
        {"---", "\"---\""},
        {".5", "\".5\""},
        {".inf", "\".inf\""},
        {"<<", "\"<<\""},
        {"=", "\"=\""},
        {"a b", "\"a b\""},
        {"a:", "\"a:\""},
        {"a#b", "\"a#b\""},
        {"host:5000/name:1", "\"host:5000/name:1\""},
        {"*", "\"*\""},
        {"\xc3\xa9t\xc3\xa9", "\"\xc3\xa9t\xc3\xa9\""},
        {" x ", "\" x \""},
        {"say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""},
        {"a\nb\tc\r\b\f", "\"a\\nb\\tc\\r\\b\\f\""},
        {"\x01\x1b\x7f", "\"\\u0001\\u001b\\u007f\""},
        {"\xc2\x80|\xc2\x85|\xc2\x9f|\xc2\xa0", "\"\\u0080|\\u0085|\\u009f|\xc2\xa0\""},
        {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xb0",
         "\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xb0\""},
        {"\xef\xbb\xbf"
         "a\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf",
         "\"\\ufeffa\xef\xbf\xbd\\ufffe\\uffff\""},
        {"\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf", "\"\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\""},
};

static void text_is_plain_only_where_nobody_takes_it_for_something_else(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(texts); i++) {
                pd_auto(pd_json_free_ptr) json_t *value = json_pack("{ss}", "key", texts[i].text);
                pd_auto(pd_json_free_ptr) json_t *key = json_pack("{ss}", texts[i].text, "value");
                pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);
                pd_auto(pd_buf_done) struct pd_buf want = PD_BUF_INIT(10000);

                pd_yaml_write(&out, value);
                pd_buf_printf(&want, "---\nkey: %s\n", texts[i].yaml);
                assert_string_equal(out.data, want.data);
                assert_reads_back(out.data, value);

                pd_buf_clear(&out);
                pd_buf_clear(&want);
                pd_yaml_write(&out, key);
                pd_buf_printf(&want, "---\n%s: value\n", texts[i].yaml);
                assert_string_equal(out.data, want.data);
                assert_reads_back(out.data, key);
        }
}

static void a_long_key_has_a_line_of_its_own(void **state)
{
        static const char *const values[] = {"1", "{\"a\":1,\"b\":2}", "[1,2]", "{}"};
        static const char *const written[] = {": 1\n", ":\n  a: 1\n  b: 2\n", ":\n- 1\n- 2\n",
                                              ": {}\n"};
        char key[2000];

        (void)state;
        memset(key, '"', sizeof(key));
        for (size_t len = 128; len < sizeof(key); len += 600) {
                key[len] = '\0';
                for (size_t i = 0; i < PD_COUNT(values); i++) {
                        pd_auto(pd_json_free_ptr) json_t *json = json_object();
                        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(10000);

                        assert_int_equal(json_object_set_new(json, key, parse_json(values[i])), 0);
                        pd_yaml_write(&out, json);
                        assert_memory_equal(out.data + 4, len == 128 ? "\"\\" : "? ", 2);
                        assert_string_equal(out.data + out.len - strlen(written[i]), written[i]);
                        assert_reads_back(out.data, json);
                }
                key[len] = '"';
        }
}

static void lines_are_never_folded(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = json_object();
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(100000);
        char text[5000];

        (void)state;
        memset(text, ' ', sizeof(text));
        text[0] = text[sizeof(text) - 2] = 'x';
        text[sizeof(text) - 1] = '\0';
        assert_int_equal(json_object_set_new(json, "a", json_string(text)), 0);
        pd_yaml_write(&out, json);
        assert_int_equal(out.len, strlen("---\na: \"\"\n") + sizeof(text) - 1);
        assert_reads_back(out.data, json);
}

static void a_failure_stays_with_the_buffer(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = parse_json("{\"a\":[1,2.5,\"three four\"]}");
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(8);
        struct pd_err err = {0};

        (void)state;
        pd_yaml_write(&out, json);
        assert_pd_fail(pd_buf_check(&out, "text", &err), err, PD_E_TOO_LARGE);

        pd_buf_done(&out);
        out.max = 1000;
        pd_alloc_fail_at(1);
        pd_yaml_write(&out, json);
        pd_alloc_fail_never();
        assert_pd_fail(pd_buf_check(&out, "text", &err), err, PD_E_INTERNAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_tree_is_written_in_one_way),
                cmocka_unit_test(text_is_plain_only_where_nobody_takes_it_for_something_else),
                cmocka_unit_test(a_long_key_has_a_line_of_its_own),
                cmocka_unit_test(lines_are_never_folded),
                cmocka_unit_test(a_failure_stays_with_the_buffer),
        };

        return cmocka_run_group_tests_name("yaml write", tests, NULL, NULL);
}
