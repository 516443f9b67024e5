/* buf.c - text and bytes that grow. */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

char pd_buf_empty[1];

/* Make room for `more` bytes and the NUL; false: the buffer has failed, now or before. */
static bool reserve(struct pd_buf *buf, size_t more)
{
        size_t cap = buf->cap != 0 ? buf->cap : FIRST_CAPACITY;
        char *data;

        if (buf->failed != 0)
                return false;
        if (more > buf->max - buf->len || more >= PTRDIFF_MAX - buf->len) {
                buf->failed = EFBIG;
                return false;
        }
        if (buf->len + more < buf->cap)
                return true;

        while (cap <= buf->len + more)
                cap *= 2;
        data = realloc(buf->cap != 0 ? buf->data : NULL, cap);
        if (data == NULL) {
                buf->failed = ENOMEM;
                return false;
        }
        data[buf->len] = '\0';
        buf->data = data;
        buf->cap = cap;
        return true;
}

void pd_buf_done(struct pd_buf *buf)
{
        if (buf->cap != 0)
                free(buf->data);
        *buf = (struct pd_buf)PD_BUF_INIT(buf->max);
}

void pd_buf_clear(struct pd_buf *buf)
{
        pd_buf_cut(buf, 0);
        buf->failed = 0;
}

void pd_buf_cut(struct pd_buf *buf, size_t len)
{
        if (len >= buf->len)
                return;
        buf->len = len;
        buf->data[len] = '\0';
}

void pd_buf_put(struct pd_buf *buf, const void *bytes, size_t len)
{
        if (len == 0 || !reserve(buf, len))
                return;

        memcpy(buf->data + buf->len, bytes, len);
        buf->len += len;
        buf->data[buf->len] = '\0';
}

void pd_buf_puts(struct pd_buf *buf, const char *text)
{
        pd_buf_put(buf, text, strlen(text));
}

void pd_buf_putc(struct pd_buf *buf, char byte)
{
        pd_buf_put(buf, &byte, 1);
}

void pd_buf_fill(struct pd_buf *buf, char byte, size_t count)
{
        if (count == 0 || !reserve(buf, count))
                return;

        memset(buf->data + buf->len, byte, count);
        buf->len += count;
        buf->data[buf->len] = '\0';
}

void pd_buf_printf(struct pd_buf *buf, const char *fmt, ...)
{
        va_list args, again;
        int len;

        va_start(args, fmt);
        va_copy(again, args);
        len = vsnprintf(NULL, 0, fmt, args);
        va_end(args);

        if (len < 0) {
                buf->failed = EFBIG; /* over INT_MAX */
        } else if (reserve(buf, (size_t)len)) {
                (void)vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
                buf->len += (size_t)len;
        }
        va_end(again);
}

void pd_buf_put_json(struct pd_buf *buf, const char *text, size_t len)
{
        static const char letters[] = {
                ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't', [0x7f] = '\0',
        };
        size_t plain = 0; /* where the run of bytes starts that need no escape */

        for (size_t i = 0; i < len; i++) {
                unsigned char c = (unsigned char)text[i];

                if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
                        continue;
                pd_buf_put(buf, text + plain, i - plain);
                plain = i + 1;
                if (letters[c] != '\0')
                        pd_buf_put(buf, (char[]){'\\', letters[c]}, 2);
                else
                        pd_buf_printf(buf, "\\u%04x", c);
        }
        pd_buf_put(buf, text + plain, len - plain);
}

int pd_buf_check(const struct pd_buf *buf, const char *what, struct pd_err *err)
{
        if (buf->failed == 0)
                return 0;
        if (buf->failed == EFBIG)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "%s is over %zu bytes", what, buf->max);
        return pd_fail_memory(err, what);
}

char *pd_buf_take(struct pd_buf *buf, size_t *ret_len)
{
        char *text;

        if (buf->failed != 0)
                return NULL;

        text = buf->cap != 0 ? buf->data : calloc(1, 1);
        if (text == NULL)
                return NULL;
        if (ret_len != NULL)
                *ret_len = buf->len;
        *buf = (struct pd_buf)PD_BUF_INIT(buf->max);
        return text;
}
