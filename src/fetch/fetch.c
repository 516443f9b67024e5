/* fetch.c - the loop that all requests of a process share. */
#include "fetch/fetch.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "transfer.h"

/* Handles that are kept for the next request. */
#define MAX_IDLE_HANDLES 64
/* Longest sleep of the loop; somebody who has work for it wakes it. */
#define LONGEST_SLEEP_MS 60000

struct pd_fetch {
        char *user_agent;
        pthread_t thread;
        CURLM *multi;

        pthread_mutex_t lock;          /* guards what follows, and the calls' counts */
        struct pd_transfers submitted; /* by callers, not yet taken by the loop */
        bool is_stopped;               /* every request fails from now on */
        bool is_ending;                /* the loop is to end */

        /* the loop's own */
        struct pd_transfers under_way;
        struct pd_transfers pausing; /* before their next try */
        CURL *idle[MAX_IDLE_HANDLES];
        size_t idle_count;
};

/* A call that waits for its requests. */
struct pd_fetch_call {
        pthread_cond_t done;
        size_t left;
};

/* Its answer or error is set: the caller need not wait for it any more. */
static void conclude(struct pd_fetch *fetch, struct pd_transfer *transfer)
{
        (void)pthread_mutex_lock(&fetch->lock);
        if (--transfer->call->left == 0)
                (void)pthread_cond_signal(&transfer->call->done);
        (void)pthread_mutex_unlock(&fetch->lock);
}

static CURL *take_handle(struct pd_fetch *fetch)
{
        return fetch->idle_count > 0 ? fetch->idle[--fetch->idle_count] : curl_easy_init();
}

/* Nothing of a request stays in a handle; its connections belong to the multi handle. */
static void put_handle(struct pd_fetch *fetch, CURL *easy)
{
        if (fetch->idle_count == MAX_IDLE_HANDLES) {
                curl_easy_cleanup(easy);
                return;
        }
        curl_easy_reset(easy);
        fetch->idle[fetch->idle_count++] = easy;
}

static void fail(struct pd_fetch *fetch, struct pd_transfer *transfer, enum pd_err_code code,
                 const char *why)
{
        pd_transfer_fail(transfer, code, why);
        conclude(fetch, transfer);
}

static void end_try(struct pd_fetch *fetch, struct pd_transfer *transfer, CURLcode result)
{
        CURL *easy;
        bool is_over = pd_transfer_end(transfer, result, pd_clock_mono_us(), &easy);

        put_handle(fetch, easy);
        if (is_over)
                conclude(fetch, transfer);
        else
                LIST_INSERT_HEAD(&fetch->pausing, transfer, place);
}

static void begin_try(struct pd_fetch *fetch, struct pd_transfer *transfer)
{
        CURL *easy = take_handle(fetch);

        if (easy == NULL) {
                fail(fetch, transfer, PD_E_INTERNAL, "no memory for the request");
        } else if (pd_transfer_begin(transfer, easy, fetch->user_agent, pd_clock_mono_us()) < 0 ||
                   curl_multi_add_handle(fetch->multi, easy) != CURLM_OK) {
                end_try(fetch, transfer, CURLE_OUT_OF_MEMORY);
        } else {
                LIST_INSERT_HEAD(&fetch->under_way, transfer, place);
        }
}

static struct pd_transfer *pop(struct pd_transfers *list)
{
        struct pd_transfer *first = LIST_FIRST(list);

        if (first != NULL)
                LIST_REMOVE(first, place);
        return first;
}

/* Everything that is under way or waits fails. */
static void fail_all(struct pd_fetch *fetch, struct pd_transfers *submitted)
{
        struct pd_transfer *transfer;

        while ((transfer = pop(&fetch->under_way)) != NULL) {
                (void)curl_multi_remove_handle(fetch->multi, transfer->easy);
                end_try(fetch, transfer, CURLE_ABORTED_BY_CALLBACK);
        }
        while ((transfer = pop(&fetch->pausing)) != NULL)
                fail(fetch, transfer, PD_E_UNAVAILABLE, "this program is ending");
        while ((transfer = pop(submitted)) != NULL)
                fail(fetch, transfer, PD_E_UNAVAILABLE, "this program is ending");
}

/* Begin what was submitted; false: the loop is to end. */
static bool take_submitted(struct pd_fetch *fetch)
{
        struct pd_transfers list = LIST_HEAD_INITIALIZER(list);
        struct pd_transfer *transfer;
        bool is_stopped, is_ending;

        (void)pthread_mutex_lock(&fetch->lock);
        while ((transfer = pop(&fetch->submitted)) != NULL)
                LIST_INSERT_HEAD(&list, transfer, place);
        is_stopped = fetch->is_stopped;
        is_ending = fetch->is_ending;
        (void)pthread_mutex_unlock(&fetch->lock);

        if (is_stopped)
                fail_all(fetch, &list);
        while ((transfer = pop(&list)) != NULL)
                begin_try(fetch, transfer);
        return !is_ending;
}

/* Begin those whose pause is over; the milliseconds until the next one's is. */
static int take_pausing(struct pd_fetch *fetch)
{
        int64_t now_us = pd_clock_mono_us();
        int64_t sleep_ms = LONGEST_SLEEP_MS;
        struct pd_transfer *next;

        for (struct pd_transfer *transfer = LIST_FIRST(&fetch->pausing); transfer != NULL;
             transfer = next) {
                int64_t left_ms = (transfer->starts_us - now_us + 999) / 1000;

                next = LIST_NEXT(transfer, place);
                if (left_ms <= 0) {
                        LIST_REMOVE(transfer, place);
                        begin_try(fetch, transfer);
                } else if (left_ms < sleep_ms) {
                        sleep_ms = left_ms;
                }
        }
        return (int)sleep_ms;
}

static void take_finished(struct pd_fetch *fetch)
{
        CURLMsg *message;
        int left;

        while ((message = curl_multi_info_read(fetch->multi, &left)) != NULL) {
                CURLcode result = message->data.result;
                CURL *easy = message->easy_handle;
                struct pd_transfer *transfer = NULL;

                /* the message goes with the handle */
                (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
                (void)curl_multi_remove_handle(fetch->multi, easy);
                LIST_REMOVE(transfer, place);
                end_try(fetch, transfer, result);
        }
}

static void *loop(void *context)
{
        struct pd_fetch *fetch = context;
        sigset_t all;
        int running;

        /* signals are for the program's own threads, and none may come of a write to a peer that is
         * gone */
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_BLOCK, &all, NULL);

        while (take_submitted(fetch)) {
                (void)curl_multi_perform(fetch->multi, &running); /* failures are told one by one */
                take_finished(fetch);
                (void)curl_multi_poll(fetch->multi, NULL, 0, take_pausing(fetch), NULL);
        }
        return NULL;
}

static int start(struct pd_fetch *fetch, const char *user_agent, struct pd_err *err)
{
        int error;

        fetch->user_agent = strdup(user_agent);
        fetch->multi = curl_multi_init();
        if (fetch->user_agent == NULL || fetch->multi == NULL)
                return pd_fail_memory(err, "the HTTP client");
        (void)curl_multi_setopt(fetch->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                                (long)PD_FETCH_MAX_CONNECTIONS_PER_HOST);
        (void)curl_multi_setopt(fetch->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                                (long)PD_FETCH_MAX_CONNECTIONS);
        (void)curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS, (long)PD_FETCH_MAX_CONNECTIONS);

        error = pthread_create(&fetch->thread, NULL, loop, fetch);
        if (error != 0)
                return pd_fail(err, PD_E_INTERNAL, error, "cannot start the HTTP client");
        return 0;
}

/* Everything but the thread. */
static void release(struct pd_fetch *fetch)
{
        while (fetch->idle_count > 0)
                curl_easy_cleanup(fetch->idle[--fetch->idle_count]);
        (void)curl_multi_cleanup(fetch->multi); /* NULL is refused and does no harm */
        (void)pthread_mutex_destroy(&fetch->lock);
        free(fetch->user_agent);
        free(fetch);
        curl_global_cleanup();
}

int pd_fetch_new(const char *user_agent, struct pd_fetch **ret, struct pd_err *err)
{
        struct pd_fetch *fetch;

        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                return pd_fail_memory(err, "the HTTP client");
        fetch = calloc(1, sizeof(*fetch));
        if (fetch == NULL) {
                curl_global_cleanup();
                return pd_fail_memory(err, "the HTTP client");
        }
        (void)pthread_mutex_init(&fetch->lock, NULL); /* cannot fail on Linux */
        if (start(fetch, user_agent, err) < 0) {
                release(fetch);
                return -1;
        }
        *ret = fetch;
        return 0;
}

/* Put all requests of a call on the list of the loop. */
static void submit(struct pd_fetch *fetch, struct pd_transfer *transfers, size_t count)
{
        (void)pthread_mutex_lock(&fetch->lock);
        for (size_t i = 0; i < count; i++)
                LIST_INSERT_HEAD(&fetch->submitted, &transfers[i], place);
        (void)pthread_mutex_unlock(&fetch->lock);
        (void)curl_multi_wakeup(fetch->multi); /* fails only where the loop is awake anyway */
}

static void await(struct pd_fetch *fetch, struct pd_fetch_call *call)
{
        (void)pthread_mutex_lock(&fetch->lock);
        while (call->left > 0)
                (void)pthread_cond_wait(&call->done, &fetch->lock);
        (void)pthread_mutex_unlock(&fetch->lock);
}

void pd_fetch_all(struct pd_fetch *fetch, const struct pd_fetch_request *requests, size_t count,
                  struct pd_fetch_answer *answers, struct pd_err *errs)
{
        struct pd_fetch_call call = {.done = PTHREAD_COND_INITIALIZER};
        pd_auto(pd_free_ptr) struct pd_transfer *transfers =
                count > 0 ? calloc(count, sizeof(*transfers)) : NULL;
        int64_t now_us = pd_clock_mono_us();

        for (size_t i = 0; i < count; i++) {
                answers[i] = (struct pd_fetch_answer){0};
                if (transfers == NULL) {
                        (void)pd_fail_memory(&errs[i], "a request");
                        continue;
                }
                if (pd_transfer_check(&requests[i], &errs[i]) < 0)
                        continue;
                transfers[call.left++] = (struct pd_transfer){
                        .request = &requests[i],
                        .answer = &answers[i],
                        .err = &errs[i],
                        .call = &call,
                        .ends_us = now_us + requests[i].deadline_ms * 1000,
                };
        }
        if (call.left > 0) {
                submit(fetch, transfers, call.left);
                await(fetch, &call);
        }
        (void)pthread_cond_destroy(&call.done);
}

int pd_fetch(struct pd_fetch *fetch, const struct pd_fetch_request *request,
             struct pd_fetch_answer *ret, struct pd_err *err)
{
        struct pd_fetch_answer answer;
        struct pd_err why = {0};

        pd_fetch_all(fetch, request, 1, &answer, &why);
        if (why.code != PD_OK) {
                if (err != NULL)
                        *err = why;
                return -1;
        }
        *ret = answer;
        return 0;
}

/* Tell the loop something, and wake it for it. */
static void tell(struct pd_fetch *fetch, bool *what)
{
        (void)pthread_mutex_lock(&fetch->lock);
        *what = true;
        (void)pthread_mutex_unlock(&fetch->lock);
        (void)curl_multi_wakeup(fetch->multi);
}

void pd_fetch_stop(struct pd_fetch *fetch)
{
        tell(fetch, &fetch->is_stopped);
}

void pd_fetch_free(struct pd_fetch *fetch)
{
        if (fetch == NULL)
                return;
        tell(fetch, &fetch->is_ending);
        (void)pthread_join(fetch->thread, NULL);
        release(fetch);
}

void pd_fetch_answer_done(struct pd_fetch_answer *answer)
{
        free(answer->type);
        free(answer->location);
        free(answer->body);
        *answer = (struct pd_fetch_answer){0};
}
