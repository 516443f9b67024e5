/*
 * engine.h - makes a solution run: a struct of functions, one kind of engine a set of files.
 *
 * `docker.h` is Docker or Podman on one machine. An engine keeps nothing in the process: what is
 * deployed is found again by labels alone, and a call that was cut short, by a signal too, is
 * mended by the same call again. Nothing without our labels and the deployment's id is ever
 * changed or removed.
 */
#ifndef PD_ENGINE_ENGINE_H
#define PD_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "engine/state.h"
#include "fetch/fetch.h"
#include "solution/findings.h"
#include "solution/solution.h"

/* The labels on everything that an engine makes. */
#define PD_LABEL_MANAGED_BY "app.kubernetes.io/managed-by" /**< PD_LABEL_MANAGER */
#define PD_LABEL_INSTANCE   "app.kubernetes.io/instance"   /**< name of the deployment */
#define PD_LABEL_ID         "playground/id"                /**< random, one a deployment */
#define PD_LABEL_OWNER      "playground/owner"             /**< absent: nobody's in particular */
#define PD_LABEL_SOLUTION   "playground/solution"          /**< the solution's name as a label */
#define PD_LABEL_WORKLOAD   "playground/workload"
#define PD_LABEL_SPEC       "playground/spec"  /**< digest of what was wished for */
#define PD_LABEL_PORTS      "playground/ports" /**< `mc-api=8061 webui=8062`, API first */
#define PD_LABEL_MANAGER    "playground-deployer"

/**
 * Where an engine puts blueprint.json, dockerinfo.json and *.proto in the orchestrator's container.
 * It tells so by the variable PD_PIPELINE, and the token for its HTTP face by PD_TOKEN: the
 * settings `pipeline` and `token` of our own; to an orchestrator of others both mean nothing.
 */
#define PD_ENGINE_PIPELINE_FOLDER   "/pipeline"
#define PD_ENGINE_PIPELINE_VARIABLE "PD_PIPELINE"
#define PD_ENGINE_TOKEN_VARIABLE    "PD_TOKEN"
/** Where it keeps what runs, in a place that outlives the process: its setting `run_file`. */
#define PD_ENGINE_RUN_VARIABLE "PD_RUN_FILE"
#define PD_ENGINE_RUN_FILE     "/tmp/playground-run.json"
/**
 * What pd_engine_keep() has kept is this file of PD_ENGINE_PIPELINE_FOLDER; PD_ENGINE_RUN_FILE goes
 * before it.
 */
#define PD_ENGINE_KEPT_RUN "run.json"
/** The header that carries the token. */
#define PD_ENGINE_TOKEN_HEADER "Playground-Token"
/** Its HTTP face is this port of the orchestrator, by the name that its web page has. */
#define PD_ENGINE_HTTP_PORT 8062

/** Last lines of a log that come with a reason, and most bytes of them. */
#define PD_ENGINE_REASON_LINES 10
#define PD_ENGINE_REASON_BYTES 4096

/* --- What is wished for --- */

struct pd_engine_wish {
        const struct pd_solution *solution;
        const char *name;  /**< of the deployment: a label (solution/names.h) */
        const char *owner; /**< NULL: nobody in particular */
        bool replace;      /**< the deployment of that name may hold another solution */
};

enum pd_change {
        PD_CHANGE_NONE, /**< is there as wished for */
        PD_CHANGE_CREATE,
        PD_CHANGE_UPDATE, /**< made anew, for `why` */
        PD_CHANGE_START,  /**< as wished for, but does not run, and nobody else starts it soon */
        PD_CHANGE_REMOVE, /**< made by an earlier `up`, and not wished for any more */
};

/** One object and what would happen to it. */
struct pd_engine_step {
        enum pd_change change;
        const char *kind; /**< "network", "volume", "container", "Deployment", ... */
        const char *name; /**< of a workload: its own; else the object's */
        const char *why;  /**< "the image differs"; "" */
};

struct pd_engine_plan {
        struct pd_arena arena;
        struct pd_engine_step *at;
        size_t count;
        size_t changes;              /**< steps that are not PD_CHANGE_NONE */
        struct pd_findings findings; /**< what of the wish the engine cannot give */
};

/* --- What happens --- */

/** Something has changed. Texts are borrowed for the call, never NULL. */
struct pd_engine_event {
        const char *workload; /**< "": the deployment as a whole */
        enum pd_state state;
        int64_t at_ms; /**< since 1970: when it came into that state, or now */
        enum pd_reason reason;
        const char *detail;  /**< a sentence for people: "exit status 3", "45 of 120 MiB" */
        const char *advice;  /**< what to do; "" */
        const char *lines;   /**< last lines of its log; "" */
        uint64_t done_bytes; /**< while pulling; total 0: not known yet */
        uint64_t total_bytes;
};

/** Who watches a call, and may end it. Functions are called on the thread of the call. */
struct pd_engine_watcher {
        void (*tell)(void *context, const struct pd_engine_event *event); /**< NULL: nobody looks */
        void *context;
        /**
         * Readable: leave off, with PD_E_UNAVAILABLE (an eventfd, or a signalfd of SIGINT: it is
         * not read here); what is done stays done. NULL: goes to its end.
         */
        const int *cancel_fd;
};

/* --- What is there --- */

struct pd_address {
        const char *port_name; /**< "mc-api", "protobuf-api", "webui"; "" */
        uint16_t container_port;
        const char *host; /**< reachable from where the engine's own socket is */
        uint16_t port;
};

struct pd_workload_status {
        const char *name;
        const char *image;    /**< as wished for; "" when absent */
        const char *image_id; /**< of what runs: `sha256:...`; "" */
        bool is_orchestrator;
        enum pd_state state;
        int64_t since_ms; /**< since 1970; 0: unknown */
        unsigned restarts;
        enum pd_reason reason; /**< of a state other than ready, and of the last restart */
        const char *detail;    /**< never NULL, as the next two */
        const char *advice;
        const char *lines; /**< last lines of its log where it has failed; "" */
        struct pd_address *addresses;
        size_t address_count; /**< 0 where nothing is published, or it does not run */
};

struct pd_deployment {
        const char *engine; /**< kind */
        const char *name;
        const char *id;
        const char *owner; /**< "": nobody in particular */
        const char *solution;
        int64_t created_ms;
        enum pd_state state; /**< the worst of its workloads'; PD_STATE_ABSENT: it has none */
        bool has_volume;
        struct pd_workload_status *workloads; /**< by name, the orchestrator last */
        size_t workload_count;
};

struct pd_deployments {
        struct pd_arena arena;
        struct pd_deployment *at; /**< by name */
        size_t count;
};

/* --- Logs --- */

struct pd_engine_logs {
        const char *workload; /**< NULL: of all, mixed as they come */
        bool follow;          /**< goes on until the container ends or the call is canceled */
        bool previous;        /**< of the container that has ended before the one that is there */
        int64_t tail;         /**< this many last lines of each; < 0: all */
        int64_t since_ms;     /**< since 1970; 0: from the beginning */
        const int *cancel_fd; /**< as of a watcher */
        /** One line without its end; `time` is RFC 3339 as the engine writes it. False: enough
         * of that workload. */
        bool (*take)(void *context, const char *workload, const char *time, const char *text,
                     size_t len);
        void *context;
};

/** A longer line of a log comes in pieces. */
#define PD_ENGINE_MAX_LINE 65536

/* --- The functions --- */

/** A kind of engine. The functions may be called by several threads at once. */
struct pd_engine_ops {
        const char *kind;

        int (*ping)(void *self, struct pd_arena *arena, const char **ret_version,
                    struct pd_err *err);
        int (*plan)(void *self, const struct pd_engine_wish *wish, struct pd_engine_plan *ret,
                    struct pd_err *err);
        int (*apply)(void *self, const struct pd_engine_wish *wish,
                     const struct pd_engine_watcher *watcher, struct pd_err *err);
        int (*wait)(void *self, const char *name, int64_t timeout_ms,
                    const struct pd_engine_watcher *watcher, struct pd_err *err);
        int (*list)(void *self, const char *name, struct pd_deployments *ret, struct pd_err *err);
        int (*logs)(void *self, const char *name, const struct pd_engine_logs *logs,
                    struct pd_err *err);
        int (*restart)(void *self, const char *name, const char *workload,
                       const struct pd_engine_watcher *watcher, struct pd_err *err);
        int (*remove)(void *self, const char *name, bool with_volumes,
                      const struct pd_engine_watcher *watcher, struct pd_err *err);
        int (*ask)(void *self, const char *name, const struct pd_fetch_request *request,
                   struct pd_fetch_answer *ret, struct pd_err *err);
        int (*keep)(void *self, const char *name, const char *run, struct pd_err *err);
        void (*free)(void *self);
};

/** An engine of some kind; all zero: none. */
struct pd_engine {
        const struct pd_engine_ops *ops;
        void *self;
};

/*
 * Errors of all of them: PD_E_UNAVAILABLE: the engine cannot be reached (the message says how it
 * was looked for), or the call was canceled; PD_E_FORBIDDEN: no right to use it; PD_E_BAD_GATEWAY,
 * PD_E_TIMEOUT: it fails or does not answer; PD_E_NOT_FOUND: no deployment, or no workload of it,
 * has that name.
 */

/** Whether it answers: *ret_version is "Docker 20.10.24, API 1.41", in the arena. */
int pd_engine_ping(const struct pd_engine *engine, struct pd_arena *arena, const char **ret_version,
                   struct pd_err *err) PD_MUST_CHECK;

/**
 * What pd_engine_apply() would change now; changes nothing. PD_E_CONFLICT: the name is that of
 * another solution's deployment (without `replace`) or of another owner's, or an object of the same
 * name is not ours. Release with pd_engine_plan_done().
 */
int pd_engine_plan(const struct pd_engine *engine, const struct pd_engine_wish *wish,
                   struct pd_engine_plan *ret, struct pd_err *err) PD_MUST_CHECK;

/**
 * Make what is there equal to the wish: what is equal is not touched. What cannot be made does not
 * keep the others from being made. PD_E_CONFLICT as above; PD_E_NOT_READY: some workload cannot
 * start, whose events say why; the message names the first.
 */
int pd_engine_apply(const struct pd_engine *engine, const struct pd_engine_wish *wish,
                    const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

/**
 * Wait until all workloads are ready; each change of one is told, the first state too.
 * PD_E_NOT_READY: one cannot start (at once, whatever the others do), or they are not ready within
 * `timeout_ms`; the message names it with its reason. Nothing is stopped or removed then.
 */
int pd_engine_wait(const struct pd_engine *engine, const char *name, int64_t timeout_ms,
                   const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

/**
 * All deployments, or the one of that `name` (NULL: all). With a name: PD_E_NOT_FOUND where it is
 * none. Release with pd_deployments_done().
 */
int pd_engine_list(const struct pd_engine *engine, const char *name, struct pd_deployments *ret,
                   struct pd_err *err) PD_MUST_CHECK;

/** PD_E_INVALID: the engine has no logs of `previous` containers; PD_E_NOT_FOUND: none has ended.
 */
int pd_engine_logs(const struct pd_engine *engine, const char *name,
                   const struct pd_engine_logs *logs, struct pd_err *err) PD_MUST_CHECK;

/** Restart a workload, or all of them (NULL); then pd_engine_wait(). */
int pd_engine_restart(const struct pd_engine *engine, const char *name, const char *workload,
                      const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

/**
 * Remove a deployment. Its volume, the data in the shared folder, stays unless `with_volumes`; the
 * next deployment of that name has it again. A volume that was left behind is a deployment to this
 * function alone, `with_volumes`.
 */
int pd_engine_remove(const struct pd_engine *engine, const char *name, bool with_volumes,
                     const struct pd_engine_watcher *watcher, struct pd_err *err) PD_MUST_CHECK;

/**
 * A request to the HTTP face of the deployment's orchestrator: as pd_fetch(), but `url` is a path
 * (`/api/v1/run`), and the engine adds the way there and the deployment's token. PD_E_CONFLICT: its
 * orchestrator does not run, or it is a single model and has none.
 */
int pd_engine_ask(const struct pd_engine *engine, const char *name,
                  const struct pd_fetch_request *request, struct pd_fetch_answer *ret,
                  struct pd_err *err) PD_MUST_CHECK;

/**
 * The run that an orchestrator in a new place is to begin with, as text (the body of
 * `POST /api/v1/run`); NULL: none. It says nothing to the one that is running. An engine whose
 * orchestrator keeps its place until it is removed has nothing to do. PD_E_NOT_FOUND: the
 * deployment was made by a version that had no such thing.
 */
int pd_engine_keep(const struct pd_engine *engine, const char *name, const char *run,
                   struct pd_err *err) PD_MUST_CHECK;

void pd_engine_done(struct pd_engine *engine);

void pd_engine_plan_done(struct pd_engine_plan *plan);
void pd_deployments_done(struct pd_deployments *deployments);

/** Whether somebody wants a call to leave off; NULL: nobody ever. */
bool pd_engine_is_canceled(const int *cancel_fd);

const char *pd_change_name(enum pd_change change); /**< "none", "create", "update", ... */

#endif
