/*
 * core.h - what both faces of the orchestrator call: initialize, run, stop, status, events.
 *
 * On the loop's thread alone; only texts become a plan on a thread of its own, for protoc takes its
 * time.
 */
#ifndef PD_ORCHESTRATOR_CORE_H
#define PD_ORCHESTRATOR_CORE_H

#include "prepare.h"
#include "run.h"
#include "run_wish.h"

/** Events that are kept for observers. */
#define PD_CORE_EVENTS 65536
/** Pipelines that wait to be made ready; one more is refused. */
#define PD_CORE_MAX_WAITING 16
/** Longest message of a status. */
#define PD_CORE_MAX_MESSAGE 600

/** How things stand (contract, section 6). */
struct pd_core_status {
        bool success;
        int code; /**< 0, or minus the gRPC status */
        int active_threads;
        char message[PD_CORE_MAX_MESSAGE];
};

struct pd_core;

int pd_core_new(struct pd_loop *loop, const struct pd_run_options *options, struct pd_core **ret,
                struct pd_err *err) PD_MUST_CHECK;

/** Nothing goes on from here: what runs is stopped, and who waits for a pipeline is told so. May be
 * called again. */
void pd_core_end(struct pd_core *core);

/** Ends it. Observers must be gone. NULL is fine. */
void pd_core_free(struct pd_core *core);

/**
 * Take in a pipeline. What runs goes on until the new one is known to be sound; then it ends, no
 * call of it is left, and the new one is ready. If the new one is not, nothing changes. Takes over
 * `texts`. `done` is called later, once; with NULL nobody is told.
 */
void pd_core_initialize(struct pd_core *core, struct pd_pipeline_texts *texts,
                        void (*done)(void *user, const struct pd_core_status *status), void *user);

/** Start a run; `iterations` -1: as initialize() said. While one is running nothing changes.
 * Whether a run has begun. */
bool pd_core_run(struct pd_core *core, const char *label, int64_t iterations,
                 struct pd_core_status *ret);

void pd_core_stop(struct pd_core *core, struct pd_core_status *ret);
void pd_core_status(const struct pd_core *core, struct pd_core_status *ret);

/** "not initialized", "failed" (to be), "initialized", "running", "finished", "stopped". */
const char *pd_core_state_name(const struct pd_core *core);

/** Run as soon as the pipeline that is being made ready is. */
void pd_core_run_when_ready(struct pd_core *core, const struct pd_run_wish *run);

/**
 * From now on the run that is going is in `run_file`, which must outlive the core, until it has
 * finished or is stopped: the end of the process leaves it there. NULL: in none. Where it tells of
 * a run already that begins anew as soon as the pipeline is ready; where it tells nothing at all,
 * as in a new place, the file `kept` may tell of one. What goes wrong with them is logged.
 */
void pd_core_resume(struct pd_core *core, const char *run_file, const char *kept);

struct pd_events *pd_core_events(struct pd_core *core);

/** The run, started or not; NULL: not initialized. Borrowed until the loop goes on. */
const struct pd_run *pd_core_current(const struct pd_core *core);
const char *pd_core_label(const struct pd_core *core); /**< of the last run; "" */

PD_DEFINE_AUTO(struct pd_core, pd_core_free)

#endif
