/* docker_reason.c - what the engine says, as states and reasons. */
#include "docker_reason.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "base/attr.h"
#include "base/format.h"
#include "base/utf8.h"
#include "json/get.h"

/* Of a program that a signal has ended, the exit status is this and the signal's number. */
#define SIGNALED  128
#define KILLED    (SIGNALED + 9)
#define NO_RIGHTS 126
#define NO_FILE   127

/* --- Words --- */

struct word {
        const char *part;
        enum pd_reason reason;
};

/* The first row whose words are in the message. */
static enum pd_reason find_reason(const struct word *words, size_t count, const char *message,
                                  enum pd_reason otherwise)
{
        for (size_t i = 0; i < count; i++)
                if (strcasestr(message, words[i].part) != NULL)
                        return words[i].reason;
        return otherwise;
}

enum pd_reason pd_docker_pull_reason(const char *message)
{
        static const struct word words[] = {
                {"invalid reference format", PD_REASON_IMAGE_INVALID},
                {"dial tcp", PD_REASON_IMAGE_UNREACHABLE},
                {"no such host", PD_REASON_IMAGE_UNREACHABLE},
                {"connection refused", PD_REASON_IMAGE_UNREACHABLE},
                {"connection reset", PD_REASON_IMAGE_UNREACHABLE},
                {"name resolution", PD_REASON_IMAGE_UNREACHABLE},
                {"i/o timeout", PD_REASON_IMAGE_UNREACHABLE},
                {"tls: ", PD_REASON_IMAGE_UNREACHABLE},
                {"x509: ", PD_REASON_IMAGE_UNREACHABLE},
                {"TLS handshake", PD_REASON_IMAGE_UNREACHABLE},
                {"HTTP response to HTTPS client", PD_REASON_IMAGE_UNREACHABLE},
                {"deadline exceeded", PD_REASON_IMAGE_UNREACHABLE},
                {"request canceled", PD_REASON_IMAGE_UNREACHABLE},
                {"unauthorized", PD_REASON_IMAGE_FORBIDDEN},
                {"authentication required", PD_REASON_IMAGE_FORBIDDEN},
                {"no basic auth credentials", PD_REASON_IMAGE_FORBIDDEN},
                {"incorrect username or password", PD_REASON_IMAGE_FORBIDDEN},
                {"denied", PD_REASON_IMAGE_FORBIDDEN},
                {"forbidden", PD_REASON_IMAGE_FORBIDDEN},
                {"manifest unknown", PD_REASON_IMAGE_ABSENT},
                {"name unknown", PD_REASON_IMAGE_ABSENT},
                {"no such image", PD_REASON_IMAGE_ABSENT},
                {"not found", PD_REASON_IMAGE_ABSENT},
                {"no matching manifest", PD_REASON_IMAGE_ABSENT},
        };

        return find_reason(words, PD_COUNT(words), message, PD_REASON_IMAGE_OTHER);
}

enum pd_reason pd_docker_start_reason(const char *message)
{
        static const struct word words[] = {
                {"executable file not found", PD_REASON_COMMAND_ABSENT},
                {"executable file `", PD_REASON_COMMAND_ABSENT}, /* crun */
                {"exec format error", PD_REASON_COMMAND_ABSENT},
                {"no command specified", PD_REASON_COMMAND_ABSENT},
                {"port is already allocated", PD_REASON_PORT_TAKEN},
                {"address already in use", PD_REASON_PORT_TAKEN},
                {"no such image", PD_REASON_IMAGE_ABSENT},
                {"cannot allocate memory", PD_REASON_OUT_OF_MEMORY},
                {"unable to set memory limit", PD_REASON_OUT_OF_MEMORY}, /* less than it has now */
                {"OOM-killed", PD_REASON_OUT_OF_MEMORY},
                {"Range of CPUs", PD_REASON_UNSCHEDULABLE},
                {"could not select device driver", PD_REASON_UNSCHEDULABLE},
                {"error while mounting", PD_REASON_MOUNT},
                {"exec: \"", PD_REASON_COMMAND_ABSENT},
        };

        return find_reason(words, PD_COUNT(words), message, PD_REASON_REFUSED);
}

const char *pd_docker_short(const char *message)
{
        static const char *const fronts[] = {
                "unable to start container process: ",
                "OCI runtime create failed: ",
                "failed to create shim task: ",
                "driver failed programming external connectivity on endpoint ",
        };

        for (size_t i = 0; i < PD_COUNT(fronts); i++) {
                const char *at = strstr(message, fronts[i]);

                if (at != NULL)
                        return at + strlen(fronts[i]);
        }
        return message;
}

/* --- Times --- */

/* "Z" or "+01:00" in seconds. */
static int64_t read_zone(const char *text)
{
        struct tm offset = {0};

        if ((text[0] != '+' && text[0] != '-') || strptime(text + 1, "%H:%M", &offset) == NULL)
                return 0;
        return (text[0] == '-' ? -1 : 1) * (offset.tm_hour * 3600 + offset.tm_min * 60);
}

int64_t pd_docker_time(const char *text)
{
        struct tm day = {0};
        const char *rest = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &day) : NULL;
        int64_t ms = 0, place = 100, seconds;

        if (rest == NULL)
                return 0;
        if (*rest == '.')
                for (rest++; *rest >= '0' && *rest <= '9'; rest++, place /= 10)
                        ms += place * (*rest - '0');
        seconds = (int64_t)timegm(&day) - read_zone(rest);
        return seconds > 0 ? seconds * 1000 + ms : 0;
}

/* --- Containers --- */

/* How its last run has ended, in words. */
static void judge_end(const json_t *inspect, const json_t *state, struct pd_docker_verdict *ret)
{
        int64_t code = json_integer_value(pd_json_get(state, "ExitCode"));
        bool has_limit = json_integer_value(pd_json_dig(inspect, "HostConfig", "Memory", NULL)) > 0;
        bool is_oom = pd_json_get_bool(state, "OOMKilled", false) ||
                      (code == KILLED && has_limit); /* Podman does not tell */

        ret->reason = is_oom ? PD_REASON_OUT_OF_MEMORY : PD_REASON_EXITED;
        if (is_oom)
                pd_format(ret->detail, sizeof(ret->detail),
                          "killed, for it wanted more memory than "
                          "it may have");
        else if (code > SIGNALED)
                pd_format(ret->detail, sizeof(ret->detail), "ended by signal %d",
                          (int)(code - SIGNALED));
        else
                pd_format(ret->detail, sizeof(ret->detail), "ended with exit status %d", (int)code);
        if (code == NO_FILE || code == NO_RIGHTS)
                ret->reason = PD_REASON_COMMAND_ABSENT;
}

/* The engine could not run it at all. */
static bool judge_error(const json_t *state, struct pd_docker_verdict *ret)
{
        const char *message = pd_json_get_string(state, "Error");

        if (message == NULL || message[0] == '\0')
                return false;
        ret->state = PD_STATE_FAILED;
        ret->reason = pd_docker_start_reason(message);
        pd_format(ret->detail, sizeof(ret->detail), "%s", pd_docker_short(message));
        pd_utf8_make_printable(ret->detail);
        return true;
}

static void judge_created(const json_t *inspect, const json_t *state, struct pd_docker_verdict *ret)
{
        ret->since_ms = pd_docker_time(pd_json_get_string(inspect, "Created"));
        if (!judge_error(state, ret))
                ret->state = PD_STATE_CREATED;
}

static void judge_restarting(const json_t *inspect, const json_t *state,
                             struct pd_docker_verdict *ret)
{
        ret->since_ms = pd_docker_time(pd_json_get_string(state, "FinishedAt"));
        judge_end(inspect, state, ret);
        ret->state =
                ret->restarts >= PD_DOCKER_MAX_RESTARTS ? PD_STATE_FAILED : PD_STATE_RESTARTING;
}

static void judge_ended(const json_t *inspect, const json_t *state,
                        const struct pd_docker_circumstances *around, struct pd_docker_verdict *ret)
{
        judge_restarting(inspect, state, ret);
        if (judge_error(state, ret))
                return;
        if (!around->is_podman || around->now_ms - ret->since_ms > PD_DOCKER_PODMAN_MS)
                ret->state = PD_STATE_STOPPED;
}

/* It runs again: how it ended before, the engine has forgotten but for one thing. */
static void judge_again(const json_t *state, struct pd_docker_verdict *ret)
{
        bool is_oom = pd_json_get_bool(state, "OOMKilled", false);

        ret->state = PD_STATE_RESTARTING;
        ret->reason = is_oom ? PD_REASON_OUT_OF_MEMORY : PD_REASON_EXITED;
        pd_format(ret->detail, sizeof(ret->detail), "has ended and was started again, %u times",
                  ret->restarts);
}

static void judge_silent(int64_t age_ms, struct pd_docker_verdict *ret)
{
        ret->state = PD_STATE_STARTING;
        if (age_ms <= PD_DOCKER_SILENT_MS)
                return;
        ret->reason = PD_REASON_NOT_ANSWERING;
        pd_format(ret->detail, sizeof(ret->detail), "runs, but does not answer at its port");
}

static void judge_running(const json_t *state, const struct pd_docker_circumstances *around,
                          struct pd_docker_verdict *ret)
{
        const char *health = pd_json_get_string(pd_json_get(state, "Health"), "Status");
        int64_t age_ms;

        ret->since_ms = pd_docker_time(pd_json_get_string(state, "StartedAt"));
        age_ms = around->now_ms - ret->since_ms;
        if (health != NULL && strcmp(health, "unhealthy") == 0) {
                ret->state = PD_STATE_FAILED;
                ret->reason = PD_REASON_UNHEALTHY;
                pd_format(ret->detail, sizeof(ret->detail), "the image's own health check fails");
        } else if (ret->restarts > 0 && around->answering != PD_ANSWERING_YES &&
                   age_ms <= PD_DOCKER_SILENT_MS) {
                judge_again(state, ret);
        } else if (around->answering == PD_ANSWERING_NO) {
                judge_silent(age_ms, ret);
        } else {
                bool is_starting = health != NULL && strcmp(health, "starting") == 0;

                ret->state = is_starting ? PD_STATE_STARTING : PD_STATE_READY;
        }
}

void pd_docker_judge(const json_t *inspect, const struct pd_docker_circumstances *around,
                     struct pd_docker_verdict *ret)
{
        const json_t *state = pd_json_get(inspect, "State");
        const char *status = pd_json_get_string(state, "Status");

        *ret = (struct pd_docker_verdict){
                .state = PD_STATE_WAITING,
                .restarts = (unsigned)json_integer_value(pd_json_get(inspect, "RestartCount")),
        };
        if (status == NULL)
                return;
        if (strcmp(status, "running") == 0) {
                judge_running(state, around, ret);
        } else if (strcmp(status, "restarting") == 0) {
                judge_restarting(inspect, state, ret);
        } else if (strcmp(status, "exited") == 0 || strcmp(status, "dead") == 0 ||
                   strcmp(status, "stopped") == 0) {
                judge_ended(inspect, state, around, ret);
        } else if (strcmp(status, "removing") == 0) {
                ret->state = PD_STATE_REMOVING;
        } else if (strcmp(status, "paused") == 0) {
                ret->state = PD_STATE_STOPPED;
                pd_format(ret->detail, sizeof(ret->detail), "paused");
        } else {
                judge_created(inspect, state, ret); /* "initialized", "configured" of Podman too */
        }
}
