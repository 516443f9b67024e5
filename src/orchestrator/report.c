/* report.c - how a pipeline is doing. */
#include "report.h"

#include <string.h>

#include "base/clock.h"
#include "json/json.h"

/* Take over `value`; false: no memory. */
static bool set(json_t *object, const char *key, json_t *value)
{
        return json_object_set_new(object, key, value) == 0;
}

json_t *pd_report_status(const struct pd_core_status *status)
{
        return json_pack("{s:b, s:i, s:s, s:i}", "success", status->success, "code", status->code,
                         "message", status->message, "active_threads", status->active_threads);
}

static json_t *lane_json(const struct pd_lane_report *lane)
{
        return json_pack(
                "{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:{s:I, s:I, s:b}, s:{s:I, s:I}, s:I, s:I, "
                "s:I, s:I, s:I, s:s}",
                "node", lane->plan->node, "operation", lane->plan->operation, "rpc",
                lane->plan->path, "address", lane->plan->target, "source", lane->plan->is_source,
                "input_stream", lane->plan->input_stream, "output_stream",
                lane->plan->output_stream, "queue", "messages", (json_int_t)lane->waiting, "bytes",
                (json_int_t)lane->waiting_bytes, "full", lane->is_full, "queue_limits", "messages",
                (json_int_t)lane->waiting_max, "bytes", (json_int_t)lane->waiting_bytes_max,
                "calls_open", (json_int_t)lane->calls, "calls", (json_int_t)lane->called,
                "finished", (json_int_t)lane->finished, "failed", (json_int_t)lane->failed,
                "dropped", (json_int_t)lane->dropped, "problem", lane->problem);
}

static json_t *edge_json(const struct pd_lane_report *from, const struct pd_plan_lane *to)
{
        return json_pack("{s:{s:s, s:s}, s:{s:s, s:s}, s:I, s:I, s:f}", "from", "node",
                         from->plan->node, "operation", from->plan->operation, "to", "node",
                         to->node, "operation", to->operation, "messages",
                         (json_int_t)from->out_messages, "bytes", (json_int_t)from->out_bytes,
                         "messages_per_second", from->out_per_second);
}

static bool add_edges(json_t *edges, const struct pd_plan *plan, const struct pd_lane_report *from)
{
        for (size_t i = 0; i < from->plan->target_count; i++) {
                if (json_array_append_new(
                            edges, edge_json(from, &plan->lanes[from->plan->targets[i]])) < 0)
                        return false;
        }
        return true;
}

static bool add_run(json_t *json, const struct pd_run *run)
{
        const struct pd_plan *plan = pd_run_plan(run);
        json_t *lanes = json_array();
        json_t *edges = json_array();
        bool is_whole = set(json, "lanes", lanes);

        is_whole = set(json, "edges", edges) && is_whole;
        for (size_t i = 0; i < plan->lane_count && is_whole; i++) {
                struct pd_lane_report lane;

                pd_run_report(run, i, &lane);
                is_whole = json_array_append_new(lanes, lane_json(&lane)) == 0 &&
                           add_edges(edges, plan, &lane);
        }
        return is_whole;
}

/* Seconds that nothing has moved; null: it moves. */
static json_t *stalled(const struct pd_run *run)
{
        int64_t since_us = run != NULL ? pd_run_stalled_since(run) : 0;

        return since_us == 0 ? json_null()
                             : json_integer((pd_clock_mono_us() - since_us) / 1000000);
}

json_t *pd_report_json(const struct pd_core *core)
{
        const struct pd_run *run = pd_core_current(core);
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        struct pd_core_status status;

        pd_core_status(core, &status);
        json = pd_report_status(&status);
        if (json == NULL || !set(json, "state", json_string(pd_core_state_name(core))) ||
            !set(json, "label", json_string(pd_core_label(core))) ||
            !set(json, "stalled_seconds", stalled(run)) || (run != NULL && !add_run(json, run)))
                return NULL;
        return pd_steal(&json);
}

/* Metrics. */

/** A number of a lane, as a series. */
static const struct {
        const char *name;
        const char *help;
        size_t offset;
} series[] = {
#define SERIES(member, name_, help_)                                                               \
        {                                                                                          \
                .name = "playground_orchestrator_" name_, .help = (help_),                         \
                .offset = offsetof(struct pd_lane_report, member)                                  \
        }
        SERIES(called, "calls_total", "Calls of an operation that were begun."),
        SERIES(finished, "calls_finished_total", "Calls that ended with OK."),
        SERIES(failed, "calls_failed_total", "Calls that ended otherwise."),
        SERIES(dropped, "dropped_total", "Messages that were lost to a call that failed."),
        SERIES(out_messages, "messages_total",
               "Messages that an operation gave to each of its edges."),
        SERIES(out_bytes, "message_bytes_total", "Their bytes."),
#undef SERIES
};

static int add_series(const struct pd_run *run, size_t which, struct pd_metrics *metrics,
                      struct pd_err *err)
{
        const struct pd_plan *plan = pd_run_plan(run);

        for (size_t i = 0; i < plan->lane_count; i++) {
                pd_auto(pd_buf_done) struct pd_buf labels = PD_BUF_INIT(4096);
                struct pd_lane_report lane;
                struct pd_counter *counter;
                uint64_t value;

                pd_run_report(run, i, &lane);
                memcpy(&value, (const char *)&lane + series[which].offset, sizeof(value));
                pd_buf_puts(&labels, "node=\"");
                pd_buf_put_json(&labels, lane.plan->node, strlen(lane.plan->node));
                pd_buf_puts(&labels, "\",operation=\"");
                pd_buf_put_json(&labels, lane.plan->operation, strlen(lane.plan->operation));
                pd_buf_puts(&labels, "\"");
                if (pd_buf_check(&labels, "metrics", err) < 0)
                        return -1;
                counter = pd_metrics_counter(metrics, series[which].name, series[which].help,
                                             labels.data);
                if (counter == NULL)
                        return pd_fail_memory(err, "metrics");
                pd_counter_add(counter, value);
        }
        return 0;
}

int pd_report_metrics(const struct pd_core *core, struct pd_metrics **ret, struct pd_err *err)
{
        pd_auto(pd_metrics_free_ptr) struct pd_metrics *metrics = NULL;
        const struct pd_run *run = pd_core_current(core);

        if (pd_metrics_new(&metrics, err) < 0)
                return -1;
        for (size_t i = 0; run != NULL && i < PD_COUNT(series); i++) {
                if (add_series(run, i, metrics, err) < 0)
                        return -1;
        }
        *ret = pd_steal(&metrics);
        return 0;
}
