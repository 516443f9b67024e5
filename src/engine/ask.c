/* ask.c - requests to an orchestrator, whatever the way to it. */
#include "ask.h"

#include <string.h>

#include "engine/engine.h"

int pd_ask_add_token(struct pd_arena *arena, const char *token, struct pd_fetch_request *request,
                     struct pd_err *err)
{
        const char **headers;
        size_t count = 0;

        if (token == NULL)
                return 0;
        while (request->headers != NULL && request->headers[count] != NULL)
                count++;
        headers = pd_arena_alloc(arena, count + 2, sizeof(char *));
        if (headers == NULL)
                return pd_fail_memory(err, "a request");
        if (count > 0)
                memcpy(headers, request->headers, count * sizeof(char *));
        headers[count] = pd_arena_printf(arena, PD_ENGINE_TOKEN_HEADER ": %s", token);
        if (headers[count] == NULL)
                return pd_fail_memory(err, "a request");
        request->headers = headers;
        return 0;
}

int pd_ask_fail_absent(const char *name, struct pd_err *err)
{
        return pd_fail(err, PD_E_CONFLICT, 0,
                       "'%s' has no orchestrator: it is a single model, or its `up` was cut short",
                       name);
}

int pd_ask_fail_down(struct pd_err *err)
{
        return pd_fail(err, PD_E_CONFLICT, 0, "the orchestrator does not run; look at its state");
}
