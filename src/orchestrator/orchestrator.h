/* orchestrator.h - the program: wiring, and its life. */
#ifndef PD_ORCHESTRATOR_ORCHESTRATOR_H
#define PD_ORCHESTRATOR_ORCHESTRATOR_H

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

struct pd_orchestrator;

/** Read the settings and get ready to serve. */
int pd_orchestrator_new(int argc, char **argv, struct pd_orchestrator **ret,
                        struct pd_err *err) PD_MUST_CHECK;

/** Serve until SIGTERM or SIGINT; or show what the flags ask for. */
int pd_orchestrator_run(struct pd_orchestrator *orchestrator, struct pd_err *err) PD_MUST_CHECK;

void pd_orchestrator_free(struct pd_orchestrator *orchestrator); /**< NULL is fine */

PD_DEFINE_AUTO(struct pd_orchestrator, pd_orchestrator_free)

#endif
