/* docker_logs.c - logs of containers. */
#include "docker_logs.h"

#include <inttypes.h>

#include "base/format.h"
#include "choice.h"
#include "docker_batch.h"
#include "docker_frames.h"
#include "log.h"

int pd_docker_log_request(const struct pd_docker *docker, struct pd_arena *arena,
                          const struct pd_docker_container *container,
                          const struct pd_docker_log_query *query, struct pd_fetch_request *ret,
                          struct pd_err *err)
{
        char tail[24] = "all", since[32];
        struct pd_pair pairs[] = {
                {"stdout", "true"},
                {"stderr", "true"},
                {"follow", query->follow ? "true" : "false"},
                {"timestamps", query->with_times ? "true" : "false"},
                {"tail", tail},
                {"since", since},
        };
        const struct pd_pairs all = {pairs, PD_COUNT(pairs)};

        if (query->tail >= 0)
                pd_format(tail, sizeof(tail), "%" PRId64, query->tail);
        pd_format(since, sizeof(since), "%" PRId64 ".%03d", query->since_ms / 1000,
                  (int)(query->since_ms % 1000));
        return pd_docker_request(
                docker, "GET",
                pd_docker_url(docker, arena, "/containers/%s/logs", container->id, &all), ret, err);
}

struct reading {
        struct pd_log log;
        struct pd_docker_frames frames;
        struct pd_fetch_sink sink;
        bool is_broken;
};

static bool take_bytes(void *context, const char *bytes, size_t len)
{
        struct reading *reading = context;

        return pd_docker_frames_feed(&reading->frames, bytes, len, &reading->is_broken);
}

static int add_log(struct pd_docker *docker, struct pd_docker_batch *batch,
                   const struct pd_docker_container *container, const struct pd_engine_logs *logs,
                   struct pd_err *err)
{
        const struct pd_docker_log_query query = {
                .follow = logs->follow,
                .with_times = true,
                .tail = logs->tail,
                .since_ms = logs->since_ms,
        };
        struct reading *reading = pd_arena_alloc(&batch->arena, 1, sizeof(*reading));
        struct pd_fetch_request *request = &batch->requests[batch->count];

        if (reading == NULL)
                return pd_fail_memory(err, "a log");
        *reading = (struct reading){
                .log = {.wanted = logs, .workload = container->workload},
                .frames = PD_DOCKER_FRAMES_INIT(pd_log_take_line, &reading->log),
                .sink = {.take = take_bytes, .context = reading},
        };
        if (pd_docker_log_request(docker, &batch->arena, container, &query, request, err) < 0)
                return -1;
        request->sink = &reading->sink;
        request->cancel_fd = logs->cancel_fd;
        request->deadline_ms = logs->follow ? PD_FETCH_NO_DEADLINE : PD_DOCKER_SLOW_DEADLINE_MS;
        batch->subjects[batch->count++] = reading;
        return 0;
}

static int conclude(const struct pd_docker_batch *batch, struct pd_err *err)
{
        for (size_t i = 0; i < batch->count; i++) {
                const struct reading *reading = batch->subjects[i];

                if (reading->is_broken)
                        return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                                       "what the engine sends as the log of '%s' is none",
                                       reading->log.workload);
                if (reading->frames.lines.rest.failed != 0)
                        return pd_fail_memory(err, "a log");
        }
        return pd_docker_batch_check(batch, err);
}

static int read_logs(struct pd_docker *docker, const struct pd_docker_deployed *deployed,
                     const struct pd_engine_logs *logs, struct pd_docker_batch *batch,
                     struct pd_err *err)
{
        int result;

        for (size_t i = 0; i < deployed->count; i++)
                if (pd_choice_has(logs->workload, deployed->containers[i].workload) &&
                    add_log(docker, batch, &deployed->containers[i], logs, err) < 0)
                        return -1;
        if (logs->workload != NULL && batch->count == 0)
                return pd_choice_fail(logs->workload, deployed->name, err);
        pd_docker_batch_send(batch);
        result = conclude(batch, err);
        for (size_t i = 0; i < batch->count; i++) {
                struct reading *reading = batch->subjects[i];

                pd_docker_frames_done(&reading->frames);
        }
        return result;
}

int pd_docker_logs(struct pd_docker *docker, const char *name, const struct pd_engine_logs *logs,
                   struct pd_err *err)
{
        pd_auto(pd_docker_found_done) struct pd_docker_found found = {0};
        pd_auto(pd_docker_batch_done) struct pd_docker_batch batch = {0};

        if (logs->previous)
                return pd_fail(err, PD_E_INVALID, 0,
                               "a container has one log here, over all its restarts: leave "
                               "--previous out");
        if (pd_docker_find_one(docker, name, &found, err) < 0 ||
            pd_docker_batch_init(&batch, docker, found.at[0].count, err) < 0)
                return -1;
        return read_logs(docker, &found.at[0], logs, &batch, err);
}
