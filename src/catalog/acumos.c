/* acumos.c - the catalogue of Acumos as a kind of catalogue. */
#include "catalog/acumos.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "visit.h"

/* Most bytes of the answer to a ping. */
#define MAX_PING_BYTES 65536

static int take_steps(struct pd_visit *visit, struct pd_err *err)
{
        if (pd_visit_solution(visit, err) < 0 || pd_visit_document(visit, err) < 0)
                return -1;
        if (!visit->solution->is_pipeline || visit->findings->errors > 0)
                return 0;
        return pd_visit_protos(visit, err);
}

static int acumos_get(void *self, const struct pd_catalog_query *query,
                      struct pd_findings *findings, struct pd_catalog_solution *ret,
                      struct pd_err *err)
{
        const struct pd_acumos *acumos = self;
        pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};
        struct pd_visit visit = {
                .acumos = acumos,
                .query = query,
                .findings = findings,
                .solution = &solution,
                .ends_us = pd_clock_mono_us() + acumos->options->deadline_ms * 1000,
        };
        int result;

        if (acumos->options->checks_access &&
            (query->user_id == NULL || !pd_catalog_id_valid(query->user_id)))
                return pd_fail(err, PD_E_FORBIDDEN, 0,
                               "the token does not say whose it is ('mlpuser' with 'userId'), and "
                               "this catalogue is not for everybody");

        result = take_steps(&visit, err);
        json_decref(visit.artifacts);
        json_decref(visit.catalogs);
        if (result < 0)
                return -1;
        *ret = solution;
        solution = (struct pd_catalog_solution){0};
        return 0;
}

/* Any answer but a refusal or a failure of its own: what is asked for is nobody's. */
static int acumos_ping(void *self, struct pd_err *err)
{
        const struct pd_acumos *acumos = self;
        struct pd_arena arena = {0};
        struct pd_batch batch;
        int result;

        pd_batch_init(&batch, &arena, 2);
        (void)pd_batch_add(&batch, &acumos->cds, "solution/ping", MAX_PING_BYTES);
        (void)pd_batch_add(&batch, &acumos->nexus, "org/acumos/ping", MAX_PING_BYTES);
        result = pd_batch_run(&batch, acumos->fetch, 0,
                              pd_clock_mono_us() + acumos->options->deadline_ms * 1000, err);
        for (size_t i = 0; i < batch.count && result == 0; i++) {
                const struct pd_fetch_answer *answer;
                struct pd_err why;

                if (pd_batch_need(&batch, i, "ping", &answer, &why) < 0 &&
                    why.code != PD_E_NOT_FOUND)
                        result = pd_fail(err, why.code, 0, "%s is not ready: %s",
                                         batch.neighbours[i]->name, why.msg);
        }
        pd_batch_done(&batch);
        pd_arena_done(&arena);
        return result;
}

static const struct pd_catalog_ops acumos_ops = {
        .kind = "acumos",
        .get = acumos_get,
        .ping = acumos_ping,
        .free = free,
};

static int check_url(const char *url, const char *what, struct pd_err *err)
{
        if (url == NULL || (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0))
                return pd_fail(err, PD_E_INVALID, 0,
                               "the address of %s is '%s'; it begins with http:// or https://",
                               what, url != NULL ? url : "");
        return 0;
}

int pd_catalog_acumos(const struct pd_acumos_options *options, struct pd_fetch *fetch,
                      struct pd_catalog *ret, struct pd_err *err)
{
        struct pd_acumos *acumos;

        if (check_url(options->cds_url, "the Common Data Service", err) < 0 ||
            check_url(options->nexus_url, "Nexus", err) < 0)
                return -1;

        acumos = calloc(1, sizeof(*acumos));
        if (acumos == NULL)
                return pd_fail_memory(err, "the catalogue");
        *acumos = (struct pd_acumos){
                .options = options,
                .fetch = fetch,
                .cds = {"the Common Data Service", options->cds_url, &options->cds},
                .nexus = {"Nexus", options->nexus_url, &options->nexus},
        };
        *ret = (struct pd_catalog){&acumos_ops, acumos};
        return 0;
}
