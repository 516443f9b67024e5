/* docker_pipeline.h - what an orchestrator is given: the pipeline as a tar archive. Pure. */
#ifndef PD_ENGINE_DOCKER_PIPELINE_H
#define PD_ENGINE_DOCKER_PIPELINE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "solution/solution.h"

/* Most bytes of it. */
#define PD_PIPELINE_MAX_TAR (64 * 1024 * 1024)

/*
 * PD_ENGINE_PIPELINE_FOLDER with blueprint.json, the protos, and a dockerinfo.json that names each
 * workload by its alias and the port in its container. In the arena; the same solution gives the
 * same bytes.
 */
int pd_pipeline_tar(const struct pd_solution *solution, struct pd_arena *arena, const char **ret,
                    size_t *ret_len, struct pd_err *err) PD_MUST_CHECK;

#endif
