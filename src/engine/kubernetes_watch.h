/* kubernetes_watch.h - a namespace as it is, kept so: Deployments, pods, and events of pods. */
#ifndef PD_ENGINE_KUBERNETES_WATCH_H
#define PD_ENGINE_KUBERNETES_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "kubernetes_api.h"

/* What is there now: arrays. */
struct pd_kubernetes_view {
        const json_t *deployments;
        const json_t *pods;
        const json_t *events;
};

struct pd_kubernetes_watch {
        const char *namespace_name;
        const char *selector; /* of Deployments and pods, as pd_kubernetes_selector() makes it */
        /*
         * Called when all is known, at each change and at the time it has asked for. False: that
         * was enough. *ret_again_ms: call again then (since 1970), though nothing has changed; it
         * is 0, which means no need.
         */
        bool (*look)(void *context, const struct pd_kubernetes_view *view, int64_t *ret_again_ms);
        void *context;
        int64_t timeout_ms;
        const int *cancel_fd; /* as of pd_engine_watcher; may be NULL */
};

/*
 * Look until that is enough or the time is over. What the API server fails at is begun again, with
 * growing pauses; where it fails for a minute without end, or when the time is over, its failure is
 * that of the call. PD_E_UNAVAILABLE: canceled.
 */
int pd_kubernetes_watch(const struct pd_kubernetes *kubernetes,
                        const struct pd_kubernetes_watch *watch, struct pd_err *err) PD_MUST_CHECK;

#endif
