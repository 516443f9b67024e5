/* test_arena.c - memory that goes at once. */
#include "base/arena.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "pd_test.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
        static const size_t sizes[] = {1, 2, 15, 16, 17, 100, 2048, 2049, 8192, 100000, 0};
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        unsigned char *made[20 * PD_COUNT(sizes)];

        (void)state;
        for (size_t i = 0; i < PD_COUNT(made); i++) {
                size_t size = sizes[i % PD_COUNT(sizes)];

                made[i] = pd_arena_alloc(&arena, 1, size);
                assert_non_null(made[i]);
                assert_int_equal((uintptr_t)made[i] % _Alignof(max_align_t), 0);
                for (size_t k = 0; k < size; k++)
                        assert_int_equal(made[i][k], 0);
                memset(made[i], (int)i + 1, size);
        }
        for (size_t i = 0; i < PD_COUNT(made); i++) {
                for (size_t k = 0; k < sizes[i % PD_COUNT(sizes)]; k++)
                        assert_int_equal(made[i][k], (unsigned char)(i + 1));
        }
}

static void an_empty_arena_is_released_and_used_again(void **state)
{
        struct pd_arena arena = {0};

        (void)state;
        pd_arena_done(&arena);
        assert_non_null(pd_arena_alloc(&arena, 1, 1));
        pd_arena_done(&arena);
        assert_null(arena.blocks);
        assert_non_null(pd_arena_alloc(&arena, 1, 1));
        pd_arena_done(&arena);
}

static void what_no_memory_can_hold_is_refused(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};

        (void)state;
        assert_null(pd_arena_alloc(&arena, SIZE_MAX, 2));
        assert_null(pd_arena_alloc(&arena, SIZE_MAX / 4, 8));
        assert_null(pd_arena_alloc(&arena, 1, SIZE_MAX));
        assert_null(pd_arena_copy(&arena, "", SIZE_MAX));
}

static void texts_are_copied(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        char text[] = "text";
        const char *copy = pd_arena_string(&arena, text);
        const char *bytes = pd_arena_copy(&arena, "a\0b", 3);

        (void)state;
        text[0] = 'n';
        assert_string_equal(copy, "text");
        assert_memory_equal(bytes, "a\0b", 4);
        assert_string_equal(pd_arena_copy(&arena, NULL, 0), "");
        assert_string_equal(pd_arena_printf(&arena, "%s-%d", text, 7), "next-7");
        assert_int_equal(strlen(pd_arena_printf(&arena, "%5000d", 7)), 5000);
}

static void an_array_grows_one_by_one(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pair {
                size_t a, b;
        } *pairs = NULL;
        size_t count = 0;

        (void)state;
        for (size_t i = 0; i < 1000; i++) {
                struct pair *pair = pd_arena_push(&arena, &pairs, &count, sizeof(*pairs));

                assert_non_null(pair);
                assert_int_equal(count, i + 1);
                assert_ptr_equal(pair, &pairs[i]);
                assert_true(pair->a == 0 && pair->b == 0);
                *pair = (struct pair){i, 2 * i};
        }
        for (size_t i = 0; i < count; i++)
                assert_true(pairs[i].a == i && pairs[i].b == 2 * i);
}

static void an_element_that_was_dropped_comes_back_zeroed(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        int *numbers = NULL;
        size_t count = 0;

        (void)state;
        for (int i = 0; i < 3; i++)
                *(int *)pd_arena_push(&arena, &numbers, &count, sizeof(*numbers)) = 7;
        count = 2;
        assert_int_equal(*(int *)pd_arena_push(&arena, &numbers, &count, sizeof(*numbers)), 0);
        assert_int_equal(numbers[1], 7);
}

static void a_failed_push_changes_nothing(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        int *numbers = NULL, *before;
        size_t count = 0;

        (void)state;
        for (int i = 0; i < 4096; i++)
                assert_non_null(pd_arena_push(&arena, &numbers, &count, sizeof(*numbers)));
        before = numbers;

        pd_alloc_fail_at(1);
        assert_null(pd_arena_push(&arena, &numbers, &count, sizeof(*numbers)));
        assert_null(pd_arena_alloc(&arena, 1, SIZE_MAX / 2));
        pd_alloc_fail_at(1);
        assert_null(pd_arena_alloc(&arena, 1, 100000));
        pd_alloc_fail_never();

        assert_ptr_equal(numbers, before);
        assert_int_equal(count, 4096);
        assert_non_null(pd_arena_push(&arena, &numbers, &count, sizeof(*numbers)));
}

static int make_texts(void *context, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};

        (void)context;
        for (int i = 0; i < 2000; i++) {
                if (pd_arena_string(&arena, "a text") == NULL ||
                    pd_arena_printf(&arena, "%d", i) == NULL)
                        return pd_fail_memory(err, "texts");
        }
        return 0;
}

static void each_lack_of_memory_is_seen(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(make_texts, NULL) >= 8);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
                cmocka_unit_test(an_empty_arena_is_released_and_used_again),
                cmocka_unit_test(what_no_memory_can_hold_is_refused),
                cmocka_unit_test(texts_are_copied),
                cmocka_unit_test(an_array_grows_one_by_one),
                cmocka_unit_test(an_element_that_was_dropped_comes_back_zeroed),
                cmocka_unit_test(a_failed_push_changes_nothing),
                cmocka_unit_test(each_lack_of_memory_is_seen),
        };

        return cmocka_run_group_tests_name("base arena", tests, NULL, NULL);
}
