/* kubernetes_reason.c - what the cluster says of a workload, as a state and a reason. */
#include "kubernetes_reason.h"

#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/format.h"
#include "base/utf8.h"
#include "engine/engine.h"
#include "json/get.h"
#include "kubernetes_events.h"
#include "runtime_words.h"

static void say(struct pd_kubernetes_verdict *ret, enum pd_state state, enum pd_reason reason,
                const char *text)
{
        ret->state = state;
        ret->reason = reason;
        pd_format(ret->detail, sizeof(ret->detail), "%s", text != NULL ? text : "");
        pd_utf8_make_printable(ret->detail);
}

static int64_t time_of(const json_t *object, const char *name)
{
        return pd_clock_read_rfc3339(pd_json_get_string(object, name));
}

/* The condition of that type in a status; NULL: it has none. */
static const json_t *condition_of(const json_t *object, const char *type)
{
        json_t *condition;
        size_t i;

        json_array_foreach (pd_json_dig(object, "status", "conditions", NULL), i, condition) {
                if (pd_json_has_text(condition, "type", type))
                        return condition;
        }
        return NULL;
}

/* --- Pods --- */

static bool is_of(const json_t *pod, const json_t *deployment)
{
        const json_t *metadata = pd_json_get(pod, "metadata");
        const char *workload = pd_json_get_text(pd_json_dig(deployment, "metadata", "labels", NULL),
                                                PD_LABEL_WORKLOAD);

        return pd_json_get(metadata, "deletionTimestamp") == NULL &&
               pd_json_has_text(pd_json_get(metadata, "labels"), PD_LABEL_WORKLOAD, workload);
}

static const char *made_at(const json_t *pod)
{
        return pd_json_get_text(pd_json_get(pod, "metadata"), "creationTimestamp");
}

/* Times of one form compare as text. */
const json_t *pd_kubernetes_newest_pod(const json_t *deployment, const json_t *pods)
{
        const json_t *newest = NULL;
        json_t *pod;
        size_t i;

        json_array_foreach (pd_json_unconst(pods), i, pod) {
                if (is_of(pod, deployment) &&
                    (newest == NULL || strcmp(made_at(pod), made_at(newest)) >= 0))
                        newest = pod;
        }
        return newest;
}

/* Whether so much time has passed since then; if not, that is the time to judge again. */
static bool is_past(const struct pd_kubernetes_seen *seen, int64_t since_ms, int64_t ms,
                    struct pd_kubernetes_verdict *ret)
{
        if (seen->now_ms - since_ms > ms)
                return true;
        ret->again_ms = since_ms + ms + 1;
        return false;
}

/* --- A container that does not run --- */

/* It could not be made or started; the state is the caller's, as below. */
static void judge_start(const char *message, enum pd_state state, struct pd_kubernetes_verdict *ret)
{
        say(ret, state, pd_runtime_start_reason(message), pd_runtime_short(message));
}

/* How it ended. */
static void judge_end(const json_t *terminated, enum pd_state state,
                      struct pd_kubernetes_verdict *ret)
{
        const char *message = pd_json_get_text(terminated, "message");

        if (pd_json_has_text(terminated, "reason", "OOMKilled")) {
                say(ret, state, PD_REASON_OUT_OF_MEMORY, PD_RUNTIME_OUT_OF_MEMORY);
        } else if (pd_json_has_text(terminated, "reason", "StartError") ||
                   pd_json_has_text(terminated, "reason", "ContainerCannotRun")) {
                judge_start(message, state, ret);
        } else {
                say(ret, state, PD_REASON_EXITED, "");
                pd_runtime_say_end((int)pd_json_get_int(terminated, "exitCode"), ret->detail,
                                   sizeof(ret->detail));
        }
}

/* --- An image that was not pulled --- */

/* A kubelet may try before it has the pod's credentials, and says so before it says what failed. */
static bool may_want_secret(const struct pd_kubernetes_seen *seen, const json_t *pod,
                            const struct pd_kubernetes_tries *tries)
{
        return pd_json_dig(pod, "spec", "imagePullSecrets", NULL) != NULL &&
               (tries->count == 0 ||
                pd_kubernetes_find_event(seen->events, pod, "FailedToRetrieveImagePullSecret") !=
                        NULL);
}

static bool may_pass(const char *message)
{
        static const char *const words[] = {
                "timeout",          "deadline exceeded", "request canceled",
                "connection reset", "name resolution", /* "temporary failure in" */
        };

        return pd_runtime_says(message, words, PD_COUNT(words));
}

/* What may come at the second try is a failure after that. */
static void judge_image(const struct pd_kubernetes_seen *seen, const json_t *waiting,
                        struct pd_kubernetes_verdict *ret)
{
        const struct pd_kubernetes_tries tries = pd_kubernetes_find_tries(seen->events, ret->pod);
        const char *message = pd_json_get_text(waiting, "message");
        const char *cause = strstr(pd_json_get_text(tries.last, "message"), "\": ");
        enum pd_reason reason;
        bool may_come;

        if (cause != NULL)
                message = cause + strlen("\": ");
        reason = pd_runtime_pull_reason(message);
        may_come = reason == PD_REASON_IMAGE_OTHER || may_pass(message) ||
                   (reason == PD_REASON_IMAGE_FORBIDDEN && may_want_secret(seen, ret->pod, &tries));
        say(ret, may_come && tries.count < 2 ? PD_STATE_PULLING : PD_STATE_FAILED, reason, message);
}

/* --- A container that waits --- */

/* What keeps a pod from a container. What has timed out is tried again, and may come yet. */
static void judge_event(const struct pd_kubernetes_seen *seen, const json_t *event,
                        enum pd_reason reason, struct pd_kubernetes_verdict *ret)
{
        const json_t *scheduled = condition_of(ret->pod, "PodScheduled");
        bool is_final = !pd_kubernetes_is_vague(event) &&
                        is_past(seen, time_of(scheduled, "lastTransitionTime"),
                                PD_KUBERNETES_GRACE_MS, ret);

        say(ret, is_final ? PD_STATE_FAILED : PD_STATE_WAITING, reason,
            pd_json_get_text(event, "message"));
}

/* It has no container yet: events tell what it waits for. Its image's turn comes when it has its
 * volumes, whatever was amiss with them before. */
static void judge_creating(const struct pd_kubernetes_seen *seen, struct pd_kubernetes_verdict *ret)
{
        static const struct {
                const char *event;
                enum pd_reason reason;
        } rows[] = {
                {"FailedMount", PD_REASON_MOUNT},
                {"FailedAttachVolume", PD_REASON_MOUNT},
                {"FailedCreatePodSandBox", PD_REASON_REFUSED},
        };
        bool is_pulled = pd_kubernetes_find_event(seen->events, ret->pod, "Pulled") != NULL;
        bool is_pulling =
                !is_pulled && pd_kubernetes_find_event(seen->events, ret->pod, "Pulling") != NULL;

        ret->state = is_pulling ? PD_STATE_PULLING : PD_STATE_WAITING;
        for (size_t i = 0; !is_pulling && !is_pulled && i < PD_COUNT(rows); i++) {
                const json_t *event =
                        pd_kubernetes_find_event(seen->events, ret->pod, rows[i].event);

                if (event != NULL) {
                        judge_event(seen, event, rows[i].reason, ret);
                        return;
                }
        }
}

static void judge_waiting(const struct pd_kubernetes_seen *seen, const json_t *status,
                          const json_t *waiting, struct pd_kubernetes_verdict *ret)
{
        static const struct {
                const char *waiting;
                enum pd_reason reason;
        } rows[] = {
                {"ErrImageNeverPull", PD_REASON_IMAGE_ABSENT},
                {"InvalidImageName", PD_REASON_IMAGE_INVALID},
                {"CreateContainerConfigError", PD_REASON_REFUSED},
        };
        const char *reason = pd_json_get_text(waiting, "reason");
        const json_t *ended = pd_json_dig(status, "lastState", "terminated", NULL);

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                if (strcmp(rows[i].waiting, reason) == 0) {
                        say(ret, PD_STATE_FAILED, rows[i].reason,
                            pd_json_get_text(waiting, "message"));
                        return;
                }
        }
        if (strcmp(reason, "ErrImagePull") == 0 || strcmp(reason, "ImagePullBackOff") == 0)
                judge_image(seen, waiting, ret);
        else if (strcmp(reason, "CreateContainerError") == 0 ||
                 (strcmp(reason, "RunContainerError") == 0 && ended == NULL))
                judge_start(pd_json_get_text(waiting, "message"), PD_STATE_FAILED, ret);
        else if (ended != NULL)
                judge_end(ended, PD_STATE_FAILED, ret);
        else
                judge_creating(seen, ret);
}

/* --- A container that runs --- */

static bool has_probe(const json_t *pod)
{
        const json_t *container = json_array_get(pd_json_dig(pod, "spec", "containers", NULL), 0);

        return pd_json_get(container, "readinessProbe") != NULL;
}

static void judge_running(const struct pd_kubernetes_seen *seen, const json_t *status,
                          struct pd_kubernetes_verdict *ret)
{
        const json_t *ended = pd_json_dig(status, "lastState", "terminated", NULL);
        bool is_ready = pd_json_get_bool(status, "ready", false);

        ret->since_ms = time_of(pd_json_dig(status, "state", "running", NULL), "startedAt");
        if (ended != NULL &&
            (!is_ready ||
             (!has_probe(ret->pod) && !is_past(seen, ret->since_ms, PD_KUBERNETES_SETTLE_MS, ret))))
                judge_end(ended, PD_STATE_RESTARTING, ret);
        else if (is_ready)
                ret->state = pd_kubernetes_is_current(seen->deployment) ? PD_STATE_READY
                                                                        : PD_STATE_STARTING;
        else if (is_past(seen, ret->since_ms, PD_KUBERNETES_SILENT_MS, ret))
                say(ret, PD_STATE_STARTING, PD_REASON_NOT_ANSWERING,
                    "runs, but does not answer at its port");
        else
                ret->state = PD_STATE_STARTING;
}

/* --- A pod --- */

/* No machine takes it. One that comes because of it, where machines come by themselves, may. */
static void judge_place(const struct pd_kubernetes_seen *seen, const json_t *scheduled,
                        struct pd_kubernetes_verdict *ret)
{
        const char *message = pd_json_get_text(scheduled, "message");
        bool is_volume = strcasestr(message, "persistentvolumeclaim") != NULL;
        bool may_come =
                pd_kubernetes_find_event(seen->events, ret->pod, "TriggeredScaleUp") != NULL;

        ret->since_ms = time_of(scheduled, "lastTransitionTime");
        say(ret,
            !may_come && is_past(seen, ret->since_ms, PD_KUBERNETES_GRACE_MS, ret)
                    ? PD_STATE_FAILED
                    : PD_STATE_WAITING,
            is_volume ? PD_REASON_MOUNT : PD_REASON_UNSCHEDULABLE, message);
}

static void judge_container(const struct pd_kubernetes_seen *seen, const json_t *status,
                            struct pd_kubernetes_verdict *ret)
{
        const json_t *state = pd_json_get(status, "state");
        const json_t *ended = pd_json_get(state, "terminated");

        ret->restarts = (unsigned)pd_json_get_int(status, "restartCount");
        if (ended != NULL) {
                ret->since_ms = time_of(ended, "finishedAt");
                judge_end(ended,
                          ret->restarts >= PD_KUBERNETES_MAX_RESTARTS ? PD_STATE_FAILED
                                                                      : PD_STATE_RESTARTING,
                          ret);
        } else if (pd_json_get(state, "running") != NULL) {
                judge_running(seen, status, ret);
        } else {
                judge_waiting(seen, status, pd_json_get(state, "waiting"), ret);
        }
}

static void judge_pod(const struct pd_kubernetes_seen *seen, struct pd_kubernetes_verdict *ret)
{
        const json_t *status = pd_json_get(ret->pod, "status");
        const json_t *scheduled = condition_of(ret->pod, "PodScheduled");

        ret->since_ms = pd_clock_read_rfc3339(made_at(ret->pod));
        if (pd_json_has_text(scheduled, "status", "False") &&
            pd_json_has_text(scheduled, "reason", "Unschedulable"))
                judge_place(seen, scheduled, ret);
        else if (pd_json_has_text(status, "phase", "Failed")) /* evicted: another one is made */
                say(ret, PD_STATE_RESTARTING, PD_REASON_REFUSED,
                    pd_json_get_text(status, "message"));
        else
                judge_container(seen, json_array_get(pd_json_get(status, "containerStatuses"), 0),
                                ret);
}

/* --- A Deployment --- */

static bool is_observed(const json_t *deployment)
{
        return pd_json_get_int(pd_json_get(deployment, "status"), "observedGeneration") >=
               pd_json_get_int(pd_json_get(deployment, "metadata"), "generation");
}

/* Pods from before its last change end, and tell nothing of what becomes of it. */
static bool has_pods_of_its_own(const json_t *deployment)
{
        return pd_json_get_int(pd_json_get(deployment, "status"), "updatedReplicas") > 0;
}

/* What refuses its pods, as a condition; NULL: nothing, or what passes. */
static const json_t *refusal_of(const json_t *deployment)
{
        /* A namespace gets its account for pods a moment after it was made, and its quota is
         * counted. */
        static const char *const passing[] = {"error looking up service account",
                                              "status unknown for quota"};
        const json_t *failure = condition_of(deployment, "ReplicaFailure");
        const char *message = pd_json_get_text(failure, "message");

        return pd_json_has_text(failure, "status", "True") &&
                               !pd_runtime_says(message, passing, PD_COUNT(passing))
                       ? failure
                       : NULL;
}

/* The refusal of pods that a restart has put an end to may still stand there for a moment. */
static bool may_be_old(const struct pd_kubernetes_seen *seen, struct pd_kubernetes_verdict *ret)
{
        const json_t *annotations =
                pd_json_dig(seen->deployment, "spec", "template", "metadata", "annotations", NULL);

        return !is_past(seen, time_of(annotations, PD_KUBERNETES_RESTARTED_AT),
                        PD_KUBERNETES_GRACE_MS, ret);
}

static void judge_without_pod(const struct pd_kubernetes_seen *seen,
                              struct pd_kubernetes_verdict *ret)
{
        const json_t *refusal = refusal_of(seen->deployment);
        const char *message = pd_json_get_text(refusal, "message");

        ret->since_ms = time_of(pd_json_get(seen->deployment, "metadata"), "creationTimestamp");
        if (refusal == NULL || may_be_old(seen, ret))
                return;
        ret->since_ms = time_of(refusal, "lastTransitionTime");
        say(ret, PD_STATE_FAILED,
            strstr(message, "exceeded quota") != NULL ? PD_REASON_QUOTA : PD_REASON_REFUSED,
            message);
}

bool pd_kubernetes_is_refused(const json_t *deployment)
{
        return refusal_of(deployment) != NULL && !has_pods_of_its_own(deployment);
}

void pd_kubernetes_judge(const struct pd_kubernetes_seen *seen, struct pd_kubernetes_verdict *ret)
{
        const json_t *metadata = pd_json_get(seen->deployment, "metadata");

        *ret = (struct pd_kubernetes_verdict){.state = PD_STATE_ABSENT};
        if (seen->deployment == NULL)
                return;
        if (pd_json_get(metadata, "deletionTimestamp") != NULL) {
                ret->state = PD_STATE_REMOVING;
                ret->since_ms = time_of(metadata, "deletionTimestamp");
                return;
        }
        ret->state = PD_STATE_WAITING;
        if (!is_observed(seen->deployment))
                return;
        if (has_pods_of_its_own(seen->deployment))
                ret->pod = pd_kubernetes_newest_pod(seen->deployment, seen->pods);
        if (ret->pod != NULL)
                judge_pod(seen, ret);
        else
                judge_without_pod(seen, ret);
}

const char *pd_kubernetes_advice(enum pd_reason reason)
{
        return reason == PD_REASON_IMAGE_FORBIDDEN
                       ? "give an account that may read it with --registry-config, or look for "
                         "a mistake in its name"
                       : pd_reason_advice(reason);
}

bool pd_kubernetes_is_current(const json_t *deployment)
{
        const json_t *status = pd_json_get(deployment, "status");
        const json_t *wish = pd_json_dig(deployment, "spec", "replicas", NULL);
        int64_t wanted = wish != NULL ? json_integer_value(wish) : 1;
        int64_t updated = pd_json_get_int(status, "updatedReplicas");

        return is_observed(deployment) && updated >= wanted &&
               pd_json_get_int(status, "replicas") <= updated &&
               pd_json_get_int(status, "availableReplicas") >= updated;
}
