/*
 * bridge.h - how threads of the HTTP server have something done on the loop's thread.
 *
 * A thread asks and waits; the loop does it in its next round. When the loop is about to end, the
 * bridge is closed: who asks then is refused, and nobody waits for ever.
 */
#ifndef PD_ORCHESTRATOR_BRIDGE_H
#define PD_ORCHESTRATOR_BRIDGE_H

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "loop/loop.h"

struct pd_bridge;

int pd_bridge_new(struct pd_loop *loop, struct pd_bridge **ret, struct pd_err *err) PD_MUST_CHECK;

/** On any thread but the loop's: call `what(context)` there, and wait until it has returned.
 * PD_E_UNAVAILABLE: closed, it was not called. */
int pd_bridge_ask(struct pd_bridge *bridge, void (*what)(void *context), void *context,
                  struct pd_err *err) PD_MUST_CHECK;

/** On the loop's thread: do what has been asked so far, refuse the rest. */
void pd_bridge_close(struct pd_bridge *bridge);

void pd_bridge_free(struct pd_bridge *bridge); /**< closed; nobody is within it. NULL is fine */

PD_DEFINE_AUTO(struct pd_bridge, pd_bridge_free)

#endif
