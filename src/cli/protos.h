/* protos.h - what is in the protos of a pipeline: all of them at once, by the room proto. */
#ifndef PD_CLI_PROTOS_H
#define PD_CLI_PROTOS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "blueprint/blueprint.h"
#include "solution/findings.h"

/** Most protocs that run at once. */
#define PD_PROTOS_MAX_WORKERS 8

/** All zero is valid: nothing looked at. What was found lives as long as this. */
struct pd_protos {
        struct pd_arena arenas[PD_PROTOS_MAX_WORKERS];
};

void pd_protos_done(struct pd_protos *protos);

/**
 * Look into each of the texts: sets is_checked, fault and rpcs. Where protoc is not installed they
 * stay unchecked, and one warning says so. -1: no memory, no processes.
 */
int pd_protos_check(struct pd_protos *protos, struct pd_node_proto *at, size_t count,
                    struct pd_findings *findings, struct pd_err *err) PD_MUST_CHECK;

#endif
