/* orchestrator.c - the orchestrator: wiring, and its life. */
#include "orchestrator.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/signals.h"
#include "http.h"
#include "service.h"
#include "settings.h"

#define NAME "playground-orchestrator"
/** Longest wait for the streams of observers to be ended. */
#define END_MS 500
/** Nodes that answer at once do so within this time: they are waited for awake. */
#define SPIN_US 20

static const struct pd_config_about about = {
        .name = NAME,
        .version = PD_VERSION,
        .does = "Carries messages along the edges of a pipeline.",
};

struct pd_orchestrator {
        struct pd_orchestrator_settings settings;
        struct pd_config *config;
        struct pd_log log;
        struct pd_loop *loop;
        struct pd_core *core;
        struct pd_service *service;
        struct pd_http_face *face;
        struct pd_watch signals; /**< fd -1: none */
        struct pd_timer last_call;
        bool is_ending;        /**< it was told to end; */
        struct pd_err failure; /**< or why it ends */
};

/* The end. */

static void all_is_out(void *user)
{
        struct pd_orchestrator *orchestrator = user;

        pd_loop_stop(orchestrator->loop);
}

static void last_call(struct pd_timer *timer)
{
        all_is_out(PD_OWNER_OF(timer, struct pd_orchestrator, last_call));
}

static void begin_to_end(struct pd_orchestrator *orchestrator)
{
        orchestrator->is_ending = true;
        pd_core_end(orchestrator->core);
        pd_loop_set_timer(orchestrator->loop, &orchestrator->last_call,
                          pd_clock_mono_us() + (int64_t)END_MS * 1000);
        pd_service_end(orchestrator->service, all_is_out, orchestrator);
}

static void signal_came(struct pd_watch *watch, uint32_t events)
{
        struct pd_orchestrator *orchestrator = PD_OWNER_OF(watch, struct pd_orchestrator, signals);

        (void)events;
        pd_signals_await(watch->fd);
        pd_loop_unwatch(orchestrator->loop, watch);
        pd_log(&orchestrator->log, PD_LOG_INFO, "orchestrator", NULL, "ending");
        begin_to_end(orchestrator);
}

/* The begin. */

static struct pd_run_options run_options(const struct pd_orchestrator *orchestrator)
{
        const struct pd_orchestrator_settings *settings = &orchestrator->settings;

        return (struct pd_run_options){
                .queue_messages = (size_t)settings->queue_messages,
                .queue_bytes = (size_t)settings->queue_bytes,
                .max_message = (size_t)settings->max_message,
                .concurrency = (size_t)settings->concurrency,
                .repeats = (size_t)settings->repeats,
                .deadline_ms = settings->call_timeout,
                .pause_ms = settings->pause,
                .pause_max_ms = settings->pause_max,
                .stall_ms = settings->stall,
                .log = &orchestrator->log,
        };
}

/* Without its pipeline an orchestrator that was given one is of no use. */
static void pipeline_is_in(void *user, const struct pd_core_status *status)
{
        struct pd_orchestrator *orchestrator = user;

        if (status->success || orchestrator->is_ending)
                return;
        (void)pd_fail(&orchestrator->failure, PD_E_UNPROCESSABLE, 0, "the pipeline in '%s': %s",
                      orchestrator->settings.pipeline, status->message);
        pd_loop_stop(orchestrator->loop);
}

/* What the settings ask for, or what went before. */
static void take_up_run(struct pd_orchestrator *orchestrator)
{
        const struct pd_orchestrator_settings *settings = &orchestrator->settings;
        struct pd_run_wish run = {.iterations = -1};
        char kept[PATH_MAX];

        if (settings->run) {
                pd_format(run.label, sizeof(run.label), "%s", settings->label);
                pd_core_run_when_ready(orchestrator->core, &run);
        }
        pd_format(kept, sizeof(kept), "%s/" PD_PIPELINE_RUN, settings->pipeline);
        pd_core_resume(orchestrator->core, settings->run_file, kept);
}

static int begin_with_pipeline(struct pd_orchestrator *orchestrator, struct pd_err *err)
{
        const struct pd_orchestrator_settings *settings = &orchestrator->settings;
        struct pd_pipeline_texts *texts;

        if (settings->pipeline == NULL)
                return 0;
        if (pd_pipeline_texts_load(settings->pipeline, &texts, err) < 0)
                return -1;
        take_up_run(orchestrator);
        pd_core_initialize(orchestrator->core, texts, pipeline_is_in, orchestrator);
        return 0;
}

static int get_ready(struct pd_orchestrator *orchestrator, struct pd_err *err)
{
        const struct pd_orchestrator_settings *settings = &orchestrator->settings;
        const struct pd_run_options options = run_options(orchestrator);
        const struct pd_http_face_options face = {.address = settings->http_address,
                                                  .port = (uint16_t)settings->http_port,
                                                  .token = settings->token,
                                                  .log = &orchestrator->log};

        orchestrator->last_call.due = last_call;
        orchestrator->signals.ready = signal_came;
        if (pd_signals_open(&orchestrator->signals.fd, err) < 0 ||
            pd_loop_new(&orchestrator->loop, err) < 0 ||
            pd_loop_watch(orchestrator->loop, &orchestrator->signals, EPOLLIN, err) < 0 ||
            pd_core_new(orchestrator->loop, &options, &orchestrator->core, err) < 0)
                return -1;
        pd_loop_set_spin(orchestrator->loop, SPIN_US);
        if (pd_service_new(orchestrator->loop, orchestrator->core, settings->grpc_listen,
                           &orchestrator->log, &orchestrator->service, err) < 0 ||
            pd_http_face_new(orchestrator->loop, &face, orchestrator->core, &orchestrator->face,
                             err) < 0)
                return -1;
        return begin_with_pipeline(orchestrator, err);
}

int pd_orchestrator_new(int argc, char **argv, struct pd_orchestrator **ret, struct pd_err *err)
{
        pd_auto(pd_orchestrator_free_ptr) struct pd_orchestrator *orchestrator =
                calloc(1, sizeof(*orchestrator));

        if (orchestrator == NULL)
                return pd_fail_memory(err, "the orchestrator");
        orchestrator->signals.fd = -1;
        if (pd_config_new(&pd_orchestrator_table, &orchestrator->settings, &orchestrator->config,
                          err) < 0 ||
            pd_orchestrator_settings_read(orchestrator->config, &orchestrator->settings, argc, argv,
                                          err) < 0)
                return -1;
        orchestrator->log = pd_config_service_log(&orchestrator->settings.common);
        if (!pd_config_is_question(&orchestrator->settings.common) &&
            get_ready(orchestrator, err) < 0)
                return -1;
        *ret = pd_steal(&orchestrator);
        return 0;
}

int pd_orchestrator_run(struct pd_orchestrator *orchestrator, struct pd_err *err)
{
        if (pd_config_is_question(&orchestrator->settings.common))
                return pd_config_answer(orchestrator->config, &orchestrator->settings.common,
                                        &about, err);

        pd_log(&orchestrator->log, PD_LOG_INFO, "orchestrator", NULL,
               NAME "/" PD_VERSION " serves gRPC at port %u, HTTP at port %u",
               pd_service_port(orchestrator->service), pd_http_face_port(orchestrator->face));
        if (pd_loop_run(orchestrator->loop, err) < 0)
                return -1;
        if (orchestrator->failure.code != PD_OK) {
                *err = orchestrator->failure;
                return -1;
        }
        pd_log(&orchestrator->log, PD_LOG_INFO, "orchestrator", NULL, "ended");
        return 0;
}

void pd_orchestrator_free(struct pd_orchestrator *orchestrator)
{
        if (orchestrator == NULL)
                return;
        pd_http_face_free(orchestrator->face);
        if (orchestrator->core != NULL)
                pd_core_end(orchestrator->core); /* tells clients that are gone with the service */
        pd_service_free(orchestrator->service);
        pd_core_free(orchestrator->core);
        if (orchestrator->loop != NULL) {
                pd_loop_clear_timer(orchestrator->loop, &orchestrator->last_call);
                pd_loop_unwatch(orchestrator->loop, &orchestrator->signals);
        }
        pd_loop_free(orchestrator->loop);
        pd_signals_close(orchestrator->signals.fd);
        pd_config_free(orchestrator->config);
        free(orchestrator);
}
