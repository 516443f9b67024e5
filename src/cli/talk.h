/* talk.h - what a command asks of a deployment's orchestrator. */
#ifndef PD_CLI_TALK_H
#define PD_CLI_TALK_H

#include <jansson.h>

#include "session.h"

/** Where it tells how the run is. */
#define PD_TALK_STATUS "/api/v1/status"

/** From the beginning to the end of a command. Not all zero: PD_TALK_INIT. */
struct pd_talk {
        struct pd_session session;
        const char *deployment; /**< its name */
};

#define PD_TALK_INIT                                                                               \
        {                                                                                          \
                .session = PD_SESSION_INIT                                                         \
        }

void pd_talk_done(struct pd_talk *talk);

/** The deployment that the call is about; its orchestrator is not asked yet. */
int pd_talk_open(const struct pd_call *call, struct pd_talk *talk,
                 struct pd_err *err) PD_MUST_CHECK;

/**
 * Its answer, an object. PD_E_BAD_GATEWAY: it is none of this project; what it refuses is the error
 * that it tells. The caller owns *ret.
 */
int pd_talk_ask(const struct pd_talk *talk, const char *path, json_t **ret,
                struct pd_err *err) PD_MUST_CHECK;

/** Likewise a POST; `body` is borrowed, NULL: none. */
int pd_talk_tell(const struct pd_talk *talk, const char *path, const json_t *body, json_t **ret,
                 struct pd_err *err) PD_MUST_CHECK;

/** pd_engine_keep(): the run that its orchestrator goes on with in a new place; NULL: none. A
 * deployment that cannot keep one is fine. */
int pd_talk_keep(const struct pd_talk *talk, const json_t *run, struct pd_err *err) PD_MUST_CHECK;

/** PD_E_BAD_GATEWAY: what it answers is `what`, and nothing that one of this project says. */
int pd_talk_blame(const struct pd_talk *talk, const char *what, struct pd_err *err) PD_MUST_CHECK;

/**
 * The body of an answer 200 goes to `sink` until it ends; `deadline_ms` may be
 * PD_FETCH_NO_DEADLINE. Fails as pd_engine_ask() does where it is cut.
 */
int pd_talk_listen(const struct pd_talk *talk, const char *path, const struct pd_fetch_sink *sink,
                   int64_t deadline_ms, struct pd_err *err) PD_MUST_CHECK;

#endif
