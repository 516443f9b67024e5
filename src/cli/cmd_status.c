/* cmd_status.c - status: how a run is going. */
#include "command.h"

#include "base/own.h"
#include "json/json.h"
#include "output.h"
#include "run_status.h"
#include "talk.h"

int pd_cmd_status(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_talk_done) struct pd_talk talk = PD_TALK_INIT;
        pd_auto(pd_json_free_ptr) json_t *status = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (pd_talk_open(call, &talk, err) < 0 ||
            pd_talk_ask(&talk, PD_TALK_STATUS, &status, err) < 0)
                return -1;
        if (call->options.output == PD_OUTPUT_JSON)
                return pd_output_write_json(call->cli, json_incref(status), err);
        if (pd_run_status_put(status, talk.deployment, &text, err) < 0)
                return -1;
        return pd_output_write(call->cli, &text, err);
}
