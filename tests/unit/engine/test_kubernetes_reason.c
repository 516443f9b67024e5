/* test_kubernetes_reason.c - verdicts on what the API says: what a real cluster shows only for a
 * moment, or never when one looks. */
#include "pd_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "kubernetes_reason.h"

/* 2026-01-01T00:01:00Z: a minute after everything that is said here. */
#define NOW_MS INT64_C(1767225660000)
#define PAST   "'2026-01-01T00:00:00Z'"
#define JUST   "'2026-01-01T00:00:59Z'"

#define META(more) "'metadata': {'labels': {'playground/workload': 'n'}, 'uid': 'u'" more "}"
#define CURRENT                                                                                    \
        "'observedGeneration': 1, 'replicas': 1, 'updatedReplicas': 1, 'availableReplicas': 1"
#define OBSERVED "'observedGeneration': 1"
#define UPDATED  OBSERVED ", 'updatedReplicas': 1"
#define DEPLOYMENT(status)                                                                         \
        "{'metadata': {'labels': {'playground/workload': 'n'}, 'generation': 1,"                   \
        " 'creationTimestamp': " PAST "}, 'spec': {'replicas': 1}, 'status': {" status "}}"
#define POD(status)        "{" META(", 'creationTimestamp': " PAST) ", 'status': {" status "}}"
#define CONTAINER(members) POD("'containerStatuses': [{" members "}]")
#define PROBED(members)                                                                            \
        "{" META(", 'creationTimestamp': " PAST) ", 'spec': {'containers': [{'readinessProbe': "   \
                                                 "{}}]},"                                          \
                                                 " 'status': {'containerStatuses': [{" members     \
                                                 "}]}}"
#define EVENT(reason, message) EVENT_AT(reason, message, "null")
#define EVENT_AT(reason, message, time)                                                            \
        "{'reason': '" reason "', 'message': '" message "', 'lastTimestamp': " time                \
        ", 'involvedObject': {'uid': 'u'}}"

#define ENDED(reason, code)                                                                        \
        "{'terminated': {'reason': '" reason "', 'exitCode': " code ", 'finishedAt': " PAST "}}"
#define WAITS(reason, message)                                                                     \
        "'state': {'waiting': {'reason': '" reason "', 'message': '" message "'}}"
#define RUNS(since) "'state': {'running': {'startedAt': " since "}}"
#define NO_PLACE(since, message)                                                                   \
        "'conditions': [{'type': 'PodScheduled', 'status': 'False', 'reason': 'Unschedulable',"    \
        " 'lastTransitionTime': " since ", 'message': '" message "'}]"
#define PLACED(since)                                                                              \
        "'conditions': [{'type': 'PodScheduled', 'status': 'True', 'lastTransitionTime': " since   \
        "}]"

/* Single quotes stand for double ones. */
static json_t *tree(const char *text)
{
        char *json = strdup(text);
        json_t *result = NULL;
        struct pd_err err = {0};

        assert_non_null(json);
        for (char *at = json; (at = strchr(at, '\'')) != NULL;)
                *at = '"';
        assert_pd_ok(pd_json_parse(json, strlen(json), &pd_json_default_limits, &result, &err),
                     err);
        free(json);
        return result;
}

static json_t *list(const char *items)
{
        char text[4096];

        (void)snprintf(text, sizeof(text), "[%s]", items != NULL ? items : "");
        return tree(text);
}

struct row {
        const char *name;
        const char *deployment;
        const char *pods;
        const char *events;
        enum pd_state state;
        enum pd_reason reason;
        const char *detail;
};

static void check(const struct row *row)
{
        json_t *deployment = tree(row->deployment);
        json_t *pods = list(row->pods);
        json_t *events = list(row->events);
        const struct pd_kubernetes_seen seen = {.deployment = json_is_null(deployment) ? NULL
                                                                                       : deployment,
                                                .pods = pods,
                                                .events = events,
                                                .now_ms = NOW_MS};
        struct pd_kubernetes_verdict verdict;

        pd_kubernetes_judge(&seen, &verdict);
        if (verdict.state != row->state || verdict.reason != row->reason)
                print_error("%s: %s, %s\n", row->name, pd_state_name(verdict.state),
                            pd_reason_name(verdict.reason));
        assert_int_equal(verdict.state, row->state);
        assert_int_equal(verdict.reason, row->reason);
        assert_pd_says(verdict.detail, row->detail);
        json_decref(deployment);
        json_decref(pods);
        json_decref(events);
}

static void check_all(const struct row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++)
                check(&rows[i]);
}

static void what_has_ended_fails_when_it_ends_again_and_again(void **state)
{
        static const struct row rows[] = {
                {"first end", DEPLOYMENT(CURRENT),
                 CONTAINER("'restartCount': 0, 'state': " ENDED("Error", "3")), NULL,
                 PD_STATE_RESTARTING, PD_REASON_EXITED, "ended with exit status 3"},
                {"third end", DEPLOYMENT(CURRENT),
                 CONTAINER("'restartCount': 2, 'state': " ENDED("Error", "3")), NULL,
                 PD_STATE_FAILED, PD_REASON_EXITED, "ended with exit status 3"},
                {"signal", DEPLOYMENT(CURRENT),
                 CONTAINER("'restartCount': 0, 'state': " ENDED("Error", "139")), NULL,
                 PD_STATE_RESTARTING, PD_REASON_EXITED, "ended by signal 11"},
                {"loop", DEPLOYMENT(CURRENT),
                 CONTAINER(WAITS("CrashLoopBackOff",
                                 "back-off") ", 'lastState': " ENDED("OOMKilled", "137")),
                 NULL, PD_STATE_FAILED, PD_REASON_OUT_OF_MEMORY, "more memory"},
                {"between two ends", DEPLOYMENT(CURRENT),
                 CONTAINER("'ready': true, " RUNS(JUST) ", 'lastState': " ENDED("Error", "1")),
                 NULL, PD_STATE_RESTARTING, PD_REASON_EXITED, "exit status 1"},
                {"settled", DEPLOYMENT(CURRENT),
                 CONTAINER("'ready': true, " RUNS(PAST) ", 'lastState': " ENDED("Error", "1")),
                 NULL, PD_STATE_READY, PD_REASON_NONE, ""},
                {"answers again", DEPLOYMENT(CURRENT),
                 PROBED("'ready': true, " RUNS(JUST) ", 'lastState': " ENDED("Error", "1")), NULL,
                 PD_STATE_READY, PD_REASON_NONE, ""},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void ready_means_observed_ready(void **state)
{
        static const struct row rows[] = {
                {"current", DEPLOYMENT(CURRENT), CONTAINER("'ready': true, " RUNS(PAST)), NULL,
                 PD_STATE_READY, PD_REASON_NONE, ""},
                {"older generation",
                 DEPLOYMENT("'observedGeneration': 0, 'replicas': 1, 'updatedReplicas': 1,"
                            " 'availableReplicas': 1"),
                 CONTAINER("'ready': true, " RUNS(PAST)), NULL, PD_STATE_WAITING, PD_REASON_NONE,
                 ""},
                {"one left over",
                 DEPLOYMENT("'observedGeneration': 1, 'replicas': 2, 'updatedReplicas': 1,"
                            " 'availableReplicas': 2"),
                 CONTAINER("'ready': true, " RUNS(PAST)), NULL, PD_STATE_STARTING, PD_REASON_NONE,
                 ""},
                {"just started", DEPLOYMENT(UPDATED), CONTAINER("'ready': false, " RUNS(JUST)),
                 NULL, PD_STATE_STARTING, PD_REASON_NONE, ""},
                {"silent", DEPLOYMENT(UPDATED), CONTAINER("'ready': false, " RUNS(PAST)), NULL,
                 PD_STATE_STARTING, PD_REASON_NOT_ANSWERING, "does not answer"},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void no_place_is_a_failure_only_after_a_while(void **state)
{
        static const struct row rows[] = {
                {"just now", DEPLOYMENT(UPDATED), POD(NO_PLACE(JUST, "Insufficient cpu")), NULL,
                 PD_STATE_WAITING, PD_REASON_UNSCHEDULABLE, "Insufficient cpu"},
                {"for long", DEPLOYMENT(UPDATED), POD(NO_PLACE(PAST, "Insufficient cpu")), NULL,
                 PD_STATE_FAILED, PD_REASON_UNSCHEDULABLE, "Insufficient cpu"},
                {"a machine comes", DEPLOYMENT(UPDATED), POD(NO_PLACE(PAST, "Insufficient cpu")),
                 EVENT("TriggeredScaleUp", ""), PD_STATE_WAITING, PD_REASON_UNSCHEDULABLE, ""},
                {"no volume", DEPLOYMENT(UPDATED),
                 POD(NO_PLACE(PAST, "unbound immediate PersistentVolumeClaims")), NULL,
                 PD_STATE_FAILED, PD_REASON_MOUNT, "unbound"},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void events_tell_what_a_container_waits_for(void **state)
{
        static const struct row rows[] = {
                {"nothing said", DEPLOYMENT(UPDATED), POD(PLACED(PAST)), NULL, PD_STATE_WAITING,
                 PD_REASON_NONE, ""},
                {"mount, at first", DEPLOYMENT(UPDATED), POD(PLACED(JUST)),
                 EVENT("FailedMount", "no secret"), PD_STATE_WAITING, PD_REASON_MOUNT, "no secret"},
                {"mount, for long", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT("FailedMount", "no secret"), PD_STATE_FAILED, PD_REASON_MOUNT, "no secret"},
                {"pulling", DEPLOYMENT(UPDATED), POD(PLACED(PAST)), EVENT("Pulling", ""),
                 PD_STATE_PULLING, PD_REASON_NONE, ""},
                {"pulled", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT("Pulling", "") "," EVENT("Pulled", ""), PD_STATE_WAITING, PD_REASON_NONE,
                 ""},
                {"a timeout, then the cause", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT_AT("FailedMount", "no secret", PAST) "," EVENT_AT(
                         "FailedMount", "timed out waiting for the condition", JUST),
                 PD_STATE_FAILED, PD_REASON_MOUNT, "no secret"},
                {"a timeout alone", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT("FailedMount", "timed out waiting for the condition"), PD_STATE_WAITING,
                 PD_REASON_MOUNT, "timed out"},
                {"not yet allowed", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT("FailedMount", "no relationship found between node x and this object"),
                 PD_STATE_WAITING, PD_REASON_MOUNT, "no relationship found"},
                {"not yet known", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT("FailedMount", "object x/y not registered"), PD_STATE_WAITING,
                 PD_REASON_MOUNT, "not registered"},
                {"the newest cause", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT_AT("FailedMount", "now this", JUST) "," EVENT_AT("FailedMount", "first that",
                                                                        PAST),
                 PD_STATE_FAILED, PD_REASON_MOUNT, "now this"},
                {"mounted at last", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 EVENT("FailedMount", "no secret") "," EVENT("Pulling", ""), PD_STATE_PULLING,
                 PD_REASON_NONE, ""},
                {"of another pod", DEPLOYMENT(UPDATED), POD(PLACED(PAST)),
                 "{'reason': 'FailedMount', 'involvedObject': {'uid': 'other'}}", PD_STATE_WAITING,
                 PD_REASON_NONE, ""},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

/* The kubelet's word of a try, and of what it lacks before. */
#define TRY(count, cause)                                                                          \
        "{'reason': 'Failed', 'message': 'Failed to pull image \\\"x\\\": " cause                  \
        "', 'count': " count ", 'lastTimestamp': " JUST ", 'involvedObject': {'uid': 'u'}}"
#define NO_SECRET EVENT("FailedToRetrieveImagePullSecret", "unable to retrieve")

static void a_registry_may_answer_at_the_second_try(void **state)
{
        static const char slow[] = CONTAINER(WAITS("ErrImagePull", "dial tcp: i/o timeout"));
        static const char odd[] = CONTAINER(WAITS("ImagePullBackOff", "something new"));
        static const struct row rows[] = {
                {"first", DEPLOYMENT(UPDATED), slow, TRY("1", "dial tcp: i/o timeout"),
                 PD_STATE_PULLING, PD_REASON_IMAGE_UNREACHABLE, "dial tcp: i/o timeout"},
                {"no word of a try", DEPLOYMENT(UPDATED), slow, NULL, PD_STATE_PULLING,
                 PD_REASON_IMAGE_UNREACHABLE, "dial tcp: i/o timeout"},
                {"then", DEPLOYMENT(UPDATED), slow, TRY("2", "dial tcp: i/o timeout"),
                 PD_STATE_FAILED, PD_REASON_IMAGE_UNREACHABLE, "dial tcp: i/o timeout"},
                {"then another", DEPLOYMENT(UPDATED), slow,
                 TRY("1", "dial tcp: i/o timeout") ", " TRY("1", "x: not found"), PD_STATE_FAILED,
                 PD_REASON_IMAGE_ABSENT, "x: not found"},
                {"again, while it waits", DEPLOYMENT(UPDATED), odd, TRY("1", "pull QPS exceeded"),
                 PD_STATE_PULLING, PD_REASON_IMAGE_OTHER, "pull QPS exceeded"},
                {"and again", DEPLOYMENT(UPDATED), odd, TRY("7", "500 Internal Server Error"),
                 PD_STATE_FAILED, PD_REASON_IMAGE_OTHER, "500 Internal Server Error"},
                {"of another pod", DEPLOYMENT(UPDATED), odd,
                 "{'reason': 'Failed', 'count': 7, 'message': 'Failed to pull image',"
                 " 'involvedObject': {'uid': 'other'}}",
                 PD_STATE_PULLING, PD_REASON_IMAGE_OTHER, "something new"},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void what_no_second_try_helps_fails_at_the_first(void **state)
{
        static const struct row rows[] = {
                {"nobody there", DEPLOYMENT(UPDATED),
                 CONTAINER(WAITS("ErrImagePull", "dial tcp: connect: connection refused")), NULL,
                 PD_STATE_FAILED, PD_REASON_IMAGE_UNREACHABLE, "connection refused"},
                {"no such tag", DEPLOYMENT(UPDATED),
                 CONTAINER(WAITS("ErrImagePull", "x: not found")), NULL, PD_STATE_FAILED,
                 PD_REASON_IMAGE_ABSENT, "not found"},
                {"no right", DEPLOYMENT(UPDATED), CONTAINER(WAITS("ErrImagePull", "unauthorized")),
                 NULL, PD_STATE_FAILED, PD_REASON_IMAGE_FORBIDDEN, "unauthorized"},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void credentials_may_come_after_the_first_try(void **state)
{
        static const char pod[] = "{" META(
                "") ", 'spec': {'imagePullSecrets': [{'name': 'registries'}]}, 'status': "
                    "{'containerStatuses': [{" WAITS("ErrImagePull", "unauthorized") "}]}}";
        static const struct row rows[] = {
                {"before it is known", DEPLOYMENT(UPDATED), pod, NULL, PD_STATE_PULLING,
                 PD_REASON_IMAGE_FORBIDDEN, "unauthorized"},
                {"tried with them", DEPLOYMENT(UPDATED), pod, TRY("1", "unauthorized"),
                 PD_STATE_FAILED, PD_REASON_IMAGE_FORBIDDEN, "unauthorized"},
                {"tried without them", DEPLOYMENT(UPDATED), pod,
                 NO_SECRET ", " TRY("1", "unauthorized"), PD_STATE_PULLING,
                 PD_REASON_IMAGE_FORBIDDEN, "unauthorized"},
                {"tried again", DEPLOYMENT(UPDATED), pod, NO_SECRET ", " TRY("2", "unauthorized"),
                 PD_STATE_FAILED, PD_REASON_IMAGE_FORBIDDEN, "unauthorized"},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void what_cannot_be_made_or_started_is_told_with_its_cause(void **state)
{
        static const struct row rows[] = {
                {"no command", DEPLOYMENT(UPDATED),
                 CONTAINER(WAITS("CreateContainerError",
                                 "failed to generate spec: no command specified")),
                 NULL, PD_STATE_FAILED, PD_REASON_COMMAND_ABSENT, "no command specified"},
                {"a name that is taken", DEPLOYMENT(UPDATED),
                 CONTAINER(WAITS("CreateContainerError", "failed to reserve container name")), NULL,
                 PD_STATE_FAILED, PD_REASON_REFUSED, "failed to reserve"},
                {"no such program", DEPLOYMENT(UPDATED),
                 CONTAINER(WAITS("RunContainerError",
                                 "runc create failed: unable to start container process: exec: "
                                 "\\\"/x\\\": stat /x: no such file or directory")),
                 NULL, PD_STATE_FAILED, PD_REASON_COMMAND_ABSENT, "exec: \"/x\": stat"},
                {"ended so", DEPLOYMENT(UPDATED),
                 CONTAINER("'restartCount': 2, 'state': " ENDED("StartError", "128")), NULL,
                 PD_STATE_FAILED, PD_REASON_REFUSED, ""},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void a_cluster_has_its_own_way_to_a_registry(void **state)
{
        (void)state;
        assert_non_null(
                strstr(pd_kubernetes_advice(PD_REASON_IMAGE_FORBIDDEN), "--registry-config"));
        assert_string_equal(pd_kubernetes_advice(PD_REASON_EXITED),
                            pd_reason_advice(PD_REASON_EXITED));
}

static void without_a_pod_the_deployment_knows_why(void **state)
{
        static const struct row rows[] = {
                {"nothing yet", DEPLOYMENT(OBSERVED), NULL, NULL, PD_STATE_WAITING, PD_REASON_NONE,
                 ""},
                {"quota",
                 DEPLOYMENT(OBSERVED ", 'conditions': [{'type': 'ReplicaFailure', 'status': 'True',"
                                     " 'message': 'exceeded quota: q'}]"),
                 NULL, NULL, PD_STATE_FAILED, PD_REASON_QUOTA, "exceeded quota: q"},
                {"admission",
                 DEPLOYMENT(OBSERVED ", 'conditions': [{'type': 'ReplicaFailure', 'status': 'True',"
                                     " 'message': 'denied the request'}]"),
                 NULL, NULL, PD_STATE_FAILED, PD_REASON_REFUSED, "denied the request"},
                {"no account yet",
                 DEPLOYMENT(
                         "'conditions': [{'type': 'ReplicaFailure', 'status': 'True', 'message':"
                         " 'forbidden: error looking up service account x/default: not found'}]"),
                 NULL, NULL, PD_STATE_WAITING, PD_REASON_NONE, ""},
                {"a quota that is not counted yet",
                 DEPLOYMENT(
                         "'conditions': [{'type': 'ReplicaFailure', 'status': 'True', 'message':"
                         " 'forbidden: status unknown for quota: playground, resources: pods'}]"),
                 NULL, NULL, PD_STATE_WAITING, PD_REASON_NONE, ""},
                {"over",
                 DEPLOYMENT(OBSERVED
                            ", 'conditions': [{'type': 'ReplicaFailure', 'status': 'False'}]"),
                 NULL, NULL, PD_STATE_WAITING, PD_REASON_NONE, ""},
                {"no Deployment", "null", NULL, NULL, PD_STATE_ABSENT, PD_REASON_NONE, ""},
                {"on its way out", "{'metadata': {'deletionTimestamp': " PAST "}}", NULL, NULL,
                 PD_STATE_REMOVING, PD_REASON_NONE, ""},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

#define REFUSED                                                                                    \
        OBSERVED ", 'conditions': [{'type': 'ReplicaFailure', 'status': 'True', 'message': "       \
                 "'exceeded quota: q'}]"
#define RENEWED(since)                                                                             \
        "{'metadata': {'generation': 1}, 'spec': {'template': {'metadata': {'annotations': "       \
        "{'kubectl.kubernetes.io/restartedAt': " since "}}}}, 'status': {" REFUSED "}}"

static void a_refusal_from_before_a_restart_may_be_over(void **state)
{
        static const struct row rows[] = {
                {"just now", RENEWED(JUST), NULL, NULL, PD_STATE_WAITING, PD_REASON_NONE, ""},
                {"long ago", RENEWED(PAST), NULL, NULL, PD_STATE_FAILED, PD_REASON_QUOTA, "quota"},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void a_deployment_without_a_pod_may_have_been_refused_one(void **state)
{
        static const struct {
                const char *deployment;
                bool is_refused;
        } rows[] = {
                {DEPLOYMENT(REFUSED), true},
                {DEPLOYMENT(OBSERVED), false},
                {DEPLOYMENT(REFUSED ", 'updatedReplicas': 1"), false},
                {"null", false},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                json_t *deployment = tree(rows[i].deployment);

                assert_int_equal(pd_kubernetes_is_refused(deployment), rows[i].is_refused);
                json_decref(deployment);
        }
}

static void the_newest_pod_counts(void **state)
{
        static const struct row rows[] = {
                {"newer", DEPLOYMENT(CURRENT),
                 CONTAINER("'ready': true, " RUNS(PAST)) ", {" META(
                         ", 'creationTimestamp': " JUST) ", 'status': {" NO_PLACE(JUST, "x") "}}",
                 NULL, PD_STATE_WAITING, PD_REASON_UNSCHEDULABLE, "x"},
                {"leaving", DEPLOYMENT(CURRENT),
                 CONTAINER("'ready': true, " RUNS(PAST)) ", {" META(
                         ", 'deletionTimestamp': " JUST ", 'creationTimestamp': " JUST) "}",
                 NULL, PD_STATE_READY, PD_REASON_NONE, ""},
                {"of another workload", DEPLOYMENT(CURRENT),
                 "{'metadata': {'labels': {'playground/workload': 'm'}}}", NULL, PD_STATE_WAITING,
                 PD_REASON_NONE, ""},
                {"evicted", DEPLOYMENT(CURRENT), POD("'phase': 'Failed', 'message': 'low on disk'"),
                 NULL, PD_STATE_RESTARTING, PD_REASON_REFUSED, "low on disk"},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

#define CRASHED                                                                                    \
        CONTAINER("'restartCount': 5, " WAITS("CrashLoopBackOff",                                  \
                                              "") ", 'lastState': " ENDED("Error", "1"))

static void pods_from_before_the_last_change_tell_nothing(void **state)
{
        static const struct row rows[] = {
                {"its own", DEPLOYMENT(UPDATED), CRASHED, NULL, PD_STATE_FAILED, PD_REASON_EXITED,
                 "exit status 1"},
                {"change not seen yet", DEPLOYMENT("'observedGeneration': 0, 'updatedReplicas': 1"),
                 CRASHED, NULL, PD_STATE_WAITING, PD_REASON_NONE, ""},
                {"new pod not made yet",
                 DEPLOYMENT(OBSERVED ", 'replicas': 1, 'updatedReplicas': 0"), CRASHED, NULL,
                 PD_STATE_WAITING, PD_REASON_NONE, ""},
        };

        (void)state;
        check_all(rows, PD_COUNT(rows));
}

static void it_is_told_when_time_alone_changes_the_verdict(void **state)
{
        static const struct {
                const char *pod;
                const char *event;
                int64_t after_ms; /* the last second; 0: never */
        } rows[] = {
                {POD(NO_PLACE(JUST, "x")), NULL, PD_KUBERNETES_GRACE_MS},
                {POD(NO_PLACE(PAST, "x")), NULL, 0},
                {POD(PLACED(JUST)), EVENT("FailedMount", "no secret"), PD_KUBERNETES_GRACE_MS},
                {POD(PLACED(JUST)), NULL, 0},
                {CONTAINER("'ready': false, " RUNS(JUST)), NULL, PD_KUBERNETES_SILENT_MS},
                {CONTAINER("'ready': true, " RUNS(JUST)), NULL, 0},
                {CONTAINER("'ready': true, " RUNS(JUST) ", 'lastState': " ENDED("Error", "1")),
                 NULL, PD_KUBERNETES_SETTLE_MS},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                json_t *deployment = tree(DEPLOYMENT(CURRENT));
                json_t *pods = list(rows[i].pod);
                json_t *events = list(rows[i].event);
                struct pd_kubernetes_seen seen = {deployment, pods, events, NOW_MS};
                struct pd_kubernetes_verdict before, then;

                pd_kubernetes_judge(&seen, &before);
                assert_int_equal(before.again_ms,
                                 rows[i].after_ms != 0 ? NOW_MS - 1000 + rows[i].after_ms + 1 : 0);
                seen.now_ms = before.again_ms;
                pd_kubernetes_judge(&seen, &then);
                if (rows[i].after_ms != 0)
                        assert_true(then.state != before.state || then.reason != before.reason);
                json_decref(deployment);
                json_decref(pods);
                json_decref(events);
        }
}

static void words_of_strangers_are_made_fit_to_print(void **state)
{
        static const struct row row = {"escape",
                                       DEPLOYMENT(UPDATED),
                                       CONTAINER(WAITS("InvalidImageName", "a\\u001b[31mb")),
                                       NULL,
                                       PD_STATE_FAILED,
                                       PD_REASON_IMAGE_INVALID,
                                       "a?[31mb"};

        (void)state;
        check(&row);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_has_ended_fails_when_it_ends_again_and_again),
                cmocka_unit_test(ready_means_observed_ready),
                cmocka_unit_test(no_place_is_a_failure_only_after_a_while),
                cmocka_unit_test(events_tell_what_a_container_waits_for),
                cmocka_unit_test(a_registry_may_answer_at_the_second_try),
                cmocka_unit_test(what_no_second_try_helps_fails_at_the_first),
                cmocka_unit_test(credentials_may_come_after_the_first_try),
                cmocka_unit_test(what_cannot_be_made_or_started_is_told_with_its_cause),
                cmocka_unit_test(a_cluster_has_its_own_way_to_a_registry),
                cmocka_unit_test(without_a_pod_the_deployment_knows_why),
                cmocka_unit_test(a_refusal_from_before_a_restart_may_be_over),
                cmocka_unit_test(a_deployment_without_a_pod_may_have_been_refused_one),
                cmocka_unit_test(the_newest_pod_counts),
                cmocka_unit_test(pods_from_before_the_last_change_tell_nothing),
                cmocka_unit_test(it_is_told_when_time_alone_changes_the_verdict),
                cmocka_unit_test(words_of_strangers_are_made_fit_to_print),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
