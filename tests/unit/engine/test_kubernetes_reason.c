/* test_kubernetes_reason.c - verdicts on what the API says: what a real cluster shows only for a
 * moment, or never when one looks. */
#include "pd_test.h"

#include "kubernetes_seen.h"
#include "quoted_json.h"

static void what_has_ended_fails_when_it_ends_again_and_again(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void ready_means_observed_ready(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void no_place_is_a_failure_only_after_a_while(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void events_tell_what_a_container_waits_for(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void what_cannot_be_made_or_started_is_told_with_its_cause(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void without_a_pod_the_deployment_knows_why(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

#define REFUSED                                                                                    \
        OBSERVED ", 'conditions': [{'type': 'ReplicaFailure', 'status': 'True', 'message': "       \
                 "'exceeded quota: q'}]"
#define RENEWED(since)                                                                             \
        "{'metadata': {'generation': 1}, 'spec': {'template': {'metadata': {'annotations': "       \
        "{'kubectl.kubernetes.io/restartedAt': " since "}}}}, 'status': {" REFUSED "}}"

static void a_refusal_from_before_a_restart_may_be_over(void **state)
{
        static const struct pd_seen_row rows[] = {
                {"just now", RENEWED(JUST), NULL, NULL, PD_STATE_WAITING, PD_REASON_NONE, ""},
                {"long ago", RENEWED(PAST), NULL, NULL, PD_STATE_FAILED, PD_REASON_QUOTA, "quota"},
        };

        (void)state;
        pd_seen_check(rows, PD_COUNT(rows));
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
                json_t *deployment = pd_test_json(rows[i].deployment);

                assert_int_equal(pd_kubernetes_is_refused(deployment), rows[i].is_refused);
                json_decref(deployment);
        }
}

static void the_newest_pod_counts(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

#define CRASHED                                                                                    \
        CONTAINER("'restartCount': 5, " WAITS("CrashLoopBackOff",                                  \
                                              "") ", 'lastState': " ENDED("Error", "1"))

static void pods_from_before_the_last_change_tell_nothing(void **state)
{
        static const struct pd_seen_row rows[] = {
                {"its own", DEPLOYMENT(UPDATED), CRASHED, NULL, PD_STATE_FAILED, PD_REASON_EXITED,
                 "exit status 1"},
                {"change not seen yet", DEPLOYMENT("'observedGeneration': 0, 'updatedReplicas': 1"),
                 CRASHED, NULL, PD_STATE_WAITING, PD_REASON_NONE, ""},
                {"new pod not made yet",
                 DEPLOYMENT(OBSERVED ", 'replicas': 1, 'updatedReplicas': 0"), CRASHED, NULL,
                 PD_STATE_WAITING, PD_REASON_NONE, ""},
        };

        (void)state;
        pd_seen_check(rows, PD_COUNT(rows));
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
                json_t *deployment = pd_test_json(DEPLOYMENT(CURRENT));
                json_t *pods = pd_seen_list(rows[i].pod);
                json_t *events = pd_seen_list(rows[i].event);
                struct pd_kubernetes_seen seen = {deployment, pods, events, PD_SEEN_NOW_MS};
                struct pd_kubernetes_verdict before, then;

                pd_kubernetes_judge(&seen, &before);
                assert_int_equal(
                        before.again_ms,
                        rows[i].after_ms != 0 ? PD_SEEN_NOW_MS - 1000 + rows[i].after_ms + 1 : 0);
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
        static const struct pd_seen_row row = {
                "escape",
                DEPLOYMENT(UPDATED),
                CONTAINER(WAITS("InvalidImageName", "a\\u001b[31mb")),
                NULL,
                PD_STATE_FAILED,
                PD_REASON_IMAGE_INVALID,
                "a?[31mb"};

        (void)state;
        pd_seen_check(&row, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_has_ended_fails_when_it_ends_again_and_again),
                cmocka_unit_test(ready_means_observed_ready),
                cmocka_unit_test(no_place_is_a_failure_only_after_a_while),
                cmocka_unit_test(events_tell_what_a_container_waits_for),
                cmocka_unit_test(what_cannot_be_made_or_started_is_told_with_its_cause),
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
