/* sse.c - server-sent events, cut out of bytes. */
#include "sse.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static const char *without(const char *text, const char *prefix)
{
        size_t len = strlen(prefix);

        return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static int dispatch(struct pd_sse *sse, struct pd_err *err)
{
        int result = 0;

        if (sse->data.len > 0) {
                pd_buf_cut(&sse->data, sse->data.len - 1);
                result = sse->take(sse->context, sse->data.data, sse->data.len, err);
        }
        pd_buf_clear(&sse->data);
        return result;
}

/* "data: text", "data:text" or "data"; every other field and comments mean nothing here. */
static int take_field(struct pd_sse *sse, const char *line, size_t len, struct pd_err *err)
{
        const char *value = without(line, "data");

        if (value == NULL || (value[0] != ':' && value != line + len))
                return 0;
        value += value[0] == ':';
        value += value[0] == ' ';
        pd_buf_put(&sse->data, value, len - (size_t)(value - line));
        pd_buf_putc(&sse->data, '\n');
        return pd_buf_check(&sse->data, "an event", err);
}

static int end_line(struct pd_sse *sse, struct pd_err *err)
{
        const char *line = sse->line.data;
        size_t len = sse->line.len;
        int result;

        if (!sse->has_begun && without(line, BYTE_ORDER_MARK) != NULL) {
                line += strlen(BYTE_ORDER_MARK);
                len -= strlen(BYTE_ORDER_MARK);
        }
        sse->has_begun = true;
        result = len == 0 ? dispatch(sse, err) : take_field(sse, line, len, err);
        pd_buf_clear(&sse->line);
        return result;
}

/* The bytes in front of the first line end. */
static size_t line_part(const char *bytes, size_t len)
{
        const char *lf = memchr(bytes, '\n', len);
        size_t part = lf != NULL ? (size_t)(lf - bytes) : len;
        const char *cr = memchr(bytes, '\r', part);

        return cr != NULL ? (size_t)(cr - bytes) : part;
}

int pd_sse_feed(struct pd_sse *sse, const char *bytes, size_t len, struct pd_err *err)
{
        while (len > 0) {
                size_t part = line_part(bytes, len);
                bool is_second = sse->had_cr && bytes[0] == '\n';

                sse->had_cr = false;
                pd_buf_put(&sse->line, bytes, part);
                if (pd_buf_check(&sse->line, "a line of events", err) < 0)
                        return -1;
                if (part < len) {
                        sse->had_cr = bytes[part] == '\r';
                        if (!is_second && end_line(sse, err) < 0)
                                return -1;
                        part++;
                }
                bytes += part;
                len -= part;
        }
        return 0;
}

void pd_sse_restart(struct pd_sse *sse)
{
        pd_buf_clear(&sse->line);
        pd_buf_clear(&sse->data);
        sse->had_cr = false;
        sse->has_begun = false;
}

void pd_sse_done(struct pd_sse *sse)
{
        pd_buf_done(&sse->line);
        pd_buf_done(&sse->data);
}
