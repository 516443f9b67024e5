/* solutions.c - handlers of routes that name a solution. */
#include "solutions.h"

#include <stdlib.h>
#include <string.h>

#include "assemble.h"
#include "base/clock.h"
#include "deployer.h"
#include "plan.h"
#include "requester.h"

#define CHALLENGE "Bearer realm=\"playground-deployer\""

/* One request: who asks, for what, and what became of it. */
struct request {
        struct pd_http_exchange *exchange;
        struct pd_deployer *deployer;
        struct pd_token_user user; /* all NULL: nobody in particular */
        struct pd_assembly assembly;
        struct pd_err err;
};

static void request_done(struct request *request)
{
        pd_assembly_done(&request->assembly);
        pd_token_user_done(&request->user);
}

/* Answer with what went wrong, and with the findings where there are errors among them. */
static void refuse(struct request *request)
{
        json_t *errors = NULL;

        if (request->assembly.findings.errors > 0)
                errors = pd_findings_json(&request->assembly.findings);
        if (request->err.code == PD_E_UNAUTHORIZED)
                pd_http_set_header(request->exchange, "WWW-Authenticate", CHALLENGE);
        pd_http_reply_problem(request->exchange, &request->err, errors);
}

static int identify(struct request *request)
{
        struct pd_deployer *deployer = request->deployer;
        int64_t began_us = pd_clock_mono_us();
        int result = pd_requester_check(request->exchange, deployer->checker, &deployer->log,
                                        &request->user, &request->err);

        pd_phase_over(deployer->phases, PD_PHASE_TOKEN, began_us);
        return result;
}

/* Who may download: everybody where that is configured, else who has a token. */
static int identify_reader(struct request *request)
{
        if (request->deployer->settings.download_auth == PD_DOWNLOAD_NONE)
                return 0;
        return identify(request);
}

static int assemble(struct request *request)
{
        const struct pd_catalog_query query = {
                .solution_id = pd_http_parameter(request->exchange, "solutionId"),
                .revision_id = pd_http_parameter(request->exchange, "revisionId"),
                .user_id = request->user.user_id,
        };

        return pd_assemble(request->deployer, &query, &request->assembly, &request->err);
}

static int make_zip(struct request *request, void **ret, size_t *ret_len)
{
        if (assemble(request) < 0)
                return -1;
        return pd_assemble_zip(request->deployer, request->assembly.solution, ret, ret_len,
                               &request->err);
}

/* A HEAD is served by the route of its GET, and must change nothing (RFC 9110, section 9.2.1). */
static int check_method(struct request *request)
{
        if (strcmp(pd_http_method(request->exchange), "HEAD") != 0)
                return 0;
        return pd_fail(&request->err, PD_E_INVALID, 0, "HEAD deploys nothing; use POST or GET");
}

static int check_playground(struct request *request)
{
        if (request->deployer->playground.url != NULL)
                return 0;
        return pd_fail(&request->err, PD_E_UNAVAILABLE, 0,
                       "no playground server is configured: set playground-url "
                       "(PD_PLAYGROUND_URL, playgroundDeployUrl); or download the solution from "
                       "/getSolutionZip");
}

static int hand_over(struct request *request, char **ret_location)
{
        struct pd_deployer *deployer = request->deployer;
        pd_auto(pd_free_ptr) void *zip = NULL;
        size_t zip_len;
        int64_t began_us;
        int result;

        if (make_zip(request, &zip, &zip_len) < 0)
                return -1;

        began_us = pd_clock_mono_us();
        result = pd_handover(&deployer->playground, request->user.email, zip, zip_len, ret_location,
                             &request->err);
        pd_phase_over(deployer->phases, PD_PHASE_HANDOVER, began_us);
        if (result < 0)
                pd_phase_failed(deployer->phases, PD_PHASE_HANDOVER, &request->err);
        return result;
}

void pd_solutions_deploy(struct pd_http_exchange *exchange, void *deployer)
{
        pd_auto(request_done) struct request request = {.exchange = exchange, .deployer = deployer};
        pd_auto(pd_free_ptr) char *location = NULL;

        if (identify(&request) < 0 || check_method(&request) < 0 ||
            check_playground(&request) < 0 || hand_over(&request, &location) < 0)
                refuse(&request);
        else
                pd_http_reply_redirect(exchange, location);
}

void pd_solutions_download(struct pd_http_exchange *exchange, void *deployer)
{
        pd_auto(request_done) struct request request = {.exchange = exchange, .deployer = deployer};
        void *zip = NULL;
        size_t zip_len;

        if (identify_reader(&request) < 0 || make_zip(&request, &zip, &zip_len) < 0) {
                refuse(&request);
                return;
        }
        pd_http_set_header(exchange, "Content-Disposition", "attachment; filename=solution.zip");
        pd_http_reply_bytes(exchange, 200, "application/octet-stream", zip, zip_len);
}

void pd_solutions_plan(struct pd_http_exchange *exchange, void *deployer)
{
        pd_auto(request_done) struct request request = {.exchange = exchange, .deployer = deployer};
        json_t *plan = NULL;

        if (identify_reader(&request) < 0 || assemble(&request) < 0 ||
            pd_plan_make(&request.assembly,
                         pd_assemble_manifest(request.deployer, request.assembly.solution), &plan,
                         &request.err) < 0)
                refuse(&request);
        else
                pd_http_reply_json(exchange, 200, plan);
}
