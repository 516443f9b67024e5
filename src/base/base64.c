/* base64.c - bytes as text. */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

#define NO_DIGIT 0xff

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Bits that came in and have not gone out yet. */
struct decoder {
        uint8_t *out;
        size_t len;
        uint32_t bits;
        unsigned count;
};

static unsigned digit_of(const char *alphabet, char sign)
{
        const char *at = sign != '\0' ? strchr(alphabet, sign) : NULL;

        return at != NULL ? (unsigned)(at - alphabet) : NO_DIGIT;
}

static void take_digit(struct decoder *decoder, unsigned digit)
{
        decoder->bits = decoder->bits << 6 | digit;
        decoder->count += 6;
        if (decoder->count >= 8) {
                decoder->count -= 8;
                decoder->out[decoder->len++] = (uint8_t)(decoder->bits >> decoder->count);
        }
        decoder->bits &= (1U << decoder->count) - 1;
}

void pd_base64_put(struct pd_buf *out, const void *bytes, size_t len)
{
        const uint8_t *in = bytes;
        char text[4096];
        size_t used = 0;

        for (size_t i = 0; i < len; i += 3) {
                size_t have = len - i < 3 ? len - i : 3;
                uint32_t bits = (uint32_t)in[i] << 16 | (have > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                                (have > 2 ? in[i + 2] : 0);

                text[used++] = standard[bits >> 18];
                text[used++] = standard[bits >> 12 & 63];
                text[used++] = have > 1 ? standard[bits >> 6 & 63] : '=';
                text[used++] = have > 2 ? standard[bits & 63] : '=';
                if (used == sizeof(text)) {
                        pd_buf_put(out, text, used);
                        used = 0;
                }
        }
        pd_buf_put(out, text, used);
}

bool pd_base64_decode(const char *text, size_t len, void *out, size_t *ret_len)
{
        struct decoder decoder = {.out = out};
        size_t digits = 0;

        for (size_t i = 0; i < len; i++) {
                unsigned digit = digit_of(standard, text[i]);

                if (digit != NO_DIGIT) {
                        take_digit(&decoder, digit);
                        digits++;
                } else if (text[i] == '\0' || strchr("= \t\r\n", text[i]) == NULL) {
                        return false;
                }
        }
        *ret_len = decoder.len;
        return digits % 4 != 1;
}

bool pd_base64url_decode(const char *text, size_t len, void *out, size_t *ret_len)
{
        struct decoder decoder = {.out = out};

        for (size_t i = 0; i < len; i++) {
                unsigned digit = digit_of(url, text[i]);

                if (digit == NO_DIGIT)
                        return false;
                take_digit(&decoder, digit);
        }
        *ret_len = decoder.len;
        return len % 4 != 1 && decoder.bits == 0;
}
