/* docker_reason.c - what the engine says, as states and reasons. */
#include "docker_reason.h"

#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/utf8.h"
#include "json/get.h"
#include "runtime_words.h"

/* Exit statuses. */
#define KILLED    137
#define NO_RIGHTS 126
#define NO_FILE   127

/* How its last run has ended, in words. */
static void judge_end(const json_t *inspect, const json_t *state, struct pd_docker_verdict *ret)
{
        int code = (int)pd_json_get_int(state, "ExitCode");
        bool has_limit = json_integer_value(pd_json_dig(inspect, "HostConfig", "Memory", NULL)) > 0;
        bool is_oom = pd_json_get_bool(state, "OOMKilled", false) ||
                      (code == KILLED && has_limit); /* Podman does not tell */

        ret->reason = is_oom ? PD_REASON_OUT_OF_MEMORY : PD_REASON_EXITED;
        if (is_oom)
                pd_format(ret->detail, sizeof(ret->detail), "%s", PD_RUNTIME_OUT_OF_MEMORY);
        else
                pd_runtime_say_end(code, ret->detail, sizeof(ret->detail));
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
        ret->reason = pd_runtime_start_reason(message);
        pd_format(ret->detail, sizeof(ret->detail), "%s", pd_runtime_short(message));
        pd_utf8_make_printable(ret->detail);
        return true;
}

static void judge_created(const json_t *inspect, const json_t *state, struct pd_docker_verdict *ret)
{
        ret->since_ms = pd_clock_read_rfc3339(pd_json_get_string(inspect, "Created"));
        if (!judge_error(state, ret))
                ret->state = PD_STATE_CREATED;
}

static void judge_restarting(const json_t *inspect, const json_t *state,
                             struct pd_docker_verdict *ret)
{
        ret->since_ms = pd_clock_read_rfc3339(pd_json_get_string(state, "FinishedAt"));
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

        ret->since_ms = pd_clock_read_rfc3339(pd_json_get_string(state, "StartedAt"));
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
                .restarts = (unsigned)pd_json_get_int(inspect, "RestartCount"),
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
