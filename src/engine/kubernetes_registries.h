/* kubernetes_registries.h - the credentials that a cluster pulls the images of a solution with.
 * Pure. */
#ifndef PD_ENGINE_KUBERNETES_REGISTRIES_H
#define PD_ENGINE_KUBERNETES_REGISTRIES_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "solution/findings.h"
#include "solution/solution.h"

/*
 * Of docker's config.json, as a tree, what the registries of these images want and no more: the
 * text of a `.dockerconfigjson`. NULL: it has nothing for any of them.
 *
 * A kubelet takes a user with a password alone. What the file has otherwise, a token or the name of
 * a program, is a warning for each workload whose image wants it.
 */
int pd_kubernetes_registries_read(const json_t *config, const struct pd_solution *solution,
                                  struct pd_findings *findings, struct pd_secret **ret,
                                  struct pd_err *err) PD_MUST_CHECK;

#endif
