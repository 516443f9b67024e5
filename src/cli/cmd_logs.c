/* cmd_logs.c - logs: what the workloads of a deployment have written. */
#include "command.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "json/build.h"
#include "json/json.h"
#include "output.h"
#include "session.h"

/* A line with its name and its time. */
#define MAX_LINE (2 * PD_ENGINE_MAX_LINE)

#define COLOR_END "\033[0m"

struct reading {
        const struct pd_call *call;
        bool has_names; /* there is more than one workload */
        bool is_terminal;
        bool has_color;
        int name_width;
        struct pd_err err; /* why nothing can be written any more */
};

/* One of a few colours, always the same one for a name. */
static const char *color_of(const char *name)
{
        static const char *const colors[] = {"\033[36m", "\033[33m", "\033[32m",
                                             "\033[35m", "\033[34m", "\033[31m"};
        unsigned sum = 0;

        for (; name[0] != '\0'; name++)
                sum = sum * 31 + (unsigned char)name[0];
        return colors[sum % PD_COUNT(colors)];
}

/* Bytes that are no UTF-8 become '?', and so do control characters but tabs, which could do harm to
 * a terminal, unless `keeps_controls`. */
static void put_fit(const char *text, size_t len, bool keeps_controls, struct pd_buf *out)
{
        for (size_t at = 0; at < len;) {
                size_t size = pd_utf8_char(text + at, len - at);

                if (size == 0 ||
                    (!keeps_controls && text[at] != '\t' && pd_utf8_is_control(text + at, size)))
                        pd_buf_putc(out, '?');
                else
                        pd_buf_put(out, text + at, size);
                at += size > 0 ? size : 1;
        }
}

static void put_line(const struct reading *reading, const char *workload, const char *time,
                     struct pd_buf *out)
{
        if (reading->has_names)
                pd_buf_printf(out, "%s%-*s |%s ", reading->has_color ? color_of(workload) : "",
                              reading->name_width, workload, reading->has_color ? COLOR_END : "");
        if (reading->call->options.timestamps)
                pd_buf_printf(out, "%s ", time);
}

static bool write_text(struct reading *reading, const char *workload, const char *time,
                       const char *text, size_t len)
{
        pd_auto(pd_buf_done) struct pd_buf line = PD_BUF_INIT(MAX_LINE);

        put_line(reading, workload, time, &line);
        if (reading->is_terminal)
                put_fit(text, len, false, &line);
        else
                pd_buf_put(&line, text, len); /* as it was written */
        pd_buf_putc(&line, '\n');
        return pd_output_write(reading->call->cli, &line, &reading->err) == 0;
}

static bool write_json(struct reading *reading, const char *workload, const char *time,
                       const char *text, size_t len)
{
        pd_auto(pd_buf_done) struct pd_buf fit = PD_BUF_INIT(MAX_LINE);
        json_t *line;

        put_fit(text, len, true, &fit);
        line = json_pack("{s:s, s:s, s:s%}", "workload", workload, "time", time, "text",
                         fit.len > 0 ? fit.data : "", fit.len);
        return pd_output_write_json_line(reading->call->cli, line, &reading->err) == 0;
}

static bool take(void *context, const char *workload, const char *time, const char *text,
                 size_t len)
{
        struct reading *reading = context;

        if (reading->err.code != PD_OK)
                return false;
        return reading->call->options.output == PD_OUTPUT_JSON
                       ? write_json(reading, workload, time, text, len)
                       : write_text(reading, workload, time, text, len);
}

/* Whose lines there will be, to tell them from each other. */
static int look_at_names(struct reading *reading, const struct pd_session *session,
                         const char *name, struct pd_err *err)
{
        pd_auto(pd_deployments_done) struct pd_deployments found = {0};

        if (pd_engine_list(&session->engine, name, &found, err) < 0)
                return -1;
        reading->has_names = reading->call->operand_count == 0 && found.at[0].workload_count > 1;
        for (size_t i = 0; i < found.at[0].workload_count; i++) {
                int width = (int)strlen(found.at[0].workloads[i].name);

                if (width > reading->name_width)
                        reading->name_width = width;
        }
        return 0;
}

static int read_logs(struct reading *reading, const struct pd_session *session, const char *name,
                     struct pd_err *err)
{
        const struct pd_call *call = reading->call;
        const struct pd_options *options = &call->options;
        const struct pd_engine_logs logs = {
                .workload = call->operand_count > 0 ? call->operands[0] : NULL,
                .follow = options->follow,
                .previous = options->previous,
                .tail = options->tail,
                .since_ms = options->since > 0 ? pd_clock_unix_ms() - options->since : 0,
                .cancel_fd = &session->cancel_fd,
                .take = take,
                .context = reading,
        };
        int result = pd_engine_logs(&session->engine, name, &logs, err);

        if (reading->err.code != PD_OK) {
                *err = reading->err;
                return -1;
        }
        /* Ctrl-C is how one leaves a log that goes on */
        return pd_engine_is_canceled(&session->cancel_fd) ? 0 : result;
}

int pd_cmd_logs(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_session_done) struct pd_session session = PD_SESSION_INIT;
        struct reading reading = {
                .call = call,
                .is_terminal = isatty(call->cli->out),
                .has_color = pd_output_has_color(call->cli, call->cli->out),
        };
        const char *name;

        if (pd_session_open(call, &session, err) < 0 ||
            pd_session_deployment(call, &session, &name, err) < 0 ||
            look_at_names(&reading, &session, name, err) < 0)
                return -1;
        return read_logs(&reading, &session, name, err);
}
