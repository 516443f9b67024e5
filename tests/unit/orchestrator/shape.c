/* shape.c - plans by their edges alone. */
#include "shape.h"

#include <stdlib.h>

#include "pd_test.h"

static void add(struct pd_plan *plan, size_t **list, size_t *count, size_t lane)
{
        size_t *place = pd_arena_push(&plan->arena, list, count, sizeof(*place));

        assert_non_null(place);
        *place = lane;
}

struct pd_plan *shape_plan(size_t lanes, const struct shape_edge *edges, size_t edge_count)
{
        struct pd_plan *plan = calloc(1, sizeof(*plan));

        assert_non_null(plan);
        plan->lane_count = lanes;
        plan->lanes = pd_arena_alloc(&plan->arena, lanes + 1, sizeof(*plan->lanes));
        assert_non_null(plan->lanes);
        for (size_t i = 0; i < edge_count; i++) {
                struct pd_plan_lane *from = &plan->lanes[edges[i].from];
                struct pd_plan_lane *to = &plan->lanes[edges[i].to];

                add(plan, &from->targets, &from->target_count, edges[i].to);
                add(plan, &to->feeders, &to->feeder_count, edges[i].from);
        }
        return plan;
}
