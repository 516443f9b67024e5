/* cmd_validate.c - validate: everything that is to be said about an INPUT. */
#include "command.h"

#include <unistd.h>

#include "base/own.h"
#include "input.h"
#include "output.h"

/* What `playgroundctl validate` exits with when the answer is no. */
static int answer(const struct pd_call *call, const struct pd_findings *findings)
{
        bool is_bad = findings->errors > 0 || (call->options.strict && findings->warnings > 0);

        return is_bad ? pd_err_exit(PD_E_UNPROCESSABLE) : 0;
}

static int show(const struct pd_call *call, const struct pd_findings *findings, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (call->options.output == PD_OUTPUT_JSON)
                return pd_output_write_json(call->cli, pd_output_findings_json(findings), err);

        pd_output_put_findings(&text, findings, pd_output_has_color(call->cli, call->cli->out));
        pd_output_put_summary(&text, findings);
        pd_buf_putc(&text, '\n');
        return pd_output_write(call->cli, &text, err);
}

int pd_cmd_validate(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_input_done) struct pd_input input = {0};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;

        /* Making the solution is what finds the rest. */
        if (pd_input_read(call, &input, &findings, err) < 0 ||
            pd_input_solution(&input, &pd_solution_default_options, &findings, &solution, err) <
                    0 ||
            show(call, &findings, err) < 0)
                return -1;

        call->status = answer(call, &findings);
        return 0;
}
