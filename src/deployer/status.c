/* status.c - handlers about the service itself. */
#include "status.h"

#include "assets.h"
#include "deployer.h"

/* Longest wait for the playground server when readiness is asked. */
#define ASK_MS 3000
/* Most bytes of its answer, which nobody reads. */
#define MAX_ANSWER_BYTES (1024 * 1024)

void pd_status_health(struct pd_http_exchange *exchange, void *context)
{
        (void)context;
        pd_http_reply_text(exchange, 200, "application/json", "{\"status\":\"ok\"}");
}

void pd_status_ready(struct pd_http_exchange *exchange, void *context)
{
        struct pd_deployer *deployer = context;
        struct pd_err err = {0};

        if (pd_readiness_check(deployer->readiness, &err) == 0) {
                pd_http_reply_text(exchange, 200, "application/json", "{\"status\":\"ready\"}");
                return;
        }
        err.code = PD_E_UNAVAILABLE; /* to the one who asks it is we who are not ready */
        pd_http_reply_problem(exchange, &err, NULL);
}

void pd_status_metrics(struct pd_http_exchange *exchange, void *context)
{
        struct pd_deployer *deployer = context;

        pd_http_reply_metrics(exchange, pd_phases_metrics(deployer->phases));
}

void pd_status_openapi(struct pd_http_exchange *exchange, void *context)
{
        (void)context;
        pd_http_reply_text(exchange, 200, "application/yaml", pd_asset_openapi);
}

int pd_status_ask_neighbours(void *context, struct pd_err *err)
{
        struct pd_deployer *deployer = context;
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        const struct pd_fetch_request request = {
                .url = deployer->playground.url,
                .identity = &deployer->playground.identity,
                .deadline_ms = ASK_MS,
                .max_bytes = MAX_ANSWER_BYTES,
        };

        if (pd_catalog_ping(&deployer->catalog, err) < 0)
                return -1;
        if (deployer->playground.url == NULL)
                return 0;
        /* a GET where it wants a POST: any answer is one */
        if (pd_fetch(deployer->fetch, &request, &answer, err) < 0)
                return pd_wrap(err, "the playground server does not answer");
        return 0;
}
