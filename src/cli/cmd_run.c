/* cmd_run.c - run: the messages of a pipeline begin to go. */
#include "command.h"

#include "base/own.h"
#include "json/build.h"
#include "json/get.h"
#include "json/json.h"
#include "output.h"
#include "run_status.h"
#include "solution/findings.h"
#include "talk.h"

static json_t *wish_of(const struct pd_options *options)
{
        json_t *wish = json_object();

        if (options->label != NULL)
                pd_json_put(&wish, "label", json_string(options->label));
        if (options->iterations > 0)
                pd_json_put(&wish, "iterations", json_integer(options->iterations));
        return wish;
}

static int show(const struct pd_call *call, const struct pd_talk *talk, const json_t *answer,
                struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
        const char *name = talk->deployment;

        pd_buf_printf(&text, "%s: %s\n\n", name, pd_show(pd_run_status_message(answer)).text);
        pd_buf_printf(&text,
                      "playgroundctl observe -d %s    # see the messages go\n"
                      "playgroundctl stop -d %s       # stop them\n",
                      name, name);
        return pd_output_write(call->cli, &text, err);
}

/* Only one without a limit goes on in a new place: of another one nobody could say how much of it
 * is done. */
static int keep(const struct pd_call *call, const struct pd_talk *talk, const json_t *wish,
                struct pd_err *err)
{
        if (pd_talk_keep(talk, call->options.iterations > 0 ? NULL : wish, err) == 0)
                return 0;
        return pd_wrap(err, "'%s' runs, but ends where its orchestrator is moved",
                       talk->deployment);
}

int pd_cmd_run(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_talk_done) struct pd_talk talk = PD_TALK_INIT;
        pd_auto(pd_json_free_ptr) json_t *wish = wish_of(&call->options);
        pd_auto(pd_json_free_ptr) json_t *answer = NULL;

        if (wish == NULL)
                return pd_fail_memory(err, "a request");
        if (pd_talk_open(call, &talk, err) < 0 ||
            pd_talk_tell(&talk, "/api/v1/run", wish, &answer, err) < 0)
                return -1;
        if (!pd_json_get_bool(answer, "began", true))
                return pd_fail(err, PD_E_CONFLICT, 0,
                               "'%s' runs already, and nothing has changed; 'playgroundctl stop -d "
                               "%s' ends that run",
                               talk.deployment, talk.deployment);
        if (keep(call, &talk, wish, err) < 0)
                return -1;
        if (call->options.output == PD_OUTPUT_JSON)
                return pd_output_write_json(call->cli, json_incref(answer), err);
        return show(call, &talk, answer, err);
}
