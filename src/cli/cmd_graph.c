/* cmd_graph.c - graph: a pipeline drawn with letters, or for Graphviz. */
#include "command.h"

#include "base/own.h"
#include "input.h"
#include "output.h"
#include "solution/graph.h"

/* A blueprint with errors is drawn as far as it goes; that there are some is told aside. */
static int tell_errors(const struct pd_call *call, const struct pd_findings *findings,
                       struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (findings->errors == 0)
                return 0;
        pd_output_put_severity(&text, PD_SEVERITY_WARNING,
                               pd_output_has_color(call->cli, call->cli->err));
        pd_buf_puts(&text, ": ");
        pd_output_put_summary(&text, findings);
        pd_buf_printf(&text, "; see 'playgroundctl validate %s'\n", call->operands[0]);
        return pd_output_write_aside(call->cli, &text, err);
}

int pd_cmd_graph(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_input_done) struct pd_input input = {0};
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (pd_input_read(call, &input, &findings, err) < 0)
                return -1;
        if (input.blueprint == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is a single model: nothing to draw",
                               input.name);

        if (call->options.format == PD_GRAPH_DOT)
                pd_graph_dot(pd_blueprint_graph(input.blueprint),
                             pd_blueprint_name(input.blueprint), &text);
        else
                pd_graph_text(pd_blueprint_graph(input.blueprint), &text);
        if (tell_errors(call, &findings, err) < 0)
                return -1;
        return pd_output_write(call->cli, &text, err);
}
