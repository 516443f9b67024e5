/* kubernetes_api.h - requests to the API server, and what its refusals mean. */
#ifndef PD_ENGINE_KUBERNETES_API_H
#define PD_ENGINE_KUBERNETES_API_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "fetch/fetch.h"
#include "kubernetes_access.h"
#include "kubernetes_objects.h"

/* Who we are to server-side apply. */
#define PD_KUBERNETES_MANAGER "playground-deployer"

#define PD_KUBERNETES_DEADLINE_MS 30000
/* Most bytes of an answer. */
#define PD_KUBERNETES_MAX_ANSWER (16 * 1024 * 1024)

/* A cluster; both are borrowed. */
struct pd_kubernetes {
        struct pd_fetch *fetch;
        const struct pd_kubernetes_access *access;
};

/*
 * What an answer means: 2xx is fine; else the code of the house that its status has, with what the
 * API server says. Of a conflict each field and who manages it; of what is invalid each field and
 * why. Pure.
 */
int pd_kubernetes_check(const struct pd_fetch_answer *answer, struct pd_err *err) PD_MUST_CHECK;

/* What became of an object. */
struct pd_kubernetes_outcome {
        bool is_created; /* it was not there before */
        struct pd_err err;
};

/*
 * Make the objects what they say, in one request each: stage by stage, all of a stage at the same
 * time. What others manage is not taken from them. With `is_dry` the server checks and changes
 * nothing, which wants a namespace that is there.
 *
 * outcomes[i] belongs to objects->at[i]; an object of a stage behind one that failed is not tried,
 * and its code is PD_E_UNAVAILABLE. -1: the first failure, named by its object.
 */
int pd_kubernetes_apply(const struct pd_kubernetes *cluster,
                        const struct pd_kubernetes_objects *objects, bool is_dry,
                        struct pd_kubernetes_outcome *outcomes, struct pd_err *err) PD_MUST_CHECK;

#endif
