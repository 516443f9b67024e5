/* core.c - the pipeline that is in, and the run of it. */
#include "core.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resume.h"

/** A pipeline on its way to a plan. */
struct job {
        struct pd_core *core;
        struct pd_pipeline_texts *texts;
        void (*done)(void *user, const struct pd_core_status *status);
        void *user;
        struct job *next;
        /* what the thread makes of it */
        struct pd_findings warnings;
        struct pd_plan *plan;
        struct pd_err err;
        int result;
};

struct pd_core {
        struct pd_loop *loop;
        struct pd_run_options options;
        struct pd_events *events;
        struct pd_run *run; /**< NULL: not initialized */
        uint64_t iterations;
        char label[PD_RUN_WISH_MAX_LABEL + 1];
        struct pd_err failure; /**< why the last pipeline was not taken; PD_OK: it was */
        bool runs_when_ready;
        struct pd_run_wish next; /**< that run */
        const char *run_file;    /**< NULL: none */
        struct job *jobs;        /**< the first one has the thread */
        size_t job_count;
        pthread_t thread;
        struct pd_post prepared;
        atomic_bool is_ending;
};

static const char the_end[] = "the orchestrator ends";

static void job_free(struct job *job)
{
        pd_pipeline_texts_free(job->texts);
        pd_plan_free(job->plan);
        pd_findings_done(&job->warnings);
        free(job);
}

static void tell(struct pd_core *core, enum pd_event_kind kind)
{
        pd_events_tell(core->events, &(struct pd_event){.kind = kind});
}

/* Statuses. */

static void fill(const struct pd_core *core, enum pd_err_code code, const char *message,
                 struct pd_core_status *ret)
{
        ret->success = code == PD_OK;
        ret->code = -pd_err_grpc(code);
        ret->active_threads = core->run != NULL ? (int)pd_run_alive(core->run) : 0;
        (void)snprintf(ret->message, sizeof(ret->message), "%s", message);
}

const char *pd_core_state_name(const struct pd_core *core)
{
        static const char *const words[] = {
                [PD_RUN_READY] = "initialized",
                [PD_RUN_RUNNING] = "running",
                [PD_RUN_FINISHED] = "finished",
                [PD_RUN_STOPPED] = "stopped",
        };

        if (core->run != NULL)
                return words[pd_run_state(core->run)];
        return core->failure.code != PD_OK ? "failed" : "not initialized";
}

void pd_core_status(const struct pd_core *core, struct pd_core_status *ret)
{
        if (core->run == NULL && core->failure.code != PD_OK) {
                fill(core, core->failure.code, "", ret);
                (void)snprintf(ret->message, sizeof(ret->message), "failed: %s", core->failure.msg);
        } else if (core->run != NULL && !pd_run_plan(core->run)->has_source) {
                fill(core, PD_OK, "", ret);
                (void)snprintf(
                        ret->message, sizeof(ret->message),
                        "%s: no operation has the input Empty and no incoming edge, so a run "
                        "starts nothing",
                        pd_core_state_name(core));
        } else {
                fill(core, PD_OK, pd_core_state_name(core), ret);
        }
}

/* The file with the run. */

static void check_run_file(const struct pd_core *core, int result, const struct pd_err *err)
{
        if (result < 0)
                pd_log(core->options.log, PD_LOG_WARN, "core", NULL,
                       "who starts again will not know of this run: %s", err->msg);
}

static void remember_run(const struct pd_core *core, uint64_t iterations)
{
        struct pd_run_wish run = {.iterations = (int64_t)iterations};
        struct pd_err err = {0};

        if (core->run_file == NULL)
                return;
        memcpy(run.label, core->label, sizeof(run.label));
        check_run_file(core, pd_resume_write(core->run_file, &run, &err), &err);
}

/* When all of the process ends the run is to go on in the next one. */
static void forget_run(const struct pd_core *core)
{
        struct pd_err err = {0};

        if (core->run_file != NULL && !core->is_ending)
                check_run_file(core, pd_resume_write(core->run_file, NULL, &err), &err);
}

/* A pipeline comes in. */

static void run_has_finished(void *owner)
{
        struct pd_core *core = owner;

        forget_run(core);
        pd_log(core->options.log, PD_LOG_INFO, "core", NULL, "the run has finished");
        pd_events_finish(core->events);
}

static const struct pd_run_ops run_ops = {.finished = run_has_finished};

static void end_run(struct pd_core *core)
{
        if (core->run == NULL)
                return;
        tell(core, PD_EVENT_TERMINATE);
        pd_run_stop(core->run);
        forget_run(core);
        tell(core, PD_EVENT_DELETE_THREADS);
        tell(core, PD_EVENT_DELETE_QUEUES);
        pd_run_free(core->run);
        core->run = NULL;
}

static int take_in(struct pd_core *core, struct job *job)
{
        const struct pd_run_place place = {
                .loop = core->loop, .events = core->events, .ops = &run_ops, .owner = core};
        struct pd_run_options options = core->options;
        struct pd_run *run = NULL;

        if (job->texts->texts.queuesize > 0)
                options.queue_messages = (size_t)job->texts->texts.queuesize;
        if (pd_run_new(&place, &options, job->plan, &run, &job->err) < 0)
                return -1;
        job->plan = NULL;
        end_run(core);
        core->run = run;
        core->failure.code = PD_OK;
        core->iterations =
                job->texts->texts.iterations > 0 ? (uint64_t)job->texts->texts.iterations : 0;
        tell(core, PD_EVENT_CREATE_CORE);
        tell(core, PD_EVENT_CREATE_MANAGER);
        tell(core, PD_EVENT_REGISTER_QUEUES);
        tell(core, PD_EVENT_CREATE_THREADS);
        tell(core, PD_EVENT_INITIALIZED);
        return 0;
}

static void log_job(const struct pd_core *core, const struct job *job)
{
        for (size_t i = 0; i < job->warnings.count; i++)
                pd_log(core->options.log, PD_LOG_WARN, "core", NULL, "%s: %s",
                       job->warnings.at[i].path, job->warnings.at[i].message);
        if (job->result < 0)
                pd_log(core->options.log, PD_LOG_ERROR, "core", NULL,
                       "the pipeline was not taken: %s", job->err.msg);
        else
                pd_log(core->options.log, PD_LOG_INFO, "core", NULL,
                       "a pipeline of %zu operations is ready", pd_run_plan(core->run)->lane_count);
}

static void settle(struct pd_core *core, struct job *job)
{
        struct pd_core_status status;

        if (job->result == 0)
                job->result = take_in(core, job);
        log_job(core, job);
        if (job->result < 0) {
                core->failure = job->err;
                fill(core, job->err.code, job->err.msg, &status);
        } else {
                pd_core_status(core, &status);
        }
        if (job->result == 0 && core->runs_when_ready) {
                struct pd_core_status ignored;

                (void)pd_core_run(core, core->next.label, core->next.iterations, &ignored);
        }
        core->runs_when_ready = false;
        if (job->done != NULL)
                job->done(job->user, &status);
}

static void *prepare_job(void *context)
{
        struct job *job = context;
        struct pd_core *core = job->core;

        job->result = pd_prepare(&job->texts->texts, &core->is_ending, &job->warnings, &job->plan,
                                 &job->err);
        pd_loop_post(core->loop, &core->prepared);
        return NULL;
}

/* Give the first job the thread. Without one it fails, and the next is tried. */
static void next_job(struct pd_core *core)
{
        while (core->jobs != NULL) {
                struct job *job = core->jobs;

                if (pthread_create(&core->thread, NULL, prepare_job, job) == 0)
                        return;
                core->jobs = job->next;
                core->job_count--;
                job->result = pd_fail(&job->err, PD_E_UNAVAILABLE, 0, "no thread for protoc");
                settle(core, job);
                job_free(job);
        }
}

static void job_is_prepared(struct pd_post *post)
{
        struct pd_core *core = PD_OWNER_OF(post, struct pd_core, prepared);
        struct job *job = core->jobs;

        if (job == NULL)
                return; /* it has been told the end */
        (void)pthread_join(core->thread, NULL);
        core->jobs = job->next;
        core->job_count--;
        settle(core, job);
        job_free(job);
        next_job(core);
}

static void refuse(struct pd_core *core, struct pd_pipeline_texts *texts, enum pd_err_code code,
                   const char *why, struct pd_core_status *ret)
{
        pd_pipeline_texts_free(texts);
        fill(core, code, why, ret);
}

void pd_core_initialize(struct pd_core *core, struct pd_pipeline_texts *texts,
                        void (*done)(void *user, const struct pd_core_status *status), void *user)
{
        struct job *job = calloc(1, sizeof(*job));
        struct job **last = &core->jobs;
        struct pd_core_status status;

        if (job == NULL || core->job_count >= PD_CORE_MAX_WAITING || core->is_ending) {
                free(job);
                refuse(core, texts, PD_E_UNAVAILABLE,
                       core->is_ending ? the_end : "too many pipelines are being made ready",
                       &status);
                if (done != NULL)
                        done(user, &status);
                return;
        }
        *job = (struct job){.core = core, .texts = texts, .done = done, .user = user};
        while (*last != NULL)
                last = &(*last)->next;
        *last = job;
        if (core->job_count++ == 0)
                next_job(core);
}

/* Runs. */

bool pd_core_run(struct pd_core *core, const char *label, int64_t iterations,
                 struct pd_core_status *ret)
{
        uint64_t calls = iterations >= 0 ? (uint64_t)iterations : core->iterations;
        bool begins;

        if (core->run == NULL) {
                fill(core, PD_E_UNPROCESSABLE, "not initialized", ret);
                return false;
        }
        begins = pd_run_state(core->run) != PD_RUN_RUNNING;
        if (begins) {
                (void)snprintf(core->label, sizeof(core->label), "%s", label);
                pd_events_set_run(core->events, core->label);
                pd_log(core->options.log, PD_LOG_INFO, "core", NULL, "a run begins");
                remember_run(core, calls);
                pd_run_start(core->run, calls);
        }
        pd_core_status(core, ret);
        return begins;
}

void pd_core_run_when_ready(struct pd_core *core, const struct pd_run_wish *run)
{
        core->runs_when_ready = true;
        core->next = *run;
}

static enum pd_resume take_up(struct pd_core *core, const char *path)
{
        enum pd_resume told = PD_RESUME_UNKNOWN;
        struct pd_run_wish run;
        struct pd_err err = {0};

        if (pd_resume_read(path, &told, &run, &err) < 0)
                pd_log(core->options.log, PD_LOG_WARN, "core", NULL,
                       "what ran before is not known: %s", err.msg);
        if (told == PD_RESUME_RUN)
                pd_core_run_when_ready(core, &run);
        return told;
}

void pd_core_resume(struct pd_core *core, const char *run_file, const char *kept)
{
        core->run_file = run_file;
        if (run_file == NULL || take_up(core, run_file) == PD_RESUME_UNKNOWN)
                (void)take_up(core, kept);
}

void pd_core_stop(struct pd_core *core, struct pd_core_status *ret)
{
        if (core->run == NULL) {
                fill(core, PD_E_UNPROCESSABLE, "not initialized", ret);
                return;
        }
        if (pd_run_state(core->run) == PD_RUN_RUNNING) {
                tell(core, PD_EVENT_TERMINATE);
                pd_run_stop(core->run);
                forget_run(core);
                pd_log(core->options.log, PD_LOG_INFO, "core", NULL, "the run was stopped");
        }
        pd_core_status(core, ret);
}

struct pd_events *pd_core_events(struct pd_core *core)
{
        return core->events;
}

const struct pd_run *pd_core_current(const struct pd_core *core)
{
        return core->run;
}

const char *pd_core_label(const struct pd_core *core)
{
        return core->label;
}

int pd_core_new(struct pd_loop *loop, const struct pd_run_options *options, struct pd_core **ret,
                struct pd_err *err)
{
        pd_auto(pd_core_free_ptr) struct pd_core *core = calloc(1, sizeof(*core));

        if (core == NULL)
                return pd_fail_memory(err, "the orchestrator");
        core->loop = loop;
        core->options = *options;
        core->prepared.run = job_is_prepared;
        if (pd_events_new(PD_CORE_EVENTS, &core->events, err) < 0)
                return -1;
        *ret = pd_steal(&core);
        return 0;
}

static void tell_end(const struct pd_core *core, const struct job *job)
{
        struct pd_core_status status;

        fill(core, PD_E_UNAVAILABLE, the_end, &status);
        if (job->done != NULL)
                job->done(job->user, &status);
}

void pd_core_end(struct pd_core *core)
{
        struct pd_core_status ignored;

        atomic_store(&core->is_ending, true);
        if (core->jobs != NULL)
                (void)pthread_join(core->thread, NULL);
        while (core->jobs != NULL) {
                struct job *job = core->jobs;

                core->jobs = job->next;
                tell_end(core, job);
                job_free(job);
        }
        pd_core_stop(core, &ignored);
}

void pd_core_free(struct pd_core *core)
{
        if (core == NULL)
                return;
        pd_core_end(core);
        end_run(core);
        pd_events_free(core->events);
        free(core);
}
