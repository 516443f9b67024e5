/* watchers.c - observers at the other end of an HTTP stream. */
#include "watchers.h"

#include <stdlib.h>

#include "base/clock.h"
#include "json/build.h"
#include "json/json.h"

/** Events that one is sent before others have their turn. */
#define EVENTS_AT_ONCE 256
/** Most bytes of one event as it is sent. */
#define MAX_EVENT_BYTES (4 * PD_EVENTS_MAX_TEXT_BYTES)

struct watcher {
        struct pd_watchers *watchers;
        struct pd_observer *observer; /**< NULL: over, and only to be released */
        struct pd_http_stream *stream;
        struct pd_task pump;
        struct pd_post stirred; /**< from a thread of the HTTP server */
        atomic_bool is_gone;
        struct pd_buf unsent; /**< an event that found no room */
        struct watcher *next;
        struct watcher **anchor;
};

struct pd_watchers {
        struct pd_loop *loop;
        struct pd_core *core;
        struct watcher *first;
        struct pd_timer heartbeat;
        bool is_ended;
};

static void watcher_free(struct watcher *watcher)
{
        pd_buf_done(&watcher->unsent);
        free(watcher);
}

/* Nothing more is posted once the stream has ended; what is on its way finds the watcher over. */
static void watcher_end(struct watcher *watcher)
{
        pd_http_stream_end(watcher->stream);
        pd_http_stream_release(pd_steal(&watcher->stream));
        pd_observer_free(pd_steal(&watcher->observer));
        pd_loop_forget(watcher->watchers->loop, &watcher->pump);
        *watcher->anchor = watcher->next;
        if (watcher->next != NULL)
                watcher->next->anchor = watcher->anchor;
        if (!atomic_load(&watcher->stirred.waits))
                watcher_free(watcher);
}

static json_t *details(const struct pd_text_map *map)
{
        json_t *json = json_object();

        for (size_t i = 0; i < map->count; i++)
                pd_json_put(&json, map->at[i].key, json_string(map->at[i].value));
        return json;
}

static void write_event(const struct pd_orchestration_event *event, struct pd_buf *out)
{
        pd_auto(pd_json_free_ptr) json_t *json =
                json_pack("{s:s, s:s, s:s, s:o}", "run", event->run, "name", event->name,
                          "component", event->component, "detail", details(&event->detail));

        pd_buf_clear(out);
        if (json == NULL)
                return; /* no memory: an event less */
        pd_buf_puts(out, "data: ");
        pd_json_write(out, json, PD_JSON_COMPACT);
        pd_buf_puts(out, "\n\n");
        if (out->failed != 0)
                pd_buf_clear(out);
}

/* Whether the stream has taken what was left. */
static bool send_unsent(struct watcher *watcher)
{
        if (watcher->unsent.len > 0 &&
            pd_http_stream_write(watcher->stream, watcher->unsent.data, watcher->unsent.len) < 0)
                return false;
        pd_buf_clear(&watcher->unsent);
        return true;
}

static void pump(struct pd_task *task)
{
        struct watcher *watcher = PD_OWNER_OF(task, struct watcher, pump);
        struct pd_orchestration_event event;

        for (int i = 0; i < EVENTS_AT_ONCE; i++) {
                if (!send_unsent(watcher))
                        return;
                switch (pd_observer_next(watcher->observer, &event)) {
                case PD_OBSERVED_NOTHING:
                        return;
                case PD_OBSERVED_END:
                        watcher_end(watcher);
                        return;
                default:
                        write_event(&event, &watcher->unsent);
                }
        }
        pd_loop_later(watcher->watchers->loop, task);
}

static void wake(void *user)
{
        struct watcher *watcher = user;

        pd_loop_later(watcher->watchers->loop, &watcher->pump);
}

static void stirred(struct pd_post *post)
{
        struct watcher *watcher = PD_OWNER_OF(post, struct watcher, stirred);

        if (watcher->observer == NULL)
                watcher_free(watcher);
        else if (atomic_load(&watcher->is_gone))
                watcher_end(watcher);
        else
                wake(watcher);
}

/* On a thread of the HTTP server. */

static void stream_has_room(void *user)
{
        struct watcher *watcher = user;

        pd_loop_post(watcher->watchers->loop, &watcher->stirred);
}

static void stream_is_gone(void *user)
{
        struct watcher *watcher = user;

        atomic_store(&watcher->is_gone, true);
        pd_loop_post(watcher->watchers->loop, &watcher->stirred);
}

static const struct pd_http_stream_ops stream_ops = {.has_room = stream_has_room,
                                                     .is_gone = stream_is_gone};

/* On the loop's thread again. */

static void beat(struct pd_timer *timer)
{
        struct pd_watchers *watchers = PD_OWNER_OF(timer, struct pd_watchers, heartbeat);

        for (struct watcher *watcher = watchers->first; watcher != NULL; watcher = watcher->next)
                (void)!pd_http_stream_write(watcher->stream, ":\n\n", 3); /* what has no room is
                                                                             alive */
        if (watchers->first != NULL)
                pd_loop_set_timer(watchers->loop, timer,
                                  pd_clock_mono_us() + (int64_t)PD_WATCHERS_HEARTBEAT_MS * 1000);
}

int pd_watchers_new(struct pd_loop *loop, struct pd_core *core, struct pd_watchers **ret,
                    struct pd_err *err)
{
        struct pd_watchers *watchers = calloc(1, sizeof(*watchers));

        if (watchers == NULL)
                return pd_fail_memory(err, "watchers");
        watchers->loop = loop;
        watchers->core = core;
        watchers->heartbeat.due = beat;
        *ret = watchers;
        return 0;
}

static int watcher_begin(struct watcher *watcher, const struct pd_watch_wish *wish,
                         struct pd_err *err)
{
        const struct pd_observer_options options = {.name_pattern = wish->name_pattern,
                                                    .component_pattern = wish->component_pattern,
                                                    .wants_messages = wish->wants_messages,
                                                    .wake = wake,
                                                    .user = watcher};

        if (pd_observer_new(pd_core_events(watcher->watchers->core), &options, &watcher->observer,
                            err) < 0)
                return -1;
        if (pd_http_stream_new(&stream_ops, watcher, &watcher->stream, err) < 0) {
                pd_observer_free(watcher->observer);
                return -1;
        }
        return 0;
}

int pd_watchers_add(struct pd_watchers *watchers, const struct pd_watch_wish *wish,
                    struct pd_http_stream **ret, struct pd_err *err)
{
        struct watcher *watcher;

        if (watchers->is_ended)
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "the orchestrator ends");
        watcher = calloc(1, sizeof(*watcher));
        if (watcher == NULL)
                return pd_fail_memory(err, "a watcher");
        watcher->watchers = watchers;
        watcher->pump.run = pump;
        watcher->stirred.run = stirred;
        watcher->unsent = (struct pd_buf)PD_BUF_INIT(MAX_EVENT_BYTES);
        if (watcher_begin(watcher, wish, err) < 0) {
                free(watcher);
                return -1;
        }

        watcher->next = watchers->first;
        watcher->anchor = &watchers->first;
        if (watcher->next != NULL)
                watcher->next->anchor = &watcher->next;
        watchers->first = watcher;
        if (!pd_timer_is_set(&watchers->heartbeat))
                pd_loop_set_timer(watchers->loop, &watchers->heartbeat,
                                  pd_clock_mono_us() + (int64_t)PD_WATCHERS_HEARTBEAT_MS * 1000);
        /* the client sees at once that it observes */
        if (pd_http_stream_write(watcher->stream, ":\n\n", 3) < 0) {
                watcher_end(watcher);
                return pd_fail_memory(err, "a watcher");
        }
        *ret = pd_http_stream_hold(watcher->stream);
        return 0;
}

void pd_watchers_end(struct pd_watchers *watchers)
{
        watchers->is_ended = true;
        while (watchers->first != NULL)
                watcher_end(watchers->first);
        pd_loop_clear_timer(watchers->loop, &watchers->heartbeat);
}

void pd_watchers_free(struct pd_watchers *watchers)
{
        free(watchers);
}
