/* service.c - the orchestrator's gRPC face. */
#include "service.h"

#include <stdlib.h>
#include <string.h>

#include "grpc/grpc.h"
#include "proto/orchestrator.h"

/** Most bytes of an answer. */
#define MAX_ANSWER_BYTES (PD_EVENTS_MAX_TEXT_BYTES + 65536)
/** Events that one observer is sent before others have their turn. */
#define EVENTS_AT_ONCE 256

struct pd_service {
        struct pd_loop *loop;
        struct pd_core *core;
        struct pd_grpc_server *server;
        struct pd_buf scratch;
        struct watcher *watchers;
        void (*ended)(void *user);
        void *user;
};

/** An observer at the other end of a stream. */
struct watcher {
        struct pd_service *service;
        struct pd_grpc_call *call;
        struct pd_observer *observer;
        struct pd_task pump;
        bool is_answered; /**< its stream has its end */
        struct watcher *next;
        struct watcher **anchor;
};

/** A call that waits for a pipeline to be made ready. */
struct waiter {
        struct pd_service *service;
        struct pd_grpc_call *call; /**< NULL: the client is gone */
};

/* Answers. */

static void reply_code(struct pd_grpc_call *call, enum pd_grpc_code code, const char *message)
{
        pd_grpc_call_reply(call, &(struct pd_grpc_status){.code = code, .message = message});
}

static struct pd_grpc_message *message_of(const struct pd_buf *buf)
{
        return buf->failed == 0 ? pd_grpc_message_of(buf->data, buf->len) : NULL;
}

static void reply_status(struct pd_service *service, struct pd_grpc_call *call,
                         const struct pd_core_status *status)
{
        const struct pd_orchestration_status answer = {.success = status->success,
                                                       .code = status->code,
                                                       .message = status->message,
                                                       .active_threads = status->active_threads};
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message = NULL;

        pd_buf_clear(&service->scratch);
        pd_orchestration_status_encode(&answer, &service->scratch);
        message = message_of(&service->scratch);
        if (message == NULL || pd_grpc_call_send(call, message, NULL) < 0)
                reply_code(call, PD_GRPC_RESOURCE_EXHAUSTED, "no memory for the answer");
        else
                reply_code(call, PD_GRPC_OK, NULL);
}

/* A request that cannot be read is answered, like everything that a handler sees. */
static void reply_failure(struct pd_service *service, struct pd_grpc_call *call,
                          const struct pd_err *err)
{
        struct pd_core_status status;

        pd_core_status(service->core, &status);
        status.success = false;
        status.code = -pd_err_grpc(err->code);
        (void)snprintf(status.message, sizeof(status.message), "%s", err->msg);
        reply_status(service, call, &status);
}

/* Of a call that nothing hangs on. */
static void has_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        (void)status;
        (void)user;
}

static const struct pd_grpc_events answered_events = {.ended = has_ended};

/* initialize */

static void waiter_is_gone(struct pd_grpc_call *call, const struct pd_grpc_status *status,
                           void *user)
{
        struct waiter *waiter = user;

        (void)call;
        (void)status;
        waiter->call = NULL;
}

static void pipeline_is_in(void *user, const struct pd_core_status *status)
{
        struct waiter *waiter = user;

        if (waiter->call != NULL) {
                pd_grpc_call_on(waiter->call, &answered_events, NULL);
                reply_status(waiter->service, waiter->call, status);
        }
        free(waiter);
}

static int read_pipeline(struct pd_grpc_message *message, struct pd_pipeline_texts **ret,
                         struct pd_err *err)
{
        pd_auto(pd_pipeline_texts_free_ptr) struct pd_pipeline_texts *texts =
                calloc(1, sizeof(*texts));

        if (texts == NULL)
                return pd_fail_memory(err, "a pipeline");
        if (pd_orchestration_decode(pd_grpc_message_data(message), message->len, &texts->arena,
                                    &texts->texts, err) < 0)
                return -1;
        *ret = pd_steal(&texts);
        return 0;
}

static const struct pd_grpc_events waiting_events = {.ended = waiter_is_gone};

static void initialize(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct pd_service *service = user;
        struct pd_pipeline_texts *texts = NULL;
        struct waiter *waiter = NULL;
        struct pd_err err = {0};

        if (read_pipeline(message, &texts, &err) < 0) {
                reply_failure(service, call, &err);
                return;
        }
        waiter = calloc(1, sizeof(*waiter));
        if (waiter == NULL) {
                pd_pipeline_texts_free(texts);
                reply_code(call, PD_GRPC_RESOURCE_EXHAUSTED, "no memory");
                return;
        }
        *waiter = (struct waiter){.service = service, .call = call};
        pd_grpc_call_on(call, &waiting_events, waiter);
        pd_core_initialize(service->core, texts, pipeline_is_in, waiter);
}

/* run, get_status, stop_orchestration */

static void run(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct pd_service *service = user;
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_run_label label;
        struct pd_core_status status;
        struct pd_err err = {0};

        if (pd_run_label_decode(pd_grpc_message_data(message), message->len, &arena, &label, &err) <
            0) {
                reply_failure(service, call, &err);
                return;
        }
        (void)pd_core_run(service->core, label.label, -1, &status);
        reply_status(service, call, &status);
}

/* There is one run, whatever the label says. */
static void get_status(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct pd_service *service = user;
        struct pd_core_status status;

        (void)message;
        pd_core_status(service->core, &status);
        reply_status(service, call, &status);
}

static void stop(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct pd_service *service = user;
        struct pd_core_status status;

        (void)message;
        pd_core_stop(service->core, &status);
        reply_status(service, call, &status);
}

/* observe */

static void watcher_free(struct watcher *watcher)
{
        *watcher->anchor = watcher->next;
        if (watcher->next != NULL)
                watcher->next->anchor = watcher->anchor;
        pd_loop_forget(watcher->service->loop, &watcher->pump);
        pd_observer_free(watcher->observer);
        free(watcher);
}

static void end_watch(struct watcher *watcher, enum pd_grpc_code code, const char *message)
{
        if (!watcher->is_answered)
                reply_code(watcher->call, code, message);
        watcher->is_answered = true;
}

static int send_event(struct watcher *watcher, const struct pd_orchestration_event *event)
{
        struct pd_buf *scratch = &watcher->service->scratch;
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message = NULL;

        pd_buf_clear(scratch);
        pd_orchestration_event_encode(event, scratch);
        message = message_of(scratch);
        return message != NULL ? pd_grpc_call_send(watcher->call, message, NULL) : -1;
}

static void pump(struct pd_task *task)
{
        struct watcher *watcher = PD_OWNER_OF(task, struct watcher, pump);
        struct pd_orchestration_event event;

        for (int i = 0; i < EVENTS_AT_ONCE; i++) {
                if (!pd_grpc_call_is_writable(watcher->call))
                        return;
                switch (pd_observer_next(watcher->observer, &event)) {
                case PD_OBSERVED_NOTHING:
                        return;
                case PD_OBSERVED_END:
                        end_watch(watcher, PD_GRPC_OK, NULL);
                        return;
                default:
                        if (send_event(watcher, &event) < 0) {
                                end_watch(watcher, PD_GRPC_RESOURCE_EXHAUSTED,
                                          "no memory for an event");
                                return;
                        }
                }
        }
        pd_loop_later(watcher->service->loop, task);
}

static void wake(void *user)
{
        struct watcher *watcher = user;

        pd_loop_later(watcher->service->loop, &watcher->pump);
}

static void watcher_is_writable(struct pd_grpc_call *call, void *user)
{
        (void)call;
        wake(user);
}

static void watcher_has_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status,
                              void *user)
{
        (void)call;
        (void)status;
        watcher_free(user);
}

static const struct pd_grpc_events watcher_events = {.writable = watcher_is_writable,
                                                     .ended = watcher_has_ended};

static bool wants_messages(const struct pd_grpc_call *call)
{
        const struct pd_grpc_entry *entry =
                pd_grpc_metadata_find(pd_grpc_call_metadata(call), "playground-messages");

        return entry != NULL && strcmp(entry->value, "1") == 0;
}

static int watcher_new(struct pd_service *service, struct pd_grpc_call *call,
                       const struct pd_observation *what, struct pd_err *err)
{
        struct watcher *watcher = calloc(1, sizeof(*watcher));
        const struct pd_observer_options options = {.name_pattern = what->name_regex,
                                                    .component_pattern = what->component_regex,
                                                    .wants_messages = wants_messages(call),
                                                    .wake = wake,
                                                    .user = watcher};

        if (watcher == NULL)
                return pd_fail_memory(err, "an observer");
        watcher->service = service;
        watcher->call = call;
        watcher->pump.run = pump;
        if (pd_observer_new(pd_core_events(service->core), &options, &watcher->observer, err) < 0) {
                free(watcher);
                return -1;
        }
        watcher->next = service->watchers;
        watcher->anchor = &service->watchers;
        if (watcher->next != NULL)
                watcher->next->anchor = &watcher->next;
        service->watchers = watcher;
        pd_grpc_call_on(call, &watcher_events, watcher);
        return 0;
}

/* The client sees that it observes when the headers come. */
static void observe(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        static const struct pd_grpc_metadata none = {0};
        struct pd_service *service = user;
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_observation what;
        struct pd_err err = {0};

        if (pd_observation_decode(pd_grpc_message_data(message), message->len, &arena, &what,
                                  &err) < 0 ||
            watcher_new(service, call, &what, &err) < 0) {
                reply_code(call, (enum pd_grpc_code)pd_err_grpc(err.code), err.msg);
                return;
        }
        (void)!pd_grpc_call_send_headers(call, &none, NULL); /* without memory they go with the
                                                                first event */
}

/* The table. */

/* Each method has one handler, for its one message. */
#define METHODS(X)                                                                                 \
        X(initialize, "/Orchestrator/initialize", false)                                           \
        X(run, "/Orchestrator/run", false)                                                         \
        X(get_status, "/Orchestrator/get_status", false)                                           \
        X(stop, "/Orchestrator/stop_orchestration", false)                                         \
        X(observe, "/Orchestrator/observe", true)

#define BEGIN(handler, path, streams)                                                              \
        static void begin_##handler(struct pd_grpc_call *call, void *app)                          \
        {                                                                                          \
                static const struct pd_grpc_events events = {.message = (handler),                 \
                                                             .ended = has_ended};                  \
                                                                                                   \
                pd_grpc_call_on(call, &events, app);                                               \
        }
METHODS(BEGIN)

static const struct pd_grpc_method methods[] = {
#define ROW(handler, path_, streams)                                                               \
        {.path = (path_), .server_streams = (streams), .begin = begin_##handler},
        METHODS(ROW)
#undef ROW
};

int pd_service_new(struct pd_loop *loop, struct pd_core *core, const char *address,
                   const struct pd_log *log, struct pd_service **ret, struct pd_err *err)
{
        const struct pd_grpc_server_options options = {.max_message = PD_SERVICE_MAX_REQUEST_BYTES,
                                                       .log = log};
        pd_auto(pd_service_free_ptr) struct pd_service *service = calloc(1, sizeof(*service));

        if (service == NULL)
                return pd_fail_memory(err, "the service");
        service->loop = loop;
        service->core = core;
        service->scratch = (struct pd_buf)PD_BUF_INIT(MAX_ANSWER_BYTES);
        if (pd_grpc_server_new(loop, &options,
                               &(struct pd_grpc_methods){methods, PD_COUNT(methods), service},
                               &service->server, err) < 0 ||
            pd_grpc_server_listen(service->server, address, err) < 0)
                return -1;
        *ret = pd_steal(&service);
        return 0;
}

uint16_t pd_service_port(const struct pd_service *service)
{
        return pd_grpc_server_port(service->server);
}

static void drained(void *app)
{
        struct pd_service *service = app;

        service->ended(service->user);
}

void pd_service_end(struct pd_service *service, void (*ended)(void *user), void *user)
{
        service->ended = ended;
        service->user = user;
        for (struct watcher *watcher = service->watchers; watcher != NULL;
             watcher = watcher->next) {
                pd_loop_forget(service->loop, &watcher->pump);
                end_watch(watcher, PD_GRPC_OK, NULL);
        }
        pd_grpc_server_drain(service->server, drained);
}

void pd_service_free(struct pd_service *service)
{
        if (service == NULL)
                return;
        pd_grpc_server_free(service->server);
        while (service->watchers != NULL)
                watcher_free(service->watchers);
        pd_buf_done(&service->scratch);
        free(service);
}
