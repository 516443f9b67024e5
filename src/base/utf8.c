/* utf8.c - which bytes are UTF-8. */
#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#include "base/attr.h"

/* What may follow a lead byte: how many bytes in all, and the range of the second one. The range
 * keeps out overlong forms (e0, f0), surrogates (ed) and what is over U+10FFFF (f4). */
static const struct {
        uint8_t first, last, size, low, high;
} leads[] = {
        {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
        {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
        {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static size_t long_char(const uint8_t *text, size_t len)
{
        for (size_t i = 0; i < PD_COUNT(leads); i++) {
                if (text[0] < leads[i].first || text[0] > leads[i].last)
                        continue;
                if (len < leads[i].size || text[1] < leads[i].low || text[1] > leads[i].high)
                        return 0;
                for (size_t k = 2; k < leads[i].size; k++) {
                        if ((text[k] & 0xc0) != 0x80)
                                return 0;
                }
                return leads[i].size;
        }
        return 0;
}

size_t pd_utf8_char(const char *text, size_t len)
{
        if (len == 0)
                return 0;
        return (uint8_t)text[0] < 0x80 ? 1 : long_char((const uint8_t *)text, len);
}

bool pd_utf8_valid(const char *text, size_t len, size_t *ret_bad)
{
        for (size_t i = 0, size; i < len; i += size) {
                size = pd_utf8_char(text + i, len - i);
                if (size == 0) {
                        if (ret_bad != NULL)
                                *ret_bad = i;
                        return false;
                }
        }
        return true;
}

void pd_utf8_make_printable(char *text)
{
        char *out = text;

        while (*text != '\0') {
                size_t len = pd_utf8_char(text, strnlen(text, 4));

                if (len == 0 || pd_utf8_is_control(text, len)) {
                        *out++ = '?';
                } else {
                        memmove(out, text, len);
                        out += len;
                }
                text += len > 0 ? len : 1;
        }
        *out = '\0';
}

bool pd_utf8_is_control(const char *at, size_t size)
{
        unsigned char first = (unsigned char)at[0];

        if (size == 2)
                return first == 0xc2 && (unsigned char)at[1] < 0xa0;
        return size == 1 && (first < 0x20 || first == 0x7f);
}

struct pd_place pd_utf8_place(const char *text, size_t at)
{
        struct pd_place place = {.line = 1, .column = 1};

        for (size_t i = 0; i < at; i++) {
                if (text[i] == '\n')
                        place = (struct pd_place){.line = place.line + 1, .column = 1};
                else if (((unsigned char)text[i] & 0xc0) != 0x80)
                        place.column++;
        }
        return place;
}
