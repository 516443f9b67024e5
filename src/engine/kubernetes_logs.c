/* kubernetes_logs.c - what the containers of a deployment have written. */
#include "kubernetes_logs.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "choice.h"
#include "json/get.h"
#include "kubernetes_reason.h"
#include "lines.h"
#include "log.h"

/* For a log that is not followed. */
#define LOG_DEADLINE_MS 120000

/* What is asked for, and room for it. */
struct query {
        struct pd_pair pairs[5];
        struct pd_pairs all;
        char tail[24], limit[24], since[PD_RFC3339_SIZE];
};

static void add_pair(struct query *query, const char *name, const char *value)
{
        query->pairs[query->all.count++] = (struct pd_pair){name, value};
        query->all.at = query->pairs;
}

static void add_tail(struct query *query, int64_t lines)
{
        pd_format(query->tail, sizeof(query->tail), "%" PRId64, lines);
        add_pair(query, "tailLines", query->tail);
}

static const char *log_path(struct pd_arena *arena, const json_t *pod)
{
        const json_t *metadata = pd_json_get(pod, "metadata");
        const char *path = pd_kubernetes_core_path(arena, pd_json_get_string(metadata, "namespace"),
                                                   "pods", pd_json_get_string(metadata, "name"));

        return path != NULL ? pd_arena_printf(arena, "%s/log", path) : NULL;
}

/* --- The last lines --- */

/* What runs now has not failed: that was the one before it. */
static bool runs_again(const json_t *pod)
{
        const json_t *status =
                json_array_get(pd_json_dig(pod, "status", "containerStatuses", NULL), 0);

        return pd_json_dig(status, "state", "running", NULL) != NULL &&
               pd_json_dig(status, "lastState", "terminated", NULL) != NULL;
}

const char *pd_kubernetes_last_lines(const struct pd_kubernetes *kubernetes, struct pd_arena *arena,
                                     const json_t *pod)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        struct query query = {0};
        struct pd_err why = {0};
        char *text;

        if (pod == NULL)
                return "";
        add_tail(&query, PD_ENGINE_REASON_LINES);
        pd_format(query.limit, sizeof(query.limit), "%d", PD_ENGINE_REASON_BYTES);
        add_pair(&query, "limitBytes", query.limit);
        if (runs_again(pod))
                add_pair(&query, "previous", "true");
        pd_kubernetes_send(kubernetes,
                           &(struct pd_kubernetes_call){
                                   .path = log_path(arena, pod),
                                   .query = &query.all,
                                   .is_once = true,
                           },
                           1, &answer, &why);
        text = why.code == PD_OK ? pd_arena_copy(arena, answer.body, answer.len) : NULL;
        if (text == NULL)
                return "";
        pd_lines_make_printable(text);
        return text;
}

/* --- Logs --- */

struct reading {
        struct pd_log log;
        struct query query;
        struct pd_lines lines;
        struct pd_fetch_sink sink;
};

struct readings {
        struct pd_arena arena;
        struct pd_kubernetes_call *calls;
        struct reading **at;
        size_t count;
        size_t answered; /* of those */
};

static bool take_bytes(void *context, const char *bytes, size_t len)
{
        struct reading *reading = context;

        return pd_lines_feed(&reading->lines, bytes, len);
}

static void take_end(void *context)
{
        struct reading *reading = context;

        if (!reading->log.is_full)
                (void)pd_lines_end(&reading->lines);
}

static int add_log(struct readings *readings, const struct pd_kubernetes_item *item,
                   const json_t *pod, const struct pd_engine_logs *logs, struct pd_err *err)
{
        struct reading *reading = pd_arena_alloc(&readings->arena, 1, sizeof(*reading));

        if (reading == NULL)
                return pd_fail_memory(err, "a log");
        *reading = (struct reading){
                .log = {.wanted = logs, .workload = item->workload},
                .lines = PD_LINES_INIT(pd_log_take_line, &reading->log),
                .sink = {.take = take_bytes, .end = take_end, .context = reading},
        };
        add_pair(&reading->query, "timestamps", "true");
        if (logs->follow)
                add_pair(&reading->query, "follow", "true");
        if (logs->previous)
                add_pair(&reading->query, "previous", "true");
        if (logs->tail >= 0)
                add_tail(&reading->query, logs->tail);
        if (logs->since_ms > 0) {
                pd_clock_rfc3339(logs->since_ms, reading->query.since);
                add_pair(&reading->query, "sinceTime", reading->query.since);
        }
        readings->calls[readings->count] = (struct pd_kubernetes_call){
                .path = log_path(&readings->arena, pod),
                .query = &reading->query.all,
                .deadline_ms = logs->follow ? PD_FETCH_NO_DEADLINE : LOG_DEADLINE_MS,
                .sink = &reading->sink,
                .cancel_fd = logs->cancel_fd,
        };
        readings->at[readings->count++] = reading;
        return 0;
}

/* A log for each workload that is wanted and has a pod. */
static int add_logs(struct readings *readings, const struct pd_kubernetes_deployed *deployed,
                    const struct pd_engine_logs *logs, struct pd_err *err)
{
        bool is_known = logs->workload == NULL;

        readings->calls =
                pd_arena_alloc(&readings->arena, deployed->count, sizeof(*readings->calls));
        readings->at = pd_arena_alloc(&readings->arena, deployed->count, sizeof(struct reading *));
        if (readings->calls == NULL || readings->at == NULL)
                return pd_fail_memory(err, "logs");
        for (size_t i = 0; i < deployed->count; i++) {
                const struct pd_kubernetes_item *item = &deployed->items[i];
                const json_t *pod;

                if (item->kind != PD_KUBERNETES_DEPLOYMENT ||
                    !pd_choice_has(logs->workload, item->workload))
                        continue;
                is_known = true;
                pod = pd_kubernetes_newest_pod(item->json, deployed->pods);
                if (pod != NULL && add_log(readings, item, pod, logs, err) < 0)
                        return -1;
        }
        if (!is_known)
                return pd_choice_fail(logs->workload, deployed->name, err);
        return 0;
}

/* A container that was not made yet, or is gone by now, has written nothing. */
static bool is_empty(const struct pd_err *why)
{
        return why->code == PD_E_UNPROCESSABLE || why->code == PD_E_NOT_FOUND;
}

static int read_all(const struct pd_kubernetes *kubernetes, struct readings *readings,
                    struct pd_err *err)
{
        size_t count = readings->count;
        struct pd_fetch_answer *answers =
                pd_arena_alloc(&readings->arena, count + 1, sizeof(*answers));
        struct pd_err *errs = pd_arena_alloc(&readings->arena, count + 1, sizeof(*errs));
        int result = 0;

        if (answers == NULL || errs == NULL)
                return pd_fail_memory(err, "logs");
        pd_kubernetes_send(kubernetes, readings->calls, count, answers, errs);
        for (size_t i = 0; i < count; i++) {
                const struct reading *reading = readings->at[i];

                readings->answered += errs[i].code == PD_OK;
                if (result == 0 && reading->lines.rest.failed != 0)
                        result = pd_fail_memory(err, "a log");
                if (result == 0 && errs[i].code != PD_OK && !is_empty(&errs[i])) {
                        (void)pd_wrap(&errs[i], "the log of '%s'", reading->log.workload);
                        result = -1;
                        if (err != NULL)
                                *err = errs[i];
                }
                pd_fetch_answer_done(&answers[i]);
        }
        return result;
}

static void readings_done(struct readings *readings)
{
        for (size_t i = 0; i < readings->count; i++)
                pd_lines_done(&readings->at[i]->lines);
        pd_arena_done(&readings->arena);
}

int pd_kubernetes_logs(const struct pd_kubernetes *kubernetes, const char *name,
                       const struct pd_engine_logs *query, struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        pd_auto(readings_done) struct readings readings = {0};

        if (pd_kubernetes_find_one(kubernetes, name, PD_LOOK_STATE, &found, err) < 0 ||
            add_logs(&readings, &found.at[0], query, err) < 0)
                return -1;
        if (read_all(kubernetes, &readings, err) < 0)
                return -1;
        if (query->previous && readings.answered == 0)
                return pd_fail(err, PD_E_NOT_FOUND, 0,
                               "no container of '%s' has ended before the one that is there: leave "
                               "--previous out",
                               query->workload != NULL ? query->workload : name);
        return 0;
}
