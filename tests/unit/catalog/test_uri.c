/* test_uri.c - which paths Nexus is asked for, and how they are written. */
#include "base/own.h"
#include "pd_test.h"
#include "uri.h"

static void only_relative_normal_paths_are_taken(void **state)
{
        static const struct {
                const char *path;
                const char *fault; /* a part of it; NULL: it is taken */
        } rows[] = {
                {"org/acumos/1/model-1.0.0.proto", NULL},
                {"a", NULL},
                {"a b/ü.proto", NULL},
                {"a..b/.c/d..", NULL},
                {"..", "'..' as a part"},
                {"../secret", "'..' as a part"},
                {"a/../../secret", "'..' as a part"},
                {"a/..", "'..' as a part"},
                {"./a", "'.' or"},
                {"", "empty part"},
                {"a//b", "empty part"},
                {"a/", "empty part"},
                {"/etc/passwd", "begins with '/'"},
                {"//host/a", "begins with '/'"},
                {"http://host/a", "is an address"},
                {"file:///etc/passwd", "is an address"},
                {"a\\..\\b", "backslash"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                const char *fault = pd_uri_fault(rows[i].path);

                print_message("# %s\n", rows[i].path);
                if (rows[i].fault == NULL)
                        assert_null(fault);
                else
                        assert_pd_says(fault != NULL ? fault : "", rows[i].fault);
        }
}

static void a_path_never_becomes_query_host_or_another_path(void **state)
{
        static const struct {
                const char *base, *path, *url;
        } rows[] = {
                {"http://n/nexus", "a/b.proto", "http://n/nexus/a/b.proto"},
                {"http://n/nexus/", "a/b.proto", "http://n/nexus/a/b.proto"},
                {"http://n/nexus//", "a?b#c", "http://n/nexus/a%3Fb%23c"},
                {"http://n", "%2e%2e/a", "http://n/%252e%252e/a"},
                {"http://n", "@host:80/a b", "http://n/%40host%3A80/a%20b"},
                {"http://n", "\xc3\xbc", "http://n/%C3%BC"},
        };
        pd_auto(pd_arena_done) struct pd_arena arena = {0};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_string_equal(pd_uri_join(&arena, rows[i].base, rows[i].path), rows[i].url);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_relative_normal_paths_are_taken),
                cmocka_unit_test(a_path_never_becomes_query_host_or_another_path),
        };

        return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
