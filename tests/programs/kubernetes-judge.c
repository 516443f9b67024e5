/*
 * kubernetes-judge.c - what the engine thinks of Deployments that kubectl has told of.
 *
 * Reads {"deployments": [...], "pods": [...], "events": [...]}; writes {NAME: {"state":, "reason":,
 * "detail":, "restarts":}}.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "json/get.h"
#include "json/json.h"
#include "kubernetes_reason.h"

#define MAX_INPUT (64 * 1024 * 1024)

static json_t *verdict_json(const json_t *input, const json_t *deployment)
{
        const struct pd_kubernetes_seen seen = {
                .deployment = deployment,
                .pods = pd_json_get(input, "pods"),
                .events = pd_json_get(input, "events"),
                .now_ms = pd_clock_unix_ms(),
        };
        struct pd_kubernetes_verdict verdict;

        pd_kubernetes_judge(&seen, &verdict);
        return json_pack("{s:s, s:s, s:s, s:i}", "state", pd_state_name(verdict.state), "reason",
                         pd_reason_name(verdict.reason), "detail", verdict.detail, "restarts",
                         (int)verdict.restarts);
}

static int judge_all(const json_t *input, json_t *verdicts, struct pd_err *err)
{
        json_t *deployment;
        size_t i;

        json_array_foreach (pd_json_get(input, "deployments"), i, deployment) {
                const char *name = pd_json_get_string(pd_json_get(deployment, "metadata"), "name");

                if (name == NULL ||
                    json_object_set_new(verdicts, name, verdict_json(input, deployment)) < 0)
                        return pd_fail(err, PD_E_INVALID, 0, "a Deployment without a name");
        }
        return 0;
}

static int run(struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_json_free_ptr) json_t *input = NULL;
        pd_auto(pd_json_free_ptr) json_t *verdicts = json_object();
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(MAX_INPUT);
        size_t len;

        if (pd_file_read_fd(0, "standard input", MAX_INPUT, &text, &len, err) < 0 ||
            pd_json_parse(text, len, &pd_json_default_limits, &input, err) < 0 ||
            judge_all(input, verdicts, err) < 0)
                return -1;
        pd_json_write(&out, verdicts, PD_JSON_INDENT);
        if (pd_buf_check(&out, "the verdicts", err) < 0)
                return -1;
        return pd_file_write_fd(1, "standard output", out.data, out.len, err);
}

int main(void)
{
        struct pd_err err = {0};

        if (run(&err) == 0)
                return 0;
        (void)fprintf(stderr, "kubernetes-judge: %s\n", err.msg);
        return pd_err_exit(err.code);
}
