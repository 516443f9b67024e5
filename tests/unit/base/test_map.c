/* test_map.c - an index over names. */
#include "base/map.h"

#include <stdio.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "pd_test.h"

#define MANY 20000

static void an_empty_map_holds_nothing(void **state)
{
        struct pd_map map = {0};
        size_t value = 7;

        (void)state;
        assert_false(pd_map_get(&map, "a", &value));
        assert_int_equal(value, 7);
        pd_map_done(&map);
}

static void values_are_found_and_replaced(void **state)
{
        static char keys[MANY][16];
        pd_auto(pd_map_done) struct pd_map map = {0};
        size_t value;

        (void)state;
        for (size_t i = 0; i < MANY; i++) {
                (void)snprintf(keys[i], sizeof(keys[i]), "node-%zu", i);
                assert_int_equal(pd_map_set(&map, keys[i], i), 0);
        }
        for (size_t i = 0; i < MANY; i += 3)
                assert_int_equal(pd_map_set(&map, keys[i], 2 * i), 0);

        assert_int_equal(map.count, MANY);
        for (size_t i = 0; i < MANY; i++) {
                assert_true(pd_map_get(&map, keys[i], &value));
                assert_int_equal(value, i % 3 == 0 ? 2 * i : i);
        }
        assert_true(pd_map_get(&map, "node-0", NULL));
        assert_false(pd_map_get(&map, "node-20000", NULL));
        assert_false(pd_map_get(&map, "Node-0", NULL));
        assert_false(pd_map_get(&map, "", NULL));
}

static void keys_of_every_length_are_told_apart(void **state)
{
        static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        pd_auto(pd_map_done) struct pd_map map = {0};
        size_t value;

        (void)state;
        for (size_t i = 0; i < sizeof(text); i++)
                assert_int_equal(pd_map_set(&map, text + i, i), 0);
        assert_int_equal(map.count, sizeof(text));
        for (size_t i = 0; i < sizeof(text); i++) {
                assert_true(pd_map_get(&map, text + i, &value));
                assert_int_equal(value, i);
        }
}

static void only_a_to_z_are_folded(void **state)
{
        pd_auto(pd_map_done) struct pd_map map = {.ignore_case = true};
        size_t value = 0;

        (void)state;
        assert_int_equal(pd_map_set(&map, "Camera1", 1), 0);
        assert_int_equal(pd_map_set(&map, "CAMERA1", 2), 0);
        assert_int_equal(pd_map_set(&map, "[\\]^_@", 3), 0);
        assert_int_equal(pd_map_set(&map, "\xc3\x89", 4), 0);
        assert_int_equal(map.count, 3);

        assert_true(pd_map_get(&map, "camera1", &value));
        assert_int_equal(value, 2);
        assert_false(pd_map_get(&map, "camera", NULL));
        assert_false(pd_map_get(&map, "camera12", NULL));
        assert_false(pd_map_get(&map, "{|}~_`", NULL));
        assert_false(pd_map_get(&map, "\xc3\xa9", NULL));
}

static void a_map_is_used_again_after_its_end(void **state)
{
        struct pd_map map = {.ignore_case = true};

        (void)state;
        assert_int_equal(pd_map_set(&map, "A", 1), 0);
        pd_map_done(&map);
        assert_false(pd_map_get(&map, "a", NULL));
        assert_int_equal(pd_map_set(&map, "A", 1), 0);
        assert_true(pd_map_get(&map, "a", NULL));
        pd_map_done(&map);
}

static int index_letters(void *context, struct pd_err *err)
{
        static const char letters[] = "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0r\0s\0t";
        pd_auto(pd_map_done) struct pd_map map = {0};

        (void)context;
        for (size_t i = 0; i < sizeof(letters); i += 2) {
                size_t count = map.count;

                if (pd_map_set(&map, letters + i, i) < 0) {
                        assert_int_equal(map.count, count);
                        assert_false(pd_map_get(&map, letters + i, NULL));
                        assert_int_equal(pd_map_get(&map, "a", NULL), count != 0);
                        return pd_fail_memory(err, "letters");
                }
        }
        return 0;
}

static void a_lack_of_memory_changes_nothing(void **state)
{
        (void)state;
        assert_int_equal(pd_alloc_fail_each(index_letters, NULL), 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_empty_map_holds_nothing),
                cmocka_unit_test(values_are_found_and_replaced),
                cmocka_unit_test(keys_of_every_length_are_told_apart),
                cmocka_unit_test(only_a_to_z_are_folded),
                cmocka_unit_test(a_map_is_used_again_after_its_end),
                cmocka_unit_test(a_lack_of_memory_changes_nothing),
        };

        return cmocka_run_group_tests_name("base map", tests, NULL, NULL);
}
