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
        struct curl_waitfd *watched; /* descriptors that cancel */
        size_t watched_capacity;
};

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

static void fail(struct pd_transfer *transfer, enum pd_err_code code, const char *why)
{
        pd_transfer_fail(transfer, code, why);
        pd_call_conclude(transfer->call, &transfer->inbox);
}

static void end_try(struct pd_fetch *fetch, struct pd_transfer *transfer, CURLcode result)
{
        CURL *easy;
        bool is_over = pd_transfer_end(transfer, result, pd_clock_mono_us(), &easy);

        put_handle(fetch, easy);
        if (is_over)
                pd_call_conclude(transfer->call, &transfer->inbox);
        else
                LIST_INSERT_HEAD(&fetch->pausing, transfer, place);
}

static void begin_try(struct pd_fetch *fetch, struct pd_transfer *transfer)
{
        CURL *easy = take_handle(fetch);

        if (easy == NULL) {
                fail(transfer, PD_E_INTERNAL, "no memory for the request");
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
                fail(transfer, PD_E_UNAVAILABLE, "this program is ending");
        while ((transfer = pop(submitted)) != NULL)
                fail(transfer, PD_E_UNAVAILABLE, "this program is ending");
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

/* Streams whose sinks have room again, or had enough. */
static void resume_streams(struct pd_fetch *fetch)
{
        struct pd_transfer *next;

        for (struct pd_transfer *transfer = LIST_FIRST(&fetch->under_way); transfer != NULL;
             transfer = next) {
                next = LIST_NEXT(transfer, place);
                if (!pd_transfer_resume(transfer))
                        continue;
                (void)curl_multi_remove_handle(fetch->multi, transfer->easy);
                LIST_REMOVE(transfer, place);
                end_try(fetch, transfer, CURLE_OK);
        }
}

/* One more descriptor; where there is no memory for it, it is looked at in a later round. */
static void watch(struct pd_fetch *fetch, struct pd_transfer *transfer, unsigned *count)
{
        transfer->watch = SIZE_MAX;
        if (transfer->request->cancel_fd == NULL)
                return;
        if (*count == fetch->watched_capacity) {
                size_t capacity = *count > 0 ? 2 * (size_t)*count : 16;
                struct curl_waitfd *larger =
                        realloc(fetch->watched, capacity * sizeof(*fetch->watched));

                if (larger == NULL)
                        return;
                fetch->watched = larger;
                fetch->watched_capacity = capacity;
        }
        transfer->watch = *count;
        fetch->watched[(*count)++] = (struct curl_waitfd){
                .fd = *transfer->request->cancel_fd,
                .events = CURL_WAIT_POLLIN,
        };
}

static unsigned watch_all(struct pd_fetch *fetch)
{
        struct pd_transfer *transfer;
        unsigned count = 0;

        LIST_FOREACH(transfer, &fetch->under_way, place)
        watch(fetch, transfer, &count);
        LIST_FOREACH(transfer, &fetch->pausing, place)
        watch(fetch, transfer, &count);
        return count;
}

static void end_canceled(struct pd_fetch *fetch, struct pd_transfers *list)
{
        struct pd_transfer *next;

        for (struct pd_transfer *transfer = LIST_FIRST(list); transfer != NULL; transfer = next) {
                next = LIST_NEXT(transfer, place);
                if (transfer->watch == SIZE_MAX || fetch->watched[transfer->watch].revents == 0)
                        continue;
                LIST_REMOVE(transfer, place);
                if (transfer->easy == NULL) {
                        fail(transfer, PD_E_UNAVAILABLE, PD_TRANSFER_CANCELED);
                        continue;
                }
                (void)curl_multi_remove_handle(fetch->multi, transfer->easy);
                transfer->is_canceled = true;
                end_try(fetch, transfer, CURLE_ABORTED_BY_CALLBACK);
        }
}

static void *loop(void *context)
{
        struct pd_fetch *fetch = context;
        sigset_t all;
        int running, sleep_ms;

        /* signals are for the program's own threads, and none may come of a write to a peer that is
         * gone */
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_BLOCK, &all, NULL);

        while (take_submitted(fetch)) {
                (void)curl_multi_perform(fetch->multi, &running); /* failures are told one by one */
                take_finished(fetch);
                resume_streams(fetch);
                sleep_ms = take_pausing(fetch);
                (void)curl_multi_poll(fetch->multi, fetch->watched, watch_all(fetch), sleep_ms,
                                      NULL);
                end_canceled(fetch, &fetch->under_way);
                end_canceled(fetch, &fetch->pausing);
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
        free(fetch->watched);
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

static void wake(void *context)
{
        struct pd_fetch *fetch = context;

        (void)curl_multi_wakeup(fetch->multi); /* fails only where the loop is awake anyway */
}

/* Put all requests of a call on the list of the loop. */
static void submit(struct pd_fetch *fetch, struct pd_transfer *transfers, size_t count)
{
        (void)pthread_mutex_lock(&fetch->lock);
        for (size_t i = 0; i < count; i++)
                LIST_INSERT_HEAD(&fetch->submitted, &transfers[i], place);
        (void)pthread_mutex_unlock(&fetch->lock);
        wake(fetch);
}

/* A request of a call; the transfer stays where it is. */
static void add(struct pd_call *call, struct pd_transfer *transfer,
                const struct pd_fetch_request *request)
{
        int64_t deadline_ms = request->deadline_ms;

        transfer->request = request;
        transfer->call = call;
        transfer->ends_us = deadline_ms == PD_FETCH_NO_DEADLINE
                                    ? PD_FETCH_NO_DEADLINE
                                    : pd_clock_mono_us() + deadline_ms * 1000;
        call->left++;
        if (request->sink == NULL)
                return;
        transfer->inbox = (struct pd_inbox){
                .call = call,
                .sink = request->sink,
                .bytes = PD_BUF_INIT(PD_FETCH_MAX_UNREAD + CURL_MAX_WRITE_SIZE),
        };
        SLIST_INSERT_HEAD(&call->inboxes, &transfer->inbox, place);
}

void pd_fetch_all(struct pd_fetch *fetch, const struct pd_fetch_request *requests, size_t count,
                  struct pd_fetch_answer *answers, struct pd_err *errs)
{
        struct pd_call call = {
                .lock = &fetch->lock,
                .changed = PTHREAD_COND_INITIALIZER,
                .wake = wake,
                .context = fetch,
        };
        pd_auto(pd_free_ptr) struct pd_transfer *transfers =
                count > 0 ? calloc(count, sizeof(*transfers)) : NULL;

        for (size_t i = 0; i < count; i++) {
                answers[i] = (struct pd_fetch_answer){0};
                if (transfers == NULL) {
                        (void)pd_fail_memory(&errs[i], "a request");
                        continue;
                }
                if (pd_transfer_check(&requests[i], &errs[i]) < 0)
                        continue;
                transfers[call.left].answer = &answers[i];
                transfers[call.left].err = &errs[i];
                add(&call, &transfers[call.left], &requests[i]);
        }
        if (call.left > 0) {
                submit(fetch, transfers, call.left);
                pd_call_await(&call);
        }
        (void)pthread_cond_destroy(&call.changed);
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
        wake(fetch);
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
