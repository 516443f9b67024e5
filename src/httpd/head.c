/* head.c - the rules of RFC 9112 that the server library leaves to us. */
#include "head.h"

#include <string.h>
#include <strings.h>

/* RFC 9110, section 5.6.2 */
static bool is_token(const char *text)
{
        static const char others[] = "!#$%&'*+-.^_`|~";
        size_t len = strlen(text);

        for (size_t i = 0; i < len; i++) {
                char c = text[i];
                bool is_alphanumeric =
                        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

                if (!is_alphanumeric && strchr(others, c) == NULL)
                        return false;
        }
        return len > 0;
}

static bool is_value(const char *text)
{
        for (; *text != '\0'; text++) {
                unsigned char c = (unsigned char)*text;

                if ((c < 0x20 && c != '\t') || c == 0x7f)
                        return false;
        }
        return true;
}

static int check_lines(const struct pd_pairs *headers, struct pd_err *err)
{
        for (size_t i = 0; i < headers->count; i++) {
                const struct pd_pair *line = &headers->items[i];

                if (!is_token(line->name))
                        return pd_fail(err, PD_E_INVALID, 0,
                                       "the name of header line %zu is malformed", i + 1);
                if (!is_value(line->value))
                        return pd_fail(err, PD_E_INVALID, 0, "header '%s' has a control character",
                                       line->name);
        }
        return 0;
}

static size_t count_of(const struct pd_pairs *headers, const char *name)
{
        size_t count = 0;

        for (size_t i = 0; i < headers->count; i++)
                count += strcasecmp(headers->items[i].name, name) == 0;
        return count;
}

static int read_length(const char *text, uint64_t *ret, struct pd_err *err)
{
        uint64_t length = 0;
        bool is_number = *text != '\0';

        for (; *text != '\0' && is_number; text++)
                is_number = *text >= '0' && *text <= '9' &&
                            !__builtin_mul_overflow(length, 10U, &length) &&
                            !__builtin_add_overflow(length, (uint64_t)(*text - '0'), &length);
        if (!is_number)
                return pd_fail(err, PD_E_INVALID, 0, "Content-Length is no length");
        *ret = length;
        return 0;
}

static int check_body(const struct pd_pairs *headers, bool is_http10, struct pd_body_claim *ret,
                      struct pd_err *err)
{
        const char *coding = pd_pairs_get(headers, "Transfer-Encoding", true);
        const char *length = pd_pairs_get(headers, "Content-Length", true);
        const char *expect = pd_pairs_get(headers, "Expect", true);
        struct pd_body_claim claim = {.is_chunked = coding != NULL};

        if (count_of(headers, "Content-Length") > 1)
                return pd_fail(err, PD_E_INVALID, 0, "Content-Length is there twice");
        if (coding != NULL && length != NULL)
                return pd_fail(err, PD_E_INVALID, 0,
                               "Content-Length and Transfer-Encoding are both there");
        if (coding != NULL && (is_http10 || strcasecmp(coding, "chunked") != 0 ||
                               count_of(headers, "Transfer-Encoding") > 1))
                return pd_fail(err, PD_E_INVALID, 0,
                               "of transfer encodings only 'chunked' is understood");
        if (length != NULL && read_length(length, &claim.length, err) < 0)
                return -1;

        claim.wants_to_be_asked = expect != NULL && strcasecmp(expect, "100-continue") == 0;
        *ret = claim;
        return 0;
}

int pd_head_check(const char *version, const struct pd_pairs *headers, size_t bytes,
                  struct pd_body_claim *ret, struct pd_err *err)
{
        bool is_http10 = strcmp(version, "HTTP/1.0") == 0;
        size_t hosts;

        if (headers->count > PD_HTTPD_MAX_HEADERS)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "there are over %d header lines",
                               PD_HTTPD_MAX_HEADERS);
        if (bytes > PD_HTTPD_MAX_URL_BYTES + PD_HTTPD_MAX_HEADER_BYTES)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "the header lines are over %d bytes",
                               PD_HTTPD_MAX_HEADER_BYTES);
        if (check_lines(headers, err) < 0)
                return -1;

        hosts = count_of(headers, "Host");
        if (hosts > 1 || (hosts == 0 && !is_http10))
                return pd_fail(err, PD_E_INVALID, 0, "there must be one header Host");
        return check_body(headers, is_http10, ret, err);
}
