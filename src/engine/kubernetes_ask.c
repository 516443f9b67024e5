/* kubernetes_ask.c - the way to an orchestrator's HTTP face: the API server's service proxy. */
#include "kubernetes_ask.h"

#include <string.h>

#include "ask.h"
#include "base/base64.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "kubernetes_objects.h"
#include "random.h"
#include "solution/names.h"

int pd_kubernetes_read_token(const json_t *secret, struct pd_secret **ret, struct pd_err *err)
{
        const char *text = pd_json_get_string(pd_json_get(secret, "data"), PD_KUBERNETES_TOKEN_KEY);
        char token[3 * PD_TOKEN_BYTES];
        size_t len = text != NULL ? strlen(text) : 0;
        int result;

        *ret = NULL;
        if (len == 0 || 3 * (len / 4) + 2 > sizeof(token) ||
            !pd_base64_decode(text, len, token, &len))
                return 0;
        result = pd_secret_new(token, len, ret, err);
        explicit_bzero(token, sizeof(token));
        return result;
}

static int get_token(const struct pd_kubernetes *kubernetes, struct pd_arena *arena,
                     const char *namespace_name, struct pd_secret **ret, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *secret = NULL;
        const char *path = pd_kubernetes_kind_path(PD_KUBERNETES_SECRET, arena, namespace_name,
                                                   PD_KUBERNETES_TOKEN_SECRET);

        if (pd_kubernetes_get(kubernetes, path, NULL, &secret, err) < 0)
                return pd_wrap(err, "the orchestrator's token");
        return pd_kubernetes_read_token(secret, ret, err);
}

/* The request as it goes out: the way through the API server, and the token. */
static int complete(const struct pd_kubernetes *kubernetes, struct pd_arena *arena,
                    const char *namespace_name, struct pd_fetch_request *request,
                    struct pd_err *err)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *token = NULL;

        if (get_token(kubernetes, arena, namespace_name, &token, err) < 0)
                return -1;
        request->unix_socket = NULL;
        request->url = pd_arena_printf(
                arena, "%s/api/v1/namespaces/%s/services/http:" PD_ORCHESTRATOR_NAME ":%d/proxy%s",
                kubernetes->access.server, namespace_name, PD_ENGINE_HTTP_PORT, request->url);
        if (request->url == NULL)
                return pd_fail_memory(err, "a request");
        return pd_ask_add_token(arena, token != NULL ? pd_secret_reveal(token, NULL) : NULL,
                                request, err);
}

static int send(const struct pd_kubernetes *kubernetes, const struct pd_fetch_request *request,
                struct pd_fetch_answer *ret, struct pd_err *err)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *account = NULL;
        struct pd_fetch_identity identity;
        struct pd_fetch_request whole = *request;
        struct pd_err why = {0};

        if (pd_kubernetes_access_identity(&kubernetes->access, &account, &identity, err) < 0)
                return -1;
        whole.identity = &identity;
        if (pd_fetch(kubernetes->fetch, &whole, ret, &why) < 0) {
                pd_kubernetes_name_failure(kubernetes, &why);
                if (err != NULL)
                        *err = why;
                return -1;
        }
        return 0;
}

/* Whether it is the API server itself that answers, and not the orchestrator behind it. */
static bool is_own_word(const struct pd_fetch_answer *answer)
{
        pd_auto(pd_json_free_ptr) json_t *status = NULL;
        const char *kind, *version;

        if (answer->status < 400 ||
            pd_json_parse(answer->body, answer->len, &pd_json_default_limits, &status, NULL) < 0)
                return false;
        kind = pd_json_get_string(status, "kind");
        version = pd_json_get_string(status, "apiVersion");
        return kind != NULL && version != NULL && strcmp(kind, "Status") == 0 &&
               strcmp(version, "v1") == 0;
}

/* Of a Service that is not there, and of pods that nobody reaches, it says that they are absent. */
static int check(const struct pd_fetch_answer *answer, struct pd_err *err)
{
        struct pd_err why = {0};

        if (!is_own_word(answer) || pd_kubernetes_check(answer, &why) == 0)
                return 0;
        if (why.code == PD_E_NOT_FOUND || why.code == PD_E_UNAVAILABLE ||
            why.code == PD_E_BAD_GATEWAY)
                return pd_ask_fail_down(err);
        if (err != NULL)
                *err = why;
        return pd_wrap(err, "the way to the orchestrator");
}

int pd_kubernetes_ask(const struct pd_kubernetes *kubernetes, const char *name,
                      const struct pd_fetch_request *request, struct pd_fetch_answer *ret,
                      struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        struct pd_fetch_request whole = *request;

        if (pd_kubernetes_find_one(kubernetes, name, PD_LOOK_STATE, &found, err) < 0)
                return -1;
        if (pd_kubernetes_item_of(&found.at[0], PD_KUBERNETES_DEPLOYMENT, PD_ORCHESTRATOR_NAME) ==
            NULL)
                return pd_ask_fail_absent(name, err);
        if (complete(kubernetes, &found.arena, found.at[0].namespace_name, &whole, err) < 0 ||
            send(kubernetes, &whole, ret, err) < 0)
                return -1;
        if (check(ret, err) < 0) {
                pd_fetch_answer_done(ret);
                return -1;
        }
        return 0;
}
