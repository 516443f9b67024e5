/* prepare.h - texts of a pipeline become a plan. Runs protoc, and so blocks. */
#ifndef PD_ORCHESTRATOR_PREPARE_H
#define PD_ORCHESTRATOR_PREPARE_H

#include <stdatomic.h>

#include "plan.h"
#include "proto/orchestrator.h"

/** In the folder of a pipeline: the run that is to go on, where one is (run_wish.h). */
#define PD_PIPELINE_RUN "run.json"

/** A pipeline, in memory that is its own. */
struct pd_pipeline_texts {
        struct pd_arena arena;
        struct pd_orchestration texts; /**< in the arena */
};

void pd_pipeline_texts_free(struct pd_pipeline_texts *texts); /**< NULL is fine */

/**
 * A folder with blueprint.json, dockerinfo.json and *.proto, as an engine mounts it.
 * PD_E_NOT_FOUND, PD_E_FORBIDDEN, PD_E_TOO_LARGE, naming the file. The caller releases *ret.
 */
int pd_pipeline_texts_load(const char *path, struct pd_pipeline_texts **ret,
                           struct pd_err *err) PD_MUST_CHECK;

/**
 * Read, compile each node's proto on its own, plan. A proto belongs to the node that its file is
 * called after, in any case. `is_cancelled` is looked at all the time. PD_E_INVALID and
 * PD_E_UNPROCESSABLE name the node, or the first finding; PD_E_UNAVAILABLE: cancelled, or no
 * protoc.
 */
int pd_prepare(const struct pd_orchestration *texts, const atomic_bool *is_cancelled,
               struct pd_findings *warnings, struct pd_plan **ret,
               struct pd_err *err) PD_MUST_CHECK;

PD_DEFINE_AUTO(struct pd_pipeline_texts, pd_pipeline_texts_free)

#endif
