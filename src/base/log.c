/* log.c - log lines that nobody can forge: no text ends a line or steers a terminal. */
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "base/utf8.h"

static const struct {
        const char *name;   /* on the wire and in settings */
        const char *column; /* for people */
} levels[] = {
        [PD_LOG_ERROR] = {"error", "ERROR"},
        [PD_LOG_WARN] = {"warn", "WARN "},
        [PD_LOG_INFO] = {"info", "INFO "},
        [PD_LOG_DEBUG] = {"debug", "DEBUG"},
};

/* Append text as part of one line: controls are escaped, what is no UTF-8 becomes U+FFFD. */
static void put_text(struct pd_buf *line, const char *text, enum pd_log_format format)
{
        size_t len = strlen(text);

        for (size_t i = 0, size; i < len; i += size) {
                const char *at = text + i;
                bool is_control;

                size = pd_utf8_char(at, len - i);
                is_control = pd_utf8_is_control(at, size);
                if (size == 0) {
                        pd_buf_puts(line, "\xef\xbf\xbd");
                        size = 1;
                } else if (is_control && size == 2) {
                        pd_buf_printf(line, "\\u%04x", (unsigned char)at[1]);
                } else if (is_control || format == PD_LOG_JSON) {
                        pd_buf_put_json(line, at, size);
                } else {
                        pd_buf_put(line, at, size);
                }
        }
}

static void put_member(struct pd_buf *line, const char *name, const char *text)
{
        pd_buf_printf(line, "%s\"%s\":\"", line->len == 0 ? "{" : ",", name);
        put_text(line, text, PD_LOG_JSON);
        pd_buf_putc(line, '"');
}

static void put_number(struct pd_buf *out, const struct pd_log_field *field)
{
        int64_t whole = field->is_thousandths ? field->number / 1000 : field->number;

        pd_buf_printf(out, "%" PRId64, whole);
        if (field->is_thousandths)
                pd_buf_printf(out, ".%03d", abs((int)(field->number % 1000)));
}

static void put_json_line(struct pd_buf *out, const struct pd_log_line *line)
{
        char time[PD_RFC3339_SIZE];

        pd_clock_rfc3339(pd_clock_unix_ms(), time);
        put_member(out, "time", time);
        put_member(out, "level", levels[line->level].name);
        put_member(out, "module", line->module);
        if (line->id != NULL)
                put_member(out, "id", line->id);
        put_member(out, "message", line->message);
        for (size_t i = 0; i < line->field_count; i++) {
                const struct pd_log_field *field = &line->fields[i];

                if (field->text != NULL) {
                        put_member(out, field->name, field->text);
                } else {
                        pd_buf_printf(out, ",\"%s\":", field->name);
                        put_number(out, field);
                }
        }
        pd_buf_puts(out, "}\n");
}

static void put_text_line(struct pd_buf *out, const struct pd_log_line *line)
{
        char time[PD_RFC3339_SIZE];

        pd_clock_rfc3339(pd_clock_unix_ms(), time);
        pd_buf_printf(out, "%s %s ", time, levels[line->level].column);
        put_text(out, line->module, PD_LOG_TEXT);
        if (line->id != NULL) {
                pd_buf_puts(out, " [");
                put_text(out, line->id, PD_LOG_TEXT);
                pd_buf_putc(out, ']');
        }
        pd_buf_putc(out, ' ');
        put_text(out, line->message, PD_LOG_TEXT);
        for (size_t i = 0; i < line->field_count; i++) {
                const struct pd_log_field *field = &line->fields[i];

                pd_buf_printf(out, " %s=", field->name);
                if (field->text != NULL) {
                        pd_buf_putc(out, '"');
                        put_text(out, field->text, PD_LOG_JSON);
                        pd_buf_putc(out, '"');
                } else {
                        put_number(out, field);
                }
        }
        pd_buf_putc(out, '\n');
}

void pd_log_write(const struct pd_log *log, const struct pd_log_line *line)
{
        static const char lost[] = "a line of the log is lost: no memory\n";
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(SIZE_MAX);

        if (log == NULL || line->level > log->level)
                return;

        if (log->format == PD_LOG_JSON)
                put_json_line(&text, line);
        else
                put_text_line(&text, line);

        if (text.failed != 0)
                (void)!write(log->fd, lost, sizeof(lost) - 1);
        else
                (void)!write(log->fd, text.data, text.len); /* nobody is left to tell */
}

void pd_log(const struct pd_log *log, enum pd_log_level level, const char *module, const char *id,
            const char *fmt, ...)
{
        char message[PD_LOG_MAX_MESSAGE + 1];
        struct pd_log_line line = {.level = level, .module = module, .id = id, .message = message};
        va_list args;

        if (log == NULL || level > log->level)
                return;

        va_start(args, fmt);
        pd_vformat(message, sizeof(message), fmt, args);
        va_end(args);
        pd_log_write(log, &line);
}

int pd_log_level_parse(const char *text, enum pd_log_level *ret, struct pd_err *err)
{
        for (size_t i = 0; i < PD_COUNT(levels); i++) {
                if (strcmp(text, levels[i].name) == 0) {
                        *ret = (enum pd_log_level)i;
                        return 0;
                }
        }
        return pd_fail(err, PD_E_INVALID, 0,
                       "'%s' is no log level; write error, warn, info or debug", text);
}
