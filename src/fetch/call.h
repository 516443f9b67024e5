/*
 * call.h - where the loop and a caller meet: requests that have ended, and bytes for sinks.
 *
 * The loop calls pd_call_offer(), pd_call_resumes() and pd_call_conclude(), the caller
 * pd_call_await().
 */
#ifndef PD_FETCH_CALL_H
#define PD_FETCH_CALL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "fetch/fetch.h"

SLIST_HEAD(pd_inboxes, pd_inbox);

/* A call that waits for its requests. */
struct pd_call {
        pthread_mutex_t *lock; /* guards what follows, and the inboxes */
        pthread_cond_t changed;
        size_t left;                 /* requests that have not ended */
        struct pd_inboxes inboxes;   /* of those with a sink */
        void (*wake)(void *context); /* the loop, for a stream goes on or is to end */
        void *context;
};

/* The bytes of one request between loop and caller. */
struct pd_inbox {
        SLIST_ENTRY(pd_inbox) place;
        struct pd_call *call;
        const struct pd_fetch_sink *sink;
        struct pd_buf bytes;
        bool is_paused;   /* the loop waits for room */
        bool is_unwanted; /* the sink had enough */
        bool is_over;     /* the request has ended, and its sink is to be told */
};

enum pd_offer {
        PD_OFFER_TAKEN,
        PD_OFFER_FULL,   /* offer again after pd_call_resumes() has said so */
        PD_OFFER_FAILED, /* no memory */
};

enum pd_offer pd_call_offer(struct pd_inbox *inbox, const char *bytes, size_t len);

/* Whether a full inbox has room again; *ret_unwanted: its stream is to be ended instead. */
bool pd_call_resumes(struct pd_inbox *inbox, bool *ret_unwanted);

/* A request has ended, its answer or error is set: the call need not wait for it any more. `inbox`
 * is the request's, whether it has a sink or not. */
void pd_call_conclude(struct pd_call *call, struct pd_inbox *inbox);

/* Hand bytes and ends to sinks until all requests have ended and nothing is left. */
void pd_call_await(struct pd_call *call);

#endif
