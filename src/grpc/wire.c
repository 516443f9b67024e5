/* wire.c - percent-encoding, timeouts, and what other endings mean. */
#include "wire.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/attr.h"
#include "base/num.h"
#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

#define TIMEOUT_MAX_DIGITS 8
#define TIMEOUT_MAX        99999999

/* Longest bytes of a character of UTF-8. */
#define CHAR_MAX_BYTES 4

static bool is_plain(char sign)
{
        return sign >= ' ' && sign <= '~' && sign != '%';
}

/* Blanks at the ends of a line are lost, or the line with them (RFC 9113, 8.2.1). */
void pd_grpc_percent_encode(struct pd_buf *out, const char *text)
{
        for (const char *at = text; *at != '\0'; at++) {
                bool is_end = at == text || at[1] == '\0';

                if (is_plain(*at) && !(is_end && *at == ' '))
                        pd_buf_putc(out, *at);
                else
                        pd_buf_printf(out, "%%%02X", (unsigned char)*at);
        }
}

/* The byte at the start of `bytes`, of which there is one at least; returns how many signs it is
 * written with. */
static size_t decode_byte(const char *bytes, size_t len, char *ret)
{
        int byte = bytes[0] == '%' && len >= 3 ? pd_hex_byte(bytes + 1) : -1;

        *ret = byte >= 0 ? (char)byte : bytes[0];
        return byte >= 0 ? 3 : 1;
}

static bool is_wanted(const char *at, size_t size)
{
        return size != 0 && (!pd_utf8_is_control(at, size) || memchr("\t\n\r", at[0], 3) != NULL);
}

/* Append the character at the start of `bytes`, of which there is one at least; returns how many
 * signs it is written with. */
static size_t decode_char(struct pd_buf *out, const char *bytes, size_t len)
{
        char decoded[CHAR_MAX_BYTES];
        size_t ends[CHAR_MAX_BYTES]; /* of each byte among the signs */
        size_t count = 0, end = 0, size;

        do {
                end += decode_byte(bytes + end, len - end, &decoded[count]);
                ends[count++] = end;
        } while (count < CHAR_MAX_BYTES && end < len);

        size = pd_utf8_char(decoded, count);
        if (is_wanted(decoded, size))
                pd_buf_put(out, decoded, size);
        else
                pd_buf_puts(out, REPLACEMENT);
        return ends[size != 0 ? size - 1 : 0];
}

void pd_grpc_percent_decode(struct pd_buf *out, const char *bytes, size_t len)
{
        for (size_t i = 0; i < len;)
                i += decode_char(out, bytes + i, len - i);
}

/* From the shortest that is written. */
static const struct unit {
        char sign;
        int64_t us;
} units[] = {
        {'u', 1}, {'m', 1000}, {'S', 1000000}, {'M', 60000000}, {'H', 3600000000},
};

static int64_t round_up(int64_t number, int64_t unit)
{
        return number / unit + (number % unit != 0);
}

void pd_grpc_timeout_write(int64_t us, char out[PD_GRPC_TIMEOUT_SIZE])
{
        const struct unit *unit = units;
        int64_t amount = us < 1 ? 1 : us;

        while (amount > TIMEOUT_MAX && unit < units + PD_COUNT(units) - 1)
                amount = round_up(us, (++unit)->us);
        if (amount > TIMEOUT_MAX)
                amount = TIMEOUT_MAX;
        (void)snprintf(out, PD_GRPC_TIMEOUT_SIZE, "%u%c", (unsigned)amount, unit->sign);
}

bool pd_grpc_timeout_read(const char *text, size_t len, int64_t *ret_us)
{
        int64_t amount = 0;

        if (len < 2 || len > TIMEOUT_MAX_DIGITS + 1)
                return false;
        for (size_t i = 0; i < len - 1; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return false;
                amount = amount * 10 + (text[i] - '0');
        }

        for (size_t i = 0; i < PD_COUNT(units); i++) {
                if (units[i].sign == text[len - 1]) {
                        *ret_us = amount * units[i].us;
                        return true;
                }
        }
        if (text[len - 1] != 'n')
                return false;
        *ret_us = round_up(amount, 1000);
        return true;
}

bool pd_grpc_is_content_type(const char *text, size_t len)
{
        static const char type[] = "application/grpc";
        size_t size = sizeof(type) - 1;

        return len >= size && strncasecmp(text, type, size) == 0 &&
               (len == size || text[size] == '+' || text[size] == ';');
}

enum pd_grpc_code pd_grpc_code_read(const char *text, size_t len)
{
        unsigned number = 0;

        for (size_t i = 0; i < len; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return PD_GRPC_UNKNOWN;
                number = number * 10 + (unsigned)(text[i] - '0');
                if (number > PD_GRPC_UNAUTHENTICATED)
                        return PD_GRPC_UNKNOWN;
        }
        return len != 0 ? (enum pd_grpc_code)number : PD_GRPC_UNKNOWN;
}

enum pd_grpc_code pd_grpc_code_of_http(int status)
{
        static const struct {
                int status;
                enum pd_grpc_code code;
        } rows[] = {
                {400, PD_GRPC_INTERNAL},          {401, PD_GRPC_UNAUTHENTICATED},
                {403, PD_GRPC_PERMISSION_DENIED}, {404, PD_GRPC_UNIMPLEMENTED},
                {429, PD_GRPC_UNAVAILABLE},       {502, PD_GRPC_UNAVAILABLE},
                {503, PD_GRPC_UNAVAILABLE},       {504, PD_GRPC_UNAVAILABLE},
        };

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                if (rows[i].status == status)
                        return rows[i].code;
        }
        return PD_GRPC_UNKNOWN;
}

static const struct {
        const char *name;
        enum pd_grpc_code code;
} resets[] = {
#define RESET(name, code) [NGHTTP2_##name] = {#name, PD_GRPC_##code}
        RESET(NO_ERROR, INTERNAL),
        RESET(PROTOCOL_ERROR, INTERNAL),
        RESET(INTERNAL_ERROR, INTERNAL),
        RESET(FLOW_CONTROL_ERROR, INTERNAL),
        RESET(SETTINGS_TIMEOUT, INTERNAL),
        RESET(STREAM_CLOSED, INTERNAL),
        RESET(FRAME_SIZE_ERROR, INTERNAL),
        RESET(REFUSED_STREAM, UNAVAILABLE),
        RESET(CANCEL, CANCELLED),
        RESET(COMPRESSION_ERROR, INTERNAL),
        RESET(CONNECT_ERROR, INTERNAL),
        RESET(ENHANCE_YOUR_CALM, RESOURCE_EXHAUSTED),
        RESET(INADEQUATE_SECURITY, PERMISSION_DENIED),
        RESET(HTTP_1_1_REQUIRED, INTERNAL),
#undef RESET
};

enum pd_grpc_code pd_grpc_code_of_reset(uint32_t error_code)
{
        return error_code < PD_COUNT(resets) ? resets[error_code].code : PD_GRPC_INTERNAL;
}

const char *pd_grpc_reset_name(uint32_t error_code)
{
        return error_code < PD_COUNT(resets) ? resets[error_code].name : "?";
}
