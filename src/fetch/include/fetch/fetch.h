/*
 * fetch.h - HTTP requests to neighbours: one curl multi loop a process, a thread of its own.
 *
 * The calls block; many threads may call at once, and one call may carry several requests that run
 * together. Every request has a limit, and a deadline unless its answer is a stream. Redirects are
 * never followed.
 */
#ifndef PD_FETCH_FETCH_H
#define PD_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "base/secret.h"

/** Connections kept open to one neighbour, and in all. */
#define PD_FETCH_MAX_CONNECTIONS_PER_HOST 64
#define PD_FETCH_MAX_CONNECTIONS          256
/** Most bytes of an answer's header lines together. */
#define PD_FETCH_MAX_HEADER_BYTES 65536

/** Who we are to a neighbour, and how we know it. All may be NULL. Borrowed for the call. */
struct pd_fetch_identity {
        const char *user; /**< Basic, sent with the first request */
        const struct pd_secret *password;
        const struct pd_secret *bearer;
        const char *certificate_path; /**< our client certificate and key, PEM files */
        const char *key_path;
        const char *ca_path; /**< what its certificate is checked against; NULL: the system's */
        /* Likewise, as PEM text instead of files; it comes before them. */
        const char *certificate_pem;
        const struct pd_secret *key_pem;
        const char *ca_pem;
};

/** Takes an answer as it comes: a stream without an end, or a body too large to keep. */
struct pd_fetch_sink {
        /**
         * The next bytes, on the thread of the call; while it works the neighbour waits. False:
         * that was enough, the request ends as if the answer had ended here.
         */
        bool (*take)(void *context, const char *bytes, size_t len);
        /** The request has ended, whatever way, and no more bytes come; those of the same call may
         * go on. NULL: nobody needs to know before the call is over. */
        void (*end)(void *context);
        void *context;
};

/** Most bytes of an answer that wait for a sink. */
#define PD_FETCH_MAX_UNREAD (256 * 1024)
/** In place of a deadline, where there is a sink or somebody may cancel. */
#define PD_FETCH_NO_DEADLINE INT64_MAX
/** How long a connection may take to be made, then. */
#define PD_FETCH_CONNECT_MS 30000

struct pd_fetch_request {
        const char *method;         /**< NULL: GET; POST and PATCH are never sent twice */
        const char *url;            /**< http or https */
        const char *unix_socket;    /**< connect to this path instead of the URL's host */
        const char *const *headers; /**< `Name: value`, ends with NULL; NULL: none */
        const void *body;
        size_t body_len;
        const char *body_type; /**< Content-Type of the body */
        const struct pd_fetch_identity *identity;
        int64_t deadline_ms; /**< for all of it, retries included; required */
        size_t max_bytes;    /**< of the answer's body; required */
        unsigned retries; /**< further tries of a GET or HEAD that got no answer, or 429, 502, 503,
                             504: with a growing, jittered pause */
        bool is_repeatable; /**< done twice it does no more than once, whatever its method:
                               `retries` hold for it, and after 500 and half an answer, too */
        const struct pd_fetch_sink *sink; /**< gets the body of an answer 2xx, of whatever size; any
                                             other is kept as without it. NULL: all are kept */
        const int *cancel_fd; /**< readable (an eventfd, a signalfd; it is not read): the request
                                 fails with PD_E_UNAVAILABLE. NULL: nobody cancels it */
};

struct pd_fetch_answer {
        int status; /**< of HTTP; 0: none came */
        char *type; /**< Content-Type; NULL: absent */
        char *location;
        char *body; /**< a NUL stands after the last byte; never NULL with a status */
        size_t len;
};

struct pd_fetch;

/** Start the loop. */
int pd_fetch_new(const char *user_agent, struct pd_fetch **ret, struct pd_err *err) PD_MUST_CHECK;

/** Requests under way and all later ones fail with PD_E_UNAVAILABLE, so that nobody waits. */
void pd_fetch_stop(struct pd_fetch *fetch);

/** End the thread. Nobody may be within pd_fetch() or pd_fetch_all() any more. NULL is fine. */
void pd_fetch_free(struct pd_fetch *fetch);

/**
 * One request. 0: an answer came, whatever its status. PD_E_TIMEOUT: not within the deadline;
 * PD_E_UNAVAILABLE: stopped or canceled; PD_E_BAD_GATEWAY: refused, reset, cut short, no HTTP, over
 * max_bytes, a certificate that does not fit; PD_E_INTERNAL: no memory, another scheme, a header
 * line with a line end. Messages name scheme, host and path, never credentials or the query. The
 * caller releases *ret with pd_fetch_answer_done().
 */
int pd_fetch(struct pd_fetch *fetch, const struct pd_fetch_request *request,
             struct pd_fetch_answer *ret, struct pd_err *err) PD_MUST_CHECK;

/**
 * Several requests at the same time; waits for all. answers[i] and errs[i] belong to requests[i];
 * errs[i].code is PD_OK where an answer came. Their sinks are called one at a time.
 */
void pd_fetch_all(struct pd_fetch *fetch, const struct pd_fetch_request *requests, size_t count,
                  struct pd_fetch_answer *answers, struct pd_err *errs);

void pd_fetch_answer_done(struct pd_fetch_answer *answer);

PD_DEFINE_AUTO(struct pd_fetch, pd_fetch_free)

#endif
