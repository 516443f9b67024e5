/* batch.h - requests of one step, made together, and what their answers mean. */
#ifndef PD_CATALOG_BATCH_H
#define PD_CATALOG_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "fetch/fetch.h"

/* A neighbour: where it is and who we are to it. */
struct pd_neighbour {
        const char *name; /* for messages */
        const char *url;
        const struct pd_fetch_identity *identity;
};

struct pd_batch {
        struct pd_arena *arena;
        struct pd_fetch_request *requests;
        struct pd_fetch_answer *answers;
        struct pd_err *errs;
        const struct pd_neighbour **neighbours;
        bool *is_wish; /* nothing is a good answer too */
        size_t count;
        size_t capacity;
        bool failed; /* no memory for a request */
};

/* Room for `capacity` requests; their texts live in the arena. */
void pd_batch_init(struct pd_batch *batch, struct pd_arena *arena, size_t capacity);

/* Releases the answers. */
void pd_batch_done(struct pd_batch *batch);

/* Add a GET of a relative path; its index. */
size_t pd_batch_add(struct pd_batch *batch, const struct pd_neighbour *neighbour, const char *path,
                    size_t max_bytes);

/* This request is for something that may be missing: it gets half of the time that is left, so that
 * the other half is there for what is needed. */
void pd_batch_wish(struct pd_batch *batch, size_t i);

/* Make all requests by `ends_us` (of pd_clock_mono_us()). -1: only for a lack of memory, or no time
 * left. */
int pd_batch_run(struct pd_batch *batch, struct pd_fetch *fetch, unsigned retries, int64_t ends_us,
                 struct pd_err *err) PD_MUST_CHECK;

/*
 * The answer of a request that must have one: 200 with a body. PD_E_NOT_FOUND ("no such <what>")
 * where the neighbour says so, also by 200 without a body; else PD_E_BAD_GATEWAY or PD_E_TIMEOUT.
 */
int pd_batch_need(const struct pd_batch *batch, size_t i, const char *what,
                  const struct pd_fetch_answer **ret, struct pd_err *err) PD_MUST_CHECK;

/* The same as JSON; PD_E_BAD_GATEWAY where it is none. */
int pd_batch_need_json(const struct pd_batch *batch, size_t i, const char *what, json_t **ret,
                       struct pd_err *err) PD_MUST_CHECK;

/* Likewise where nothing is a good answer: NULL, and *ret_why (when it failed) why. */
const struct pd_fetch_answer *pd_batch_want(const struct pd_batch *batch, size_t i,
                                            struct pd_err *ret_why);
json_t *pd_batch_want_json(const struct pd_batch *batch, size_t i, struct pd_err *ret_why);

#endif
