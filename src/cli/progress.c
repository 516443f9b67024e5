/* progress.c - what an engine does, as it happens. */
#include "progress.h"

#include <string.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "base/utf8.h"
#include "live.h"
#include "output.h"

/* Most bytes that are written for one event. */
#define MAX_WRITE (256 * 1024)

#define CURSOR_UP   "\033[%zuA"
#define END_OF_LINE "\033[K"
#define COLOR_END   "\033[0m"

/* A workload: how it is. */
struct pd_progress_row {
        const char *name;
        enum pd_state state;
        enum pd_reason reason;
        double seconds; /* since the beginning, when it came to that */
        char detail[448];
        const char *advice; /* of what is amiss, as the next; "" */
        const char *lines;
};

void pd_progress_begin(struct pd_progress *progress, const struct pd_call *call)
{
        *progress = (struct pd_progress){
                .call = call,
                .began_us = pd_clock_mono_us(),
                .is_alive = pd_live_can(call->cli),
        };
}

void pd_progress_expect(struct pd_progress *progress, const char *name)
{
        int width = (int)strlen(name);

        if (width > progress->name_width)
                progress->name_width = width;
}

double pd_progress_seconds(const struct pd_progress *progress)
{
        return (double)(pd_clock_mono_us() - progress->began_us) / 1e6;
}

/* Where nobody can be told any more, the work goes on. */
static void write_out(const struct pd_progress *progress, const struct pd_buf *text)
{
        (void)!pd_output_write(progress->call->cli, text, NULL);
}

/* --- Lines --- */

/* NULL: no memory for a new one. */
static struct pd_progress_row *row_of(struct pd_progress *progress, const char *name)
{
        struct pd_progress_row *row;
        const char *copy;

        for (size_t i = 0; i < progress->count; i++)
                if (strcmp(progress->rows[i].name, name) == 0)
                        return &progress->rows[i];
        copy = pd_arena_string(&progress->arena, pd_show(name).text);
        if (copy == NULL)
                return NULL;
        row = pd_arena_push(&progress->arena, &progress->rows, &progress->count, sizeof(*row));
        if (row == NULL)
                return NULL;
        *row = (struct pd_progress_row){.name = copy, .advice = "", .lines = ""};
        pd_progress_expect(progress, copy);
        return row;
}

/* "" where there is no memory: it only adorns. */
static const char *keep(struct pd_progress *progress, const char *text)
{
        const char *copy = text[0] != '\0' ? pd_arena_string(&progress->arena, text) : NULL;

        return copy != NULL ? copy : "";
}

/* One that is ready may have a reason from before. */
static bool has_reason(const struct pd_progress_row *row)
{
        return row->reason != PD_REASON_NONE && row->state != PD_STATE_READY;
}

/* Something keeps it from being ready, at least for now. */
static bool is_amiss(const struct pd_progress_row *row)
{
        return row->state == PD_STATE_FAILED || has_reason(row);
}

static void update(struct pd_progress *progress, struct pd_progress_row *row,
                   const struct pd_engine_event *event)
{
        row->state = event->state;
        row->reason = event->reason;
        row->seconds = pd_progress_seconds(progress);
        pd_format(row->detail, sizeof(row->detail), "%s", event->detail);
        row->advice = is_amiss(row) ? keep(progress, event->advice) : "";
        row->lines = is_amiss(row) ? keep(progress, event->lines) : "";
}

static const char *color_of(const struct pd_progress *progress, enum pd_state state)
{
        if (!pd_output_has_color(progress->call->cli, progress->call->cli->out))
                return "";
        return state == PD_STATE_READY ? "\033[32m" : state == PD_STATE_FAILED ? "\033[1;31m" : "";
}

/* "  1.2 s  solver  failed: exited  exit status 3" without colour. */
static void put_row(const struct pd_progress *progress, const struct pd_progress_row *row,
                    struct pd_buf *out)
{
        pd_buf_printf(out, "%6.1f s  %-*s  %s%s%s", row->seconds, progress->name_width, row->name,
                      pd_state_name(row->state), has_reason(row) ? ": " : "",
                      has_reason(row) ? pd_reason_name(row->reason) : "");
        if (row->detail[0] != '\0')
                pd_buf_printf(out, "  %s", row->detail);
}

static void put_line(const struct pd_progress *progress, const struct pd_progress_row *row,
                     size_t max_bytes, struct pd_buf *out)
{
        pd_auto(pd_buf_done) struct pd_buf line = PD_BUF_INIT(sizeof(*row) + PD_SHOWN_MAX);
        const char *color = color_of(progress, row->state);
        size_t len;

        put_row(progress, row, &line);
        len = line.len < max_bytes ? line.len : max_bytes;
        while (len < line.len && len > 0 && ((unsigned char)line.data[len] & 0xc0) == 0x80)
                len--; /* no half of a character */
        pd_buf_puts(out, color);
        pd_buf_put(out, line.data, len);
        pd_buf_puts(out, color[0] != '\0' ? COLOR_END : "");
}

/* --- On a terminal --- */

static void draw(struct pd_progress *progress)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_WRITE);
        struct winsize size = {0};

        if (ioctl(progress->call->cli->out, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
                size = (struct winsize){.ws_col = 80, .ws_row = 24};
        if (progress->count >= size.ws_row) {
                progress->is_alive = false; /* it would not find the first of them any more */
                return;
        }
        if (progress->drawn > 0)
                pd_buf_printf(&text, CURSOR_UP, progress->drawn);
        for (size_t i = 0; i < progress->count; i++) {
                pd_buf_putc(&text, '\r');
                put_line(progress, &progress->rows[i], size.ws_col - 1U, &text);
                pd_buf_puts(&text, END_OF_LINE "\n");
        }
        progress->drawn = progress->count;
        write_out(progress, &text);
}

/* --- Elsewhere --- */

static void print_row(const struct pd_progress *progress, const struct pd_progress_row *row)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_WRITE);

        put_line(progress, row, SIZE_MAX, &text);
        pd_buf_putc(&text, '\n');
        write_out(progress, &text);
}

static void print_json(const struct pd_progress *progress, const struct pd_engine_event *event)
{
        char time[PD_RFC3339_SIZE];
        json_t *json;

        pd_clock_rfc3339(event->at_ms, time);
        json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "time", time, "workload",
                         event->workload, "state", pd_state_name(event->state), "reason",
                         pd_reason_name(event->reason), "detail", event->detail, "advice",
                         event->advice, "lines", event->lines, "doneBytes",
                         (json_int_t)event->done_bytes, "totalBytes",
                         (json_int_t)event->total_bytes);
        (void)!pd_output_write_json_line(progress->call->cli, json, NULL);
}

void pd_progress_tell(void *context, const struct pd_engine_event *event)
{
        struct pd_progress *progress = context;
        struct pd_progress_row *row;
        bool is_more; /* of the same, as how much is pulled by now */

        if (progress->call->options.output == PD_OUTPUT_JSON)
                print_json(progress, event);
        if (event->workload[0] == '\0')
                return;
        row = row_of(progress, event->workload);
        if (row == NULL)
                return;
        is_more = row->seconds > 0 && row->state == event->state && row->reason == event->reason;
        update(progress, row, event);
        if (progress->call->options.output == PD_OUTPUT_JSON)
                return;
        if (progress->is_alive)
                draw(progress);
        if (!progress->is_alive && !is_more)
                print_row(progress, row);
}

/* --- The end --- */

/* "solver: exit status 3", its last lines, and what to do. */
static void put_failure(const struct pd_progress_row *row, struct pd_buf *out)
{
        const char *at = row->lines;

        pd_buf_printf(out, "\n%s: %s\n", row->name, row->detail);
        while (at[0] != '\0') {
                size_t len = strcspn(at, "\n");

                pd_buf_puts(out, "    | ");
                pd_buf_put(out, at, len);
                pd_buf_putc(out, '\n');
                at += at[len] == '\n' ? len + 1 : len;
        }
        if (row->advice[0] != '\0')
                pd_buf_printf(out, "    %s\n", row->advice);
}

void pd_progress_end(struct pd_progress *progress)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        for (size_t i = 0; i < progress->count; i++)
                if (is_amiss(&progress->rows[i]))
                        put_failure(&progress->rows[i], &text);
        if (text.len > 0 && progress->call->options.output == PD_OUTPUT_TEXT)
                write_out(progress, &text);
        pd_arena_done(&progress->arena);
        progress->rows = NULL;
        progress->count = 0;
}
