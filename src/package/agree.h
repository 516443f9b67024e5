/*
 * agree.h - whether the parts of a solution.zip speak of the same workloads.
 *
 * Names are compared without case, as zips of others mix them.
 */
#ifndef PD_PACKAGE_AGREE_H
#define PD_PACKAGE_AGREE_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "solution/findings.h"
#include "solution/solution.h"

/** The workloads by name: fill an empty map with their places. */
int pd_agree_index(const struct pd_solution *solution, struct pd_map *ret,
                   struct pd_err *err) PD_MUST_CHECK;

/**
 * Give the blueprint the names of the workloads where only the case differs (notes), and bring the
 * workloads into the order of its nodes, the orchestrator behind them, others at the end. A node
 * without a workload and a name twice are errors, a workload without a node is a warning.
 */
int pd_agree_blueprint(struct pd_solution *solution, struct pd_findings *findings,
                       struct pd_err *err) PD_MUST_CHECK;

/** Hold dockerinfo.json (NULL: there is none) against the workloads of a pipeline: warnings. */
int pd_agree_dockerinfo(const struct pd_solution *solution, const json_t *dockerinfo,
                        struct pd_findings *findings, struct pd_err *err) PD_MUST_CHECK;

#endif
