/*
 * admit.h - a solution.zip of somebody else, read into a solution and held against a policy.
 *
 * Nothing in a zip is run or passed on: what is admitted is what a solution can say (the rooms
 * `archive`, `package` and `manifest` read no more), and here what the policy takes of that.
 */
#ifndef PD_ADMIT_ADMIT_H
#define PD_ADMIT_ADMIT_H

#include <stddef.h>

#include "admit/policy.h"
#include "base/attr.h"
#include "base/err.h"
#include "solution/findings.h"
#include "solution/solution.h"

/**
 * The solution in a zip. 0: *ret is set, or NULL where findings have errors: all that is refused,
 * with its place and the reason.
 *
 * -1: as pd_archive_read() and pd_package_unpack(): it cannot be read at all, or costs too much;
 * PD_E_TOO_LARGE also for a rule whose pattern takes too long, and PD_E_INTERNAL.
 */
int pd_admit(const void *zip, size_t len, const struct pd_policy *policy,
             struct pd_findings *findings, struct pd_solution **ret,
             struct pd_err *err) PD_MUST_CHECK;

/**
 * Hold a solution that was read with PD_RIGHTS_REFUSED, or is ours, against a policy, and set the
 * policy's variables in it (a note each).
 *
 * Errors, with paths as in pd_solution_json(): more workloads than it takes, an image of another
 * registry (as docker reads names: without one, `docker.io`), more of a resource than it has. A
 * workload asks for what it requests or is limited to, whichever is more.
 */
int pd_admit_solution(struct pd_solution *solution, const struct pd_policy *policy,
                      struct pd_findings *findings, struct pd_err *err) PD_MUST_CHECK;

#endif
