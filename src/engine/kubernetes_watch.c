/* kubernetes_watch.c - a namespace as it is, kept so: Deployments, pods, and events of pods. */
#include "kubernetes_watch.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/timerfd.h>

#include "base/clock.h"
#include "base/own.h"
#include "fetch/pace.h"
#include "json/json.h"
#include "kubernetes_collection.h"
#include "kubernetes_kind.h"
#include "waiting.h"

#define STREAMS 3
/* The API server ends a watch after so long; it is late then. */
#define WATCH_S           "60"
#define WATCH_DEADLINE_MS 70000
/* The API server may be out of order for so long. */
#define PATIENCE_US INT64_C(60000000)
/* A watch that ends by itself before was cut short. */
#define SHORT_US INT64_C(10000000)
/* No call is made at a time nearer than this. */
#define SOONEST_MS 200
#define GONE       410

struct watching;

/* A collection, and the watch that keeps it. */
struct stream {
        struct watching *watching;
        struct pd_kubernetes_collection collection;
        const char *path;
        struct pd_pair query[5]; /* the first is for a list as well */
        struct pd_pairs list_query, watch_query;
        struct pd_fetch_sink sink;
};

/*
 * It goes in rounds: what is not known is listed, then all is watched at the same time, until one
 * of the watches ends or the alarm goes off; then all are begun again where they were.
 */
struct watching {
        const struct pd_kubernetes *kubernetes;
        const struct pd_kubernetes_watch *watch;
        struct pd_arena arena;
        struct stream streams[STREAMS]; /* Deployments, pods, events */
        int64_t ends_us;
        bool is_enough;
        int timer;
        int alarm; /* readable by the timer, and by who cancels: the round is over */
        bool is_over;
        const struct stream *ended; /* by itself; NULL: the alarm came before */
        unsigned short_rounds;      /* one after another */
        struct pd_err failure;      /* of the last round */
        int64_t well_us;            /* when a round was last good */
};

/* --- The alarm --- */

static int add_to(int alarm, int fd)
{
        struct epoll_event event = {.events = EPOLLIN};

        return epoll_ctl(alarm, EPOLL_CTL_ADD, fd, &event);
}

static int open_alarm(struct watching *watching, struct pd_err *err)
{
        const int *cancel_fd = watching->watch->cancel_fd;

        watching->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        watching->alarm = epoll_create1(EPOLL_CLOEXEC);
        if (watching->timer < 0 || watching->alarm < 0 ||
            add_to(watching->alarm, watching->timer) < 0 ||
            (cancel_fd != NULL && add_to(watching->alarm, *cancel_fd) < 0))
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot wait for the cluster");
        return 0;
}

static void set_alarm(struct watching *watching, int64_t at_us)
{
        const struct itimerspec at = {
                .it_value = {.tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000}};

        (void)timerfd_settime(watching->timer, TFD_TIMER_ABSTIME, &at, NULL); /* it is a time */
}

static void end_round(struct watching *watching)
{
        watching->is_over = true;
        set_alarm(watching, 1);
}

/* --- Looking --- */

static void look(struct watching *watching)
{
        const struct pd_kubernetes_view view = {
                .deployments = watching->streams[0].collection.items,
                .pods = watching->streams[1].collection.items,
                .events = watching->streams[2].collection.items,
        };
        int64_t again_ms = 0, at_us = watching->ends_us;

        for (size_t i = 0; i < STREAMS; i++)
                watching->streams[i].collection.has_changed = false;
        watching->is_enough = !watching->watch->look(watching->watch->context, &view, &again_ms);
        if (watching->is_enough) {
                end_round(watching);
                return;
        }
        if (again_ms != 0) {
                int64_t left_ms = again_ms - pd_clock_unix_ms();

                if (left_ms < SOONEST_MS)
                        left_ms = SOONEST_MS;
                if (left_ms < (watching->ends_us - pd_clock_mono_us()) / 1000)
                        at_us = pd_clock_mono_us() + left_ms * 1000;
        }
        set_alarm(watching, at_us);
}

static bool take_bytes(void *context, const char *bytes, size_t len)
{
        struct stream *stream = context;
        struct watching *watching = stream->watching;

        if (watching->is_over || !pd_kubernetes_collection_feed(&stream->collection, bytes, len))
                return false;
        if (stream->collection.has_changed)
                look(watching);
        return !watching->is_over;
}

static void take_end(void *context)
{
        struct stream *stream = context;
        struct watching *watching = stream->watching;

        if (watching->is_over || pd_engine_is_canceled(&watching->alarm))
                return;
        watching->ended = stream;
        end_round(watching);
}

/* --- A round --- */

static int list_unknown(struct watching *watching, struct pd_err *err)
{
        struct pd_kubernetes_call calls[STREAMS];
        struct stream *streams[STREAMS];
        json_t *lists[STREAMS];
        size_t count = 0;
        int result = 0;

        for (size_t i = 0; i < STREAMS; i++) {
                struct stream *stream = &watching->streams[i];

                if (stream->collection.version[0] != '\0')
                        continue;
                streams[count] = stream;
                calls[count++] = (struct pd_kubernetes_call){
                        .path = stream->path,
                        .query = &stream->list_query,
                        .cancel_fd = watching->watch->cancel_fd,
                };
        }
        if (pd_kubernetes_call_all(watching->kubernetes, calls, count, lists, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (result == 0)
                        result = pd_kubernetes_collection_set(&streams[i]->collection, lists[i],
                                                              err);
                json_decref(lists[i]);
        }
        return result;
}

static void begin_watch(struct stream *stream, struct pd_kubernetes_call *ret)
{
        pd_kubernetes_collection_begin(&stream->collection);
        *ret = (struct pd_kubernetes_call){
                .path = stream->path,
                .query = &stream->watch_query,
                .deadline_ms = WATCH_DEADLINE_MS,
                .sink = &stream->sink,
                .cancel_fd = &stream->watching->alarm,
        };
}

/* Watch all until the round is over; *err is why one of the watches has ended by itself. */
static void watch_all(struct watching *watching, struct pd_err *err)
{
        struct pd_kubernetes_call calls[STREAMS];
        struct pd_fetch_answer answers[STREAMS];
        struct pd_err errs[STREAMS];

        for (size_t i = 0; i < STREAMS; i++)
                begin_watch(&watching->streams[i], &calls[i]);
        pd_kubernetes_send(watching->kubernetes, calls, STREAMS, answers, errs);
        for (size_t i = 0; i < STREAMS; i++) {
                struct stream *stream = &watching->streams[i];
                bool is_gone = answers[i].status == GONE;

                if (is_gone)
                        stream->collection.version[0] = '\0';
                if (watching->ended == stream && errs[i].code != PD_OK && !is_gone)
                        *err = errs[i];
                pd_fetch_answer_done(&answers[i]);
        }
}

/* *err: why the round was no good, if so. */
static void go_round(struct watching *watching, struct pd_err *err)
{
        watching->is_over = false;
        watching->ended = NULL;
        if (list_unknown(watching, err) < 0)
                return;
        look(watching);
        if (!watching->is_over)
                watch_all(watching, err);
}

/* --- From round to round --- */

static bool may_pass(enum pd_err_code code)
{
        return code == PD_E_UNAVAILABLE || code == PD_E_BAD_GATEWAY || code == PD_E_TIMEOUT;
}

/* Whether to go on after a round that began then, and has failed for `watching->failure`. */
static int conclude(struct watching *watching, int64_t began_us, struct pd_err *err)
{
        const struct pd_err *failure = &watching->failure;
        int64_t now_us = pd_clock_mono_us();

        if (pd_engine_is_canceled(watching->watch->cancel_fd))
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "canceled");
        if (now_us - began_us >= SHORT_US)
                watching->short_rounds = 0;
        else if (failure->code != PD_OK || watching->ended != NULL)
                watching->short_rounds++;

        if (failure->code == PD_OK)
                watching->well_us = now_us;
        if (failure->code == PD_OK ||
            (may_pass(failure->code) && now_us - watching->well_us <= PATIENCE_US))
                return 0;
        if (err != NULL)
                *err = *failure;
        return -1;
}

/* Before what was cut short is begun again. */
static void pause_for(const struct watching *watching)
{
        int64_t left_ms = (watching->ends_us - pd_clock_mono_us()) / 1000, pause_ms;
        uint32_t random = 0;

        if (watching->short_rounds == 0 || left_ms <= 0)
                return;
        (void)!getrandom(&random, sizeof(random), 0); /* without it there is only no jitter */
        pause_ms = pd_pace_pause(watching->short_rounds, -1, INT64_MAX, random);
        pd_waiting_pause(watching->watch->cancel_fd, pause_ms < left_ms ? pause_ms : left_ms);
}

static int go_on(struct watching *watching, struct pd_err *err)
{
        watching->well_us = pd_clock_mono_us();
        watching->ends_us = watching->well_us + watching->watch->timeout_ms * 1000;
        do {
                int64_t began_us;

                pause_for(watching);
                began_us = pd_clock_mono_us();
                watching->failure = (struct pd_err){0};
                go_round(watching, &watching->failure);
                if (conclude(watching, began_us, err) < 0)
                        return -1;
        } while (!watching->is_enough && pd_clock_mono_us() < watching->ends_us);
        if (watching->is_enough || watching->failure.code == PD_OK)
                return 0;
        if (err != NULL)
                *err = watching->failure;
        return -1;
}

/* --- All of it --- */

static void open_stream(struct watching *watching, size_t i, const char *path,
                        struct pd_pair filter)
{
        struct stream *stream = &watching->streams[i];

        *stream = (struct stream){
                .watching = watching,
                .path = path,
                .query =
                        {
                                filter,
                                {"watch", "true"},
                                {"allowWatchBookmarks", "true"},
                                {"timeoutSeconds", WATCH_S},
                                {"resourceVersion", stream->collection.version},
                        },
                .list_query = {stream->query, 1},
                .watch_query = {stream->query, PD_COUNT(stream->query)},
                .sink = {.take = take_bytes, .end = take_end, .context = stream},
        };
        pd_kubernetes_collection_init(&stream->collection);
}

static void open_streams(struct watching *watching)
{
        const char *place = watching->watch->namespace_name;
        struct pd_arena *arena = &watching->arena;
        struct pd_pair ours = {"labelSelector", watching->watch->selector};
        struct pd_pair of_pods = {"fieldSelector", "involvedObject.kind=Pod"};

        open_stream(watching, 0,
                    pd_kubernetes_kind_path(PD_KUBERNETES_DEPLOYMENT, arena, place, NULL), ours);
        open_stream(watching, 1, pd_kubernetes_core_path(arena, place, "pods", NULL), ours);
        open_stream(watching, 2, pd_kubernetes_core_path(arena, place, "events", NULL), of_pods);
}

static void close_all(struct watching *watching)
{
        for (size_t i = 0; i < STREAMS; i++)
                pd_kubernetes_collection_done(&watching->streams[i].collection);
        pd_close_ptr(&watching->timer);
        pd_close_ptr(&watching->alarm);
        pd_arena_done(&watching->arena);
}

int pd_kubernetes_watch(const struct pd_kubernetes *kubernetes,
                        const struct pd_kubernetes_watch *watch, struct pd_err *err)
{
        pd_auto(close_all) struct watching watching = {
                .kubernetes = kubernetes, .watch = watch, .timer = -1, .alarm = -1};

        open_streams(&watching);
        if (open_alarm(&watching, err) < 0)
                return -1;
        return go_on(&watching, err);
}
