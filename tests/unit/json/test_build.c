#include "pd_test.h"

#include "alloc_fail.h"
#include "json/build.h"
#include "json/json.h"

static void what_is_put_and_appended_stands_in_order(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *object = json_object();
        json_t *list = json_array();
        (void)state;

        pd_json_append(&list, json_integer(1));
        pd_json_append(&list, json_integer(2));
        pd_json_put(&object, "b", list);
        pd_json_put(&object, "a", json_true());
        assert_int_equal(json_integer_value(json_array_get(json_object_get(object, "b"), 1)), 2);
        assert_true(json_is_true(json_object_get(object, "a")));
}

static void what_is_null_makes_the_tree_null(void **state)
{
        json_t *object = json_object();
        json_t *list = json_array();
        (void)state;

        pd_json_put(&object, "a", NULL);
        assert_null(object);
        pd_json_put(&object, "a", json_true());
        assert_null(object);
        pd_json_append(&list, NULL);
        assert_null(list);
}

static void members_are_merged_into_a_child_that_is_made(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *object = json_object();
        pd_auto(pd_json_free_ptr) json_t *more = json_pack("{s:i, s:i}", "a", 1, "b", 2);
        pd_auto(pd_json_free_ptr) json_t *other = json_pack("{s:i}", "b", 3);
        (void)state;

        assert_int_equal(pd_json_merge(object, "labels", more), 0);
        assert_int_equal(pd_json_merge(object, "labels", other), 0);
        assert_int_equal(
                json_integer_value(json_object_get(json_object_get(object, "labels"), "b")), 3);
        assert_int_equal(json_object_size(json_object_get(object, "labels")), 2);
}

static int grow(void *context, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *object = json_object();
        json_t *list = json_array();

        (void)context;
        for (int i = 0; i < 20; i++)
                pd_json_append(&list, json_integer(i));
        pd_json_put(&object, "list", list);
        return object != NULL ? 0 : pd_fail_memory(err, "a tree");
}

static void each_failed_allocation_gives_no_tree(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(grow, NULL) > 10);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_put_and_appended_stands_in_order),
                cmocka_unit_test(what_is_null_makes_the_tree_null),
                cmocka_unit_test(members_are_merged_into_a_child_that_is_made),
                cmocka_unit_test(each_failed_allocation_gives_no_tree),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
