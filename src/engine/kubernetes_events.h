/* kubernetes_events.h - what the events of a namespace tell of a pod. Pure. */
#ifndef PD_ENGINE_KUBERNETES_EVENTS_H
#define PD_ENGINE_KUBERNETES_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* The event of that reason that says most, the newest of those; NULL: there is none. Borrowed. */
const json_t *pd_kubernetes_find_event(const json_t *events, const json_t *pod, const char *reason);

/* Whether it says no more than that somebody has waited in vain, what for another event tells; or
 * that the kubelet has not yet heard that this pod, and what it wants, concern it. All of it
 * passes. */
bool pd_kubernetes_is_vague(const json_t *event);

/* Tries to pull the image of a pod that have failed. */
struct pd_kubernetes_tries {
        int64_t count;
        const json_t *last; /* the event that tells of it; NULL: there is none; borrowed */
};

struct pd_kubernetes_tries pd_kubernetes_find_tries(const json_t *events, const json_t *pod);

#endif
