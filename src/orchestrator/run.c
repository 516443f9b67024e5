/* run.c - lanes together: what goes along the edges, what ends, what stands still. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run_private.h"

/** How often rates are taken, and movement is looked at. */
#define LOOK_US 1000000
/** How much of a rate the last look makes. */
#define RATE_WEIGHT 0.5

/* Options that are zero have their defaults. */
static void complete(struct pd_run_options *options)
{
        const struct {
                size_t *value;
                size_t preset;
        } sizes[] = {
                {&options->queue_messages, 1000},
                {&options->queue_bytes, (size_t)64 * 1024 * 1024},
                {&options->max_message, (size_t)64 * 1024 * 1024},
                {&options->concurrency, 1},
        };
        const struct {
                int64_t *value;
                int64_t preset;
        } times[] = {{&options->pause_ms, 50},
                     {&options->pause_max_ms, 2000},
                     {&options->stall_ms, 10000}};

        for (size_t i = 0; i < PD_COUNT(sizes); i++) {
                if (*sizes[i].value == 0)
                        *sizes[i].value = sizes[i].preset;
        }
        if (options->queue_messages > PD_RUN_MAX_QUEUE_MESSAGES)
                options->queue_messages = PD_RUN_MAX_QUEUE_MESSAGES;
        for (size_t i = 0; i < PD_COUNT(times); i++) {
                if (*times[i].value == 0)
                        *times[i].value = times[i].preset;
        }
}

/* Events. */

void pd_run_tell(const struct pd_lane *lane, enum pd_event_kind kind,
                 struct pd_grpc_message *message)
{
        bool is_output = kind == PD_EVENT_OUTPUT || kind == PD_EVENT_STREAM_OUTPUT;

        if (!pd_events_are_observed(lane->run->events))
                return;
        pd_events_tell(
                lane->run->events,
                &(struct pd_event){.kind = kind,
                                   .plan = lane->run->plan,
                                   .lane = lane->plan,
                                   .type = is_output ? lane->plan->output : lane->plan->input,
                                   .message = message,
                                   .size = message != NULL ? message->len : 0,
                                   .has_size = message != NULL});
}

void pd_run_tell_detail(const struct pd_lane *lane, enum pd_event_kind kind, const char *name,
                        const char *detail)
{
        pd_events_tell(lane->run->events, &(struct pd_event){.kind = kind,
                                                             .plan = lane->run->plan,
                                                             .lane = lane->plan,
                                                             .detail_name = name,
                                                             .detail = detail});
}

static void tell_whole(struct pd_run *run, enum pd_event_kind kind, const char *name,
                       const char *detail)
{
        pd_events_tell(run->events,
                       &(struct pd_event){.kind = kind, .detail_name = name, .detail = detail});
}

/* What goes along the edges. */

/* What goes round in a cycle finds room longer than what comes into it, so a cycle that makes no
 * more than it takes never stands still. */
static bool takes_no_more(const struct pd_lane *lane, const struct pd_plan_lane *from)
{
        if (!lane->plan->is_on_cycle)
                return pd_queue_is_blocking(&lane->queue);
        return from->group == lane->plan->group ? pd_queue_is_crammed(&lane->queue)
                                                : pd_queue_is_half_full(&lane->queue);
}

bool pd_run_is_blocked(const struct pd_lane *lane)
{
        for (size_t i = 0; i < lane->plan->target_count; i++) {
                if (takes_no_more(&lane->run->lanes[lane->plan->targets[i]], lane->plan))
                        return true;
        }
        return false;
}

void pd_run_unblock(struct pd_lane *lane)
{
        for (size_t i = 0; i < lane->plan->feeder_count; i++)
                pd_lane_stir(&lane->run->lanes[lane->plan->feeders[i]]);
}

static void pass(struct pd_lane *to, struct pd_grpc_message *message)
{
        if (pd_queue_push(&to->queue, message) < 0) {
                to->dropped++;
                pd_run_tell(to, PD_EVENT_DROPPED, message);
                return;
        }
        pd_run_tell(to, PD_EVENT_QUEUE_ADDED, message);
        pd_lane_work(to);
}

void pd_run_distribute(struct pd_lane *from, struct pd_grpc_message *message)
{
        from->out_messages++;
        from->out_bytes += message->len;
        for (size_t i = 0; i < from->plan->target_count; i++)
                pass(&from->run->lanes[from->plan->targets[i]], message);
}

/* The end. */

static void lane_has_ended(struct pd_lane *lane)
{
        lane->ending = PD_LANE_ENDED;
        pd_run_tell(lane, PD_EVENT_THREAD_TERMINATE, NULL);
}

static void finish(struct pd_run *run)
{
        run->state = PD_RUN_FINISHED;
        run->stalled_us = 0;
        pd_loop_clear_timer(run->loop, &run->look);
        tell_whole(run, PD_EVENT_FINISHED, NULL, NULL);
        run->ops->finished(run->owner);
}

static void decide(struct pd_task *task)
{
        struct pd_run *run = PD_OWNER_OF(task, struct pd_run, decide);
        bool have_all_ended;

        for (size_t i = 0; i < run->plan->lane_count; i++)
                pd_lane_state(&run->lanes[i], &run->states[i]);
        have_all_ended = pd_ending_decide(run->plan, run->states, run->endings);

        for (size_t i = 0; i < run->plan->lane_count; i++) {
                struct pd_lane *lane = &run->lanes[i];

                if (run->endings[i] == PD_LANE_CLOSES)
                        pd_lane_close_streams(lane);
                else if (run->endings[i] == PD_LANE_ENDED && lane->ending != PD_LANE_ENDED)
                        lane_has_ended(lane);
        }
        if (have_all_ended)
                finish(run);
}

/* Nothing ends before a source has made its calls. */
void pd_run_consider(struct pd_run *run)
{
        if (run->is_ending && run->state == PD_RUN_RUNNING)
                pd_loop_later(run->loop, &run->decide);
}

/* Standing still. */

/* Whether anybody has to wait for it. */
static bool is_full(const struct pd_lane *lane)
{
        return pd_queue_is_blocking(&lane->queue) ||
               (lane->plan->is_on_cycle && pd_queue_is_half_full(&lane->queue));
}

static void tell_stalled(struct pd_run *run)
{
        pd_auto(pd_buf_done) struct pd_buf names = PD_BUF_INIT(PD_RUN_MAX_STALLED_TEXT);

        for (size_t i = 0; i < run->plan->lane_count; i++) {
                if (run->lanes[i].is_stuck)
                        pd_buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
                                      run->plan->lanes[i].queue);
        }
        pd_log(run->options.log, PD_LOG_WARN, "run", NULL, "nothing moves; full: %s", names.data);
        tell_whole(run, PD_EVENT_STALLED, "queues", names.data);
}

/* Since when a full queue has not moved; 0: it moves. One that stands still may be twice as long,
 * once: a cycle that makes more than it takes for a while comes out of that by itself. */
static int64_t stuck_since(struct pd_lane *lane, int64_t now_us)
{
        lane->is_stuck = false;
        if (!is_full(lane) || lane->taken != lane->taken_seen) {
                lane->taken_seen = lane->taken;
                lane->taken_us = now_us;
                return 0;
        }
        if (now_us - lane->taken_us < lane->run->options.stall_ms * 1000)
                return 0;
        if (pd_queue_grant_reserve(&lane->queue)) {
                lane->taken_us = now_us;
                pd_run_unblock(lane);
                return 0;
        }
        lane->is_stuck = true;
        return lane->taken_us;
}

static void look_at_movement(struct pd_run *run, int64_t now_us)
{
        int64_t since_us = 0;

        for (size_t i = 0; i < run->plan->lane_count; i++) {
                int64_t lane_us = stuck_since(&run->lanes[i], now_us);

                if (lane_us != 0 && (since_us == 0 || lane_us < since_us))
                        since_us = lane_us;
        }
        if (since_us != 0 && run->stalled_us == 0)
                tell_stalled(run);
        run->stalled_us = since_us;
}

static void take_rates(struct pd_run *run, double seconds)
{
        for (size_t i = 0; i < run->plan->lane_count; i++) {
                struct pd_lane *lane = &run->lanes[i];
                double rate = (double)(lane->out_messages - lane->counted) / seconds;

                lane->counted = lane->out_messages;
                lane->out_per_second += RATE_WEIGHT * (rate - lane->out_per_second);
        }
}

static void look(struct pd_timer *timer)
{
        struct pd_run *run = PD_OWNER_OF(timer, struct pd_run, look);
        int64_t now_us = pd_clock_mono_us();

        take_rates(run, (double)(now_us - run->looked_us) / 1e6);
        run->looked_us = now_us;
        look_at_movement(run, now_us);
        pd_loop_set_timer(run->loop, &run->look, now_us + LOOK_US);
}

/* Its life. */

/* Lanes of one node share a channel. */
static struct pd_grpc_channel *channel_to(struct pd_run *run, size_t lane, struct pd_err *err)
{
        const struct pd_grpc_channel_options options = {.max_message = run->options.max_message,
                                                        .backoff_ms = run->options.pause_ms,
                                                        .backoff_max_ms = run->options.pause_max_ms,
                                                        .user_agent = "playground-orchestrator",
                                                        .log = run->options.log};
        struct pd_grpc_channel *channel = NULL;
        size_t known;

        if (pd_map_get(&run->targets, run->plan->lanes[lane].target, &known))
                return run->channels[known];
        if (pd_map_set(&run->targets, run->plan->lanes[lane].target, run->channel_count) < 0) {
                (void)pd_fail_memory(err, "a channel");
                return NULL;
        }
        if (pd_grpc_channel_new(run->loop, run->plan->lanes[lane].target, &options, &channel, err) <
            0)
                return NULL;
        run->channels[run->channel_count++] = channel;
        return channel;
}

static int make_lanes(struct pd_run *run, struct pd_err *err)
{
        for (size_t i = 0; i < run->plan->lane_count; i++) {
                struct pd_grpc_channel *channel = channel_to(run, i, err);

                if (channel == NULL)
                        return pd_wrap(err, "node '%s'", run->plan->lanes[i].node);
                if (pd_lane_init(&run->lanes[i], run, &run->plan->lanes[i], channel) < 0)
                        return pd_fail_memory(err, "a lane");
        }
        return 0;
}

static int make_room(struct pd_run *run, struct pd_err *err)
{
        size_t count = run->plan->lane_count;

        run->lanes = calloc(count + 1, sizeof(*run->lanes));
        run->states = calloc(count + 1, sizeof(*run->states));
        run->endings = calloc(count + 1, sizeof(*run->endings));
        run->channels = calloc(count + 1, sizeof(struct pd_grpc_channel *)); /* as many, or less */
        run->empty = pd_grpc_message_new(0);
        if (run->lanes == NULL || run->states == NULL || run->endings == NULL ||
            run->channels == NULL || run->empty == NULL)
                return pd_fail_memory(err, "a run");
        return 0;
}

int pd_run_new(const struct pd_run_place *place, const struct pd_run_options *options,
               struct pd_plan *plan, struct pd_run **ret, struct pd_err *err)
{
        pd_auto(pd_run_free_ptr) struct pd_run *run = calloc(1, sizeof(*run));

        if (run == NULL)
                return pd_fail_memory(err, "a run");
        run->loop = place->loop;
        run->options = *options;
        complete(&run->options);
        run->events = place->events;
        run->ops = place->ops;
        run->owner = place->owner;
        run->decide.run = decide;
        run->look.due = look;
        run->plan = plan;
        if (make_room(run, err) < 0 || make_lanes(run, err) < 0) {
                run->plan = NULL; /* the caller's still */
                return -1;
        }
        *ret = pd_steal(&run);
        return 0;
}

static void stop_lanes(struct pd_run *run)
{
        for (size_t i = 0; run->lanes != NULL && run->lanes[i].callers != NULL; i++)
                pd_lane_stop(&run->lanes[i]);
        pd_loop_clear_timer(run->loop, &run->look);
        pd_loop_forget(run->loop, &run->decide);
}

void pd_run_free(struct pd_run *run)
{
        if (run == NULL)
                return;

        run->state = PD_RUN_STOPPED;
        stop_lanes(run);
        for (size_t i = 0; run->lanes != NULL && run->lanes[i].callers != NULL; i++)
                pd_lane_done(&run->lanes[i]);
        for (size_t i = 0; i < run->channel_count; i++)
                pd_grpc_channel_free(run->channels[i]);
        pd_map_done(&run->targets);
        pd_grpc_message_release(run->empty);
        free(run->channels);
        free(run->endings);
        free(run->states);
        free(run->lanes);
        pd_plan_free(run->plan);
        free(run);
}

void pd_run_start(struct pd_run *run, uint64_t iterations)
{
        int64_t now_us = pd_clock_mono_us();

        run->state = PD_RUN_RUNNING;
        run->is_ending = !run->plan->has_source;
        run->stalled_us = 0;
        run->looked_us = now_us;
        pd_loop_set_timer(run->loop, &run->look, now_us + LOOK_US);
        for (size_t i = 0; i < run->plan->lane_count; i++)
                pd_lane_start(&run->lanes[i], iterations);
        pd_run_consider(run);
}

void pd_run_stop(struct pd_run *run)
{
        if (run->state != PD_RUN_RUNNING)
                return;
        run->state = PD_RUN_STOPPED;
        run->stalled_us = 0;
        stop_lanes(run);
        for (size_t i = 0; i < run->plan->lane_count; i++) {
                if (run->lanes[i].ending != PD_LANE_ENDED)
                        lane_has_ended(&run->lanes[i]);
        }
}

enum pd_run_state pd_run_state(const struct pd_run *run)
{
        return run->state;
}

const struct pd_plan *pd_run_plan(const struct pd_run *run)
{
        return run->plan;
}

size_t pd_run_alive(const struct pd_run *run)
{
        size_t alive = 0;

        for (size_t i = 0; i < run->plan->lane_count && run->state == PD_RUN_RUNNING; i++) {
                if (run->lanes[i].ending != PD_LANE_ENDED)
                        alive++;
        }
        return alive;
}

int64_t pd_run_stalled_since(const struct pd_run *run)
{
        return run->stalled_us;
}

void pd_run_report(const struct pd_run *run, size_t index, struct pd_lane_report *ret)
{
        const struct pd_lane *lane = &run->lanes[index];
        const char *problem = pd_grpc_channel_problem(lane->channel);

        *ret = (struct pd_lane_report){
                .plan = lane->plan,
                .waiting = lane->queue.count,
                .waiting_bytes = lane->queue.bytes,
                .waiting_max = lane->queue.max_count,
                .waiting_bytes_max = lane->queue.max_bytes,
                .is_full = pd_queue_is_blocking(&lane->queue),
                .calls = lane->open,
                .called = lane->called,
                .finished = lane->finished,
                .failed = lane->failed,
                .dropped = lane->dropped,
                .out_messages = lane->out_messages,
                .out_bytes = lane->out_bytes,
                .out_per_second = lane->out_per_second,
                .problem = problem[0] != '\0' ? problem : lane->problem,
        };
}
