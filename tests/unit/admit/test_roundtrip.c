/* test_roundtrip.c - every solution that is packed here is admitted, and comes back equal. */
#include "pd_test.h"

#include <stdlib.h>

#include "admit/admit.h"
#include "alloc_fail.h"
#include "gen_solution.h"
#include "json/json.h"
#include "package/package.h"

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

static struct zip pack(const struct pd_solution *solution)
{
        struct zip zip = {0};
        struct pd_err err = {0};

        assert_pd_ok(
                pd_package_pack(solution, &pd_manifest_default_options, &zip.bytes, &zip.len, &err),
                err);
        return zip;
}

static int admit(const struct zip *zip, struct pd_solution **ret, struct pd_err *err)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        if (pd_admit(zip->bytes, zip->len, &policy, &findings, ret, err) < 0)
                return -1;
        return pd_findings_check(&findings, err);
}

static void what_is_packed_here_is_admitted_and_equal(void **state)
{
        (void)state;

        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = pd_gen_solution(seed);
                pd_auto(pd_solution_free_ptr) struct pd_solution *again = NULL;
                pd_auto(zip_done) struct zip zip = pack(solution);
                pd_auto(pd_json_free_ptr) json_t *before = pd_solution_json(solution);
                pd_auto(pd_json_free_ptr) json_t *after = NULL;
                struct pd_err err = {0};

                print_message("# seed %d\n", (int)seed);
                assert_pd_ok(admit(&zip, &again, &err), err);
                assert_non_null(again);
                after = pd_solution_json(again);
                assert_true(json_equal(before, after));
        }
}

static int admit_and_free(void *context, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;

        return admit(context, &solution, err);
}

static void each_failing_allocation_is_a_clean_error(void **state)
{
        (void)state;

        for (uint64_t seed = 1; seed <= ALLOC_SEEDS; seed++) {
                pd_auto(pd_solution_free_ptr) struct pd_solution *solution = pd_gen_solution(seed);
                pd_auto(zip_done) struct zip zip = pack(solution);

                print_message("# seed %d\n", (int)seed);
                assert_in_range(pd_alloc_fail_each(admit_and_free, &zip), 50, 10000);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_packed_here_is_admitted_and_equal),
                cmocka_unit_test(each_failing_allocation_is_a_clean_error),
        };

        return cmocka_run_group_tests_name("admit-roundtrip", tests, NULL, NULL);
}
