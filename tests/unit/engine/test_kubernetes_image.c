/* test_kubernetes_image.c - verdicts on an image that is not there: which may still come. */
#include "pd_test.h"

#include <string.h>

#include "kubernetes_seen.h"

/* The kubelet's word of a try, and of what it lacks before. */
#define TRY(count, cause)                                                                          \
        "{'reason': 'Failed', 'message': 'Failed to pull image \\\"x\\\": " cause                  \
        "', 'count': " count ", 'lastTimestamp': " JUST ", 'involvedObject': {'uid': 'u'}}"
#define NO_SECRET EVENT("FailedToRetrieveImagePullSecret", "unable to retrieve")

static void a_registry_may_answer_at_the_second_try(void **state)
{
        static const char slow[] = CONTAINER(WAITS("ErrImagePull", "dial tcp: i/o timeout"));
        static const char odd[] = CONTAINER(WAITS("ImagePullBackOff", "something new"));
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void what_no_second_try_helps_fails_at_the_first(void **state)
{
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void credentials_may_come_after_the_first_try(void **state)
{
        static const char pod[] = "{" META(
                "") ", 'spec': {'imagePullSecrets': [{'name': 'registries'}]}, 'status': "
                    "{'containerStatuses': [{" WAITS("ErrImagePull", "unauthorized") "}]}}";
        static const struct pd_seen_row rows[] = {
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
        pd_seen_check(rows, PD_COUNT(rows));
}

static void a_cluster_has_its_own_way_to_a_registry(void **state)
{
        (void)state;
        assert_non_null(
                strstr(pd_kubernetes_advice(PD_REASON_IMAGE_FORBIDDEN), "--registry-config"));
        assert_string_equal(pd_kubernetes_advice(PD_REASON_EXITED),
                            pd_reason_advice(PD_REASON_EXITED));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_registry_may_answer_at_the_second_try),
                cmocka_unit_test(what_no_second_try_helps_fails_at_the_first),
                cmocka_unit_test(credentials_may_come_after_the_first_try),
                cmocka_unit_test(a_cluster_has_its_own_way_to_a_registry),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
