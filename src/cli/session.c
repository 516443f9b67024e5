/* session.c - the engine that a command works with. */
#include "session.h"

#include "base/own.h"
#include "base/signals.h"

/* Most deployments that a question names. */
#define MAX_NAMED 5

void pd_session_done(struct pd_session *session)
{
        pd_engines_done(&session->engines);
        pd_fetch_free(session->fetch);
        pd_signals_close(session->cancel_fd);
        pd_arena_done(&session->arena);
}

int pd_session_open_all(const struct pd_call *call, struct pd_session *session, struct pd_err *err)
{
        /* signals are taken away before there are threads that could get them */
        if (pd_signals_open(&session->cancel_fd, err) < 0 ||
            pd_fetch_new("playgroundctl/" PD_VERSION, &session->fetch, err) < 0)
                return -1;
        return pd_engines_open(call, session->fetch, &session->arena, &session->engines, err);
}

int pd_session_open(const struct pd_call *call, struct pd_session *session, struct pd_err *err)
{
        if (pd_session_open_all(call, session, err) < 0)
                return -1;
        if (session->engines.count > 1)
                return pd_fail(err, PD_E_USAGE, 0,
                               "which engine? a container engine and a cluster are at hand; say "
                               "--engine docker or --engine kubernetes, or set PD_ENGINE");
        session->engine = session->engines.at[0];
        return 0;
}

/* "which one? there are 'a', 'b' and more; ..." */
static int ask_which(const struct pd_deployments *found, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf names = PD_BUF_INIT(sizeof(err->msg));

        for (size_t i = 0; i < found->count && i < MAX_NAMED; i++)
                pd_buf_printf(&names, "%s'%s'", i > 0 ? ", " : "", found->at[i].name);
        return pd_fail(err, PD_E_USAGE, 0, "which one? there are %s%s; name it with -d", names.data,
                       found->count > MAX_NAMED ? " and more" : "");
}

int pd_session_deployment(const struct pd_call *call, struct pd_session *session, const char **ret,
                          struct pd_err *err)
{
        pd_auto(pd_deployments_done) struct pd_deployments found = {0};
        const char *name = call->options.deployment;

        if (name == NULL) {
                if (pd_engine_list(&session->engine, NULL, &found, err) < 0)
                        return -1;
                if (found.count == 0)
                        return pd_fail(err, PD_E_NOT_FOUND, 0,
                                       "nothing is deployed; 'playgroundctl up' deploys");
                if (found.count > 1)
                        return ask_which(&found, err);
                name = found.at[0].name;
        }
        name = pd_arena_string(&session->arena, name);
        if (name == NULL)
                return pd_fail_memory(err, "a name");
        *ret = name;
        return 0;
}

bool pd_session_blame_user(const struct pd_session *session, struct pd_err *err, const char *advice)
{
        if (!pd_engine_is_canceled(&session->cancel_fd))
                return false;
        (void)pd_fail(err, PD_E_UNAVAILABLE, 0, "left off as you wished; %s", advice);
        return true;
}
