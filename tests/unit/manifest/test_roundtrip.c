/* test_roundtrip.c - workload -> objects -> workload is the identity, for arbitrary workloads. */
#include "pd_test.h"

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/own.h"
#include "gen_workload.h"
#include "json/get.h"
#include "objects.h"
#include "yaml/yaml.h"

#define ROUNDS 2000

/* Names of workloads that are something else to readers of YAML. */
static const char *const names[] = {"on", "no", "y", "null", "true", "nan", "e1", "camera-1"};

/* A solution of that many workloads; everything else of it comes from the seed. */
static struct pd_solution *generate(uint64_t seed, size_t count)
{
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};
        struct pd_gen gen = {.state = seed};

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        gen.arena = &solution->arena;
        if (pd_gen_once_in(&gen, 2)) {
                solution->claim = pd_arena_alloc(gen.arena, 1, sizeof(*solution->claim));
                assert_non_null(solution->claim);
                *solution->claim = pd_gen_claim(&gen);
        }
        for (size_t i = 0; i < count; i++) {
                struct pd_workload *place = pd_solution_add_workload(solution);

                assert_non_null(place);
                *place = pd_gen_workload(&gen, names[i], solution->claim != NULL);
        }
        return solution;
}

static void what_is_written_is_read_again(void **state)
{
        (void)state;

        for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution =
                        generate(seed, seed % PD_COUNT(names) + 1);
                pd_auto(objects_done) struct objects objects = {0};
                const struct pd_manifest_options options = {seed % 2 ? PD_SERVICE_NODE_PORT
                                                                     : PD_SERVICE_CLUSTER_IP,
                                                            seed % 3 ? "secret" : NULL};

                assert_int_equal(objects_write(solution, &options, &objects), 0);
                assert_objects_say(&objects, solution);
        }
}

/* The tree that the text of this one is read as, in place of it. */
static void pass_through_yaml(struct pd_manifest_object *object)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_YAML_MAX_BYTES);
        struct pd_err err = {0};
        json_t *again = NULL;

        pd_yaml_write(&text, object->json);
        assert_pd_ok(pd_buf_check(&text, "yaml", &err), err);
        assert_pd_ok(pd_yaml_parse(text.data, text.len, &again, &err), err);
        json_decref(pd_json_unconst(object->json));
        object->json = again;
}

static void what_is_written_as_yaml_is_read_again(void **state)
{
        (void)state;

        for (uint64_t seed = 1; seed <= ROUNDS / 4; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = generate(seed, 2);
                pd_auto(objects_done) struct objects objects = {0};

                assert_int_equal(objects_write(solution, &pd_manifest_default_options, &objects),
                                 0);
                for (size_t i = 0; i < objects.count; i++)
                        pass_through_yaml(&objects.at[i]);
                assert_objects_say(&objects, solution);
        }
}

static void the_order_of_the_objects_does_not_matter(void **state)
{
        (void)state;

        for (uint64_t seed = 1; seed <= ROUNDS / 10; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = generate(seed, 1);
                pd_auto(objects_done) struct objects objects = {0};

                assert_int_equal(objects_write(solution, &pd_manifest_default_options, &objects),
                                 0);
                for (size_t i = 0; i < objects.count; i++) {
                        struct pd_manifest_object first = objects.at[0];

                        objects.at[0] = objects.at[i];
                        objects.at[i] = first;
                        assert_objects_say(&objects, solution);
                }
        }
}

/* Write and read until memory is short; the result is compared elsewhere. */
static int write_and_read(void *context, struct pd_err *err)
{
        pd_auto(objects_done) struct objects objects = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *again = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        if (objects_write(context, &pd_manifest_default_options, &objects) < 0)
                return pd_fail_memory(err, "objects");
        if (objects_read(&objects, &findings, &again, err) < 0)
                return -1;
        return pd_findings_check(&findings, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = generate(1, PD_COUNT(names));
        (void)state;

        assert_true(pd_alloc_fail_each(write_and_read, solution) > 300);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_written_is_read_again),
                cmocka_unit_test(what_is_written_as_yaml_is_read_again),
                cmocka_unit_test(the_order_of_the_objects_does_not_matter),
                cmocka_unit_test(each_failing_allocation_is_an_error),
        };

        return cmocka_run_group_tests_name("manifest roundtrip", tests, NULL, NULL);
}
