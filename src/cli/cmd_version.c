/* cmd_version.c - version: what this program is. */
#include "command.h"

#include "base/own.h"
#include "output.h"

int pd_cmd_version(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (call->options.output == PD_OUTPUT_JSON)
                return pd_output_write_json(
                        call->cli,
                        json_pack("{s:s, s:s}", "name", "playgroundctl", "version", PD_VERSION),
                        err);
        pd_buf_puts(&text, "playgroundctl " PD_VERSION "\n");
        return pd_output_write(call->cli, &text, err);
}
