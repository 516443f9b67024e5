/* run_status.c - operations, edges and advice as text. */
#include "run_status.h"

#include <string.h>

#include "base/arena.h"
#include "base/own.h"
#include "cells.h"
#include "json/get.h"
#include "solution/findings.h"

#define LANE_COLUMNS 6
#define EDGE_COLUMNS 5

/* Below it a rate has a digit behind the point. */
#define SLOW_RATE 10

const char *pd_run_status_message(const json_t *status)
{
        return pd_json_get_text(status, "message");
}

enum pd_run_phase pd_run_status_phase(const json_t *status)
{
        static const struct {
                const char *state;
                enum pd_run_phase phase;
        } phases[] = {
                {"running", PD_RUN_PHASE_RUNS},
                {"finished", PD_RUN_PHASE_ENDED},
                {"stopped", PD_RUN_PHASE_ENDED},
                {"failed", PD_RUN_PHASE_FAILED},
        };
        const char *state = pd_json_get_text(status, "state");

        for (size_t i = 0; i < PD_COUNT(phases); i++)
                if (strcmp(phases[i].state, state) == 0)
                        return phases[i].phase;
        return PD_RUN_PHASE_WAITS;
}

/* --- Operations --- */

static bool is_failing(const json_t *lane)
{
        return pd_json_get_text(lane, "problem")[0] != '\0';
}

static const char *lane_state(const json_t *lane, enum pd_run_phase phase)
{
        if (phase != PD_RUN_PHASE_RUNS)
                return "at rest";
        if (is_failing(lane))
                return "failing";
        return pd_json_get_int(lane, "calls_open") > 0 ? "in a call" : "waiting";
}

static const char *errors_text(const json_t *lane, struct pd_arena *arena)
{
        json_int_t failed = pd_json_get_int(lane, "failed");
        json_int_t lost = pd_json_get_int(lane, "dropped");

        return pd_arena_printf(arena, lost > 0 ? "%lld (%lld lost)" : "%lld", (long long)failed,
                               (long long)lost);
}

static int put_lanes(const json_t *status, struct pd_arena *arena, struct pd_buf *out,
                     struct pd_err *err)
{
        static const char *const head[LANE_COLUMNS] = {"NODE",  "OPERATION", "STATE",
                                                       "CALLS", "ERRORS",    "LAST ERROR"};
        struct pd_cells cells = {.arena = arena};
        const json_t *lane;
        size_t i;

        for (i = 0; i < LANE_COLUMNS; i++)
                pd_cells_add(&cells, head[i]);
        json_array_foreach (pd_json_get_array(status, "lanes"), i, lane) {
                pd_cells_add_text(&cells, pd_json_get_text(lane, "node"));
                pd_cells_add_text(&cells, pd_json_get_text(lane, "operation"));
                pd_cells_add(&cells, lane_state(lane, pd_run_status_phase(status)));
                pd_cells_add(&cells, pd_arena_printf(arena, "%lld",
                                                     (long long)pd_json_get_int(lane, "calls")));
                pd_cells_add(&cells, errors_text(lane, arena));
                pd_cells_add_text(&cells, pd_json_get_text(lane, "problem"));
        }
        return pd_cells_put(&cells, LANE_COLUMNS, out, err);
}

/* --- Edges --- */

/* "17 B", "1.5 KiB", "64 MiB" */
static const char *bytes_text(json_int_t bytes, struct pd_arena *arena)
{
        static const char *const units[] = {"KiB", "MiB", "GiB"};
        double amount = (double)bytes;
        size_t i = 0;

        if (bytes < 1024)
                return pd_arena_printf(arena, "%lld B", (long long)bytes);
        for (amount /= 1024; amount >= 1024 && i + 1 < PD_COUNT(units); i++)
                amount /= 1024;
        return pd_arena_printf(arena, "%.3g %s", amount, units[i]);
}

/* The operation that an edge leads to; NULL: it is not told of. */
static const json_t *target_of(const json_t *status, const json_t *edge)
{
        const json_t *to = pd_json_get(edge, "to");
        const json_t *lane;
        size_t i;

        json_array_foreach (pd_json_get_array(status, "lanes"), i, lane)
                if (strcmp(pd_json_get_text(lane, "node"), pd_json_get_text(to, "node")) == 0 &&
                    strcmp(pd_json_get_text(lane, "operation"),
                           pd_json_get_text(to, "operation")) == 0)
                        return lane;
        return NULL;
}

/* "3 of 1000, 51 B of 64 MiB, full" */
static const char *queue_text(const json_t *lane, struct pd_arena *arena)
{
        const json_t *queue = pd_json_get(lane, "queue");
        const json_t *limits = pd_json_get(lane, "queue_limits");
        const char *bytes = bytes_text(pd_json_get_int(queue, "bytes"), arena);
        const char *limit = bytes_text(pd_json_get_int(limits, "bytes"), arena);

        if (bytes == NULL || limit == NULL)
                return NULL;
        return pd_arena_printf(arena, "%lld of %lld, %s of %s%s",
                               (long long)pd_json_get_int(queue, "messages"),
                               (long long)pd_json_get_int(limits, "messages"), bytes, limit,
                               pd_json_get_bool(queue, "full", false) ? ", full" : "");
}

static const char *rate_text(const json_t *edge, enum pd_run_phase phase, struct pd_arena *arena)
{
        double rate = json_number_value(pd_json_get(edge, "messages_per_second"));

        if (phase != PD_RUN_PHASE_RUNS)
                return "-";
        return pd_arena_printf(arena, "%.*f/s", rate < SLOW_RATE ? 1 : 0, rate);
}

/* "converter/convert" */
static const char *end_text(const json_t *end, struct pd_arena *arena)
{
        return pd_arena_printf(arena, "%s/%s", pd_json_get_text(end, "node"),
                               pd_json_get_text(end, "operation"));
}

static int put_edges(const json_t *status, struct pd_arena *arena, struct pd_buf *out,
                     struct pd_err *err)
{
        static const char *const head[EDGE_COLUMNS] = {"FROM", "TO", "MESSAGES", "RATE", "QUEUE"};
        struct pd_cells cells = {.arena = arena};
        const json_t *edge;
        size_t i;

        for (i = 0; i < EDGE_COLUMNS; i++)
                pd_cells_add(&cells, head[i]);
        json_array_foreach (pd_json_get_array(status, "edges"), i, edge) {
                pd_cells_add_text(&cells, end_text(pd_json_get(edge, "from"), arena));
                pd_cells_add_text(&cells, end_text(pd_json_get(edge, "to"), arena));
                pd_cells_add(&cells, pd_arena_printf(arena, "%lld",
                                                     (long long)pd_json_get_int(edge, "messages")));
                pd_cells_add(&cells, rate_text(edge, pd_run_status_phase(status), arena));
                pd_cells_add(&cells, queue_text(target_of(status, edge), arena));
        }
        return pd_cells_put(&cells, EDGE_COLUMNS, out, err);
}

/* --- What to do --- */

static void put_stalled(const json_t *status, const char *deployment, struct pd_buf *out)
{
        const json_t *seconds = pd_json_get(status, "stalled_seconds");

        if (seconds == NULL)
                return;
        pd_buf_printf(
                out,
                "\nstalled: queues are full, and nothing has been taken from them for %lld s\n"
                "    a node takes that long for one message, or a cycle makes more messages "
                "than it takes;\n"
                "    'playgroundctl logs -d %s' shows what the nodes do, 'playgroundctl stop "
                "-d %s' ends it\n",
                (long long)json_integer_value(seconds), deployment, deployment);
}

static void put_failing(const json_t *status, const char *deployment, struct pd_buf *out)
{
        const json_t *lane;
        size_t i;

        json_array_foreach (pd_json_get_array(status, "lanes"), i, lane) {
                if (!is_failing(lane))
                        continue;
                pd_buf_printf(out, "\n%s/", pd_show(pd_json_get_text(lane, "node")).text);
                pd_buf_printf(out, "%s: %s\n", pd_show(pd_json_get_text(lane, "operation")).text,
                              pd_show(pd_json_get_text(lane, "problem")).text);
                pd_buf_printf(out, "    'playgroundctl logs -d %s %s' may say why\n", deployment,
                              pd_show(pd_json_get_text(lane, "node")).text);
        }
}

static void put_advice(const json_t *status, const char *deployment, struct pd_buf *out)
{
        switch (pd_run_status_phase(status)) {
        case PD_RUN_PHASE_WAITS:
        case PD_RUN_PHASE_ENDED:
                pd_buf_printf(out, "\n'playgroundctl run -d %s' starts a run\n", deployment);
                break;
        case PD_RUN_PHASE_FAILED:
                pd_buf_printf(out, "\n'playgroundctl up' with a pipeline that was mended takes its "
                                   "place\n");
                break;
        case PD_RUN_PHASE_RUNS:
                put_stalled(status, deployment, out);
        }
        put_failing(status, deployment, out);
}

int pd_run_status_put(const json_t *status, const char *deployment, struct pd_buf *out,
                      struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        const char *label = pd_json_get_text(status, "label");

        pd_buf_printf(out, "%s: %s", deployment, pd_show(pd_run_status_message(status)).text);
        if (label[0] != '\0')
                pd_buf_printf(out, "; label '%s'", pd_show(label).text);
        pd_buf_putc(out, '\n');
        if (json_array_size(pd_json_get_array(status, "lanes")) > 0) {
                pd_buf_putc(out, '\n');
                if (put_lanes(status, &arena, out, err) < 0)
                        return -1;
        }
        if (json_array_size(pd_json_get_array(status, "edges")) > 0) {
                pd_buf_putc(out, '\n');
                if (put_edges(status, &arena, out, err) < 0)
                        return -1;
        }
        put_advice(status, deployment, out);
        return 0;
}
