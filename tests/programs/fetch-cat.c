/*
 * fetch-cat.c - fetches, for the tests of the room fetch.
 *
 *     fetch-cat [name=value]... -- URL...
 *
 * Names are those of `settings` below; deadline_ms=0 is none. All URLs are fetched at the same
 * time, `rounds` times one after another, by each of `threads` threads. Writes a line of JSON for
 * each answer or failure.
 */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/num.h"
#include "fetch/fetch.h"

/* An answer up to that size is shown. */
#define SHOWN_BYTES 1000

#define MAX_URLS    2000
#define MAX_THREADS 64

struct settings {
        const char *method, *body, *body_type, *header, *socket;
        const char *user, *password, *bearer, *certificate, *key, *ca;
        const char *certificate_pem, *key_pem, *ca_pem;
        int64_t body_bytes, deadline_ms, max_bytes, retries, threads, rounds, pause_ms, stop_ms;
        int64_t stream, piece_ms, enough_bytes, cancel_ms, end_cancels, repeatable;
};

static const struct {
        const char *name;
        size_t place;
        bool is_number;
} settings[] = {
        {"method", offsetof(struct settings, method), false},
        {"body", offsetof(struct settings, body), false},
        {"body_type", offsetof(struct settings, body_type), false},
        {"header", offsetof(struct settings, header), false},
        {"socket", offsetof(struct settings, socket), false},
        {"user", offsetof(struct settings, user), false},
        {"password", offsetof(struct settings, password), false},
        {"bearer", offsetof(struct settings, bearer), false},
        {"certificate", offsetof(struct settings, certificate), false},
        {"key", offsetof(struct settings, key), false},
        {"ca", offsetof(struct settings, ca), false},
        {"certificate_pem", offsetof(struct settings, certificate_pem), false},
        {"key_pem", offsetof(struct settings, key_pem), false},
        {"ca_pem", offsetof(struct settings, ca_pem), false},
        {"body_bytes", offsetof(struct settings, body_bytes), true},
        {"deadline_ms", offsetof(struct settings, deadline_ms), true},
        {"max_bytes", offsetof(struct settings, max_bytes), true},
        {"retries", offsetof(struct settings, retries), true},
        {"threads", offsetof(struct settings, threads), true},
        {"rounds", offsetof(struct settings, rounds), true},
        {"pause_ms", offsetof(struct settings, pause_ms), true},
        {"stop_ms", offsetof(struct settings, stop_ms), true},
        {"stream", offsetof(struct settings, stream), true}, /* bodies go to a sink */
        {"piece_ms", offsetof(struct settings, piece_ms),
         true}, /* that takes so long for a piece */
        {"enough_bytes", offsetof(struct settings, enough_bytes), true}, /* and stops there */
        {"cancel_ms", offsetof(struct settings, cancel_ms), true},
        {"end_cancels", offsetof(struct settings, end_cancels), true}, /* that of a stream */
        {"repeatable", offsetof(struct settings, repeatable), true},
};

/* What all threads share. */
struct work {
        const struct settings *with;
        struct pd_fetch *fetch;
        const char *const *urls;
        size_t count;
        struct pd_fetch_request request; /* for each URL, but for the URL itself */
        pthread_mutex_t print;
};

/* What a sink has had. */
struct taken {
        const struct work *work;
        struct pd_fetch_sink sink;
        size_t len;
        struct pd_buf shown;
};

static bool take(void *context, const char *bytes, size_t len)
{
        struct taken *taken = context;

        taken->len += len;
        if (taken->len <= SHOWN_BYTES)
                pd_buf_put(&taken->shown, bytes, len);
        (void)poll(NULL, 0, (int)taken->work->with->piece_ms);
        return taken->work->with->enough_bytes == 0 ||
               taken->len < (size_t)taken->work->with->enough_bytes;
}

static void end(void *context)
{
        const struct taken *taken = context;

        if (taken->work->with->end_cancels != 0)
                (void)eventfd_write(*taken->work->request.cancel_fd, 1);
}

static bool set(struct settings *to, char *word)
{
        char *value = strchr(word, '=');

        if (value == NULL)
                return false;
        *value++ = '\0';
        for (size_t i = 0; i < PD_COUNT(settings); i++) {
                void *place = (char *)to + settings[i].place;

                if (strcmp(word, settings[i].name) != 0)
                        continue;
                if (settings[i].is_number)
                        return pd_parse_int(value, 0, INT32_MAX, place, NULL) == 0;
                *(const char **)place = value;
                return true;
        }
        return false;
}

static void show(struct work *work, size_t url, const struct pd_fetch_answer *answer,
                 const struct taken *taken, const struct pd_err *err)
{
        const char *kept = answer->body != NULL && answer->len <= SHOWN_BYTES ? answer->body : NULL;
        const char *body = taken->len > 0 ? taken->shown.data : kept;
        json_t *json =
                json_pack("{s:i, s:i, s:I, s:s?, s:s?, s:s?, s:s, s:s}", "url", (int)url, "status",
                          answer->status, "len", (json_int_t)answer->len + (json_int_t)taken->len,
                          "type", answer->type, "location", answer->location, "body", body, "code",
                          pd_err_name(err->code), "message", err->msg);
        char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

        (void)pthread_mutex_lock(&work->print);
        puts(text != NULL ? text : "not to be shown");
        (void)pthread_mutex_unlock(&work->print);
        free(text);
        json_decref(json);
}

static void fetch_round(struct work *work, struct pd_fetch_request *requests,
                        struct pd_fetch_answer *answers, struct taken *taken, struct pd_err *errs)
{
        for (size_t i = 0; i < work->count; i++) {
                errs[i] = (struct pd_err){0};
                taken[i] = (struct taken){
                        .work = work,
                        .sink = {.take = take, .end = end, .context = &taken[i]},
                        .shown = PD_BUF_INIT(SHOWN_BYTES),
                };
                requests[i] = work->request;
                requests[i].url = work->urls[i];
                requests[i].sink = work->with->stream != 0 ? &taken[i].sink : NULL;
        }
        pd_fetch_all(work->fetch, requests, work->count, answers, errs);
        for (size_t i = 0; i < work->count; i++) {
                show(work, i, &answers[i], &taken[i], &errs[i]);
                pd_fetch_answer_done(&answers[i]);
                pd_buf_done(&taken[i].shown);
        }
}

static void *fetch_all(void *context)
{
        struct work *work = context;
        struct pd_fetch_request requests[MAX_URLS];
        struct pd_fetch_answer answers[MAX_URLS];
        pd_auto(pd_free_ptr) struct taken *taken = calloc(work->count, sizeof(*taken));
        pd_auto(pd_free_ptr) struct pd_err *errs = calloc(work->count, sizeof(*errs));

        for (int64_t round = 0; errs != NULL && taken != NULL && round < work->with->rounds;
             round++) {
                if (round > 0)
                        (void)poll(NULL, 0, (int)work->with->pause_ms);
                fetch_round(work, requests, answers, taken, errs);
        }
        return NULL;
}

static int fetch_in_threads(struct work *work, struct pd_err *err)
{
        pthread_t threads[MAX_THREADS];
        int64_t started = 0;
        int sys = 0;

        while (started < work->with->threads && sys == 0) {
                sys = pthread_create(&threads[started], NULL, fetch_all, work);
                started += sys == 0;
        }
        if (work->with->stop_ms > 0) {
                (void)poll(NULL, 0, (int)work->with->stop_ms);
                pd_fetch_stop(work->fetch);
        }
        if (work->with->cancel_ms > 0) {
                (void)poll(NULL, 0, (int)work->with->cancel_ms);
                (void)eventfd_write(*work->request.cancel_fd, 1);
        }
        for (int64_t i = 0; i < started; i++)
                (void)pthread_join(threads[i], NULL);
        return sys == 0 ? 0 : pd_fail(err, PD_E_INTERNAL, sys, "cannot start a thread");
}

static int make_secret(const char *text, struct pd_secret **ret, struct pd_err *err)
{
        return text != NULL ? pd_secret_new(text, strlen(text), ret, err) : 0;
}

static int run(const struct settings *with, const char *const *urls, size_t count,
               struct pd_err *err)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *password = NULL;
        pd_auto(pd_secret_free_ptr) struct pd_secret *bearer = NULL;
        pd_auto(pd_secret_free_ptr) struct pd_secret *key = NULL;
        pd_auto(pd_free_ptr) char *big = calloc(1, (size_t)with->body_bytes + 1);
        pd_auto(pd_fetch_free_ptr) struct pd_fetch *fetch = NULL;
        pd_auto(pd_close_ptr) int cancel_fd = eventfd(0, EFD_CLOEXEC);
        const char *const headers[] = {with->header, NULL};
        struct pd_fetch_identity identity = {
                .user = with->user,
                .certificate_path = with->certificate,
                .key_path = with->key,
                .ca_path = with->ca,
                .certificate_pem = with->certificate_pem,
                .ca_pem = with->ca_pem,
        };
        struct work work = {
                .with = with,
                .urls = urls,
                .count = count,
                .request =
                        {
                                .method = with->method,
                                .unix_socket = with->socket,
                                .headers = headers,
                                .body = with->body != NULL ? with->body : big,
                                .body_len = with->body != NULL ? strlen(with->body)
                                                               : (size_t)with->body_bytes,
                                .body_type = with->body_type,
                                .identity = &identity,
                                .deadline_ms = with->deadline_ms > 0 ? with->deadline_ms
                                                                     : PD_FETCH_NO_DEADLINE,
                                .max_bytes = (size_t)with->max_bytes,
                                .retries = (unsigned)with->retries,
                                .is_repeatable = with->repeatable != 0,
                                .cancel_fd =
                                        with->cancel_ms + with->end_cancels > 0 ? &cancel_fd : NULL,
                        },
                .print = PTHREAD_MUTEX_INITIALIZER,
        };

        if (big == NULL)
                return pd_fail_memory(err, "a body");
        if (make_secret(with->password, &password, err) < 0 ||
            make_secret(with->bearer, &bearer, err) < 0 ||
            make_secret(with->key_pem, &key, err) < 0 ||
            pd_fetch_new("fetch-cat/1", &fetch, err) < 0)
                return -1;
        identity.password = password;
        identity.bearer = bearer;
        identity.key_pem = key;
        work.fetch = fetch;
        return fetch_in_threads(&work, err);
}

int main(int argc, char **argv)
{
        struct settings with = {
                .deadline_ms = 10000, .max_bytes = 1 << 20, .threads = 1, .rounds = 1};
        struct pd_err err = {0};
        int i = 1;

        for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
                if (!set(&with, argv[i])) {
                        (void)fprintf(stderr, "fetch-cat: what is '%s'?\n", argv[i]);
                        return 64;
                }
        }
        if (argc - i - 1 < 1 || argc - i - 1 > MAX_URLS || with.threads > MAX_THREADS) {
                (void)fputs("fetch-cat: nothing to fetch, or too much\n", stderr);
                return 64;
        }
        if (run(&with, (const char *const *)(argv + i + 1), (size_t)(argc - i - 1), &err) < 0) {
                (void)fprintf(stderr, "fetch-cat: %s\n", err.msg);
                return pd_err_exit(err.code);
        }
        return EXIT_SUCCESS;
}
