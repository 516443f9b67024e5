/*
 * package.h - a solution as a solution.zip, and back. From memory to memory.
 *
 * Wire: contract, section 4.
 */
#ifndef PD_PACKAGE_PACKAGE_H
#define PD_PACKAGE_PACKAGE_H

#include <stddef.h>

#include "archive/archive.h"
#include "base/attr.h"
#include "base/err.h"
#include "manifest/manifest.h"
#include "solution/findings.h"
#include "solution/solution.h"

/** Most bytes of a model's name. */
#define PD_PACKAGE_MAX_NAME 4096

/**
 * The zip of a solution: the same solution and options give the same bytes. The caller frees *ret.
 *
 * Extras that are in the way of what is ours are left out. PD_E_UNPROCESSABLE: a model of more or
 * less than one workload, a pipeline without a blueprint. PD_E_TOO_LARGE: it could not be read
 * again.
 */
int pd_package_pack(const struct pd_solution *solution, const struct pd_manifest_options *options,
                    void **ret, size_t *ret_len, struct pd_err *err) PD_MUST_CHECK;

/**
 * The solution in an archive, ours or somebody else's. A pipeline has `blueprint.json` or
 * `orchestrator_client/`; anything else is a single model. Code in it is looked at by nobody.
 *
 * -1: PD_E_INVALID (no manifests at all; a file that is no YAML, no JSON, no text: the message
 * names it), PD_E_TOO_LARGE or PD_E_INTERNAL. 0: *ret is set, and `findings` holds what
 * pd_manifest_read() says (by `rights`) and where blueprint, dockerinfo, protos and manifests do
 * not agree (names compared without case).
 *
 * Workloads come in the order of the blueprint's nodes, the orchestrator behind them, others at the
 * end; protos in that of their workloads. Files that mean nothing here are kept as extras, among
 * them protos of no workload; the constant files of whatever version are not.
 */
int pd_package_unpack(const struct pd_archive *archive, enum pd_rights rights,
                      struct pd_findings *findings, struct pd_solution **ret,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
