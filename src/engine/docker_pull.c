/* docker_pull.c - the images of a plan, pulled at the same time. */
#include "docker_pull.h"

#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/utf8.h"
#include "docker_batch.h"
#include "docker_credentials.h"
#include "json/get.h"
#include "json/json.h"
#include "lines.h"
#include "runtime_words.h"
#include "solution/image.h"

/* Layers whose progress is known at a time, and the longest of their names. */
#define MAX_LAYERS 128
#define MAX_LAYER  16
/* Progress is told not more often than this. */
#define TELL_EVERY_US 200000

#define MIB (1024.0 * 1024.0)

struct layer {
        char id[MAX_LAYER];
        uint64_t done;
        uint64_t total;
};

/* One image. */
struct pulling {
        const char *image;
        struct pd_docker_plan *plan;
        const struct pd_engine_watcher *watcher;
        struct pd_docker_credentials credentials;
        const char *headers[2];
        struct pd_lines lines;
        struct pd_fetch_sink sink;
        struct layer layers[MAX_LAYERS];
        size_t layer_count;
        int64_t told_us;
        char failure[448]; /* what the engine says went wrong; "": nothing */
};

static bool is_for(const struct pulling *pulling, const struct pd_docker_task *task)
{
        return pd_docker_task_pulls(task) &&
               strcmp(task->spec->workload->image, pulling->image) == 0;
}

static void tell_progress(struct pulling *pulling)
{
        struct pd_engine_event event = {.state = PD_STATE_PULLING};
        int64_t now_us = pd_clock_mono_us();
        char detail[64];

        if (now_us - pulling->told_us < TELL_EVERY_US)
                return;
        pulling->told_us = now_us;
        for (size_t i = 0; i < pulling->layer_count; i++) {
                event.done_bytes += pulling->layers[i].done;
                event.total_bytes += pulling->layers[i].total;
        }
        pd_format(detail, sizeof(detail), "%.1f of %.1f MiB", (double)event.done_bytes / MIB,
                  (double)event.total_bytes / MIB);
        event.detail = detail;
        for (size_t i = 0; i < pulling->plan->count; i++) {
                const struct pd_docker_task *task = &pulling->plan->tasks[i];

                event.workload = task->spec->workload->name;
                if (is_for(pulling, task))
                        pd_tell_event(pulling->watcher, event);
        }
}

static struct layer *layer_of(struct pulling *pulling, const char *id)
{
        for (size_t i = 0; i < pulling->layer_count; i++)
                if (strncmp(pulling->layers[i].id, id, MAX_LAYER - 1) == 0)
                        return &pulling->layers[i];
        if (pulling->layer_count == MAX_LAYERS)
                return NULL;
        pd_format(pulling->layers[pulling->layer_count].id, MAX_LAYER, "%s", id);
        return &pulling->layers[pulling->layer_count++];
}

/* `{"status": "Downloading", "id": LAYER, "progressDetail": {"current": N, "total": N}}`; the same
 * numbers come again when a layer is unpacked, which is no download. */
static void take_progress(struct pulling *pulling, const json_t *line)
{
        const char *status = pd_json_get_string(line, "status");
        const char *id = pd_json_get_string(line, "id");
        const json_t *detail = pd_json_get(line, "progressDetail");
        struct layer *layer;

        if (status == NULL || id == NULL || strlen(id) >= MAX_LAYER)
                return;
        layer = layer_of(pulling, id);
        if (layer == NULL)
                return;
        if (strcmp(status, "Downloading") == 0) {
                layer->done = (uint64_t)pd_json_get_int(detail, "current");
                layer->total = (uint64_t)pd_json_get_int(detail, "total");
        } else if (strcmp(status, "Download complete") == 0 ||
                   strcmp(status, "Pull complete") == 0) {
                layer->done = layer->total;
        }
        tell_progress(pulling);
}

static void fail(struct pulling *pulling, const char *message)
{
        pd_format(pulling->failure, sizeof(pulling->failure), "%s", message);
        pd_utf8_make_printable(pulling->failure);
}

static bool take_line(void *context, char *text, size_t len)
{
        struct pulling *pulling = context;
        pd_auto(pd_json_free_ptr) json_t *line = NULL;
        const char *failure;

        if (pd_json_parse(text, len, &pd_json_default_limits, &line, NULL) < 0)
                return true; /* an empty line, or words of a newer engine */
        failure = pd_json_get_string(line, "error");
        if (failure != NULL)
                fail(pulling, failure);
        else
                take_progress(pulling, line);
        return true;
}

static bool take_bytes(void *context, const char *bytes, size_t len)
{
        struct pulling *pulling = context;

        return pd_lines_feed(&pulling->lines, bytes, len);
}

/* Without a tag the engine would pull them all. */
static const char *pull_url(struct pd_docker *docker, struct pd_arena *arena, const char *text)
{
        struct pd_image image;
        struct pd_pair pairs[2] = {{"fromImage", NULL}, {"tag", "latest"}};
        const struct pd_pairs query = {pairs, PD_COUNT(pairs)};
        struct pd_span last;

        if (pd_image_parse(text, &image, NULL) < 0)
                return NULL; /* a solution has none such */
        last = image.digest.len > 0 ? image.digest : image.tag;
        pairs[0].value =
                pd_arena_copy(arena, text, (size_t)(image.path.at + image.path.len - text));
        if (last.len > 0)
                pairs[1].value = pd_arena_copy(arena, last.at, last.len);
        if (pairs[0].value == NULL || pairs[1].value == NULL)
                return NULL;
        return pd_docker_url(docker, arena, "/images/create", NULL, &query);
}

static int add_image(struct pd_docker *docker, struct pd_docker_batch *batch,
                     struct pulling *pulling, struct pd_err *err)
{
        const struct pd_engine_watcher *watcher = pulling->watcher;
        struct pd_fetch_request *request;

        pulling->lines = (struct pd_lines)PD_LINES_INIT(take_line, pulling);
        pulling->sink = (struct pd_fetch_sink){.take = take_bytes, .context = pulling};
        if (pd_docker_credentials_find(docker->config_folder, pulling->image, &batch->arena,
                                       &pulling->credentials, err) < 0 ||
            pd_docker_batch_add(batch, pulling, "POST",
                                pull_url(docker, &batch->arena, pulling->image), &request, err) < 0)
                return -1;
        pulling->headers[0] = pulling->credentials.header;
        request->headers = pulling->headers;
        request->sink = &pulling->sink;
        request->deadline_ms = PD_FETCH_NO_DEADLINE;
        request->cancel_fd = watcher != NULL ? watcher->cancel_fd : NULL;
        return 0;
}

/* Whether an earlier one of the list has the same image. */
static bool is_listed(const struct pulling *list, size_t count, const char *image)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(list[i].image, image) == 0)
                        return true;
        return false;
}

/* The image cannot be had: every workload that wants it fails. */
static void fail_tasks(const struct pulling *pulling)
{
        enum pd_reason reason = pd_runtime_pull_reason(pulling->failure);
        const char *helper = pulling->credentials.helper;
        struct pd_engine_event why;
        char advice[320];

        pd_format(advice, sizeof(advice), "%s", pd_reason_advice(reason));
        if (reason == PD_REASON_IMAGE_FORBIDDEN && helper != NULL)
                pd_format(advice, sizeof(advice),
                          "the credentials are kept by docker-credential-%s, which is not asked: "
                          "pull the image with docker itself, or write them into the `auths` of "
                          "config.json",
                          pd_show(helper).text);
        why = (struct pd_engine_event){
                .reason = reason,
                .detail = pulling->failure,
                .advice = advice,
        };
        for (size_t i = 0; i < pulling->plan->count; i++) {
                struct pd_docker_task *task = &pulling->plan->tasks[i];

                if (!is_for(pulling, task))
                        continue;
                pd_docker_task_fail(pulling->plan, task, pulling->watcher, &why);
        }
}

/* What became of one; only a loss of the engine itself ends everything. */
static int conclude(const struct pd_docker_batch *batch, size_t i, size_t *pulled,
                    struct pd_err *err)
{
        struct pulling *pulling = batch->subjects[i];

        if (batch->answers[i].status == 0) {
                if (err != NULL)
                        *err = batch->errs[i];
                return -1;
        }
        (void)pd_lines_end(&pulling->lines);
        if (batch->errs[i].code != PD_OK)
                fail(pulling, pd_docker_message(&batch->answers[i]).text);
        if (pulling->failure[0] != '\0')
                fail_tasks(pulling);
        else
                (*pulled)++;
        return 0;
}

static int pull_all(struct pd_docker *docker, struct pd_docker_batch *batch, struct pulling *list,
                    size_t *ret_pulled, struct pd_err *err)
{
        struct pd_docker_plan *plan = list[0].plan;
        size_t count = 0;
        int result = 0;

        for (size_t i = 0; i < plan->count; i++) {
                const struct pd_workload *workload = plan->tasks[i].spec->workload;

                if (!pd_docker_task_pulls(&plan->tasks[i]))
                        continue;
                pd_tell(list[0].watcher, workload->name, PD_STATE_PULLING);
                if (is_listed(list, count, workload->image))
                        continue;
                list[count].image = workload->image;
                list[count].plan = plan;
                list[count].watcher = list[0].watcher;
                if (add_image(docker, batch, &list[count++], err) < 0)
                        return -1;
        }
        *ret_pulled = 0;
        pd_docker_batch_send(batch);
        for (size_t i = 0; i < batch->count; i++)
                if (result == 0)
                        result = conclude(batch, i, ret_pulled, err);
        for (size_t i = 0; i < count; i++)
                pd_lines_done(&list[i].lines);
        return result;
}

int pd_docker_pull(struct pd_docker *docker, struct pd_docker_plan *plan,
                   const struct pd_engine_watcher *watcher, size_t *ret_pulled, struct pd_err *err)
{
        pd_auto(pd_docker_batch_done) struct pd_docker_batch batch = {0};
        struct pulling *list;

        if (pd_docker_batch_init(&batch, docker, plan->count, err) < 0)
                return -1;
        list = pd_arena_alloc(&batch.arena, plan->count + 1, sizeof(*list));
        if (list == NULL)
                return pd_fail_memory(err, "a pull");
        list[0].plan = plan;
        list[0].watcher = watcher;
        return pull_all(docker, &batch, list, ret_pulled, err);
}
