/* cmd_ps.c - ps: what runs, and how it is. */
#include "command.h"

#include "base/clock.h"
#include "cells.h"
#include "deployment.h"
#include "json/build.h"
#include "output.h"
#include "session.h"

#define COLUMNS 7

/* What each of the engines has told. */
struct listing {
        struct pd_deployments of[PD_ENGINES_MAX];
        size_t count;
};

static void listing_done(struct listing *listing)
{
        for (size_t i = 0; i < listing->count; i++)
                pd_deployments_done(&listing->of[i]);
}

/* --- For people --- */

/* "75 s", "12 min", "3 h", "9 d": as long as it is in its state. */
static char *age_text(int64_t since_ms, struct pd_arena *arena)
{
        static const struct {
                const char *name;
                int64_t ms;
        } units[] = {{"d", 86400000}, {"h", 3600000}, {"min", 60000}, {"s", 1000}};
        int64_t age_ms = pd_clock_unix_ms() - since_ms;

        if (since_ms == 0 || age_ms < 0)
                return pd_arena_string(arena, "-");
        for (size_t i = 0; i < PD_COUNT(units); i++)
                if (age_ms >= 2 * units[i].ms || i + 1 == PD_COUNT(units))
                        return pd_arena_printf(arena, "%lld %s", (long long)(age_ms / units[i].ms),
                                               units[i].name);
        return NULL;
}

/* "failed: exited", "ready, 3 restarts" */
static char *state_text(const struct pd_workload_status *workload, struct pd_arena *arena)
{
        const char *state = pd_state_name(workload->state);

        if (workload->reason != PD_REASON_NONE && workload->state != PD_STATE_READY)
                return pd_arena_printf(arena, "%s: %s", state, pd_reason_name(workload->reason));
        if (workload->restarts > 0)
                return pd_arena_printf(arena, "%s, %u restart%s", state, workload->restarts,
                                       workload->restarts == 1 ? "" : "s");
        return pd_arena_string(arena, state);
}

static void add_workload(struct pd_cells *cells, const struct pd_deployment *deployment,
                         const struct pd_workload_status *workload)
{
        pd_cells_add(cells, deployment->engine);
        pd_cells_add_text(cells, deployment->name);
        pd_cells_add_text(cells, workload->name);
        pd_cells_add(cells, state_text(workload, cells->arena));
        pd_cells_add(cells, age_text(workload->since_ms, cells->arena));
        pd_cells_add_text(cells, workload->image);
        pd_cells_add_text(cells, pd_deployment_addresses(workload, cells->arena));
}

static void add_deployment(struct pd_cells *cells, const struct pd_deployment *deployment)
{
        for (size_t i = 0; i < deployment->workload_count; i++)
                add_workload(cells, deployment, &deployment->workloads[i]);
}

static void add_head(struct pd_cells *cells)
{
        static const char *const head[COLUMNS] = {"ENGINE", "DEPLOYMENT", "WORKLOAD", "STATE",
                                                  "SINCE",  "IMAGE",      "ADDRESSES"};

        for (size_t i = 0; i < COLUMNS; i++)
                pd_cells_add(cells, head[i]);
}

/* A line for each that is not ready: why, and what to do. */
static void put_reasons(const struct pd_deployment *deployment, struct pd_buf *out)
{
        for (size_t i = 0; i < deployment->workload_count; i++) {
                const struct pd_workload_status *workload = &deployment->workloads[i];

                if (workload->state == PD_STATE_READY || workload->detail[0] == '\0')
                        continue;
                pd_buf_printf(out, "\n%s: %s\n", pd_show(workload->name).text, workload->detail);
                if (workload->advice[0] != '\0')
                        pd_buf_printf(out, "    %s\n", workload->advice);
        }
}

static int show_text(const struct pd_call *call, struct listing *listing, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
        struct pd_cells cells = {.arena = &listing->of[0].arena};

        add_head(&cells);
        for (size_t i = 0; i < listing->count; i++)
                for (size_t j = 0; j < listing->of[i].count; j++)
                        add_deployment(&cells, &listing->of[i].at[j]);
        if (pd_cells_put(&cells, COLUMNS, &text, err) < 0)
                return -1;
        for (size_t i = 0; i < listing->count; i++)
                for (size_t j = 0; j < listing->of[i].count; j++)
                        put_reasons(&listing->of[i].at[j], &text);
        return pd_output_write(call->cli, &text, err);
}

/* --- For programs --- */

static int show_json(const struct pd_call *call, const struct listing *listing, struct pd_err *err)
{
        json_t *list = json_array();

        for (size_t i = 0; i < listing->count; i++)
                for (size_t j = 0; j < listing->of[i].count; j++)
                        pd_json_append(&list, pd_deployment_json(&listing->of[i].at[j]));
        return pd_output_write_json(call->cli, list, err);
}

/* --- Asking --- */

static void warn(const struct pd_call *call, const struct pd_err *why)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        pd_output_put_severity(&text, PD_SEVERITY_WARNING,
                               pd_output_has_color(call->cli, call->cli->err));
        pd_buf_printf(&text, ": %s\n", pd_show(why->msg).text);
        (void)!pd_output_write_aside(call->cli, &text, NULL);
}

/* One that does not answer does not hide what another one tells. */
static int ask_all(const struct pd_call *call, const struct pd_session *session,
                   struct listing *listing, struct pd_err *err)
{
        struct pd_err why[PD_ENGINES_MAX] = {0};
        size_t failed = 0;

        for (size_t i = 0; i < session->engines.count; i++) {
                if (pd_engine_list(&session->engines.at[i], call->options.deployment,
                                   &listing->of[listing->count], &why[failed]) < 0)
                        failed++;
                else
                        listing->count++;
        }
        if (listing->count == 0) {
                *err = why[0];
                return -1;
        }
        for (size_t i = 0; i < failed; i++)
                if (why[i].code != PD_E_NOT_FOUND)
                        warn(call, &why[i]);
        return 0;
}

int pd_cmd_ps(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_session_done) struct pd_session session = PD_SESSION_INIT;
        pd_auto(listing_done) struct listing listing = {.count = 0};

        if (pd_session_open_all(call, &session, err) < 0 ||
            ask_all(call, &session, &listing, err) < 0)
                return -1;
        return call->options.output == PD_OUTPUT_JSON ? show_json(call, &listing, err)
                                                      : show_text(call, &listing, err);
}
