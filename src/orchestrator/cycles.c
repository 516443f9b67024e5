/* cycles.c - which lanes lie on a common cycle: Tarjan's algorithm, without recursion. */
#include "cycles.h"

#include <stdlib.h>

/** What the search knows of a lane. */
struct mark {
        size_t number;   /**< in the order of discovery, from 1; 0: not found yet */
        size_t lowest;   /**< number of the earliest lane that it leads back to */
        size_t next;     /**< of its targets: the next to look at */
        size_t from;     /**< the lane it was found from */
        bool is_stacked; /**< its group is not known yet */
};

struct search {
        struct pd_plan *plan;
        struct mark *marks;
        size_t *stack;
        size_t stacked;
        size_t found;
        size_t ordered;
};

static void search_done(struct search *search)
{
        free(search->marks);
        free(search->stack);
}

/** From a lane to one that it feeds. */
struct step {
        size_t to;
        size_t from; /**< PD_GRAPH_NONE: the search begins here */
};

static void find(struct search *search, struct step step)
{
        struct mark *mark = &search->marks[step.to];

        mark->number = mark->lowest = ++search->found;
        mark->from = step.from;
        mark->is_stacked = true;
        search->stack[search->stacked++] = step.to;
}

/* Nothing that it leads to leads further back: what is on the stack above it is its group. */
static void close_group(struct search *search, size_t root)
{
        struct pd_plan *plan = search->plan;
        size_t lane;

        do {
                lane = search->stack[--search->stacked];
                search->marks[lane].is_stacked = false;
                plan->lanes[lane].group = plan->group_count;
                plan->order[search->ordered++] = lane;
        } while (lane != root);
        plan->group_count++;
}

static void lower(struct mark *mark, size_t number)
{
        if (number < mark->lowest)
                mark->lowest = number;
}

/* One step from `lane`: to a target, or back. Where the search is then. */
static size_t go_on(struct search *search, size_t lane)
{
        const struct pd_plan_lane *plan = &search->plan->lanes[lane];
        struct mark *mark = &search->marks[lane];

        if (mark->next < plan->target_count) {
                size_t target = plan->targets[mark->next++];
                struct mark *other = &search->marks[target];

                if (other->number == 0) {
                        find(search, (struct step){.to = target, .from = lane});
                        return target;
                }
                if (other->is_stacked)
                        lower(mark, other->number);
                return lane;
        }

        if (mark->lowest == mark->number)
                close_group(search, lane);
        if (mark->from != PD_GRAPH_NONE)
                lower(&search->marks[mark->from], mark->lowest);
        return mark->from;
}

/* Groups were closed against the flow: the last one first. */
static void turn_round(struct pd_plan *plan)
{
        for (size_t i = 0; i < plan->lane_count; i++)
                plan->lanes[i].group = plan->group_count - 1 - plan->lanes[i].group;
        for (size_t i = 0; i < plan->lane_count / 2; i++) {
                size_t other = plan->lane_count - 1 - i;
                size_t lane = plan->order[i];

                plan->order[i] = plan->order[other];
                plan->order[other] = lane;
        }
}

/* Whoever is fed from within its group. */
static void mark_cycles(struct pd_plan *plan)
{
        for (size_t i = 0; i < plan->lane_count; i++) {
                const struct pd_plan_lane *lane = &plan->lanes[i];

                for (size_t j = 0; j < lane->target_count; j++) {
                        struct pd_plan_lane *target = &plan->lanes[lane->targets[j]];

                        target->is_on_cycle = target->is_on_cycle || target->group == lane->group;
                }
        }
}

int pd_cycles_find(struct pd_plan *plan, struct pd_err *err)
{
        pd_auto(search_done) struct search search = {.plan = plan};

        search.marks = calloc(plan->lane_count + 1, sizeof(*search.marks));
        search.stack = calloc(plan->lane_count + 1, sizeof(*search.stack));
        plan->order = pd_arena_alloc(&plan->arena, plan->lane_count + 1, sizeof(*plan->order));
        if (search.marks == NULL || search.stack == NULL || plan->order == NULL)
                return pd_fail_memory(err, "a plan");

        plan->group_count = 0;
        for (size_t i = 0; i < plan->lane_count; i++) {
                size_t lane = i;

                if (search.marks[i].number != 0)
                        continue;
                find(&search, (struct step){.to = i, .from = PD_GRAPH_NONE});
                while (lane != PD_GRAPH_NONE)
                        lane = go_on(&search, lane);
        }
        turn_round(plan);
        mark_cycles(plan);
        return 0;
}
