/* test_support.c - the helpers themselves. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include <zlib.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/own.h"
#include "pd_test.h"

/* What must give NULL while allocation 1 fails, and something to free when none does. */
static void *with_malloc(void)
{
        return malloc(10);
}

static void *with_calloc(void)
{
        return calloc(2, 5);
}

static void *with_realloc(void)
{
        return realloc(NULL, 10);
}

static void *with_reallocarray(void)
{
        return reallocarray(NULL, 2, 5);
}

static void *with_aligned_alloc(void)
{
        return aligned_alloc(64, 128);
}

static void *with_posix_memalign(void)
{
        void *memory = NULL;

        return posix_memalign(&memory, 64, 100) == 0 ? memory : NULL;
}

static void *with_strdup(void)
{
        return strdup("four");
}

static void *with_strndup(void)
{
        return strndup("fourteen", 4);
}

static void *with_asprintf(void)
{
        char *text = NULL;

        return asprintf(&text, "%d", 4) > 0 ? text : NULL;
}

static const struct {
        const char *name;
        void *(*allocate)(void);
} functions[] = {
        {"malloc", with_malloc},
        {"calloc", with_calloc},
        {"realloc", with_realloc},
        {"reallocarray", with_reallocarray},
        {"aligned_alloc", with_aligned_alloc},
        {"posix_memalign", with_posix_memalign},
        {"strdup", with_strdup},
        {"strndup", with_strndup},
        {"asprintf", with_asprintf},
};

static void each_function_fails_when_told(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(functions); i++) {
                pd_auto(pd_free_ptr) void *fails = NULL;
                pd_auto(pd_free_ptr) void *works = NULL;

                pd_alloc_fail_at(1);
                fails = functions[i].allocate();
                works = functions[i].allocate();
                pd_alloc_fail_never();

                if (fails != NULL || works == NULL)
                        fail_msg("%s", functions[i].name);
        }
}

static void only_the_chosen_allocation_fails(void **state)
{
        void *memory[4];
        size_t made;

        (void)state;
        pd_alloc_fail_at(3);
        for (size_t i = 0; i < PD_COUNT(memory); i++)
                memory[i] = malloc(1);
        made = pd_alloc_count();
        pd_alloc_fail_never();

        assert_int_equal(made, 4);
        for (size_t i = 0; i < PD_COUNT(memory); i++) {
                assert_int_equal(memory[i] == NULL, i == 2);
                free(memory[i]);
        }
}

static void a_failed_allocation_sets_errno(void **state)
{
        void *memory;

        (void)state;
        errno = 0;
        pd_alloc_fail_at(1);
        memory = malloc(1);
        pd_alloc_fail_never();

        assert_null(memory);
        assert_int_equal(errno, ENOMEM);
}

static void copies_are_equal(void **state)
{
        pd_auto(pd_free_ptr) char *whole = strdup("fourteen");
        pd_auto(pd_free_ptr) char *part = strndup("fourteen", 4);

        (void)state;
        assert_string_equal(whole, "fourteen");
        assert_string_equal(part, "four");
}

static void shared_libraries_are_served_too(void **state)
{
        yaml_parser_t parser;
        z_stream stream = {0};
        json_t *array;
        int yaml, zlib;

        (void)state;
        pd_alloc_fail_at(1);
        array = json_array();
        pd_alloc_fail_at(1);
        yaml = yaml_parser_initialize(&parser);
        pd_alloc_fail_at(1);
        zlib = inflateInit(&stream);
        pd_alloc_fail_never();

        assert_null(array);
        assert_int_equal(yaml, 0);
        assert_int_equal(zlib, Z_MEM_ERROR);
}

/* Three allocations, each checked. */
static int careful(void *context, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *a = strdup("a");
        pd_auto(pd_free_ptr) char *b = a != NULL ? strdup("b") : NULL;
        pd_auto(pd_free_ptr) char *c = b != NULL ? strdup("c") : NULL;

        (*(size_t *)context)++;
        return c != NULL ? 0 : pd_fail_memory(err, "letters");
}

static void each_allocation_of_a_call_fails_in_turn(void **state)
{
        size_t calls = 0;

        (void)state;
        assert_int_equal(pd_alloc_fail_each(careful, &calls), 3);
        assert_int_equal(calls, 5); /* one as it is, one a failing allocation, one that ends it */
}

static void only_the_wanted_result_passes(void **state)
{
        struct pd_err invalid = {0}, mute = {.code = PD_E_INVALID};

        (void)state;
        (void)pd_fail(&invalid, PD_E_INVALID, 0, "'x' is no number");

        assert_true(pd_test_is_wanted(0, &invalid, PD_OK));
        assert_true(pd_test_is_wanted(-1, &invalid, PD_E_INVALID));

        assert_false(pd_test_is_wanted(-1, &invalid, PD_OK));
        assert_false(pd_test_is_wanted(1, &invalid, PD_OK));
        assert_false(pd_test_is_wanted(0, &invalid, PD_E_INVALID));
        assert_false(pd_test_is_wanted(-2, &invalid, PD_E_INVALID));
        assert_false(pd_test_is_wanted(-1, &invalid, PD_E_INTERNAL));
        assert_false(pd_test_is_wanted(-1, &mute, PD_E_INVALID));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_function_fails_when_told),
                cmocka_unit_test(only_the_chosen_allocation_fails),
                cmocka_unit_test(a_failed_allocation_sets_errno),
                cmocka_unit_test(copies_are_equal),
                cmocka_unit_test(shared_libraries_are_served_too),
                cmocka_unit_test(each_allocation_of_a_call_fails_in_turn),
                cmocka_unit_test(only_the_wanted_result_passes),
        };

        return cmocka_run_group_tests_name("support", tests, NULL, NULL);
}
