/* policy.h - what one who runs solutions of others takes, and what he adds. */
#ifndef PD_ADMIT_POLICY_H
#define PD_ADMIT_POLICY_H

#include <stddef.h>

#include <jansson.h>

#include "archive/archive.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "pattern/pattern.h"
#include "solution/solution.h"

/** Workloads of a solution, where the policy says nothing. */
#define PD_POLICY_MAX_WORKLOADS 256
/** Most registries, rules and resources of a policy, each. */
#define PD_POLICY_MAX_ITEMS 1000

/** A variable for the containers whose image begins like the pattern. */
struct pd_policy_variable {
        struct pd_pattern *image;
        const char *name;
        const char *value; /**< may be a secret: in no message */
};

struct pd_policy {
        struct pd_arena arena;            /**< holds the texts and arrays below */
        struct pd_archive_limits archive; /**< what a zip may cost */
        struct pd_strings registries;     /**< hosts, with the port if there is one; empty: all */
        size_t max_workloads;
        struct pd_pairs max_resources; /**< by resource, what all workloads together may ask for;
                                          "storage": the shared folder */
        struct pd_policy_variable *variables;
        size_t variable_count;
};

/** All registries, PD_POLICY_MAX_WORKLOADS, the default limits of archives, nothing else. */
#define PD_POLICY_INIT                                                                             \
        {                                                                                          \
                .archive = pd_archive_default_limits, .max_workloads = PD_POLICY_MAX_WORKLOADS     \
        }

void pd_policy_done(struct pd_policy *policy);

/**
 * Read what an object says into a policy that is PD_POLICY_INIT; what it does not say stays.
 *
 *     {"registries": ["docker.io", "hub.example.org:5000"],
 *      "max_workloads": 20,
 *      "max_bytes": 67108864,
 *      "max_resources": {"cpu": "16", "memory": "64Gi", "storage": "10Gi", "nvidia.com/gpu": 0},
 *      "environment_variables": [{"docker_image_pattern": REGEX, "name": N, "value": V}]}
 *
 * A value that is a number or a boolean is set as JSON writes it. PD_E_INVALID names the member
 * that is none of these or is not what it must be: a policy with a mistake in it is none.
 */
int pd_policy_read(const json_t *json, struct pd_policy *policy, struct pd_err *err) PD_MUST_CHECK;

#endif
