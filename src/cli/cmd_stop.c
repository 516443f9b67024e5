/* cmd_stop.c - stop: the messages of a pipeline go no further. */
#include "command.h"

#include "base/own.h"
#include "json/json.h"
#include "output.h"
#include "run_status.h"
#include "solution/findings.h"
#include "talk.h"

int pd_cmd_stop(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_talk_done) struct pd_talk talk = PD_TALK_INIT;
        pd_auto(pd_json_free_ptr) json_t *answer = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (pd_talk_open(call, &talk, err) < 0)
                return -1;
        /* What would begin it again goes first. */
        if (pd_talk_keep(&talk, NULL, err) < 0 ||
            pd_talk_tell(&talk, "/api/v1/stop", NULL, &answer, err) < 0)
                return -1;
        if (call->options.output == PD_OUTPUT_JSON)
                return pd_output_write_json(call->cli, json_incref(answer), err);
        pd_buf_printf(&text, "%s: %s\n", talk.deployment,
                      pd_show(pd_run_status_message(answer)).text);
        return pd_output_write(call->cli, &text, err);
}
