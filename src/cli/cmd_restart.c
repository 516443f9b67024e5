/* cmd_restart.c - restart: the workloads of a deployment, or one of them, begin anew. */
#include "command.h"

#include "json/build.h"
#include "output.h"
#include "progress.h"
#include "session.h"

static int restart(const struct pd_call *call, const struct pd_session *session,
                   const struct pd_engine_watcher *watcher, const char *name, struct pd_err *err)
{
        const char *workload = call->operand_count > 0 ? call->operands[0] : NULL;

        if (pd_engine_restart(&session->engine, name, workload, watcher, err) < 0)
                return -1;
        return pd_engine_wait(&session->engine, name, call->options.timeout, watcher, err);
}

static int show(const struct pd_call *call, const char *name, double seconds, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (call->options.output == PD_OUTPUT_JSON)
                return 0;
        pd_buf_printf(&text, "\n%s: all is ready, %.1f s\n", name, seconds);
        return pd_output_write(call->cli, &text, err);
}

int pd_cmd_restart(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_session_done) struct pd_session session = PD_SESSION_INIT;
        const char *name;
        struct pd_progress progress;
        const struct pd_engine_watcher watcher = {
                .tell = pd_progress_tell, .context = &progress, .cancel_fd = &session.cancel_fd};
        double seconds;
        int result;

        if (pd_session_open(call, &session, err) < 0 ||
            pd_session_deployment(call, &session, &name, err) < 0)
                return -1;
        pd_progress_begin(&progress, call);
        result = restart(call, &session, &watcher, name, err);
        seconds = pd_progress_seconds(&progress);
        pd_progress_end(&progress);
        if (result == 0)
                return show(call, name, seconds, err);
        (void)pd_session_blame_user(&session, err, "'playgroundctl ps' shows how it is");
        return -1;
}
