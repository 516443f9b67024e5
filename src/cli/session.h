/* session.h - a command's way to an engine, and to the one deployment that it is about. */
#ifndef PD_CLI_SESSION_H
#define PD_CLI_SESSION_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "command.h"
#include "engine/engine.h"
#include "engines.h"
#include "fetch/fetch.h"

/** From the beginning to the end of a command. Not all zero: PD_SESSION_INIT. */
struct pd_session {
        struct pd_arena arena;
        struct pd_fetch *fetch;
        struct pd_engines engines;
        struct pd_engine engine; /**< the first of them */
        int cancel_fd;           /**< readable after Ctrl-C: for watchers and requests */
};

#define PD_SESSION_INIT                                                                            \
        {                                                                                          \
                .cancel_fd = -1                                                                    \
        }

void pd_session_done(struct pd_session *session);

/** Those engines that the call may use, for a command that asks them all. */
int pd_session_open_all(const struct pd_call *call, struct pd_session *session,
                        struct pd_err *err) PD_MUST_CHECK;

/** PD_E_USAGE: there are several at hand. The engine that the call names; nothing is asked of it
 * yet. From here on Ctrl-C is the session's. */
int pd_session_open(const struct pd_call *call, struct pd_session *session,
                    struct pd_err *err) PD_MUST_CHECK;

/**
 * The deployment that the call is about, in the session's arena: that of -d, else the only one
 * there is. PD_E_NOT_FOUND: there is none; PD_E_USAGE: there are several.
 */
int pd_session_deployment(const struct pd_call *call, struct pd_session *session, const char **ret,
                          struct pd_err *err) PD_MUST_CHECK;

/** Whether Ctrl-C ended it: then *err says so, and `advice`, which begins with a verb. */
bool pd_session_blame_user(const struct pd_session *session, struct pd_err *err,
                           const char *advice);

#endif
