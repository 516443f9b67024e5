/* phases.h - how long each part of a deployment takes, and which neighbours fail: the metrics. */
#ifndef PD_DEPLOYER_PHASES_H
#define PD_DEPLOYER_PHASES_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "httpd/metrics.h"

enum pd_phase { PD_PHASE_TOKEN, PD_PHASE_CATALOG, PD_PHASE_RENDER, PD_PHASE_HANDOVER };
#define PD_PHASE_COUNT 4

struct pd_phases;

int pd_phases_new(struct pd_phases **ret, struct pd_err *err) PD_MUST_CHECK;
void pd_phases_free(struct pd_phases *phases); /**< NULL is fine */

/** A phase that began at `began_us` (of pd_clock_mono_us()) is over. */
void pd_phase_over(struct pd_phases *phases, enum pd_phase phase, int64_t began_us);

/** What the phase needs of a neighbour failed: counted when the error is the neighbour's. */
void pd_phase_failed(struct pd_phases *phases, enum pd_phase phase, const struct pd_err *err);

const struct pd_metrics *pd_phases_metrics(const struct pd_phases *phases);

PD_DEFINE_AUTO(struct pd_phases, pd_phases_free)

#endif
