/* exchange.c - what handlers may ask of a request, and how one lives. */
#include "exchange.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/format.h"

struct pd_http_exchange *pd_exchange_new(struct pd_httpd *httpd, struct MHD_Connection *connection)
{
        struct pd_http_exchange *exchange = calloc(1, sizeof(*exchange));
        uint64_t number = 0;

        if (exchange == NULL)
                return NULL;

        (void)!getrandom(&number, sizeof(number), 0); /* at worst two requests share an id */
        pd_format(exchange->id, sizeof(exchange->id), "%016" PRIx64, number);
        exchange->httpd = httpd;
        exchange->connection = connection;
        exchange->began_us = pd_clock_mono_us();
        exchange->body = (struct pd_buf)PD_BUF_INIT(0);
        atomic_init(&exchange->references, 1);
        atomic_init(&exchange->stage, PD_STAGE_HEAD);
        return exchange;
}

void pd_exchange_release(struct pd_http_exchange *exchange)
{
        if (exchange == NULL || atomic_fetch_sub(&exchange->references, 1) > 1)
                return;

        pd_buf_done(&exchange->body);
        pd_reply_done(&exchange->reply);
        pd_arena_done(&exchange->arena);
        free(exchange);
}

bool pd_exchange_step(struct pd_http_exchange *exchange, enum pd_stage from, enum pd_stage to)
{
        int expected = from;

        return atomic_compare_exchange_strong(&exchange->stage, &expected, to);
}

void pd_exchange_refuse(struct pd_http_exchange *exchange, int status, enum pd_err_code code,
                        const char *fmt, ...)
{
        va_list args;

        if (exchange->refusal_status != 0)
                return;

        exchange->refusal_status = status;
        exchange->refusal.code = code;
        va_start(args, fmt);
        pd_vformat(exchange->refusal.msg, sizeof(exchange->refusal.msg), fmt, args);
        va_end(args);
}

static bool is_plain_id(const char *text)
{
        size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-_.");

        return len > 0 && len < PD_HTTPD_ID_SIZE && text[len] == '\0';
}

void pd_exchange_name(struct pd_http_exchange *exchange)
{
        const char *wish = pd_pairs_get(&exchange->headers, "X-Request-Id", true);

        if (wish != NULL && is_plain_id(wish))
                pd_format(exchange->id, sizeof(exchange->id), "%s", wish);
}

const char *pd_http_method(const struct pd_http_exchange *exchange)
{
        return exchange->method;
}

const char *pd_http_parameter(const struct pd_http_exchange *exchange, const char *name)
{
        size_t i = 0;

        while (i < exchange->match.count && strcmp(exchange->match.names[i], name) != 0)
                i++;
        assert(i < exchange->match.count); /* the route says which there are */
        return exchange->match.values[i];
}

const char *pd_http_query(const struct pd_http_exchange *exchange, const char *name)
{
        return pd_pairs_get(&exchange->query, name, false);
}

const char *pd_http_header(const struct pd_http_exchange *exchange, const char *name)
{
        return pd_pairs_get(&exchange->headers, name, true);
}

const char *pd_http_body(const struct pd_http_exchange *exchange, size_t *ret_len)
{
        if (ret_len != NULL)
                *ret_len = exchange->body.len;
        return exchange->body.data;
}

const char *pd_http_id(const struct pd_http_exchange *exchange)
{
        return exchange->id;
}

bool pd_http_wants_html(const struct pd_http_exchange *exchange)
{
        const char *accept = pd_pairs_get(&exchange->headers, "Accept", true);
        static const char html[] = "text/html";

        while (accept != NULL) {
                accept += strspn(accept, " \t,");
                if (strncasecmp(accept, html, sizeof(html) - 1) == 0 &&
                    strchr(" \t;,", accept[sizeof(html) - 1]) != NULL)
                        return true; /* strchr() finds the NUL as well */
                accept = strchr(accept, ',');
        }
        return false;
}
