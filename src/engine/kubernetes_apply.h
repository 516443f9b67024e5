/* kubernetes_apply.h - objects made what they say, by server-side apply. */
#ifndef PD_ENGINE_KUBERNETES_APPLY_H
#define PD_ENGINE_KUBERNETES_APPLY_H

#include <stdbool.h>

#include "kubernetes_api.h"
#include "kubernetes_objects.h"

/* What became of an object. */
struct pd_kubernetes_outcome {
        bool is_created; /* it was not there before */
        json_t *json;    /* as it would be, of a dry run; the caller's */
        struct pd_err err;
};

/* How objects are applied. */
struct pd_kubernetes_how {
        bool is_dry; /* the server checks and changes nothing, which wants a namespace that is
                        there */
        const int *cancel_fd; /* as of pd_engine_watcher */
};

/*
 * Make the objects what they say, in one request each: stage by stage, all of a stage at the same
 * time. What others manage is not taken from them.
 *
 * outcomes[i] belongs to objects->at[i]; an object of a stage behind one that failed is not tried,
 * and its code is PD_E_UNAVAILABLE. -1: the first failure, named by its object.
 */
int pd_kubernetes_apply_objects(const struct pd_kubernetes *kubernetes,
                                const struct pd_kubernetes_objects *objects,
                                const struct pd_kubernetes_how *how,
                                struct pd_kubernetes_outcome *outcomes,
                                struct pd_err *err) PD_MUST_CHECK;

/* Likewise, but the server only says what it would make of them, in a namespace that is there. */
int pd_kubernetes_rehearse(const struct pd_kubernetes *kubernetes,
                           const struct pd_kubernetes_objects *objects,
                           struct pd_kubernetes_outcome *outcomes,
                           struct pd_err *err) PD_MUST_CHECK;

#endif
