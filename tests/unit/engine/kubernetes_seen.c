/* kubernetes_seen.c - what an API might say of a workload. */
#include "kubernetes_seen.h"

#include "pd_test.h"
#include "quoted_json.h"

#include <stdio.h>

json_t *pd_seen_list(const char *items)
{
        char text[4096];

        (void)snprintf(text, sizeof(text), "[%s]", items != NULL ? items : "");
        return pd_test_json(text);
}

static void check(const struct pd_seen_row *row)
{
        json_t *deployment = pd_test_json(row->deployment);
        json_t *pods = pd_seen_list(row->pods);
        json_t *events = pd_seen_list(row->events);
        const struct pd_kubernetes_seen seen = {.deployment = json_is_null(deployment) ? NULL
                                                                                       : deployment,
                                                .pods = pods,
                                                .events = events,
                                                .now_ms = PD_SEEN_NOW_MS};
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

void pd_seen_check(const struct pd_seen_row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++)
                check(&rows[i]);
}
