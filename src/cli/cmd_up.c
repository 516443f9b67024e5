/* cmd_up.c - up: a solution runs. */
#include "command.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/format.h"
#include "base/own.h"
#include "cells.h"
#include "deployment.h"
#include "input.h"
#include "json/build.h"
#include "json/json.h"
#include "output.h"
#include "policy_file.h"
#include "progress.h"
#include "render_plan.h"
#include "session.h"
#include "solution/names.h"
#include "values.h"
#include "yaml/yaml.h"

/* Most bytes of a values file. */
#define MAX_VALUES (1024 * 1024)

struct up {
        struct pd_call *call;
        struct pd_session session;
        struct pd_policy policy;
        struct pd_findings findings;
        struct pd_input input;
        struct pd_solution *solution;
        char name[PD_LABEL_MAX + 1];
};

static void up_done(struct up *up)
{
        pd_solution_free(up->solution);
        pd_input_done(&up->input);
        pd_findings_done(&up->findings);
        pd_policy_done(&up->policy);
        pd_session_done(&up->session);
}

/* --- What is wished for --- */

static int apply_values(struct up *up, struct pd_err *err)
{
        const char *path = up->call->options.values;
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_json_free_ptr) json_t *values = NULL;
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, MAX_VALUES, &text, &len, err) < 0)
                return -1;
        if (pd_yaml_parse(text, len, &values, err) < 0)
                return pd_wrap(err, "'%s'", path);
        return pd_values_apply(values, up->solution, &up->findings, err);
}

static int tell_findings(const struct up *up, const struct pd_findings *findings,
                         struct pd_err *err)
{
        const struct pd_cli *cli = up->call->cli;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        pd_output_put_findings(&text, findings, pd_output_has_color(cli, cli->err));
        return pd_output_write_aside(cli, &text, err);
}

static int check_findings(const struct up *up, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf summary = PD_BUF_INIT(sizeof(err->msg));

        if (tell_findings(up, &up->findings, err) < 0)
                return -1;
        if (up->solution != NULL && up->findings.errors == 0)
                return 0;
        pd_output_put_summary(&summary, &up->findings);
        return pd_fail(err, PD_E_UNPROCESSABLE, 0, "'%s' is not run: %s", up->input.name,
                       summary.data);
}

static int read_name(struct up *up, struct pd_err *err)
{
        const char *given = up->call->operand_count > 1 ? up->call->operands[1] : NULL;

        if (given != NULL && !pd_label_valid(given))
                return pd_fail(err, PD_E_USAGE, 0,
                               "'%s' is no name of a deployment: write a-z, 0-9 and '-', a letter "
                               "first, at most %d of them",
                               given, PD_LABEL_MAX);
        pd_label_make(given != NULL ? given : up->solution->name, up->name);
        return 0;
}

/* A zip is somebody else's, so it is held against a policy. */
static int read_solution(struct up *up, struct pd_err *err)
{
        const struct pd_options *options = &up->call->options;
        struct pd_solution_options wanted;

        if (options->policy != NULL && pd_policy_file_read(options->policy, &up->policy, err) < 0)
                return -1;
        up->input.policy = &up->policy;
        if (pd_render_plan_solution(up->call, &up->input.arena, &wanted, err) < 0 ||
            pd_input_read(up->call, &up->input, &up->findings, err) < 0 ||
            pd_input_solution(&up->input, &wanted, &up->findings, &up->solution, err) < 0)
                return -1;
        if (up->solution != NULL && up->input.kind == PD_INPUT_IS_PACKAGE)
                pd_render_plan_override(up->call, &wanted, up->solution);
        if (up->solution != NULL && options->values != NULL && apply_values(up, err) < 0)
                return -1;
        return check_findings(up, err) < 0 ? -1 : read_name(up, err);
}

static struct pd_engine_wish wish_of(const struct up *up)
{
        return (struct pd_engine_wish){
                .solution = up->solution,
                .name = up->name,
                .replace = up->call->options.replace,
        };
}

/* --- What would happen --- */

static int show_plan_json(const struct up *up, const struct pd_engine_plan *plan,
                          struct pd_err *err)
{
        json_t *steps = json_array();

        for (size_t i = 0; i < plan->count; i++) {
                const struct pd_engine_step *step = &plan->at[i];

                pd_json_append(&steps, json_pack("{s:s, s:s, s:s, s:s}", "change",
                                                 pd_change_name(step->change), "kind", step->kind,
                                                 "name", step->name, "why", step->why));
        }
        return pd_output_write_json(up->call->cli,
                                    json_pack("{s:s, s:I, s:o, s:o}", "deployment", up->name,
                                              "changes", (json_int_t)plan->changes, "steps", steps,
                                              "findings", pd_findings_json(&plan->findings)),
                                    err);
}

static int show_plan_text(const struct up *up, struct pd_engine_plan *plan, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
        struct pd_cells cells = {.arena = &plan->arena};

        pd_cells_add(&cells, "CHANGE");
        pd_cells_add(&cells, "KIND");
        pd_cells_add(&cells, "NAME");
        pd_cells_add(&cells, "WHY");
        for (size_t i = 0; i < plan->count; i++) {
                pd_cells_add(&cells, pd_change_name(plan->at[i].change));
                pd_cells_add(&cells, plan->at[i].kind);
                pd_cells_add_text(&cells, plan->at[i].name);
                pd_cells_add_text(&cells, plan->at[i].why);
        }
        if (pd_cells_put(&cells, 4, &text, err) < 0)
                return -1;
        pd_buf_printf(&text, "\n%s: %zu of %zu would change; nothing was done\n", up->name,
                      plan->changes, plan->count);
        return pd_output_write(up->call->cli, &text, err);
}

static int show_plan(struct up *up, struct pd_err *err)
{
        pd_auto(pd_engine_plan_done) struct pd_engine_plan plan = {.count = 0};
        const struct pd_engine_wish wish = wish_of(up);

        if (pd_engine_plan(&up->session.engine, &wish, &plan, err) < 0)
                return -1;
        if (up->call->options.output == PD_OUTPUT_JSON)
                return show_plan_json(up, &plan, err);
        return tell_findings(up, &plan.findings, err) < 0 ? -1 : show_plan_text(up, &plan, err);
}

/* --- What happens --- */

/* Where it is reached, and what to do next. */
static int show_text(const struct up *up, struct pd_deployments *found, double seconds,
                     struct pd_err *err)
{
        const struct pd_deployment *deployment = &found->at[0];
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
        struct pd_cells cells = {.arena = &found->arena};

        pd_buf_printf(&text, "\n%s: %zu %s ready, %.1f s\n\n", up->name, deployment->workload_count,
                      deployment->workload_count == 1 ? "workload is" : "workloads are", seconds);
        for (size_t i = 0; i < deployment->workload_count; i++) {
                pd_cells_add_text(&cells, deployment->workloads[i].name);
                pd_cells_add_text(
                        &cells, pd_deployment_addresses(&deployment->workloads[i], &found->arena));
        }
        if (pd_cells_put(&cells, 2, &text, err) < 0)
                return -1;
        pd_buf_puts(&text, "\n");
        if (up->solution->kind == PD_SOLUTION_PIPELINE)
                pd_buf_printf(&text,
                              "playgroundctl run -d %s        # start the messages\n"
                              "playgroundctl observe -d %s    # see them go\n",
                              up->name, up->name);
        pd_buf_printf(&text, "playgroundctl down -d %s       # end it\n", up->name);
        return pd_output_write(up->call->cli, &text, err);
}

static int show_json(const struct up *up, const struct pd_deployments *found, struct pd_err *err)
{
        return pd_output_write_json_line(
                up->call->cli, json_pack("{s:o}", "deployment", pd_deployment_json(&found->at[0])),
                err);
}

static int show(const struct up *up, double seconds, struct pd_err *err)
{
        pd_auto(pd_deployments_done) struct pd_deployments found = {0};

        if (pd_engine_list(&up->session.engine, up->name, &found, err) < 0)
                return -1;
        return up->call->options.output == PD_OUTPUT_JSON ? show_json(up, &found, err)
                                                          : show_text(up, &found, seconds, err);
}

/* What is done stays done, so that the same command goes on from there. */
static int explain(struct up *up, struct pd_err *err)
{
        char advice[256];

        pd_format(advice, sizeof(advice),
                  "go on with the same command, or clean up with 'playgroundctl down -d %s'",
                  up->name);
        (void)pd_session_blame_user(&up->session, err, advice);
        return -1;
}

static int run(struct up *up, struct pd_err *err)
{
        const struct pd_engine_wish wish = wish_of(up);
        const struct pd_engine *engine = &up->session.engine;
        struct pd_progress progress;
        const struct pd_engine_watcher watcher = {
                .tell = pd_progress_tell,
                .context = &progress,
                .cancel_fd = &up->session.cancel_fd,
        };
        double seconds;
        int result;

        pd_progress_begin(&progress, up->call);
        for (size_t i = 0; i < up->solution->workload_count; i++)
                pd_progress_expect(&progress, up->solution->workloads[i].name);
        result = pd_engine_apply(engine, &wish, &watcher, err);
        if (result == 0)
                result = pd_engine_wait(engine, up->name, up->call->options.timeout, &watcher, err);
        seconds = pd_progress_seconds(&progress);
        pd_progress_end(&progress);
        return result == 0 ? show(up, seconds, err) : explain(up, err);
}

int pd_cmd_up(struct pd_call *call, struct pd_err *err)
{
        pd_auto(up_done) struct up up = {
                .call = call,
                .session = PD_SESSION_INIT,
                .policy = PD_POLICY_INIT,
        };

        if (read_solution(&up, err) < 0 || pd_session_open(call, &up.session, err) < 0)
                return -1;
        return call->options.dry_run ? show_plan(&up, err) : run(&up, err);
}
