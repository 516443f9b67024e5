/* string.c - JSON strings, decoded. */
#include <string.h>

#include "base/utf8.h"
#include "reader.h"

/* The value of `count` hexadecimal digits; -1: they are none. */
static int hex_digits(const char *text, size_t left)
{
        int value = 0;

        for (size_t i = 0; i < 4; i++) {
                static const char digits[] = "0123456789abcdef0123456789ABCDEF";
                const char *digit = i < left ? memchr(digits, text[i], sizeof(digits) - 1) : NULL;

                if (digit == NULL)
                        return -1;
                value = value * 16 + (int)((digit - digits) % 16);
        }
        return value;
}

static void put_utf8(struct pd_buf *out, unsigned int c)
{
        if (c < 0x80) {
                pd_buf_putc(out, (char)c);
        } else if (c < 0x800) {
                pd_buf_putc(out, (char)(0xc0 | c >> 6));
                pd_buf_putc(out, (char)(0x80 | (c & 0x3f)));
        } else if (c < 0x10000) {
                pd_buf_putc(out, (char)(0xe0 | c >> 12));
                pd_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
                pd_buf_putc(out, (char)(0x80 | (c & 0x3f)));
        } else {
                pd_buf_putc(out, (char)(0xf0 | c >> 18));
                pd_buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
                pd_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
                pd_buf_putc(out, (char)(0x80 | (c & 0x3f)));
        }
}

/* One \uXXXX, or two that are a surrogate pair; the reader looks at the backslash. */
static int read_unicode(struct pd_json_reader *reader)
{
        const char *here = reader->text + reader->at;
        size_t left = reader->len - reader->at;
        int high = hex_digits(here + 2, left - 2);
        int low;

        if (high < 0)
                return pd_json_fail(reader, PD_E_INVALID, "'\\u' is not followed by 4 hex digits");
        if (high == 0)
                return pd_json_fail(reader, PD_E_INVALID, "a string holds U+0000");
        if (high < 0xd800 || high > 0xdfff) {
                put_utf8(&reader->strings, (unsigned int)high);
                reader->at += 6;
                return 0;
        }

        low = left >= 12 && here[6] == '\\' && here[7] == 'u' ? hex_digits(here + 8, 4) : -1;
        if (high > 0xdbff || low < 0xdc00 || low > 0xdfff)
                return pd_json_fail(reader, PD_E_INVALID,
                                    "'%.6s' is half of a pair, the other half is missing", here);
        put_utf8(&reader->strings,
                 0x10000U + (unsigned int)((high - 0xd800) << 10 | (low - 0xdc00)));
        reader->at += 12;
        return 0;
}

static int read_escape(struct pd_json_reader *reader)
{
        static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
        size_t left = reader->len - reader->at;
        const char *escape;

        if (left >= 2 && reader->text[reader->at + 1] == 'u')
                return read_unicode(reader);

        escape = left >= 2 ? memchr(escapes, reader->text[reader->at + 1], sizeof(escapes) - 1)
                           : NULL;
        if (escape == NULL)
                return pd_json_fail(reader, PD_E_INVALID,
                                    "an unknown escape; write '\\\\' for a backslash");
        pd_buf_putc(&reader->strings, meant[escape - escapes]);
        reader->at += 2;
        return 0;
}

/* Take all up to the next quote, escape or fault. */
static void read_plain(struct pd_json_reader *reader)
{
        size_t start = reader->at, size;

        while (reader->at < reader->len) {
                const char *here = reader->text + reader->at;

                size = pd_utf8_char(here, reader->len - reader->at);
                if (size == 0 || (unsigned char)*here < ' ' || *here == '"' || *here == '\\')
                        break;
                reader->at += size;
        }
        pd_buf_put(&reader->strings, reader->text + start, reader->at - start);
}

int pd_json_read_string(struct pd_json_reader *reader, size_t *ret_start)
{
        size_t start = reader->strings.len;

        reader->at++; /* the quote */
        for (;;) {
                int c;

                read_plain(reader);
                c = pd_json_peek(reader);
                if (c == '"')
                        break;
                if (c == -1)
                        return pd_json_fail(reader, PD_E_INVALID, "a string has no end");
                if (c < ' ')
                        return pd_json_fail(reader, PD_E_INVALID,
                                            "a string holds the control character 0x%02x; write "
                                            "'\\u%04x'",
                                            (unsigned int)c, (unsigned int)c);
                if (c != '\\')
                        return pd_json_fail(reader, PD_E_INVALID, "the byte 0x%02x is no UTF-8",
                                            (unsigned int)c);
                if (read_escape(reader) < 0)
                        return -1;
        }

        reader->at++;
        if (pd_buf_check(&reader->strings, "strings", reader->err) < 0)
                return -1;
        *ret_start = start;
        return 0;
}
