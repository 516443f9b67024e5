/* test_roundtrip.c - what was packed is unpacked as the same solution, whatever it says. */
#include <stdlib.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "gen_solution.h"
#include "json/json.h"
#include "package/package.h"
#include "pd_test.h"

#define SEEDS       200
#define ALLOC_SEEDS 3

struct zip {
        void *bytes;
        size_t len;
};

static void zip_done(struct zip *zip)
{
        free(zip->bytes);
}

static int pack(const struct pd_solution *solution, struct zip *ret, struct pd_err *err)
{
        return pd_package_pack(solution, &pd_manifest_default_options, &ret->bytes, &ret->len, err);
}

static int unpack(const struct zip *zip, struct pd_findings *findings, struct pd_solution **ret,
                  struct pd_err *err)
{
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;

        if (pd_archive_read(zip->bytes, zip->len, &pd_archive_default_limits, &archive, err) < 0)
                return -1;
        return pd_package_unpack(archive, PD_RIGHTS_REFUSED, findings, ret, err);
}

static struct pd_solution *must_unpack(const struct zip *zip, struct pd_findings *findings)
{
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};

        assert_pd_ok(unpack(zip, findings, &solution, &err), err);
        if (solution == NULL)
                fail();
        return solution;
}

static void show(const struct pd_solution *solution, struct pd_buf *out)
{
        pd_auto(pd_json_free_ptr) json_t *json = pd_solution_json(solution);

        assert_non_null(json);
        pd_json_write(out, json, PD_JSON_INDENT);
}

static void assert_same_bytes(const struct pd_file *a, const struct pd_file *b)
{
        assert_int_equal(a->size, b->size);
        if (a->data != NULL && b->data != NULL)
                assert_memory_equal(a->data, b->data, a->size);
}

static void assert_same_files(const struct pd_files *a, const struct pd_files *b)
{
        assert_int_equal(a->count, b->count);
        for (size_t i = 0; i < a->count; i++)
                assert_same_bytes(&a->at[i], &b->at[i]);
}

static void assert_same(const struct pd_solution *a, const struct pd_solution *b)
{
        pd_auto(pd_buf_done) struct pd_buf text_a = PD_BUF_INIT(SIZE_MAX);
        pd_auto(pd_buf_done) struct pd_buf text_b = PD_BUF_INIT(SIZE_MAX);

        show(a, &text_a);
        show(b, &text_b);
        assert_string_equal(text_a.data, text_b.data);
        assert_same_files(&a->protos, &b->protos);
        assert_same_files(&a->extras, &b->extras);
        assert_same_bytes(&a->icon, &b->icon);
        assert_same_bytes(&a->description, &b->description);
}

/* Nothing is found but what the generator leaves out: some protos, some Services. */
static void assert_agrees(const struct pd_findings *findings)
{
        for (size_t i = 0; i < findings->count; i++) {
                const struct pd_finding *finding = &findings->at[i];

                assert_true(finding->severity == PD_SEVERITY_NOTE ||
                            strstr(finding->message, "there is no proto of") != NULL ||
                            strstr(finding->message, "no Service of its name") != NULL);
        }
}

static void what_was_packed_is_unpacked_the_same(void **state)
{
        (void)state;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = pd_gen_solution(seed);
                pd_auto(pd_solution_free_ptr) struct pd_solution *again = NULL;
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                pd_auto(zip_done) struct zip zip = {0};
                struct pd_err err = {0};

                print_message("# seed %d\n", (int)seed);
                assert_pd_ok(pack(solution, &zip, &err), err);
                again = must_unpack(&zip, &findings);
                assert_same(solution, again);
                assert_agrees(&findings);
        }
}

static void packing_twice_gives_the_same_bytes(void **state)
{
        (void)state;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = pd_gen_solution(seed);
                pd_auto(pd_solution_free_ptr) struct pd_solution *again = NULL;
                pd_auto(pd_findings_done) struct pd_findings findings = {0};
                pd_auto(zip_done) struct zip first = {0};
                pd_auto(zip_done) struct zip second = {0};
                struct pd_err err = {0};

                print_message("# seed %d\n", (int)seed);
                assert_pd_ok(pack(solution, &first, &err), err);
                again = must_unpack(&first, &findings);
                assert_pd_ok(pack(again, &second, &err), err);
                assert_int_equal(first.len, second.len);
                assert_memory_equal(first.bytes, second.bytes, first.len);
        }
}

static int pack_and_free(void *context, struct pd_err *err)
{
        pd_auto(zip_done) struct zip zip = {0};

        return pack(context, &zip, err);
}

/* As a caller does it: the findings know when memory was short for one of them. */
static int unpack_and_free(void *context, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        if (unpack(context, &findings, &solution, err) < 0)
                return -1;
        return pd_findings_check(&findings, err);
}

static void each_failing_allocation_is_a_clean_error(void **state)
{
        (void)state;
        for (uint64_t seed = 1; seed <= ALLOC_SEEDS; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = pd_gen_solution(seed);
                pd_auto(zip_done) struct zip zip = {0};
                struct pd_err err = {0};

                print_message("# seed %d\n", (int)seed);
                assert_pd_ok(pack(solution, &zip, &err), err);
                assert_in_range(pd_alloc_fail_each(pack_and_free, solution), 50, 10000);
                assert_in_range(pd_alloc_fail_each(unpack_and_free, &zip), 50, 10000);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_was_packed_is_unpacked_the_same),
                cmocka_unit_test(packing_twice_gives_the_same_bytes),
                cmocka_unit_test(each_failing_allocation_is_a_clean_error),
        };

        return cmocka_run_group_tests_name("package-roundtrip", tests, NULL, NULL);
}
