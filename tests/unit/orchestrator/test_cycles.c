/* test_cycles.c - lanes on common cycles, held against what can be reached from where. */
#include <stdlib.h>
#include <string.h>

#include "alloc_fail.h"
#include "cycles.h"
#include "pd_test.h"
#include "shape.h"

#define MOST_LANES 12
#define MOST_EDGES 30

static void a_chain_is_numbered_along_the_flow(void **state)
{
        static const struct shape_edge edges[] = {{2, 0}, {0, 1}};
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = shape_plan(3, edges, PD_COUNT(edges));
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_cycles_find(plan, &err), err);
        assert_int_equal(plan->group_count, 3);
        assert_int_equal(plan->lanes[2].group, 0);
        assert_int_equal(plan->lanes[0].group, 1);
        assert_int_equal(plan->lanes[1].group, 2);
        assert_int_equal(plan->order[0], 2);
        assert_int_equal(plan->order[2], 1);
}

static void a_lane_that_feeds_itself_is_a_group_of_its_own(void **state)
{
        static const struct shape_edge edges[] = {{0, 1}, {1, 1}, {1, 2}};
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = shape_plan(3, edges, PD_COUNT(edges));
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_cycles_find(plan, &err), err);
        assert_int_equal(plan->group_count, 3);
        assert_int_equal(plan->lanes[1].group, 1);
}

static void a_plan_without_lanes_has_no_group(void **state)
{
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = shape_plan(0, NULL, 0);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_cycles_find(plan, &err), err);
        assert_int_equal(plan->group_count, 0);
}

/* Which lane leads to which, over any number of edges. */
struct reach {
        bool leads[MOST_LANES][MOST_LANES];
};

static void find_reach(struct reach *reach, const struct shape_edge *edges, size_t count)
{
        *reach = (struct reach){0};
        for (size_t i = 0; i < count; i++)
                reach->leads[edges[i].from][edges[i].to] = true;
        for (size_t k = 0; k < MOST_LANES; k++) {
                for (size_t i = 0; i < MOST_LANES; i++) {
                        for (size_t j = 0; j < MOST_LANES; j++)
                                reach->leads[i][j] |= reach->leads[i][k] && reach->leads[k][j];
                }
        }
}

static void check_order(const struct pd_plan *plan)
{
        bool seen[MOST_LANES] = {false};

        for (size_t i = 0; i < plan->lane_count; i++) {
                assert_false(seen[plan->order[i]]);
                seen[plan->order[i]] = true;
                if (i > 0)
                        assert_true(plan->lanes[plan->order[i - 1]].group <=
                                    plan->lanes[plan->order[i]].group);
        }
}

static void check_groups(const struct pd_plan *plan, const struct reach *reach)
{
        for (size_t i = 0; i < plan->lane_count; i++) {
                assert_int_equal(plan->lanes[i].is_on_cycle, reach->leads[i][i]);
                for (size_t j = 0; j < plan->lane_count; j++) {
                        bool is_common = i == j || (reach->leads[i][j] && reach->leads[j][i]);
                        size_t from = plan->lanes[i].group, to = plan->lanes[j].group;

                        assert_int_equal(from == to, is_common);
                        if (reach->leads[i][j])
                                assert_true(from <= to);
                }
        }
}

static void lanes_have_one_group_exactly_if_each_leads_to_the_other(void **state)
{
        unsigned seed = 1;
        (void)state;

        for (int round = 0; round < 20000; round++) {
                size_t lanes = 1 + (size_t)rand_r(&seed) % MOST_LANES;
                size_t count = (size_t)rand_r(&seed) % MOST_EDGES;
                struct shape_edge edges[MOST_EDGES];
                struct reach reach;
                struct pd_err err = {0};
                struct pd_plan *plan;

                for (size_t i = 0; i < count; i++)
                        edges[i] = (struct shape_edge){(size_t)rand_r(&seed) % lanes,
                                                       (size_t)rand_r(&seed) % lanes};
                find_reach(&reach, edges, count);
                plan = shape_plan(lanes, edges, count);
                assert_pd_ok(pd_cycles_find(plan, &err), err);
                check_order(plan);
                check_groups(plan, &reach);
                pd_plan_free(plan);
        }
}

static void the_longest_cycle_needs_no_stack_of_the_program(void **state)
{
        static struct shape_edge edges[PD_PLAN_MAX_LANES];
        struct pd_err err = {0};
        struct pd_plan *plan;
        (void)state;

        for (size_t i = 0; i < PD_PLAN_MAX_LANES; i++)
                edges[i] = (struct shape_edge){i, (i + 1) % PD_PLAN_MAX_LANES};
        plan = shape_plan(PD_PLAN_MAX_LANES, edges, PD_PLAN_MAX_LANES);
        assert_pd_ok(pd_cycles_find(plan, &err), err);
        assert_int_equal(plan->group_count, 1);
        pd_plan_free(plan);
}

static int find_some(void *context, struct pd_err *err)
{
        (void)context;
        return pd_cycles_find(context, err);
}

static void without_memory_it_fails(void **state)
{
        static const struct shape_edge edges[] = {{0, 1}, {1, 0}};
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = shape_plan(2, edges, PD_COUNT(edges));
        (void)state;

        assert_true(pd_alloc_fail_each(find_some, plan) >= 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_chain_is_numbered_along_the_flow),
                cmocka_unit_test(a_lane_that_feeds_itself_is_a_group_of_its_own),
                cmocka_unit_test(a_plan_without_lanes_has_no_group),
                cmocka_unit_test(lanes_have_one_group_exactly_if_each_leads_to_the_other),
                cmocka_unit_test(the_longest_cycle_needs_no_stack_of_the_program),
                cmocka_unit_test(without_memory_it_fails),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
