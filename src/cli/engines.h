/* engines.h - the engines that a call may use: the one that it names, or those at hand. */
#ifndef PD_CLI_ENGINES_H
#define PD_CLI_ENGINES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "command.h"
#include "engine/engine.h"
#include "fetch/fetch.h"

/** One of each kind. */
#define PD_ENGINES_MAX 2

/** All zero is valid and empty. */
struct pd_engines {
        struct pd_engine at[PD_ENGINES_MAX];
        size_t count;
};

/**
 * At least one; nothing is asked of them yet. Docker is at hand where DOCKER_HOST or a socket says
 * so, a cluster where there is a kubeconfig, or where this runs in a pod. PD_E_UNAVAILABLE: neither
 * is, and what was looked for; else the error of the one that is named.
 */
int pd_engines_open(const struct pd_call *call, struct pd_fetch *fetch, struct pd_arena *arena,
                    struct pd_engines *ret, struct pd_err *err) PD_MUST_CHECK;

void pd_engines_done(struct pd_engines *engines);

#endif
