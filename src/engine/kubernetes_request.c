/* kubernetes_request.c - requests to the API server. */
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "json/json.h"
#include "kubernetes_api.h"
#include "url.h"

/* Most bytes of an address. */
#define MAX_URL 8192

/* Requests on their way, and what they are made of. */
struct sending {
        const struct pd_kubernetes *kubernetes;
        struct pd_arena arena;
        struct pd_fetch_identity identity;
        struct pd_secret *token;
        struct pd_fetch_request *requests;
};

static void sending_done(struct sending *sending)
{
        pd_secret_free(sending->token);
        pd_arena_done(&sending->arena);
}

static const char *url_of(struct sending *sending, const struct pd_kubernetes_call *call)
{
        pd_auto(pd_buf_done) struct pd_buf url = PD_BUF_INIT(MAX_URL);

        pd_buf_puts(&url, sending->kubernetes->access.server);
        pd_buf_puts(&url, call->path);
        pd_url_put_query(&url, call->query);
        return url.failed == 0 ? pd_arena_string(&sending->arena, url.data) : NULL;
}

static int set_body(struct sending *sending, const struct pd_kubernetes_call *call,
                    struct pd_fetch_request *request, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_KUBERNETES_MAX_ANSWER);

        pd_json_write(&text, call->body, PD_JSON_COMPACT);
        if (pd_buf_check(&text, "a request to the cluster", err) < 0)
                return -1;
        request->body = pd_arena_copy(&sending->arena, text.data, text.len);
        request->body_len = text.len;
        request->body_type = call->body_type;
        return request->body != NULL ? 0 : pd_fail_memory(err, "a request to the cluster");
}

static int fill(struct sending *sending, const struct pd_kubernetes_call *call,
                struct pd_fetch_request *request, struct pd_err *err)
{
        *request = (struct pd_fetch_request){
                .method = call->method,
                .url = call->path != NULL ? url_of(sending, call) : NULL,
                .identity = &sending->identity,
                .deadline_ms =
                        call->deadline_ms != 0 ? call->deadline_ms : PD_KUBERNETES_DEADLINE_MS,
                .max_bytes = PD_KUBERNETES_MAX_ANSWER,
                .retries = call->is_once ? 0 : PD_KUBERNETES_RETRIES,
                .is_repeatable = !call->is_once,
                .sink = call->sink,
                .cancel_fd = call->cancel_fd,
        };
        if (request->url == NULL)
                return pd_fail_memory(err, "a request to the cluster");
        return call->body != NULL ? set_body(sending, call, request, err) : 0;
}

static int prepare(struct sending *sending, const struct pd_kubernetes_call *calls, size_t count,
                   struct pd_err *err)
{
        sending->requests = pd_arena_alloc(&sending->arena, count + 1, sizeof(*sending->requests));
        if (sending->requests == NULL)
                return pd_fail_memory(err, "requests to the cluster");
        if (pd_kubernetes_access_identity(&sending->kubernetes->access, &sending->token,
                                          &sending->identity, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (fill(sending, &calls[i], &sending->requests[i], err) < 0)
                        return -1;
        }
        return 0;
}

void pd_kubernetes_name_failure(const struct pd_kubernetes *kubernetes, struct pd_err *err)
{
        if (err->code != PD_E_BAD_GATEWAY)
                return;
        err->code = PD_E_UNAVAILABLE;
        (void)pd_wrap(err, "the cluster at '%s' is out of reach", kubernetes->access.server);
}

void pd_kubernetes_send(const struct pd_kubernetes *kubernetes,
                        const struct pd_kubernetes_call *calls, size_t count,
                        struct pd_fetch_answer *answers, struct pd_err *errs)
{
        pd_auto(sending_done) struct sending sending = {.kubernetes = kubernetes};
        struct pd_err why = {0};

        memset(answers, 0, count * sizeof(*answers));
        if (prepare(&sending, calls, count, &why) < 0) {
                for (size_t i = 0; i < count; i++)
                        errs[i] = why;
                return;
        }
        memset(errs, 0, count * sizeof(*errs));
        pd_fetch_all(kubernetes->fetch, sending.requests, count, answers, errs);
        for (size_t i = 0; i < count; i++) {
                if (errs[i].code != PD_OK)
                        pd_kubernetes_name_failure(kubernetes, &errs[i]);
                else
                        (void)!pd_kubernetes_check(&answers[i], &errs[i]);
        }
}

int pd_kubernetes_read(const struct pd_fetch_answer *answer, json_t **ret, struct pd_err *err)
{
        static const struct pd_json_limits limits = {
                .max_bytes = PD_KUBERNETES_MAX_ANSWER, .max_depth = 64, .max_values = 2000000};

        if (pd_json_parse(answer->body, answer->len, &limits, ret, err) == 0)
                return 0;
        if (err != NULL && err->code == PD_E_INVALID)
                err->code = PD_E_BAD_GATEWAY;
        return pd_wrap(err, "the API server's answer");
}

int pd_kubernetes_call(const struct pd_kubernetes *kubernetes,
                       const struct pd_kubernetes_call *call, json_t **ret, struct pd_err *err)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        struct pd_err why = {0};

        pd_kubernetes_send(kubernetes, call, 1, &answer, &why);
        if (why.code != PD_OK) {
                if (err != NULL)
                        *err = why;
                return -1;
        }
        return ret != NULL ? pd_kubernetes_read(&answer, ret, err) : 0;
}

int pd_kubernetes_get(const struct pd_kubernetes *kubernetes, const char *path,
                      const struct pd_pairs *query, json_t **ret, struct pd_err *err)
{
        const struct pd_kubernetes_call call = {.path = path, .query = query};

        return pd_kubernetes_call(kubernetes, &call, ret, err);
}

/* Read the answers; those that are left over are released all the same. */
static int read_all(struct pd_fetch_answer *answers, const struct pd_err *errs, size_t count,
                    json_t **trees, struct pd_err *err)
{
        int result = 0;

        for (size_t i = 0; i < count; i++) {
                trees[i] = NULL;
                if (result == 0 && errs[i].code == PD_OK) {
                        result = pd_kubernetes_read(&answers[i], &trees[i], err);
                } else if (result == 0 && errs[i].code != PD_E_NOT_FOUND) {
                        result = -1;
                        if (err != NULL)
                                *err = errs[i];
                }
                pd_fetch_answer_done(&answers[i]);
        }
        for (size_t i = 0; result < 0 && i < count; i++) {
                json_decref(trees[i]);
                trees[i] = NULL;
        }
        return result;
}

int pd_kubernetes_call_all(const struct pd_kubernetes *kubernetes,
                           const struct pd_kubernetes_call *calls, size_t count, json_t **trees,
                           struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_fetch_answer *answers = pd_arena_alloc(&arena, count + 1, sizeof(*answers));
        struct pd_err *errs = pd_arena_alloc(&arena, count + 1, sizeof(*errs));

        if (answers == NULL || errs == NULL)
                return pd_fail_memory(err, "requests to the cluster");
        pd_kubernetes_send(kubernetes, calls, count, answers, errs);
        return read_all(answers, errs, count, trees, err);
}
