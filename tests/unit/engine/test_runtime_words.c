/* test_runtime_words.c - what the words of a container runtime mean. */
#include "runtime_words.h"

#include "base/attr.h"
#include "pd_test.h"

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
                assert_string_equal(pd_reason_name(pd_runtime_pull_reason(messages[i].message)),
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
                assert_string_equal(pd_reason_name(pd_runtime_start_reason(messages[i].message)),
                                    pd_reason_name(messages[i].reason));
}

static void what_the_layers_put_in_front_is_cut(void **state)
{
        static const struct {
                const char *message, *rest;
        } messages[] = {
                {"OCI runtime create failed: runc create failed: unable to start container "
                 "process: exec: \"nope\": not found",
                 "exec: \"nope\": not found"},
                {"failed to create shim task: no space left", "no space left"},
                {"no space left", "no space left"},
                {"", ""},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(messages); i++)
                assert_string_equal(pd_runtime_short(messages[i].message), messages[i].rest);
}

static void an_exit_status_may_be_a_signal(void **state)
{
        static const struct {
                int status;
                const char *text;
        } ends[] = {
                {0, "ended with exit status 0"},
                {3, "ended with exit status 3"},
                {128, "ended with exit status 128"},
                {139, "ended by signal 11"},
        };
        char text[64];

        (void)state;
        for (size_t i = 0; i < PD_COUNT(ends); i++) {
                pd_runtime_say_end(ends[i].status, text, sizeof(text));
                assert_string_equal(text, ends[i].text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_failed_pull_has_a_reason),
                cmocka_unit_test(a_failed_start_has_a_reason),
                cmocka_unit_test(what_the_layers_put_in_front_is_cut),
                cmocka_unit_test(an_exit_status_may_be_a_signal),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
