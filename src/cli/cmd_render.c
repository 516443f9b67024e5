/* cmd_render.c - render: a solution.zip out of an INPUT. */
#include "command.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "input.h"
#include "output.h"
#include "package/package.h"
#include "render_plan.h"

#define STANDARD_OUTPUT "-"

/* The zip on its way from the solution to its place. */
struct zip {
        void *bytes;
        size_t size;
};

static void zip_done(struct zip *zip)
{
        free(zip->bytes);
}

static bool is_to_standard_output(const struct pd_call *call)
{
        return strcmp(call->options.zip, STANDARD_OUTPUT) == 0;
}

static int check_use(const struct pd_call *call, struct pd_err *err)
{
        if (call->options.zip == NULL || call->options.zip[0] == '\0')
                return pd_fail(err, PD_E_USAGE, 0, "where to? name the zip with -o FILE");
        if (is_to_standard_output(call) && call->options.output == PD_OUTPUT_JSON)
                return pd_fail(err, PD_E_USAGE, 0,
                               "--output json has no place where -o - writes the zip");
        if (is_to_standard_output(call) && isatty(call->cli->out))
                return pd_fail(err, PD_E_USAGE, 0,
                               "a zip is nothing for a terminal; name a file with -o");
        return 0;
}

static int write_zip(const struct pd_call *call, const struct zip *zip, struct pd_err *err)
{
        if (is_to_standard_output(call))
                return pd_output_write_bytes(call->cli, zip->bytes, zip->size, err);
        return pd_file_replace(call->options.zip, zip->bytes, zip->size, err);
}

/* What was made: members that a failure leaves out. */
static int add_result(json_t *report, const struct pd_call *call,
                      const struct pd_solution *solution, size_t size)
{
        return json_object_update_new(
                report,
                json_pack("{s:s, s:I, s:s, s:s, s:I}", "file", pd_show(call->options.zip).text,
                          "size", (json_int_t)size, "kind", pd_output_kind(solution), "name",
                          solution->name, "workloads", (json_int_t)solution->workload_count));
}

/* `solution` NULL: there was nothing to render. */
static int report_json(const struct pd_call *call, const struct pd_findings *findings,
                       const struct pd_solution *solution, size_t size, struct pd_err *err)
{
        json_t *report = pd_output_findings_json(findings);

        if (report != NULL && solution != NULL && add_result(report, call, solution, size) < 0) {
                json_decref(report);
                report = NULL;
        }
        return pd_output_write_json(call->cli, report, err);
}

static int report_text(const struct pd_call *call, const struct pd_solution *solution, size_t size,
                       struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (is_to_standard_output(call))
                return 0;
        pd_buf_printf(&text, "%s: %s '%s', %zu %s, %zu bytes\n", pd_show(call->options.zip).text,
                      pd_output_kind(solution), pd_show(solution->name).text,
                      solution->workload_count,
                      solution->workload_count == 1 ? "workload" : "workloads", size);
        return pd_output_write(call->cli, &text, err);
}

/* Findings go aside, as standard output may be the zip. */
static int tell_findings(const struct pd_call *call, const struct pd_findings *findings,
                         struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        pd_output_put_findings(&text, findings, pd_output_has_color(call->cli, call->cli->err));
        return pd_output_write_aside(call->cli, &text, err);
}

static int refuse(const struct pd_call *call, const struct pd_input *input,
                  const struct pd_findings *findings, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf summary = PD_BUF_INIT(sizeof(err->msg));

        if (call->options.output == PD_OUTPUT_JSON && report_json(call, findings, NULL, 0, err) < 0)
                return -1;
        pd_output_put_summary(&summary, findings);
        return pd_fail(err, PD_E_UNPROCESSABLE, 0, "'%s' cannot be rendered: %s", input->name,
                       summary.data);
}

static int deliver(const struct pd_call *call, const struct pd_solution *solution,
                   const struct pd_manifest_options *options, const struct pd_findings *findings,
                   struct pd_err *err)
{
        pd_auto(zip_done) struct zip zip = {0};

        if (pd_package_pack(solution, options, &zip.bytes, &zip.size, err) < 0 ||
            write_zip(call, &zip, err) < 0)
                return -1;
        return call->options.output == PD_OUTPUT_JSON
                       ? report_json(call, findings, solution, zip.size, err)
                       : report_text(call, solution, zip.size, err);
}

int pd_cmd_render(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_input_done) struct pd_input input = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_render_options options;

        if (check_use(call, err) < 0 ||
            pd_render_plan_read(call, &input.arena, &options, err) < 0 ||
            pd_input_read(call, &input, &findings, err) < 0 ||
            pd_input_solution(&input, &options.solution, &findings, &solution, err) < 0)
                return -1;

        if (call->options.output == PD_OUTPUT_TEXT && tell_findings(call, &findings, err) < 0)
                return -1;
        if (solution == NULL)
                return refuse(call, &input, &findings, err);
        if (input.kind == PD_INPUT_IS_PACKAGE)
                pd_render_plan_override(call, &options.solution, solution);
        return deliver(call, solution, &options.manifest, &findings, err);
}
