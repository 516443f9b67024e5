/* lines.c - bytes that come in any pieces, cut into lines. */
#include "lines.h"

#include <string.h>

#include "base/utf8.h"

static bool flush(struct pd_lines *lines)
{
        bool goes_on = lines->take(lines->context, lines->rest.data, lines->rest.len);

        pd_buf_clear(&lines->rest);
        return goes_on;
}

bool pd_lines_feed(struct pd_lines *lines, const char *bytes, size_t len)
{
        while (len > 0) {
                size_t room = lines->rest.max - lines->rest.len;
                size_t part = len < room ? len : room;
                const char *end = memchr(bytes, '\n', part);
                size_t taken = end != NULL ? (size_t)(end - bytes) : part;

                pd_buf_put(&lines->rest, bytes, taken);
                if (lines->rest.failed != 0)
                        return false;
                if ((end != NULL || lines->rest.len == lines->rest.max) && !flush(lines))
                        return false;
                taken += end != NULL;
                bytes += taken;
                len -= taken;
        }
        return true;
}

bool pd_lines_end(struct pd_lines *lines)
{
        return lines->rest.len == 0 || flush(lines);
}

char *pd_lines_split_time(char *line, const char **ret_time)
{
        size_t len = strspn(line, "0123456789-:.TZ+");

        *ret_time = "";
        if (len < sizeof("2026-01-31T23:59:59") - 1 || line[len] != ' ')
                return line;
        line[len] = '\0';
        *ret_time = line;
        return line + len + 1;
}

void pd_lines_make_printable(char *text)
{
        for (char *line = text; line != NULL;) {
                char *end = strchr(line, '\n');

                if (end != NULL)
                        *end = '\0';
                pd_utf8_make_printable(line);
                if (end != NULL)
                        *end++ = '\n';
                line = end;
        }
}
