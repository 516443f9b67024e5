/*
 * readiness.h - whether the neighbours answer: asked seldom, told often.
 *
 * Probes may come many times a second; the neighbours are asked at most once in PD_READINESS_MS,
 * by one request at a time, and the others are told what was found last.
 */
#ifndef PD_DEPLOYER_READINESS_H
#define PD_DEPLOYER_READINESS_H

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

/** How long an answer is good for. */
#define PD_READINESS_MS 5000

struct pd_readiness;

/** `ask` asks the neighbours: 0 where all answer. */
int pd_readiness_new(int (*ask)(void *context, struct pd_err *err), void *context,
                     struct pd_readiness **ret, struct pd_err *err) PD_MUST_CHECK;
void pd_readiness_free(struct pd_readiness *readiness); /**< NULL is fine */

/** What is known now; the first one who asks waits for the answer. */
int pd_readiness_check(struct pd_readiness *readiness, struct pd_err *err) PD_MUST_CHECK;

PD_DEFINE_AUTO(struct pd_readiness, pd_readiness_free)

#endif
