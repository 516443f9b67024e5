/* transfer.c - one request on its way. */
#include "transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/format.h"
#include "base/own.h"
#include "fetch/pace.h"

#define PROTOCOLS "http,https"

/* A connection that was kept for longer may be just about to be closed by the neighbour: nothing
 * that must not be sent twice goes over it. */
#define MAX_IDLE_S 1L

/* --- What curl hands over --- */

/* Whether the body of this answer goes to the sink. */
static bool is_stream(const struct pd_transfer *transfer)
{
        long status = 0;

        if (transfer->request->sink == NULL)
                return false;
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        return status >= 200 && status < 300;
}

static size_t offer(struct pd_transfer *transfer, const char *bytes, size_t len)
{
        transfer->is_streamed = true;
        switch (pd_call_offer(&transfer->inbox, bytes, len)) {
        case PD_OFFER_TAKEN:
                return len;
        case PD_OFFER_FULL:
                return CURL_WRITEFUNC_PAUSE;
        case PD_OFFER_FAILED:
                break;
        }
        return 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
        struct pd_transfer *transfer = context;

        if (is_stream(transfer))
                return offer(transfer, bytes, size * count);
        pd_buf_put(&transfer->body, bytes, size * count);
        transfer->is_over_limit |= transfer->body.failed == EFBIG;
        return transfer->body.failed == 0 ? size * count : 0;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
        struct pd_transfer *transfer = context;

        /* an empty line ends a head; behind one of the statuses 1xx there is another */
        if (size * count >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
                transfer->is_head_whole = false;
        else if (bytes[0] == '\r' || bytes[0] == '\n')
                transfer->is_head_whole = true;
        transfer->header_bytes += size * count;
        transfer->is_over_limit |= transfer->header_bytes > PD_FETCH_MAX_HEADER_BYTES;
        return transfer->is_over_limit ? 0 : size * count;
}

/* --- What curl is told --- */

static bool add_header(struct curl_slist **list, const char *line)
{
        struct curl_slist *longer = curl_slist_append(*list, line);

        if (longer == NULL)
                return false;
        *list = longer;
        return true;
}

/* The header lines; one without a value keeps curl from sending it. */
static bool make_headers(struct pd_transfer *transfer)
{
        const struct pd_fetch_request *request = transfer->request;
        pd_auto(pd_buf_done) struct pd_buf type = PD_BUF_INIT(256);

        if (!add_header(&transfer->headers, "Expect:"))
                return false;
        if (request->body_type == NULL && !add_header(&transfer->headers, "Content-Type:"))
                return false; /* curl has a guess of its own */
        for (const char *const *line = request->headers; line != NULL && *line != NULL; line++) {
                if (!add_header(&transfer->headers, *line))
                        return false;
        }
        if (request->body_type == NULL)
                return true;
        pd_buf_printf(&type, "Content-Type: %s", request->body_type);
        return type.failed == 0 && add_header(&transfer->headers, type.data);
}

/* curl_easy_setopt() only fails for want of memory, and where an option is not built in. */
#define SET(easy, option, value) (curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

static bool set_blob(CURL *easy, CURLoption option, const char *text)
{
        struct curl_blob blob = {
                .data = (void *)(uintptr_t)text, /* is copied */
                .len = strlen(text),
                .flags = CURL_BLOB_COPY,
        };

        return SET(easy, option, &blob);
}

static bool set_certificates(CURL *easy, const struct pd_fetch_identity *identity)
{
        bool works = true;

        if (identity->certificate_pem != NULL)
                works = set_blob(easy, CURLOPT_SSLCERT_BLOB, identity->certificate_pem) &&
                        set_blob(easy, CURLOPT_SSLKEY_BLOB,
                                 pd_secret_reveal(identity->key_pem, NULL));
        else if (identity->certificate_path != NULL)
                works = SET(easy, CURLOPT_SSLCERT, identity->certificate_path) &&
                        SET(easy, CURLOPT_SSLKEY, identity->key_path);
        if (works && identity->ca_pem != NULL)
                works = set_blob(easy, CURLOPT_CAINFO_BLOB, identity->ca_pem);
        else if (works && identity->ca_path != NULL)
                works = SET(easy, CURLOPT_CAINFO, identity->ca_path);
        return works;
}

static bool set_identity(CURL *easy, const struct pd_fetch_identity *identity)
{
        bool works = true;

        if (identity == NULL)
                return true;
        if (identity->user != NULL)
                works = SET(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) &&
                        SET(easy, CURLOPT_USERNAME, identity->user);
        if (works && identity->user != NULL && identity->password != NULL)
                works = SET(easy, CURLOPT_PASSWORD, pd_secret_reveal(identity->password, NULL));
        if (works && identity->bearer != NULL)
                works = SET(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER) &&
                        SET(easy, CURLOPT_XOAUTH2_BEARER, pd_secret_reveal(identity->bearer, NULL));
        return works && set_certificates(easy, identity);
}

static bool is_method(const struct pd_fetch_request *request, const char *method)
{
        return strcmp(request->method != NULL ? request->method : "GET", method) == 0;
}

/* POST and PATCH, which may do more when they come twice. */
static bool is_once_only(const struct pd_fetch_request *request)
{
        return !request->is_repeatable &&
               (is_method(request, "POST") || is_method(request, "PATCH"));
}

/*
 * The request goes out now. Where a kept connection turns out to be dead, curl makes a new one and
 * sends everything again, body and all; it cannot know what the neighbour has done in between.
 */
static int allow_once(void *context, char *peer, char *own, int peer_port, int own_port)
{
        struct pd_transfer *transfer = context;

        (void)peer;
        (void)own;
        (void)peer_port;
        (void)own_port;
        transfer->is_repeated = transfer->is_sent;
        transfer->is_sent = true;
        return transfer->is_repeated ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bool set_once_only(CURL *easy, struct pd_transfer *transfer)
{
        return !is_once_only(transfer->request) || (SET(easy, CURLOPT_PREREQFUNCTION, allow_once) &&
                                                    SET(easy, CURLOPT_PREREQDATA, transfer) &&
                                                    SET(easy, CURLOPT_MAXAGE_CONN, MAX_IDLE_S));
}

static bool set_method(CURL *easy, const struct pd_fetch_request *request)
{
        bool has_body = request->body_len > 0 || is_once_only(request);

        if (is_method(request, "HEAD"))
                return SET(easy, CURLOPT_NOBODY, 1L);
        if (has_body &&
            !(SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len) &&
              SET(easy, CURLOPT_POSTFIELDS, request->body_len > 0 ? request->body : "")))
                return false;
        return is_method(request, "GET") || SET(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

/* For curl 0 is no limit at all. */
static bool set_deadline(CURL *easy, const struct pd_transfer *transfer, int64_t now_us)
{
        int64_t left_ms = (transfer->ends_us - now_us + 999) / 1000;

        if (transfer->ends_us == PD_FETCH_NO_DEADLINE)
                return SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)PD_FETCH_CONNECT_MS);
        return SET(easy, CURLOPT_TIMEOUT_MS, (long)(left_ms > 0 ? left_ms : 1)) &&
               SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(left_ms > 0 ? left_ms : 1));
}

static bool set_limits(CURL *easy, struct pd_transfer *transfer, int64_t now_us)
{
        return set_deadline(easy, transfer, now_us) &&
               (transfer->request->sink != NULL ||
                is_method(transfer->request, "HEAD") || /* whose length is not its own */
                SET(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)transfer->request->max_bytes)) &&
               SET(easy, CURLOPT_WRITEFUNCTION, take_body) &&
               SET(easy, CURLOPT_WRITEDATA, transfer) &&
               SET(easy, CURLOPT_HEADERFUNCTION, take_header) &&
               SET(easy, CURLOPT_HEADERDATA, transfer);
}

/* No proxy, no .netrc, no redirect: a request goes where it is told to, or nowhere. */
static bool set_route(CURL *easy, const struct pd_fetch_request *request)
{
        return SET(easy, CURLOPT_URL, request->url) &&
               SET(easy, CURLOPT_PROTOCOLS_STR, PROTOCOLS) && SET(easy, CURLOPT_PROXY, "") &&
               SET(easy, CURLOPT_FOLLOWLOCATION, 0L) && SET(easy, CURLOPT_NOSIGNAL, 1L) &&
               SET(easy, CURLOPT_TCP_KEEPALIVE, 1L) &&
               SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
               SET(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) &&
               SET(easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
}

int pd_transfer_begin(struct pd_transfer *transfer, CURL *easy, const char *user_agent,
                      int64_t now_us)
{
        const struct pd_fetch_request *request = transfer->request;

        transfer->easy = easy;
        transfer->tries++;
        transfer->header_bytes = 0;
        transfer->is_head_whole = false;
        transfer->is_over_limit = false;
        transfer->is_sent = false;
        transfer->is_repeated = false;
        transfer->detail[0] = '\0';
        transfer->body = (struct pd_buf)PD_BUF_INIT(request->max_bytes);

        if (make_headers(transfer) && set_route(easy, request) && set_method(easy, request) &&
            set_once_only(easy, transfer) && set_limits(easy, transfer, now_us) &&
            set_identity(easy, request->identity) &&
            SET(easy, CURLOPT_HTTPHEADER, transfer->headers) &&
            SET(easy, CURLOPT_USERAGENT, user_agent) &&
            SET(easy, CURLOPT_ERRORBUFFER, transfer->detail) &&
            SET(easy, CURLOPT_PRIVATE, transfer))
                return 0;
        return -1;
}

int pd_transfer_check(const struct pd_fetch_request *request, struct pd_err *err)
{
        if (strncasecmp(request->url, "http://", 7) != 0 &&
            strncasecmp(request->url, "https://", 8) != 0)
                return pd_fail(err, PD_E_INTERNAL, 0,
                               "an address to fetch from starts with neither http:// nor https://");

        for (const char *const *line = request->headers; line != NULL && *line != NULL; line++) {
                if ((*line)[strcspn(*line, "\r\n")] != '\0')
                        return pd_fail(err, PD_E_INTERNAL, 0,
                                       "a header line to send has a line end in it");
        }
        return 0;
}

/* --- How it ends --- */

static void url_free(CURLU **url)
{
        curl_url_cleanup(*url);
}

/* A part of an address; NULL: it has none. The caller releases it with curl_free(). */
static char *url_part(CURLU *url, CURLUPart part)
{
        char *text = NULL;

        return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

/* "scheme://host:port/path": without user, password and query, which may be secret. */
static void put_address(struct pd_buf *out, const char *address)
{
        static const struct {
                CURLUPart part;
                const char *before;
        } parts[] = {
                {CURLUPART_SCHEME, ""},
                {CURLUPART_HOST, "://"},
                {CURLUPART_PORT, ":"},
                {CURLUPART_PATH, ""},
        };
        pd_auto(url_free) CURLU *url = curl_url();

        if (url == NULL || curl_url_set(url, CURLUPART_URL, address, 0) != CURLUE_OK) {
                pd_buf_puts(out, "an address that is none");
                return;
        }
        for (size_t i = 0; i < PD_COUNT(parts); i++) {
                char *text = url_part(url, parts[i].part);

                if (text != NULL) {
                        pd_buf_puts(out, parts[i].before);
                        pd_buf_puts(out, text);
                }
                curl_free(text);
        }
}

bool pd_transfer_resume(struct pd_transfer *transfer)
{
        bool is_unwanted = false;

        if (transfer->request->sink != NULL && pd_call_resumes(&transfer->inbox, &is_unwanted))
                (void)curl_easy_pause(transfer->easy,
                                      CURLPAUSE_CONT); /* fails as the transfer does */
        return is_unwanted;
}

void pd_transfer_fail(struct pd_transfer *transfer, enum pd_err_code code, const char *why)
{
        pd_auto(pd_buf_done) struct pd_buf address = PD_BUF_INIT(4096);

        put_address(&address, transfer->request->url);
        (void)pd_fail(transfer->err, code, 0, "%s: %s", address.data, why);
}

/* Also where a single line is longer than curl keeps: it says that memory is short. */
static bool has_long_header(const struct pd_transfer *transfer, CURL *easy, CURLcode result)
{
        curl_off_t began_us = 0;

        if (result == CURLE_OUT_OF_MEMORY)
                (void)curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &began_us);
        return transfer->header_bytes > PD_FETCH_MAX_HEADER_BYTES || began_us > 0;
}

static void fail_by(struct pd_transfer *transfer, CURL *easy, CURLcode result)
{
        const char *detail =
                transfer->detail[0] != '\0' ? transfer->detail : curl_easy_strerror(result);

        if (transfer->is_repeated)
                pd_transfer_fail(transfer, PD_E_BAD_GATEWAY,
                                 "the connection was closed without an answer; what was asked for "
                                 "may have happened");
        else if (has_long_header(transfer, easy, result))
                pd_transfer_fail(transfer, PD_E_BAD_GATEWAY,
                                 "the header lines of the answer are over the limit");
        else if (transfer->is_over_limit || result == CURLE_FILESIZE_EXCEEDED)
                pd_transfer_fail(transfer, PD_E_BAD_GATEWAY, "the answer is over the limit");
        else if (result == CURLE_ABORTED_BY_CALLBACK)
                pd_transfer_fail(transfer, PD_E_UNAVAILABLE,
                                 transfer->is_canceled ? PD_TRANSFER_CANCELED
                                                       : "this program is ending");
        else if (result == CURLE_OPERATION_TIMEDOUT)
                pd_transfer_fail(transfer, PD_E_TIMEOUT, "no answer in time");
        else if (result == CURLE_OUT_OF_MEMORY || result == CURLE_WRITE_ERROR)
                pd_transfer_fail(transfer, PD_E_INTERNAL, "no memory for the answer");
        else
                pd_transfer_fail(transfer, PD_E_BAD_GATEWAY, detail);
}

/* A header line of the answer, copied; *ret NULL: it has none. -1: no memory. */
static int copy_header(CURL *easy, const char *name, char **ret)
{
        struct curl_header *header;

        if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
                return 0;
        *ret = strdup(header->value);
        return *ret != NULL ? 0 : -1;
}

static void succeed(struct pd_transfer *transfer, CURL *easy, int status)
{
        struct pd_fetch_answer answer = {.status = status};

        answer.body = pd_buf_take(&transfer->body, &answer.len);
        if (answer.body == NULL || copy_header(easy, "Content-Type", &answer.type) < 0 ||
            copy_header(easy, "Location", &answer.location) < 0) {
                pd_fetch_answer_done(&answer);
                pd_transfer_fail(transfer, PD_E_INTERNAL, "no memory for the answer");
                return;
        }
        *transfer->answer = answer;
        transfer->err->code = PD_OK;
}

/* Whether nothing came back, so that the same request may be sent once more. */
static bool got_no_answer(CURLcode result)
{
        return result == CURLE_COULDNT_CONNECT || result == CURLE_COULDNT_RESOLVE_HOST ||
               result == CURLE_GOT_NOTHING || result == CURLE_RECV_ERROR ||
               result == CURLE_SEND_ERROR;
}

/* Whether the next try may fare better. */
static bool may_pass(const struct pd_fetch_request *request, CURLcode result, int status)
{
        bool is_cut = result == CURLE_PARTIAL_FILE;

        if (request->is_repeatable && (is_cut || (result == CURLE_OK && status == 500)))
                return true;
        return result == CURLE_OK ? pd_pace_is_passing(status) : got_no_answer(result);
}

static int64_t retry_after_s(CURL *easy)
{
        curl_off_t seconds = 0;

        if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds <= 0)
                return -1;
        return seconds;
}

/* Whether there is one more try; then starts_us says when. */
static bool tries_again(struct pd_transfer *transfer, CURL *easy, CURLcode result, int status,
                        int64_t now_us)
{
        const struct pd_fetch_request *request = transfer->request;
        bool may_repeat =
                request->is_repeatable || is_method(request, "GET") || is_method(request, "HEAD");
        uint32_t random = 0;
        int64_t pause_ms;

        if (!may_repeat || !may_pass(request, result, status) || transfer->is_streamed ||
            transfer->tries > request->retries)
                return false;
        (void)!getrandom(&random, sizeof(random), 0); /* without it there is only no jitter */
        pause_ms = pd_pace_pause(transfer->tries, retry_after_s(easy),
                                 (transfer->ends_us - now_us) / 1000, random);
        transfer->starts_us = now_us + pause_ms * 1000;
        return pause_ms >= 0;
}

bool pd_transfer_end(struct pd_transfer *transfer, CURLcode result, int64_t now_us, CURL **ret_easy)
{
        CURL *easy = pd_steal(&transfer->easy);
        long status = 0;
        bool again;

        (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (result == CURLE_OK && (!transfer->is_head_whole || status < 200)) {
                result = CURLE_GOT_NOTHING; /* for curl it is an answer without a body */
                pd_format(transfer->detail, sizeof(transfer->detail),
                          "the answer ends within its header lines");
        }
        again = tries_again(transfer, easy, result, (int)status, now_us);
        if (!again && result == CURLE_OK)
                succeed(transfer, easy, (int)status);
        else if (!again)
                fail_by(transfer, easy, result);

        pd_buf_done(&transfer->body);
        curl_slist_free_all(pd_steal(&transfer->headers));
        *ret_easy = easy;
        return !again;
}
