/* test_write.c - what trees look like as text, and that the text is the tree. */
#include "json/json.h"

#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"

static char *write_text(const json_t *json, enum pd_json_style style)
{
        struct pd_buf out = PD_BUF_INIT(1 << 20);

        pd_json_write(&out, json, style);
        return pd_buf_take(&out, NULL);
}

static json_t *parse(const char *text)
{
        struct pd_err err = {0};
        json_t *json = NULL;

        assert_pd_ok(pd_json_parse(text, strlen(text), &pd_json_default_limits, &json, &err), err);
        return json;
}

static void each_text_is_written_in_one_way(void **state)
{
        static const struct {
                const char *text, *compact, *indented;
        } rows[] = {
                {" null", "null", "null"},
                {"-0", "0", "0"},
                {"-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
                {"1e22", "1.0e+22", "1.0e+22"},
                {"-0.0", "-0.0", "-0.0"},
                {"1.50", "1.5", "1.5"},
                {"\"\\/\\u00e9\\u0001\\n\\u007f\\\"\"", "\"/\xc3\xa9\\u0001\\n\\u007f\\\"\"",
                 "\"/\xc3\xa9\\u0001\\n\\u007f\\\"\""},
                {"[ ]", "[]", "[]"},
                {"{ }", "{}", "{}"},
                {"{\"z\":[1,{}],\"a\":{\"b\":true}}", "{\"z\":[1,{}],\"a\":{\"b\":true}}",
                 "{\n"
                 "  \"z\": [\n"
                 "    1,\n"
                 "    {}\n"
                 "  ],\n"
                 "  \"a\": {\n"
                 "    \"b\": true\n"
                 "  }\n"
                 "}"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *json = parse(rows[i].text);
                pd_auto(pd_free_ptr) char *compact = write_text(json, PD_JSON_COMPACT);
                pd_auto(pd_free_ptr) char *indented = write_text(json, PD_JSON_INDENT);

                assert_string_equal(compact, rows[i].compact);
                assert_string_equal(indented, rows[i].indented);
        }
}

/* A tree that a generator made: the numbers decide what it is. */
static json_t *grow(uint64_t *seed, int depth)
{
        static const char *const names[] = {"", "a", "name", "\xc3\xa9", "q\"\\\n", "\x7f/"};
        json_t *tree;
        size_t count;

        *seed = *seed * 6364136223846793005U + 1442695040888963407U;
        count = *seed >> 40 & 7;
        switch (*seed >> 60 & (depth < 5 ? 7 : 3)) {
        case 0:
                return json_integer((json_int_t)(*seed >> (*seed >> 32 & 63)));
        case 1:
                return json_real((double)(int64_t)*seed / (double)(count + 3));
        case 2:
                return json_string(names[count % PD_COUNT(names)]);
        case 3:
                return count & 1 ? json_null() : json_boolean(count & 2);
        case 4:
        case 5:
                tree = json_array();
                for (size_t i = 0; i < count; i++)
                        (void)json_array_append_new(tree, grow(seed, depth + 1));
                return tree;
        default:
                tree = json_object();
                for (size_t i = 0; i < count; i++)
                        (void)json_object_set_new(tree,
                                                  names[(i + (size_t)depth) % PD_COUNT(names)],
                                                  grow(seed, depth + 1));
                return tree;
        }
}

static void what_is_written_reads_back_equal_in_the_same_order(void **state)
{
        uint64_t seed = 1;

        (void)state;
        for (int i = 0; i < 2000; i++) {
                pd_auto(pd_json_free_ptr) json_t *json = grow(&seed, 0);
                pd_auto(pd_free_ptr) char *text =
                        write_text(json, i & 1 ? PD_JSON_COMPACT : PD_JSON_INDENT);
                pd_auto(pd_json_free_ptr) json_t *back = parse(text);
                pd_auto(pd_free_ptr) char *again =
                        write_text(back, i & 1 ? PD_JSON_COMPACT : PD_JSON_INDENT);

                assert_true(json_equal(json, back));
                assert_string_equal(text, again);
        }
}

static void a_failure_stays_with_the_buffer(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *json = parse("[1, 2, \"three\"]");
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(8);
        struct pd_err err = {0};

        (void)state;
        pd_json_write(&out, json, PD_JSON_COMPACT);
        assert_pd_fail(pd_buf_check(&out, "text", &err), err, PD_E_TOO_LARGE);

        pd_buf_done(&out);
        out.max = 1000;
        pd_alloc_fail_at(1);
        pd_json_write(&out, json, PD_JSON_COMPACT);
        pd_alloc_fail_never();
        assert_pd_fail(pd_buf_check(&out, "text", &err), err, PD_E_INTERNAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_text_is_written_in_one_way),
                cmocka_unit_test(what_is_written_reads_back_equal_in_the_same_order),
                cmocka_unit_test(a_failure_stays_with_the_buffer),
        };

        return cmocka_run_group_tests_name("json write", tests, NULL, NULL);
}
