/* test_mutate.c - whatever objects say, reading them ends well: with workloads or with findings. */
#include "pd_test.h"

#include "base/own.h"
#include "gen_workload.h"
#include "json/get.h"
#include "json/json.h"
#include "objects.h"
#include "quoted_json.h"

#define ROUNDS 8000

/* What takes the place of a value. */
static const char *const strange[] = {
        "null",
        "true",
        "0",
        "-1",
        "65536",
        "9223372036854775807",
        "1.5",
        "1e300",
        "''",
        "'x'",
        "'8061'",
        "'\\u0001\\u001b[2J%s%n'",
        "[]",
        "[null]",
        "[[[]]]",
        "['a', 1, {}, null]",
        "{}",
        "{'': null}",
        "{'name': 1}",
        "{'name': {'name': 'x'}}",
        "[{'name': 'a'}, {'name': 'a'}]",
};

/* Names under which a value turns up once more. */
static const char *const other_names[] = {
        "name",
        "value",
        "spec",
        "kind",
        "metadata",
        "containers",
        "initContainers",
        "env",
        "envFrom",
        "valueFrom",
        "volumes",
        "hostPath",
        "persistentVolumeClaim",
        "storage",
        "limits",
        "status",
        "",
};

#define PICK(gen, list) ((list)[pd_gen_below((gen), PD_COUNT(list))])

static json_t *make_strange(struct pd_gen *gen)
{
        if (pd_gen_once_in(gen, 10))
                return json_stringn("a\0b", 3);
        return pd_test_json(PICK(gen, strange));
}

static void change_element(struct pd_gen *gen, json_t *array, size_t index)
{
        switch (pd_gen_below(gen, 3)) {
        case 0:
                assert_int_equal(json_array_remove(array, index), 0);
                break;
        case 1:
                assert_int_equal(
                        json_array_append_new(array, json_deep_copy(json_array_get(array, index))),
                        0);
                break;
        default:
                assert_int_equal(json_array_set_new(array, index, make_strange(gen)), 0);
        }
}

static void change_member(struct pd_gen *gen, json_t *object, const char *name)
{
        json_t *copy = json_deep_copy(json_object_get(object, name));

        switch (pd_gen_below(gen, 3)) {
        case 0:
                assert_int_equal(json_object_del(object, name), 0);
                break;
        case 1:
                assert_int_equal(json_object_set(object, PICK(gen, other_names), copy), 0);
                break;
        default:
                assert_int_equal(json_object_set_new(object, name, make_strange(gen)), 0);
        }
        json_decref(copy);
}

/* How many values are inside a value. */
static size_t count_inside(const json_t *json)
{
        size_t count = 0, i;
        const char *name;
        json_t *child;

        json_object_foreach (pd_json_unconst(json), name, child)
                count += 1 + count_inside(child);
        json_array_foreach (json, i, child)
                count += 1 + count_inside(child);
        return count;
}

/* Replace, drop or duplicate the value that comes after `*left` others; false: there are fewer. */
static bool mutate_after(struct pd_gen *gen, json_t *json, size_t *left)
{
        const char *name;
        json_t *child;
        size_t i;

        json_object_foreach (json, name, child) {
                if ((*left)-- == 0) {
                        change_member(gen, json, name);
                        return true;
                }
                if (mutate_after(gen, child, left))
                        return true;
        }
        json_array_foreach (json, i, child) {
                if ((*left)-- == 0) {
                        change_element(gen, json, i);
                        return true;
                }
                if (mutate_after(gen, child, left))
                        return true;
        }
        return false;
}

static void mutate(struct pd_gen *gen, json_t *json)
{
        size_t count = count_inside(json), left;

        if (count == 0)
                return;
        left = pd_gen_below(gen, count);
        assert_true(mutate_after(gen, json, &left));
}

/* What is read without an error can be written, and is then read as the same. */
static void assert_sound(const struct pd_solution *solution, bool is_faultless)
{
        pd_auto(objects_done) struct objects objects = {0};

        for (size_t i = 0; i < solution->workload_count; i++) {
                assert_non_null(solution->workloads[i].name);
                assert_non_null(solution->workloads[i].image);
        }
        assert_int_equal(objects_write(solution, &pd_manifest_default_options, &objects), 0);
        if (is_faultless)
                assert_objects_say(&objects, solution);
}

static void any_objects_become_a_sound_solution_or_findings(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_gen gen = {.state = 1, .arena = &arena};
        size_t faultless = 0;
        (void)state;

        for (size_t round = 0; round < ROUNDS; round++) {
                pd_auto(objects_done) struct objects objects = objects_make();
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                struct pd_err err = {0};

                do
                        mutate(&gen,
                               pd_json_unconst(objects.at[pd_gen_below(&gen, objects.count)].json));
                while (!pd_gen_once_in(&gen, 3));
                assert_pd_ok(objects_read(&objects, &findings, &solution, &err), err);
                assert_sound(solution, findings.errors == 0);
                faultless += findings.errors == 0;
        }
        print_message("# %zu of %d were read without an error\n", faultless, ROUNDS);
        assert_in_range(faultless, ROUNDS / 20, ROUNDS / 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_objects_become_a_sound_solution_or_findings),
        };

        return cmocka_run_group_tests_name("manifest mutate", tests, NULL, NULL);
}
