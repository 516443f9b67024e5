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

/** The zip of a solution: the same solution and options give the same bytes. The caller frees *ret.
 */
int pd_package_pack(const struct pd_solution *solution, const struct pd_manifest_options *options,
                    void **ret, size_t *ret_len, struct pd_err *err) PD_MUST_CHECK;

/**
 * The solution in an archive, ours or somebody else's. A pipeline has `blueprint.json` or
 * `orchestrator_client/`; anything else is a single model. Code in it is looked at by nobody.
 *
 * -1: PD_E_INVALID (no manifests at all; a file that is no YAML, no JSON: the message names it) or
 * PD_E_INTERNAL. 0: *ret is set, and `findings` holds what pd_manifest_read() says and where
 * blueprint, dockerinfo, protos and manifests do not agree (names compared without case).
 * Files that mean nothing here are kept as extras.
 */
int pd_package_unpack(const struct pd_archive *archive, struct pd_findings *findings,
                      struct pd_solution **ret, struct pd_err *err) PD_MUST_CHECK;

#endif
