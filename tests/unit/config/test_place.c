/* test_place.c - where programs keep things. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "config/place.h"
#include "pd_test.h"

static const char *const variables[] = {"STATE_DIRECTORY", "XDG_DATA_HOME", "HOME"};

static int clear_variables(void **state)
{
        (void)state;
        for (size_t i = 0; i < PD_COUNT(variables); i++)
                (void)unsetenv(variables[i]); /* fails for no name of ours */
        return 0;
}

static void each_source_yields_to_the_one_before_it(void **state)
{
        char folder[] = "/tmp/pd-place-XXXXXX";
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        const char *place,
                *below[] = {"", "/playground-deployer", "/.local/share/playground-deployer"};
        struct pd_err err = {0};

        (void)state;
        assert_non_null(mkdtemp(folder));
        for (int i = PD_COUNT(variables) - 1; i >= 0; i--) {
                char *value = pd_arena_printf(&arena, "%s/%d", folder, i);
                struct stat made;

                assert_int_equal(setenv(variables[i], value, 1), 0);
                assert_pd_ok(pd_place_open(NULL, &arena, &place, &err), err);
                assert_string_equal(place, pd_arena_printf(&arena, "%s%s", value, below[i]));
                assert_int_equal(stat(place, &made), 0);
                assert_int_equal(made.st_mode & 07777, 0700);
        }
        assert_pd_ok(pd_place_open(folder, &arena, &place, &err), err);
        assert_string_equal(place, folder);
        assert_string_equal(pd_place_file(&arena, place, PD_PLACE_CATALOG),
                            pd_arena_printf(&arena, "%s/catalog.db", folder));

        for (size_t i = 0; i < PD_COUNT(variables); i++) {
                char *path = pd_arena_printf(&arena, "%s/%zu%s", folder, i, below[i]);

                while (strlen(path) > strlen(folder)) {
                        assert_int_equal(rmdir(path), 0);
                        *strrchr(path, '/') = '\0';
                }
        }
        assert_int_equal(rmdir(folder), 0);
}

static void without_any_source_the_setting_is_asked_for(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        const char *place;
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_place_open(NULL, &arena, &place, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "PD_DATA_DIR");
        assert_int_equal(setenv("HOME", "relative", 1), 0);
        assert_pd_fail(pd_place_open(NULL, &arena, &place, &err), err, PD_E_INVALID);
        assert_pd_fail(pd_place_open("", &arena, &place, &err), err, PD_E_INVALID);
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        const char *place;
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_place_open("/dev/null/data", &arena, &place, &err), err, PD_E_FORBIDDEN);
        assert_pd_says(err.msg, "'/dev/null/data'");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(each_source_yields_to_the_one_before_it, clear_variables),
                cmocka_unit_test_setup(without_any_source_the_setting_is_asked_for,
                                       clear_variables),
                cmocka_unit_test_setup(a_folder_that_cannot_be_made_is_named, clear_variables),
        };

        return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
