/* plan.h - what a deployment would be, as JSON: a dry run. Pure. */
#ifndef PD_DEPLOYER_PLAN_H
#define PD_DEPLOYER_PLAN_H

#include <jansson.h>

#include "assemble.h"
#include "base/attr.h"
#include "base/err.h"
#include "manifest/manifest.h"

/** `{solution, manifests: [...], renamings: [{from, to}], findings: [...]}`; the caller owns *ret.
 */
int pd_plan_make(const struct pd_assembly *assembly, const struct pd_manifest_options *options,
                 json_t **ret, struct pd_err *err) PD_MUST_CHECK;

#endif
