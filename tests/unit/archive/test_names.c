/* test_names.c - which names an entry may have, and which can stand beside each other. */
#include <string.h>

#include "archive/archive.h"
#include "base/own.h"
#include "pd_test.h"

static void only_plain_relative_names_are_allowed(void **state)
{
        static const struct {
                const char *name, *fault; /* NULL: it is allowed */
        } rows[] = {
                {"a", NULL},
                {"deployments/a-b_service.yaml", NULL},
                {"a/b/c/d", NULL},
                {"..a", NULL},
                {"a..", NULL},
                {".hidden", NULL},
                {"a.b/c.", NULL},
                {" ", NULL},
                {"m\xc3\xa4rz", NULL},
                {"ab:c", NULL},
                {"1:", NULL},
                {"", "empty"},
                {"/", "absolute"},
                {"/a", "absolute"},
                {"a/", "empty"},
                {"a//b", "empty"},
                {".", "'..'"},
                {"..", "'..'"},
                {"../a", "'..'"},
                {"a/../b", "'..'"},
                {"a/..", "'..'"},
                {"./a", "'..'"},
                {"a/./b", "'..'"},
                {"a\\b", "backslash"},
                {"..\\a", "backslash"},
                {"\\\\host\\share", "backslash"},
                {"c:a", "drive"},
                {"C:/a", "drive"},
                {"a\nb", "control"},
                {"a\x7f", "control"},
                {"a\x1b[31m", "control"},
                {"a\xc2\x85", "control"},
                {"a\xc2\xa0", NULL},
                {"a\xff", "UTF-8"},
                {"a\xc0\xaf", "UTF-8"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                const char *fault = pd_archive_name_fault(rows[i].name, 255);

                print_message("# row %zu: %s\n", i, fault != NULL ? fault : "");
                if (rows[i].fault == NULL)
                        assert_null(fault);
                else
                        assert_pd_says(fault != NULL ? fault : "", rows[i].fault);
        }
}

static void a_name_may_be_as_long_as_the_limit(void **state)
{
        (void)state;
        assert_null(pd_archive_name_fault("12345", 5));
        assert_pd_says(pd_archive_name_fault("123456", 5), "long");
}

/* The writer refuses what the reader would. */
static void names_must_not_be_in_each_others_way(void **state)
{
        static const struct {
                const char *first, *second, *fault;
        } rows[] = {
                {"a", "b", NULL},
                {"a/b", "a/c", NULL},
                {"a/b", "A/c", NULL},
                {"a.b", "a/b", NULL},
                {"ab", "a/b", NULL},
                {"a", "a", "twice"},
                {"a/b", "A/B", "twice"},
                {"a", "a/b", "as a file and as a folder"},
                {"a/b", "a", "as a file and as a folder"},
                {"A", "a/b/c", "as a file and as a folder"},
                {"a/b/c", "A/B", "as a file and as a folder"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
                struct pd_err err = {0};
                int result;

                print_message("# %s, %s\n", rows[i].first, rows[i].second);
                assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
                assert_pd_ok(pd_archive_add(writer, rows[i].first, "", 0, &err), err);
                result = pd_archive_add(writer, rows[i].second, "", 0, &err);
                if (rows[i].fault == NULL) {
                        assert_pd_ok(result, err);
                        continue;
                }
                assert_pd_fail(result, err, PD_E_CONFLICT);
                assert_pd_says(err.msg, rows[i].fault);
        }
}

static void a_refused_name_is_shown_harmlessly(void **state)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        struct pd_err err = {0};
        char name[300];

        (void)state;
        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        assert_pd_fail(pd_archive_add(writer, "a\x1b[2J\xff\nb", "", 0, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, "'a?[2J??b'");

        memset(name, 'x', sizeof(name));
        name[sizeof(name) - 1] = '\0';
        assert_pd_fail(pd_archive_add(writer, name, "", 0, &err), err, PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "xxx...' of an entry is over 255 bytes");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_plain_relative_names_are_allowed),
                cmocka_unit_test(a_name_may_be_as_long_as_the_limit),
                cmocka_unit_test(names_must_not_be_in_each_others_way),
                cmocka_unit_test(a_refused_name_is_shown_harmlessly),
        };

        return cmocka_run_group_tests_name("archive-names", tests, NULL, NULL);
}
