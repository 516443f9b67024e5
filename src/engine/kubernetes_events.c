/* kubernetes_events.c - what the events of a namespace tell of a pod. */
#include "kubernetes_events.h"

#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "json/get.h"
#include "runtime_words.h"

/* How the kubelet's word of an image that it could not pull begins. */
#define FAILED_TRY "Failed to pull image"

bool pd_kubernetes_is_vague(const json_t *event)
{
        static const char *const words[] = {
                "timed out waiting for",
                "no relationship found between node",
                "not registered",
        };

        return pd_runtime_says(pd_json_get_text(event, "message"), words, PD_COUNT(words));
}

static int64_t happened_at(const json_t *event)
{
        int64_t last = pd_clock_read_rfc3339(pd_json_get_string(event, "lastTimestamp"));

        return last != 0 ? last : pd_clock_read_rfc3339(pd_json_get_string(event, "eventTime"));
}

static bool says_more(const json_t *event, const json_t *than)
{
        if (than == NULL || pd_kubernetes_is_vague(event) != pd_kubernetes_is_vague(than))
                return than == NULL || pd_kubernetes_is_vague(than);
        return happened_at(event) >= happened_at(than);
}

static bool is_of(const json_t *event, const json_t *pod, const char *reason)
{
        const char *uid = pd_json_get_text(pd_json_get(pod, "metadata"), "uid");

        return pd_json_has_text(event, "reason", reason) &&
               pd_json_has_text(pd_json_get(event, "involvedObject"), "uid", uid);
}

const json_t *pd_kubernetes_find_event(const json_t *events, const json_t *pod, const char *reason)
{
        const json_t *found = NULL;
        json_t *event;
        size_t i;

        json_array_foreach (pd_json_unconst(events), i, event) {
                if (is_of(event, pod, reason) && says_more(event, found))
                        found = event;
        }
        return found;
}

/* The kubelet tells of each try that has failed, and of other failures by the same reason. */
static bool is_failed_try(const json_t *event, const json_t *pod)
{
        const char *message = pd_json_get_text(event, "message");

        return is_of(event, pod, "Failed") && strncmp(message, FAILED_TRY, strlen(FAILED_TRY)) == 0;
}

struct pd_kubernetes_tries pd_kubernetes_find_tries(const json_t *events, const json_t *pod)
{
        struct pd_kubernetes_tries tries = {0};
        json_t *event;
        size_t i;

        json_array_foreach (pd_json_unconst(events), i, event) {
                int64_t count = pd_json_get_int(event, "count");

                if (!is_failed_try(event, pod))
                        continue;
                tries.count += count > 0 ? count : 1;
                if (tries.last == NULL || happened_at(event) >= happened_at(tries.last))
                        tries.last = event;
        }
        return tries;
}
