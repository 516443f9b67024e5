/* test_kubernetes_registries.c - which of the user's credentials go to a cluster. */
#include "kubernetes_registries.h"

#include <string.h>

#include "alloc_fail.h"
#include "pd_test.h"
#include "base/own.h"
#include "json/json.h"

#define AUTH "{\"auth\": \"dXNlcjpwYXNz\"}"

struct world {
        struct pd_solution *solution;
        struct pd_findings findings;
        json_t *config;
        struct pd_secret *secret;
        struct pd_err err;
};

static void add(struct world *world, const char *name, const char *image)
{
        assert_pd_ok(pd_solution_add_node(world->solution, name, image, NULL,
                                          &pd_solution_default_options, &world->err),
                     world->err);
}

/* Two nodes of one registry, one of Docker Hub. */
static void begin(struct world *world, const char *config)
{
        *world = (struct world){.config = json_loads(config, 0, NULL)};
        assert_non_null(world->config);
        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &world->solution, &world->err),
                     world->err);
        add(world, "one", "r.io:5000/a:1");
        add(world, "two", "r.io:5000/b:1");
        add(world, "three", "user/c");
}

static int read_them(struct world *world, struct pd_err *err)
{
        return pd_kubernetes_registries_read(world->config, world->solution, &world->findings,
                                             &world->secret, err);
}

static void end(struct world *world)
{
        pd_secret_free(world->secret);
        pd_findings_done(&world->findings);
        pd_solution_free(world->solution);
        json_decref(world->config);
}

/* What becomes of `config`; `want` NULL: no secret. The number of warnings is given back. */
static size_t assert_gives(const char *config, const char *want)
{
        pd_auto(end) struct world world;

        begin(&world, config);
        assert_pd_ok(read_them(&world, &world.err), world.err);
        assert_int_equal(world.secret != NULL, want != NULL);
        if (want != NULL)
                assert_string_equal(pd_secret_reveal(world.secret, NULL), want);
        assert_int_equal(world.findings.errors, 0);
        return world.findings.warnings;
}

static void only_what_the_images_need_leaves_the_machine(void **state)
{
        (void)state;
        assert_int_equal(assert_gives("{\"auths\": {\"r.io:5000\": " AUTH ", \"other.io\": " AUTH
                                      "}}",
                                      "{\"auths\":{\"r.io:5000\":"
                                      "{\"auth\":\"dXNlcjpwYXNz\"}}}"),
                         0);
        assert_int_equal(
                assert_gives("{\"auths\": {\"https://index.docker.io/v1/\": "
                             "{\"username\": \"u\", \"password\": \"p\", \"email\": \"e\"}}}",
                             "{\"auths\":{\"https://index.docker.io/v1/\":"
                             "{\"username\":\"u\",\"password\":\"p\"}}}"),
                0);
}

static void nothing_for_them_is_no_secret(void **state)
{
        (void)state;
        assert_int_equal(assert_gives("{}", NULL), 0);
        assert_int_equal(assert_gives("{\"auths\": {\"other.io\": " AUTH "}}", NULL), 0);
        assert_int_equal(assert_gives("{\"auths\": [\"r.io:5000\"]}", NULL), 0);
        assert_int_equal(assert_gives("{\"auths\": {\"r.io:5000\": {\"username\": \"u\"}}}", NULL),
                         0);
}

static void what_a_cluster_cannot_use_is_a_warning(void **state)
{
        pd_auto(end) struct world world;

        (void)state;
        begin(&world, "{\"auths\": {\"r.io:5000\": {\"identitytoken\": \"t\"}},"
                      " \"credHelpers\": {\"index.docker.io\": \"pass\\u001b[1m\"}}");
        assert_pd_ok(read_them(&world, &world.err), world.err);
        assert_null(world.secret);
        assert_int_equal(world.findings.warnings, 3);
        assert_string_equal(world.findings.at[0].path, "one");
        assert_pd_says(world.findings.at[0].message, "identity token");
        assert_string_equal(world.findings.at[2].path, "three");
        assert_pd_says(world.findings.at[2].message, "'docker-credential-pass?[1m'");
}

static int read_and_drop(void *context, struct pd_err *err)
{
        struct world *world = context;
        int result = read_them(world, err);

        assert_int_equal(result == 0, world->secret != NULL);
        pd_secret_free(pd_steal(&world->secret));
        return result;
}

static void a_lack_of_memory_is_an_error(void **state)
{
        pd_auto(end) struct world world;

        (void)state;
        begin(&world, "{\"auths\": {\"r.io:5000\": " AUTH "}}");
        pd_alloc_fail_each(read_and_drop, &world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_what_the_images_need_leaves_the_machine),
                cmocka_unit_test(nothing_for_them_is_no_secret),
                cmocka_unit_test(what_a_cluster_cannot_use_is_a_warning),
                cmocka_unit_test(a_lack_of_memory_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
