/* test_get.c - members of objects, and what stands where they are missing. */
#include "json/get.h"

#include <string.h>

#include "json/json.h"
#include "pd_test.h"

static int read_sample(void **state)
{
        static const char text[] =
                "{\"null\":null,\"yes\":true,\"no\":false,\"text\":\"t\",\"one\":1,"
                "\"half\":0.5,\"list\":[1,2],\"in\":{\"side\":{\"x\":\"deep\"}}}";
        json_t *json = NULL;
        struct pd_err err = {0};

        if (pd_json_parse(text, sizeof(text) - 1, &pd_json_default_limits, &json, &err) < 0)
                return -1;
        *state = json;
        return 0;
}

static int drop_sample(void **state)
{
        pd_json_free(*state);
        return 0;
}

static void null_is_the_same_as_absent(void **state)
{
        assert_null(pd_json_get(*state, "null"));
        assert_null(pd_json_get(*state, "absent"));
        assert_null(pd_json_get(NULL, "absent"));
        assert_null(pd_json_get(pd_json_get(*state, "list"), "absent"));
        assert_true(json_is_true(pd_json_get(*state, "yes")));
}

static void another_kind_is_the_same_as_absent(void **state)
{
        assert_string_equal(pd_json_get_string(*state, "text"), "t");
        assert_null(pd_json_get_string(*state, "one"));
        assert_null(pd_json_get_string(*state, "absent"));
        assert_string_equal(pd_json_get_text(*state, "text"), "t");
        assert_string_equal(pd_json_get_text(*state, "one"), "");
        assert_string_equal(pd_json_get_text(NULL, "absent"), "");
        assert_true(pd_json_has_text(*state, "text", "t"));
        assert_false(pd_json_has_text(*state, "text", "u"));
        assert_false(pd_json_has_text(*state, "null", ""));
        assert_int_equal(pd_json_get_int(*state, "one"), 1);
        assert_int_equal(pd_json_get_int(*state, "half"), 0);
        assert_int_equal(pd_json_get_int(*state, "absent"), 0);
        assert_int_equal(json_array_size(pd_json_get_array(*state, "list")), 2);
        assert_null(pd_json_get_array(*state, "in"));
        assert_true(pd_json_get_bool(*state, "yes", false));
        assert_false(pd_json_get_bool(*state, "no", true));
        assert_true(pd_json_get_bool(*state, "null", true));
        assert_false(pd_json_get_bool(*state, "one", false));
}

static void digging_ends_where_the_way_ends(void **state)
{
        const json_t *deep = pd_json_dig(*state, "in", "side", "x", NULL);

        assert_string_equal(json_string_value(deep), "deep");
        assert_null(pd_json_dig(*state, "in", "other", "x", NULL));
        assert_null(pd_json_dig(*state, "text", "side", NULL));
        assert_null(pd_json_dig(*state, "null", "side", NULL));
        assert_null(pd_json_dig(NULL, "in", NULL));
}

static void each_kind_has_a_word(void **state)
{
        static const char *const rows[][2] = {
                {"null", "null"},     {"yes", "a boolean"}, {"no", "a boolean"},
                {"text", "a string"}, {"one", "a number"},  {"half", "a number"},
                {"list", "an array"}, {"in", "an object"},  {"absent", "nothing"},
        };

        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_string_equal(pd_json_kind(json_object_get(*state, rows[i][0])), rows[i][1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(null_is_the_same_as_absent),
                cmocka_unit_test(another_kind_is_the_same_as_absent),
                cmocka_unit_test(digging_ends_where_the_way_ends),
                cmocka_unit_test(each_kind_has_a_word),
        };

        return cmocka_run_group_tests_name("json get", tests, read_sample, drop_sample);
}
