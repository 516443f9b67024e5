/* kubernetes_api.h - requests to the API server, and what its refusals mean. */
#ifndef PD_ENGINE_KUBERNETES_API_H
#define PD_ENGINE_KUBERNETES_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "engine/kubernetes.h"
#include "fetch/fetch.h"
#include "kubernetes_access.h"
#include "solution/solution.h"

/* Who we are to server-side apply. */
#define PD_KUBERNETES_MANAGER "playground-deployer"

#define PD_KUBERNETES_DEADLINE_MS 30000
/* Most bytes of an answer. */
#define PD_KUBERNETES_MAX_ANSWER (16 * 1024 * 1024)
/* Further tries of what may be done twice, when the API server is busy or gone for a moment. */
#define PD_KUBERNETES_RETRIES 4

/* Content types of bodies. JSON is YAML, too. */
#define PD_KUBERNETES_JSON  "application/json"
#define PD_KUBERNETES_APPLY "application/apply-patch+yaml"
#define PD_KUBERNETES_MERGE "application/merge-patch+json"

/* A cluster: the engine itself. */
struct pd_kubernetes {
        struct pd_fetch *fetch; /* borrowed */
        struct pd_kubernetes_access access;
        struct pd_kubernetes_options options; /* texts in the arena */
        struct pd_arena arena;
};

/* --- Requests --- */

/* What is asked for. */
struct pd_kubernetes_call {
        const char *method; /* NULL: GET */
        const char *path;   /* "/api/v1/pods", as pd_kubernetes_kind_path() makes it; NULL: no
                               memory, which fails the call */
        const struct pd_pairs *query; /* values are escaped; NULL: none */
        const json_t *body;           /* NULL: none */
        const char *body_type;        /* PD_KUBERNETES_JSON, ... */
        int64_t deadline_ms;          /* 0: PD_KUBERNETES_DEADLINE_MS */
        const struct pd_fetch_sink *sink;
        const int *cancel_fd; /* as of pd_engine_watcher; may be NULL */
        bool is_once;         /* must not be done twice: it is not tried again */
};

/*
 * Send them at the same time and wait for all. errs[i] belongs to calls[i]: PD_OK where the answer
 * is 2xx, else what pd_kubernetes_check() makes of it, or PD_E_UNAVAILABLE (out of reach, canceled)
 * or PD_E_TIMEOUT. answers[i] is the caller's in any case, all zero where none came.
 */
void pd_kubernetes_send(const struct pd_kubernetes *kubernetes,
                        const struct pd_kubernetes_call *calls, size_t count,
                        struct pd_fetch_answer *answers, struct pd_err *errs);

/* What a transfer's own failure means here. */
void pd_kubernetes_name_failure(const struct pd_kubernetes *kubernetes, struct pd_err *err);

/* The body of an answer as a tree, the caller's. */
int pd_kubernetes_read(const struct pd_fetch_answer *answer, json_t **ret,
                       struct pd_err *err) PD_MUST_CHECK;

/* One; *ret is the tree of its answer, the caller's. `ret` NULL: it is thrown away. */
int pd_kubernetes_call(const struct pd_kubernetes *kubernetes,
                       const struct pd_kubernetes_call *call, json_t **ret,
                       struct pd_err *err) PD_MUST_CHECK;

/* GET a path. */
int pd_kubernetes_get(const struct pd_kubernetes *kubernetes, const char *path,
                      const struct pd_pairs *query, json_t **ret, struct pd_err *err) PD_MUST_CHECK;

/* Several at the same time: trees[i], the caller's, is what calls[i] answers, NULL where there is
 * no such thing. On failure nothing is set. */
int pd_kubernetes_call_all(const struct pd_kubernetes *kubernetes,
                           const struct pd_kubernetes_call *calls, size_t count, json_t **trees,
                           struct pd_err *err) PD_MUST_CHECK;

/*
 * What an answer means: 2xx is fine; else the code of the house that its status has, with what the
 * API server says. Of a conflict each field and who manages it; of what is invalid each field and
 * why. Pure.
 */
int pd_kubernetes_check(const struct pd_fetch_answer *answer, struct pd_err *err) PD_MUST_CHECK;

#endif
