/* kubernetes_reason.h - what the cluster says of a workload, as a state and a reason. Pure. */
#ifndef PD_ENGINE_KUBERNETES_REASON_H
#define PD_ENGINE_KUBERNETES_REASON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "engine/state.h"

/* So long a pod may find no place, or no volume, before it is said that it never will. */
#define PD_KUBERNETES_GRACE_MS 4000
/* A program that has ended before must have run so long before it counts as running, where nothing
 * asks whether it answers. */
#define PD_KUBERNETES_SETTLE_MS 10000
/* So long a program may take before it is said that it does not answer. */
#define PD_KUBERNETES_SILENT_MS 10000
/* A container that has ended so often again does not start. */
#define PD_KUBERNETES_MAX_RESTARTS 2

/* When other pods were last asked for: an annotation of their template, and kubectl's own word. */
#define PD_KUBERNETES_RESTARTED_AT "kubectl.kubernetes.io/restartedAt"

/* What the API says, as the API has it. */
struct pd_kubernetes_seen {
        const json_t *deployment; /* NULL: there is none */
        const json_t *pods;       /* those of any Deployments of the namespace: an array */
        const json_t *events;     /* of anything in the namespace: an array */
        int64_t now_ms;           /* since 1970 */
};

struct pd_kubernetes_verdict {
        enum pd_state state;
        enum pd_reason reason;
        int64_t since_ms; /* since 1970; 0: unknown */
        unsigned restarts;
        const json_t *pod; /* it is about; NULL: there is none yet; borrowed */
        int64_t again_ms; /* since 1970: judge again then, though nothing has changed; 0: no need */
        char detail[448]; /* a sentence, fit to print; "" */
};

/* PD_STATE_FAILED only where waiting alone changes nothing. */
void pd_kubernetes_judge(const struct pd_kubernetes_seen *seen, struct pd_kubernetes_verdict *ret);

/* What to do about a reason, on a cluster. */
const char *pd_kubernetes_advice(enum pd_reason reason);

/* Whether it has no pod, for such a one was refused when it was last tried. The cluster takes ever
 * longer until it tries again, up to 16 minutes, whatever has become of the cause. */
bool pd_kubernetes_is_refused(const json_t *deployment);

/* The newest pod of a Deployment that is not on its way out; NULL: there is none. Borrowed. */
const json_t *pd_kubernetes_newest_pod(const json_t *deployment, const json_t *pods);

/* Whether the controllers have made of a Deployment what it says, as kstatus tells it: seen in its
 * newest generation, all replicas updated and available, none left over. */
bool pd_kubernetes_is_current(const json_t *deployment);

#endif
