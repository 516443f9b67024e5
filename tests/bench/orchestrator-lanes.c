/*
 * orchestrator-lanes.c - the lanes of the orchestrator without what is around them, to count
 * instructions in.
 *
 *     orchestrator-lanes MESSAGES PORT PORT PORT
 *
 * Runs the chain give, pass, take of three nodes of orchestrator-node at these ports, so many
 * messages, and ends. There is no protoc in it, which callgrind cannot run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "cycles.h"
#include "run.h"

#define LANES        3
#define MAX_MESSAGES 10000000

static void run_has_finished(void *owner)
{
        pd_loop_stop(owner);
}

static int make_lane(struct pd_plan *plan, size_t at, const char *port, struct pd_err *err)
{
        static const char *const paths[LANES] = {"/Notes/give", "/Notes/pass", "/Notes/take"};
        struct pd_plan_lane *lane = &plan->lanes[at];
        size_t *target, *feeder;

        *lane = (struct pd_plan_lane){.node = paths[at],
                                      .operation = paths[at],
                                      .path = paths[at],
                                      .component = paths[at],
                                      .queue = paths[at],
                                      .rpc = paths[at],
                                      .target = pd_arena_printf(&plan->arena, "127.0.0.1:%s", port),
                                      .is_source = at == 0,
                                      .feeders = lane->feeders,
                                      .feeder_count = lane->feeder_count};
        if (lane->target == NULL)
                return pd_fail_memory(err, "a lane");
        if (at + 1 == LANES)
                return 0;

        target = pd_arena_push(&plan->arena, &lane->targets, &lane->target_count, sizeof(*target));
        feeder = pd_arena_push(&plan->arena, &plan->lanes[at + 1].feeders,
                               &plan->lanes[at + 1].feeder_count, sizeof(*feeder));
        if (target == NULL || feeder == NULL)
                return pd_fail_memory(err, "a lane");
        *target = at + 1;
        *feeder = at;
        return 0;
}

static int make_plan(char **ports, struct pd_plan **ret, struct pd_err *err)
{
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = calloc(1, sizeof(*plan));

        if (plan == NULL)
                return pd_fail_memory(err, "a plan");
        plan->has_source = true;
        plan->lane_count = LANES;
        plan->lanes = pd_arena_alloc(&plan->arena, LANES, sizeof(*plan->lanes));
        if (plan->lanes == NULL)
                return pd_fail_memory(err, "a plan");
        for (size_t i = 0; i < LANES; i++) {
                if (make_lane(plan, i, ports[i], err) < 0)
                        return -1;
        }
        if (pd_cycles_find(plan, err) < 0)
                return -1;
        *ret = pd_steal(&plan);
        return 0;
}

static int carry(int64_t messages, char **ports, struct pd_err *err)
{
        static const struct pd_run_ops ops = {.finished = run_has_finished};
        static const struct pd_run_options options = {0};
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = NULL;
        pd_auto(pd_events_free_ptr) struct pd_events *events = NULL;
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = NULL;
        pd_auto(pd_run_free_ptr) struct pd_run *run = NULL;
        struct pd_run_place place = {.ops = &ops};

        if (pd_loop_new(&loop, err) < 0 || pd_events_new(1, &events, err) < 0 ||
            make_plan(ports, &plan, err) < 0)
                return -1;
        place.loop = place.owner = loop;
        place.events = events;
        if (pd_run_new(&place, &options, plan, &run, err) < 0)
                return -1;
        plan = NULL; /* the run's */
        pd_run_start(run, (uint64_t)messages);
        return pd_loop_run(loop, err);
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};
        int64_t messages;

        if (argc != 2 + LANES || pd_parse_int(argv[1], 1, MAX_MESSAGES, &messages, &err) < 0) {
                (void)fprintf(stderr, "usage: orchestrator-lanes MESSAGES PORT PORT PORT\n");
                return pd_err_exit(PD_E_USAGE);
        }
        if (carry(messages, argv + 2, &err) == 0)
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "orchestrator-lanes: %s\n", err.msg);
        return pd_err_exit(err.code);
}
