/* transfer.h - one request on its way, as curl knows it. */
#ifndef PD_FETCH_TRANSFER_H
#define PD_FETCH_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <curl/curl.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "call.h"
#include "fetch/fetch.h"

LIST_HEAD(pd_transfers, pd_transfer);

struct pd_transfer {
        const struct pd_fetch_request *request;
        struct pd_fetch_answer *answer;
        struct pd_err *err;
        struct pd_call *call;
        struct pd_inbox inbox;         /* of a request with a sink */
        LIST_ENTRY(pd_transfer) place; /* in the one list it is on */

        CURL *easy; /* NULL: not under way */
        struct curl_slist *headers;
        struct pd_buf body;
        size_t header_bytes;
        bool is_head_whole;
        bool is_over_limit; /* body or headers; the transfer was ended for it */
        bool is_sent;       /* once, of what must not be sent twice */
        bool is_repeated;   /* curl was about to send that again; the transfer was ended for it */
        bool is_canceled;
        bool is_streamed; /* its sink has had bytes: no further try */
        size_t watch;     /* where the loop looks for its cancel_fd */
        char detail[CURL_ERROR_SIZE];

        unsigned tries;
        int64_t ends_us;
        int64_t starts_us; /* of a pause before the next try */
};

/* Why a request fails that somebody has canceled. */
#define PD_TRANSFER_CANCELED "canceled"

/* PD_E_INTERNAL: a request that nobody may send; who made it is wrong. */
int pd_transfer_check(const struct pd_fetch_request *request, struct pd_err *err) PD_MUST_CHECK;

/* Give the request to a fresh or reset handle, which is then the transfer's. -1: no memory, or no
 * such address. */
int pd_transfer_begin(struct pd_transfer *transfer, CURL *easy, const char *user_agent,
                      int64_t now_us) PD_MUST_CHECK;

/*
 * The try is over with `result`; the handle is the caller's again (*ret_easy). True: answer or err
 * of the request are set. False: it is to be tried again at starts_us.
 */
bool pd_transfer_end(struct pd_transfer *transfer, CURLcode result, int64_t now_us,
                     CURL **ret_easy);

/* Go on where the sink has room again; true: it had enough, the transfer is to be ended. */
bool pd_transfer_resume(struct pd_transfer *transfer);

/* The request has failed before, after or between tries. */
void pd_transfer_fail(struct pd_transfer *transfer, enum pd_err_code code, const char *why);

#endif
