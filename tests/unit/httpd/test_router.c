/* test_router.c - paths and methods, held against a table of routes. */
#include "router.h"

#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"

static void handle(struct pd_http_exchange *exchange, void *app)
{
        (void)exchange;
        (void)app;
}

enum { ROOT, DEPLOY, DEPLOY_POST, NEW, ANY, DELETE_ANY, DEEP };

static const struct pd_http_route routes[] = {
        [ROOT] = {.method = "GET", .path = "/", .handler = handle},
        [DEPLOY] = {.method = "GET", .path = "/deploy/{sid}/{rid}", .handler = handle},
        [DEPLOY_POST] = {.method = "POST", .path = "/deploy/{sid}/{rid}", .handler = handle},
        [NEW] = {.method = "PUT", .path = "/things/new", .handler = handle},
        [ANY] = {.method = "GET", .path = "/things/{id}", .handler = handle},
        [DELETE_ANY] = {.method = "DELETE", .path = "/things/{id}", .handler = handle},
        [DEEP] = {.method = "GET", .path = "/api/v1/solutions/{sid}/plan", .handler = handle},
};

/* A router for the table above, and memory for one request. */
struct fixture {
        struct pd_router *router;
        struct pd_arena arena;
};

static int set_up(void **state)
{
        static struct fixture fixture;

        *state = &fixture;
        return pd_router_new(routes, PD_COUNT(routes), &fixture.router, NULL);
}

static int tear_down(void **state)
{
        struct fixture *fixture = *state;

        pd_router_free(fixture->router);
        pd_arena_done(&fixture->arena);
        return 0;
}

static enum pd_route_outcome match(void **state, const char *method, const char *path,
                                   struct pd_route_match *ret)
{
        struct fixture *fixture = *state;

        return pd_router_match(fixture->router, method, path, &fixture->arena, ret);
}

static void a_path_has_the_route_it_fits(void **state)
{
        static const struct {
                const char *method, *path;
                size_t route;
        } rows[] = {
                {"GET", "/", ROOT},
                {"GET", "/deploy/a/b", DEPLOY},
                {"POST", "/deploy/a/b", DEPLOY_POST},
                {"GET", "/%64eploy/a/b", DEPLOY},
                {"PUT", "/things/new", NEW},
                {"GET", "/things/new", ANY},
                {"GET", "/things/.", ANY},
                {"DELETE", "/things/x", DELETE_ANY},
                {"GET", "/api/v1/solutions/s/plan", DEEP},
        };

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_route_match found = {.route = 99};

                print_message("# %s %s\n", rows[i].method, rows[i].path);
                assert_int_equal(match(state, rows[i].method, rows[i].path, &found),
                                 PD_ROUTE_FOUND);
                assert_int_equal(found.route, rows[i].route);
        }
}

static void head_has_the_route_of_get(void **state)
{
        struct pd_route_match found;

        assert_int_equal(match(state, "HEAD", "/things/x", &found), PD_ROUTE_FOUND);
        assert_int_equal(found.route, ANY);
}

static void what_fits_nothing_is_not_found(void **state)
{
        static const char *const paths[] = {
                "/deploy",      "/deploy/a",
                "/deploy/a/",   "/deploy//b",
                "/deploy/a/b/", "/deploy/a/b/c",
                "//deploy/a/b", "/things/",
                "/Things/x",    "/api/v1/solutions/s/plans",
                "//",
        };
        struct pd_route_match found;

        for (size_t i = 0; i < PD_COUNT(paths); i++) {
                print_message("# %s\n", paths[i]);
                assert_int_equal(match(state, "GET", paths[i], &found), PD_ROUTE_NOT_FOUND);
        }
}

static void parameters_are_decoded(void **state)
{
        static const struct {
                const char *path, *first, *second;
        } rows[] = {
                {"/deploy/abc/1.0-x_~", "abc", "1.0-x_~"},
                {"/deploy/a%20b/%c3%a9", "a b", "\xc3\xa9"},
                {"/deploy/a+b/%2F..%2f", "a+b", "/../"},
                {"/deploy/%25%32%35/\xc3\xa9", "%25", "\xc3\xa9"},
        };

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_route_match found;

                print_message("# %s\n", rows[i].path);
                assert_int_equal(match(state, "GET", rows[i].path, &found), PD_ROUTE_FOUND);
                assert_int_equal(found.count, 2);
                assert_string_equal(found.names[0], "sid");
                assert_string_equal(found.values[0], rows[i].first);
                assert_string_equal(found.names[1], "rid");
                assert_string_equal(found.values[1], rows[i].second);
        }
}

static void what_is_no_path_is_malformed(void **state)
{
        static const char *const paths[] = {
                "",
                "*",
                "deploy/a/b",
                "/deploy/%/b",
                "/deploy/%2/b",
                "/deploy/%zz/b",
                "/deploy/%2",
                "/deploy/%00/b",
                "/deploy/%0a/b",
                "/deploy/%7f/b",
                "/deploy/a b/c",
                "/deploy/%ff/b",
                "/deploy/%c3/b",
                "/deploy/\xff/b",
                "/a\tb",
        };
        struct pd_route_match found;

        for (size_t i = 0; i < PD_COUNT(paths); i++) {
                print_message("# '%s'\n", paths[i]);
                assert_int_equal(match(state, "GET", paths[i], &found), PD_ROUTE_MALFORMED);
        }
}

static void a_wrong_method_is_told_the_right_ones(void **state)
{
        static const struct {
                const char *method, *path, *allow;
        } rows[] = {
                {"PUT", "/deploy/a/b", "GET, HEAD, POST, OPTIONS"},
                {"OPTIONS", "/things/x", "GET, HEAD, DELETE, OPTIONS"},
                {"POST", "/things/new", "PUT, GET, HEAD, DELETE, OPTIONS"},
                {"get", "/", "GET, HEAD, OPTIONS"},
                {"", "/", "GET, HEAD, OPTIONS"},
        };

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_route_match found;

                print_message("# %s %s\n", rows[i].method, rows[i].path);
                assert_int_equal(match(state, rows[i].method, rows[i].path, &found),
                                 PD_ROUTE_WRONG_METHOD);
                assert_string_equal(found.allow, rows[i].allow);
        }
}

static void a_path_of_many_parts_has_no_route(void **state)
{
        char path[2 * (PD_HTTPD_MAX_PARTS + 1) + 1] = "";
        struct pd_route_match found;

        for (size_t i = 0; i < sizeof(path) - 1; i++)
                path[i] = i % 2 == 0 ? '/' : 'a';
        assert_int_equal(match(state, "GET", path, &found), PD_ROUTE_NOT_FOUND);
}

/* Make a router and find a route. */
static int route_once(void *context, struct pd_err *err)
{
        pd_auto(pd_router_free_ptr) struct pd_router *router = NULL;
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_route_match found;

        (void)context;
        if (pd_router_new(routes, PD_COUNT(routes), &router, err) < 0)
                return -1;
        if (pd_router_match(router, "GET", "/deploy/a/b", &arena, &found) == PD_ROUTE_NO_MEMORY)
                return pd_fail_memory(err, "the path");
        return 0;
}

static void each_failing_allocation_is_told(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(route_once, NULL) >= 2);
}

#define ROUTER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                ROUTER_TEST(a_path_has_the_route_it_fits),
                ROUTER_TEST(head_has_the_route_of_get),
                ROUTER_TEST(what_fits_nothing_is_not_found),
                ROUTER_TEST(parameters_are_decoded),
                ROUTER_TEST(what_is_no_path_is_malformed),
                ROUTER_TEST(a_wrong_method_is_told_the_right_ones),
                ROUTER_TEST(a_path_of_many_parts_has_no_route),
                cmocka_unit_test(each_failing_allocation_is_told),
        };

        return cmocka_run_group_tests_name("httpd router", tests, NULL, NULL);
}
