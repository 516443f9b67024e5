/* talk.c - requests to an orchestrator, by the engine. */
#include "talk.h"

#include <string.h>

#include "base/format.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"

/* Longest that an answer takes, and most bytes of it: a status has a few hundred for each edge. */
#define DEADLINE_MS      30000
#define MAX_ANSWER_BYTES (8 * 1024 * 1024)

void pd_talk_done(struct pd_talk *talk)
{
        pd_session_done(&talk->session);
}

int pd_talk_open(const struct pd_call *call, struct pd_talk *talk, struct pd_err *err)
{
        if (pd_session_open(call, &talk->session, err) < 0)
                return -1;
        return pd_session_deployment(call, &talk->session, &talk->deployment, err);
}

/* PD_OK: none of that name. */
static enum pd_err_code code_of(const char *name)
{
        static const enum pd_err_code codes[] = {
#define CODE(id, ...) PD_E_##id,
                PD_ERR_CODES(CODE)
#undef CODE
        };

        for (size_t i = 0; name != NULL && i < PD_COUNT(codes); i++)
                if (strcmp(pd_err_name(codes[i]), name) == 0)
                        return codes[i];
        return PD_OK;
}

int pd_talk_blame(const struct pd_talk *talk, const char *what, struct pd_err *err)
{
        return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                       "the orchestrator of '%s' does not answer as one of this project does: %s; "
                       "'playgroundctl logs' may say more",
                       talk->deployment, what);
}

/* What stands in problem details (RFC 9457). */
static int explain(const struct pd_talk *talk, const struct pd_fetch_answer *answer,
                   struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *problem = NULL;
        enum pd_err_code code = PD_OK;
        char what[32];

        if (pd_json_parse(answer->body, answer->len, &pd_json_default_limits, &problem, NULL) == 0)
                code = code_of(pd_json_get_string(problem, "code"));
        if (code != PD_OK && pd_json_get_string(problem, "detail") != NULL)
                return pd_fail(err, code, 0, "the orchestrator of '%s': %s", talk->deployment,
                               pd_json_get_string(problem, "detail"));
        pd_format(what, sizeof(what), "HTTP %d", answer->status);
        return pd_talk_blame(talk, what, err);
}

/* PD_E_UNAVAILABLE where a user has canceled it: that is told apart by pd_session_blame_user(). */
static int ask(const struct pd_talk *talk, const struct pd_fetch_request *request,
               struct pd_fetch_answer *ret, struct pd_err *err)
{
        if (pd_engine_ask(&talk->session.engine, talk->deployment, request, ret, err) < 0)
                return -1;
        return ret->status >= 200 && ret->status < 300 ? 0 : explain(talk, ret, err);
}

static int ask_json(const struct pd_talk *talk, const struct pd_fetch_request *request,
                    json_t **ret, struct pd_err *err)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        struct pd_err why = {0};

        if (ask(talk, request, &answer, err) < 0)
                return -1;
        if (pd_json_parse(answer.body, answer.len, &pd_json_default_limits, &json, &why) < 0)
                return pd_talk_blame(talk, why.msg, err);
        if (pd_json_get_string(json, "message") == NULL)
                return pd_talk_blame(talk, "a status without a message", err);
        *ret = pd_steal(&json);
        return 0;
}

int pd_talk_ask(const struct pd_talk *talk, const char *path, json_t **ret, struct pd_err *err)
{
        const struct pd_fetch_request request = {
                .url = path,
                .deadline_ms = DEADLINE_MS,
                .max_bytes = MAX_ANSWER_BYTES,
                .cancel_fd = &talk->session.cancel_fd,
        };

        return ask_json(talk, &request, ret, err);
}

int pd_talk_tell(const struct pd_talk *talk, const char *path, const json_t *body, json_t **ret,
                 struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_ANSWER_BYTES);
        struct pd_fetch_request request = {
                .method = "POST",
                .url = path,
                .body_type = "application/json",
                .deadline_ms = DEADLINE_MS,
                .max_bytes = MAX_ANSWER_BYTES,
                .cancel_fd = &talk->session.cancel_fd,
        };

        if (body != NULL)
                pd_json_write(&text, body, PD_JSON_COMPACT);
        if (pd_buf_check(&text, "a request", err) < 0)
                return -1;
        request.body = text.data;
        request.body_len = text.len;
        return ask_json(talk, &request, ret, err);
}

int pd_talk_keep(const struct pd_talk *talk, const json_t *run, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_ANSWER_BYTES);
        struct pd_err why = {0};

        if (run != NULL)
                pd_json_write(&text, run, PD_JSON_COMPACT);
        if (pd_buf_check(&text, "a run", err) < 0)
                return -1;
        if (pd_engine_keep(&talk->session.engine, talk->deployment, run != NULL ? text.data : NULL,
                           &why) == 0 ||
            why.code == PD_E_NOT_FOUND)
                return 0;
        if (err != NULL)
                *err = why;
        return -1;
}

int pd_talk_listen(const struct pd_talk *talk, const char *path, const struct pd_fetch_sink *sink,
                   int64_t deadline_ms, struct pd_err *err)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        const struct pd_fetch_request request = {
                .url = path,
                .deadline_ms = deadline_ms,
                .max_bytes = MAX_ANSWER_BYTES,
                .sink = sink,
                .cancel_fd = &talk->session.cancel_fd,
        };

        return ask(talk, &request, &answer, err);
}
