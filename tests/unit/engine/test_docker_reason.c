/* test_docker_reason.c - what Docker and Podman say, as states and reasons. */
#include "docker_reason.h"

#include "json/json.h"
#include "pd_test.h"
#include "quoted_json.h"

#define STARTED "2026-11-23T03:58:44.5Z"
#define NOW_MS  (INT64_C(1795406324500) + 1000) /* a second later */

/* As recorded, but for what does not matter. */
static const struct {
        const char *what;
        const char *inspect;
        enum pd_answering answering;
        enum pd_state state;
        enum pd_reason reason;
        const char *says;
} rows[] = {
        {"answers", "{'State': {'Status': 'running', 'StartedAt': '" STARTED "'}}",
         PD_ANSWERING_YES, PD_STATE_READY, PD_REASON_NONE, ""},
        {"has no port to ask at", "{'State': {'Status': 'running', 'StartedAt': '" STARTED "'}}",
         PD_ANSWERING_UNASKED, PD_STATE_READY, PD_REASON_NONE, ""},
        {"is not up yet", "{'State': {'Status': 'running', 'StartedAt': '" STARTED "'}}",
         PD_ANSWERING_NO, PD_STATE_STARTING, PD_REASON_NONE, ""},
        {"listens elsewhere",
         "{'State': {'Status': 'running', 'StartedAt': '2026-11-23T03:50:00Z'}}", PD_ANSWERING_NO,
         PD_STATE_STARTING, PD_REASON_NOT_ANSWERING, "does not answer"},
        {"has a health check that is not through",
         "{'State': {'Status': 'running', 'StartedAt': '" STARTED
         "', 'Health': {'Status': 'starting'}}}",
         PD_ANSWERING_YES, PD_STATE_STARTING, PD_REASON_NONE, ""},
        {"is healthy",
         "{'State': {'Status': 'running', 'StartedAt': '" STARTED
         "', 'Health': {'Status': 'healthy'}}}",
         PD_ANSWERING_YES, PD_STATE_READY, PD_REASON_NONE, ""},
        {"is unhealthy",
         "{'State': {'Status': 'running', 'StartedAt': '" STARTED
         "', 'Health': {'Status': 'unhealthy'}}}",
         PD_ANSWERING_YES, PD_STATE_FAILED, PD_REASON_UNHEALTHY, "health check"},
        {"ended once", "{'State': {'Status': 'restarting', 'ExitCode': 3}, 'RestartCount': 1}",
         PD_ANSWERING_UNASKED, PD_STATE_RESTARTING, PD_REASON_EXITED, "exit status 3"},
        {"ends again and again",
         "{'State': {'Status': 'restarting', 'ExitCode': 3}, 'RestartCount': 2}",
         PD_ANSWERING_UNASKED, PD_STATE_FAILED, PD_REASON_EXITED, "exit status 3"},
        {"crashes", "{'State': {'Status': 'restarting', 'ExitCode': 139}, 'RestartCount': 5}",
         PD_ANSWERING_UNASKED, PD_STATE_FAILED, PD_REASON_EXITED, "signal 11"},
        {"wants memory",
         "{'State': {'Status': 'restarting', 'OOMKilled': true, 'ExitCode': 137}, 'RestartCount': "
         "4}",
         PD_ANSWERING_UNASKED, PD_STATE_FAILED, PD_REASON_OUT_OF_MEMORY, "memory"},
        {"wants memory on Podman",
         "{'State': {'Status': 'restarting', 'OOMKilled': false, 'ExitCode': 137}, 'RestartCount': "
         "4, 'HostConfig': {'Memory': 16777216}}",
         PD_ANSWERING_UNASKED, PD_STATE_FAILED, PD_REASON_OUT_OF_MEMORY, "memory"},
        {"was killed, without a limit",
         "{'State': {'Status': 'restarting', 'ExitCode': 137}, 'RestartCount': 4}",
         PD_ANSWERING_UNASKED, PD_STATE_FAILED, PD_REASON_EXITED, "signal 9"},
        {"has just come back",
         "{'State': {'Status': 'running', 'StartedAt': '" STARTED "'}, 'RestartCount': 4}",
         PD_ANSWERING_NO, PD_STATE_RESTARTING, PD_REASON_EXITED, "4 times"},
        {"came back and answers",
         "{'State': {'Status': 'running', 'StartedAt': '" STARTED "'}, 'RestartCount': 4}",
         PD_ANSWERING_YES, PD_STATE_READY, PD_REASON_NONE, ""},
        {"has no such command",
         "{'State': {'Status': 'created', 'ExitCode': 127, 'Error': 'failed to create shim task: "
         "OCI runtime create failed: runc create failed: unable to start container process: exec: "
         "\\\"/nope\\\": stat /nope: no such file or directory: unknown'}}",
         PD_ANSWERING_UNASKED, PD_STATE_FAILED, PD_REASON_COMMAND_ABSENT, "exec: \"/nope\""},
        {"was not started", "{'State': {'Status': 'created', 'Error': ''}}", PD_ANSWERING_UNASKED,
         PD_STATE_CREATED, PD_REASON_NONE, ""},
        {"was stopped", "{'State': {'Status': 'exited', 'ExitCode': 0, 'Error': ''}}",
         PD_ANSWERING_UNASKED, PD_STATE_STOPPED, PD_REASON_EXITED, "exit status 0"},
        {"is paused", "{'State': {'Status': 'paused'}}", PD_ANSWERING_UNASKED, PD_STATE_STOPPED,
         PD_REASON_NONE, "paused"},
        {"is nothing that is known", "{}", PD_ANSWERING_UNASKED, PD_STATE_WAITING, PD_REASON_NONE,
         ""},
};

static void a_container_is_judged_by_what_is_recorded(void **state)
{
        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *inspect = pd_test_json(rows[i].inspect);
                struct pd_docker_circumstances around = {.now_ms = NOW_MS};
                struct pd_docker_verdict verdict;

                print_message("# %s\n", rows[i].what);
                assert_non_null(inspect);
                around.answering = rows[i].answering;
                pd_docker_judge(inspect, &around, &verdict);
                assert_string_equal(pd_state_name(verdict.state), pd_state_name(rows[i].state));
                assert_string_equal(pd_reason_name(verdict.reason), pd_reason_name(rows[i].reason));
                assert_pd_says(verdict.detail, rows[i].says);
        }
}

/* Podman says `exited` between two runs, too. */
static void what_ended_just_now_comes_back_on_podman(void **state)
{
        static const char text[] = "{'State': {'Status': 'exited', 'ExitCode': 3, 'FinishedAt': "
                                   "'" STARTED "'}, 'RestartCount': 1}";
        pd_auto(pd_json_free_ptr) json_t *inspect = pd_test_json(text);
        struct pd_docker_circumstances around = {.now_ms = NOW_MS, .is_podman = true};
        struct pd_docker_verdict verdict;

        (void)state;
        pd_docker_judge(inspect, &around, &verdict);
        assert_int_equal(verdict.state, PD_STATE_RESTARTING);
        json_object_set_new(inspect, "RestartCount", json_integer(2));
        pd_docker_judge(inspect, &around, &verdict);
        assert_int_equal(verdict.state, PD_STATE_FAILED);
        around.now_ms += PD_DOCKER_PODMAN_MS;
        pd_docker_judge(inspect, &around, &verdict);
        assert_int_equal(verdict.state, PD_STATE_STOPPED);
        assert_pd_says(verdict.detail, "exit status 3");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_container_is_judged_by_what_is_recorded),
                cmocka_unit_test(what_ended_just_now_comes_back_on_podman),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
