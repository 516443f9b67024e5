/* values.h - what a values file changes in a solution. Pure. */
#ifndef PD_CLI_VALUES_H
#define PD_CLI_VALUES_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "solution/findings.h"
#include "solution/solution.h"

/**
 * Change the workloads that the tree names:
 *
 *     nodes:
 *       solver:
 *         image: registry.example.org/solver:2
 *         command: [solver]           # in place of the image's own
 *         args: [--depth, "3"]
 *         env: {THREADS: "4"}         # besides its own; null takes one away
 *         resources:
 *           requests: {cpu: 500m}
 *           limits: {memory: 1Gi, nvidia.com/gpu: 1}
 *         nodeSelector: {kind: gpu}
 *         tolerations: [{key: nvidia.com/gpu, operator: Exists}]
 *
 * Names of nodes are compared without case. A number or a boolean in `env` and in amounts is set as
 * JSON writes it. What cannot be is an error in `findings`, each with its path; the solution may be
 * changed in part then. -1: no memory.
 */
int pd_values_apply(const json_t *values, struct pd_solution *solution,
                    struct pd_findings *findings, struct pd_err *err) PD_MUST_CHECK;

#endif
