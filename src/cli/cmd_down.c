/* cmd_down.c - down: a deployment ends. */
#include "command.h"

#include "base/format.h"
#include "json/build.h"
#include "json/json.h"
#include "output.h"
#include "progress.h"
#include "session.h"

static int show_json(const struct pd_call *call, const char *name, bool keeps_volume,
                     struct pd_err *err)
{
        return pd_output_write_json_line(
                call->cli,
                json_pack("{s:s, s:b}", "removed", name, "keepsVolume", (int)keeps_volume), err);
}

static int show_text(const struct pd_call *call, const char *name, bool keeps_volume,
                     struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        pd_buf_printf(&text, "%s is gone\n", name);
        if (keeps_volume)
                pd_buf_printf(&text,
                              "what is in its shared folder stays for the next one of that name\n"
                              "playgroundctl down -d %s --volumes    # removes it, too\n",
                              name);
        return pd_output_write(call->cli, &text, err);
}

/* A volume that was left behind is no deployment, but may be removed. */
static int has_volume(const struct pd_session *session, const char *name, bool *ret,
                      struct pd_err *err)
{
        pd_auto(pd_deployments_done) struct pd_deployments found = {0};
        struct pd_err why = {0};

        *ret = false;
        if (pd_engine_list(&session->engine, name, &found, &why) == 0)
                *ret = found.at[0].has_volume;
        else if (why.code != PD_E_NOT_FOUND)
                return pd_fail(err, why.code, 0, "%s", why.msg);
        return 0;
}

int pd_cmd_down(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_session_done) struct pd_session session = PD_SESSION_INIT;
        bool with_volumes = call->options.volumes, keeps_volume;
        const char *name;
        struct pd_progress progress;
        const struct pd_engine_watcher watcher = {
                .tell = pd_progress_tell, .context = &progress, .cancel_fd = &session.cancel_fd};
        int result;

        if (pd_session_open(call, &session, err) < 0 ||
            pd_session_deployment(call, &session, &name, err) < 0 ||
            has_volume(&session, name, &keeps_volume, err) < 0)
                return -1;
        pd_progress_begin(&progress, call);
        result = pd_engine_remove(&session.engine, name, with_volumes, &watcher, err);
        pd_progress_end(&progress);
        if (result < 0) {
                (void)pd_session_blame_user(&session, err, "the same command goes on");
                return -1;
        }
        keeps_volume = keeps_volume && !with_volumes;
        return call->options.output == PD_OUTPUT_JSON ? show_json(call, name, keeps_volume, err)
                                                      : show_text(call, name, keeps_volume, err);
}
