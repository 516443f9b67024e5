/* test_docker_reason.c - what Docker and Podman say, as states and reasons. */
#include "docker_reason.h"

#include <string.h>

#include "json/json.h"
#include "pd_test.h"

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

/* JSON with the quotes that C wants escaped written as '. */
static json_t *read_quoted(const char *text)
{
        char copy[1024] = {0};

        assert_true(strlen(text) < sizeof(copy));
        for (size_t i = 0; text[i] != '\0'; i++)
                copy[i] = text[i];
        for (char *at = copy; (at = strchr(at, '\'')) != NULL;)
                *at = '"';
        return json_loads(copy, 0, NULL);
}

static void a_container_is_judged_by_what_is_recorded(void **state)
{
        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *inspect = read_quoted(rows[i].inspect);
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
        pd_auto(pd_json_free_ptr) json_t *inspect = read_quoted(text);
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

static void a_failed_pull_has_a_reason(void **state)
{
        static const struct {
                const char *message;
                enum pd_reason reason;
        } messages[] = {
                {"Get \"http://localhost:1/v2/\": dial tcp 127.0.0.1:1: connect: connection "
                 "refused",
                 PD_REASON_IMAGE_UNREACHABLE},
                {"Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io "
                 "on 10.0.0.1:53: no such host",
                 PD_REASON_IMAGE_UNREACHABLE},
                {"Get \"https://r/v2/\": x509: certificate signed by unknown authority",
                 PD_REASON_IMAGE_UNREACHABLE},
                {"Get \"https://127.0.0.1:5000/v2/\": http: server gave HTTP response to HTTPS "
                 "client",
                 PD_REASON_IMAGE_UNREACHABLE},
                {"manifest for r/x:2 not found: manifest unknown: manifest unknown",
                 PD_REASON_IMAGE_ABSENT},
                {"pull access denied for x, repository does not exist or may require 'docker "
                 "login': denied: requested access to the resource is denied",
                 PD_REASON_IMAGE_FORBIDDEN},
                {"Get \"http://127.0.0.1:5000/v2/x/manifests/1\": no basic auth credentials",
                 PD_REASON_IMAGE_FORBIDDEN},
                {"unauthorized: authentication required", PD_REASON_IMAGE_FORBIDDEN},
                {"invalid reference format: repository name must be lowercase",
                 PD_REASON_IMAGE_INVALID},
                {"the disk is full", PD_REASON_IMAGE_OTHER},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(messages); i++) {
                print_message("# %s\n", messages[i].message);
                assert_string_equal(pd_reason_name(pd_docker_pull_reason(messages[i].message)),
                                    pd_reason_name(messages[i].reason));
        }
}

static void a_failed_start_has_a_reason(void **state)
{
        static const struct {
                const char *message;
                enum pd_reason reason;
        } messages[] = {
                {"exec: \"nope\": executable file not found in $PATH: unknown",
                 PD_REASON_COMMAND_ABSENT},
                {"exec /node: exec format error", PD_REASON_COMMAND_ABSENT},
                {"driver failed programming external connectivity on endpoint x (1): Bind for "
                 "127.0.0.1:80 failed: port is already allocated",
                 PD_REASON_PORT_TAKEN},
                {"Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available",
                 PD_REASON_UNSCHEDULABLE},
                {"error during container init: error setting cgroup config for procHooks process: "
                 "unable to set memory limit to 1048576 (current usage: 2347008)",
                 PD_REASON_OUT_OF_MEMORY},
                {"container init was OOM-killed (memory limit too low?)", PD_REASON_OUT_OF_MEMORY},
                {"something new", PD_REASON_REFUSED},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(messages); i++)
                assert_string_equal(pd_reason_name(pd_docker_start_reason(messages[i].message)),
                                    pd_reason_name(messages[i].reason));
}

static void times_are_read_in_every_zone(void **state)
{
        static const struct {
                const char *text;
                int64_t ms;
        } times[] = {
                {"2026-11-23T03:58:44.5Z", INT64_C(1795406324500)},
                {"2026-11-23T04:58:44.541090172+01:00", INT64_C(1795406324541)},
                {"2026-11-22T22:28:44-05:30", INT64_C(1795406324000)},
                {"0001-01-01T00:00:00Z", 0},
                {"yesterday", 0},
                {"", 0},
                {NULL, 0},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(times); i++)
                assert_int_equal(pd_docker_time(times[i].text), times[i].ms);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_container_is_judged_by_what_is_recorded),
                cmocka_unit_test(what_ended_just_now_comes_back_on_podman),
                cmocka_unit_test(a_failed_pull_has_a_reason),
                cmocka_unit_test(a_failed_start_has_a_reason),
                cmocka_unit_test(times_are_read_in_every_zone),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
