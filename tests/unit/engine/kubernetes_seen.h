/* kubernetes_seen.h - what an API might say of a workload, and the verdict that is wanted. Single
 * quotes stand for double ones. */
#ifndef PD_TEST_KUBERNETES_SEEN_H
#define PD_TEST_KUBERNETES_SEEN_H

#include <stddef.h>

#include <jansson.h>

#include "kubernetes_reason.h"

/* 2026-01-01T00:01:00Z: a minute after everything that is said here. */
#define PD_SEEN_NOW_MS INT64_C(1767225660000)
#define PAST           "'2026-01-01T00:00:00Z'"
#define JUST           "'2026-01-01T00:00:59Z'"

#define META(more) "'metadata': {'labels': {'playground/workload': 'n'}, 'uid': 'u'" more "}"
#define CURRENT                                                                                    \
        "'observedGeneration': 1, 'replicas': 1, 'updatedReplicas': 1, 'availableReplicas': 1"
#define OBSERVED "'observedGeneration': 1"
#define UPDATED  OBSERVED ", 'updatedReplicas': 1"
#define DEPLOYMENT(status)                                                                         \
        "{'metadata': {'labels': {'playground/workload': 'n'}, 'generation': 1,"                   \
        " 'creationTimestamp': " PAST "}, 'spec': {'replicas': 1}, 'status': {" status "}}"
#define POD(status)        "{" META(", 'creationTimestamp': " PAST) ", 'status': {" status "}}"
#define CONTAINER(members) POD("'containerStatuses': [{" members "}]")
#define PROBED(members)                                                                            \
        "{" META(", 'creationTimestamp': " PAST) ", 'spec': {'containers': [{'readinessProbe': "   \
                                                 "{}}]},"                                          \
                                                 " 'status': {'containerStatuses': [{" members     \
                                                 "}]}}"
#define EVENT(reason, message) EVENT_AT(reason, message, "null")
#define EVENT_AT(reason, message, time)                                                            \
        "{'reason': '" reason "', 'message': '" message "', 'lastTimestamp': " time                \
        ", 'involvedObject': {'uid': 'u'}}"

#define ENDED(reason, code)                                                                        \
        "{'terminated': {'reason': '" reason "', 'exitCode': " code ", 'finishedAt': " PAST "}}"
#define WAITS(reason, message)                                                                     \
        "'state': {'waiting': {'reason': '" reason "', 'message': '" message "'}}"
#define RUNS(since) "'state': {'running': {'startedAt': " since "}}"
#define NO_PLACE(since, message)                                                                   \
        "'conditions': [{'type': 'PodScheduled', 'status': 'False', 'reason': 'Unschedulable',"    \
        " 'lastTransitionTime': " since ", 'message': '" message "'}]"
#define PLACED(since)                                                                              \
        "'conditions': [{'type': 'PodScheduled', 'status': 'True', 'lastTransitionTime': " since   \
        "}]"

struct pd_seen_row {
        const char *name;
        const char *deployment;
        const char *pods;   /* with commas between them; NULL: none */
        const char *events; /* likewise */
        enum pd_state state;
        enum pd_reason reason;
        const char *detail;
};

/* Judge each row, and fail where the verdict is another one. */
void pd_seen_check(const struct pd_seen_row *rows, size_t count);

/* Such pods or events as an array, the caller's. */
json_t *pd_seen_list(const char *items);

#endif
