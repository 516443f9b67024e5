/* output.c - what commands print. */
#include "output.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "config/config.h"
#include "json/json.h"

#define COLOR_END "\033[0m"

/* Widest of the severities' names. */
#define SEVERITY_WIDTH 7

bool pd_output_has_color(const struct pd_cli *cli, int fd)
{
        const char *no_color = pd_config_variable(cli->environment, "NO_COLOR");
        const char *terminal = pd_config_variable(cli->environment, "TERM");

        return isatty(fd) && (no_color == NULL || no_color[0] == '\0') &&
               (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

const char *pd_output_kind(const struct pd_solution *solution)
{
        return solution->kind == PD_SOLUTION_PIPELINE ? "pipeline" : "model";
}

void pd_output_put_severity(struct pd_buf *out, enum pd_severity severity, bool has_color)
{
        static const char *const colors[] = {
                [PD_SEVERITY_ERROR] = "\033[1;31m",
                [PD_SEVERITY_WARNING] = "\033[33m",
                [PD_SEVERITY_NOTE] = "\033[2m",
        };

        pd_buf_printf(out, "%s%s%s", has_color ? colors[severity] : "", pd_severity_name(severity),
                      has_color ? COLOR_END : "");
}

static void put_finding(struct pd_buf *out, const struct pd_finding *finding, bool has_color)
{
        int width = (int)strlen(pd_severity_name(finding->severity));

        pd_output_put_severity(out, finding->severity, has_color);
        pd_buf_printf(out, "%*s  %s%s%s\n", SEVERITY_WIDTH - width, "", finding->path,
                      finding->path[0] != '\0' ? ": " : "", finding->message);
}

void pd_output_put_findings(struct pd_buf *out, const struct pd_findings *findings, bool has_color)
{
        for (int severity = PD_SEVERITY_ERROR; severity <= PD_SEVERITY_NOTE; severity++)
                for (size_t i = 0; i < findings->count; i++)
                        if ((int)findings->at[i].severity == severity)
                                put_finding(out, &findings->at[i], has_color);
        if (findings->left_out > 0)
                pd_buf_printf(out, "and %zu more\n", findings->left_out);
}

/* "2 errors", after a comma unless it comes first. */
static void put_count(struct pd_buf *out, bool *is_first, size_t count, const char *what)
{
        if (count == 0)
                return;
        pd_buf_printf(out, "%s%zu %s%s", *is_first ? "" : ", ", count, what, count == 1 ? "" : "s");
        *is_first = false;
}

void pd_output_put_summary(struct pd_buf *out, const struct pd_findings *findings)
{
        size_t total = findings->count + findings->left_out;
        bool is_first = true;

        put_count(out, &is_first, findings->errors, "error");
        put_count(out, &is_first, findings->warnings, "warning");
        put_count(out, &is_first, total - findings->errors - findings->warnings, "note");
        if (is_first)
                pd_buf_puts(out, "no findings");
}

json_t *pd_output_findings_json(const struct pd_findings *findings)
{
        return json_pack("{s:I, s:I, s:I, s:o}", "errors", (json_int_t)findings->errors, "warnings",
                         (json_int_t)findings->warnings, "left_out", (json_int_t)findings->left_out,
                         "findings", pd_findings_json(findings));
}

/* The characters of a text in UTF-8: what it is wide, for lack of a better word. */
static size_t text_width(const char *text)
{
        size_t width = 0;

        for (; *text != '\0'; text++)
                width += ((unsigned char)*text & 0xc0) != 0x80;
        return width;
}

static void measure_columns(const char *const *cells, size_t rows, size_t columns,
                            size_t widths[PD_OUTPUT_MAX_COLUMNS])
{
        for (size_t j = 0; j < columns; j++) {
                widths[j] = 0;
                for (size_t i = 0; i < rows; i++) {
                        size_t own = text_width(cells[i * columns + j]);

                        widths[j] = own > widths[j] ? own : widths[j];
                }
        }
}

/* Blanks are put only before a cell that has text. */
static void put_row(struct pd_buf *out, const char *const *cells, size_t columns,
                    const size_t widths[PD_OUTPUT_MAX_COLUMNS])
{
        size_t missing = 0;

        for (size_t j = 0; j < columns; j++) {
                if (cells[j][0] != '\0') {
                        pd_buf_printf(out, "%*s%s", (int)missing, "", cells[j]);
                        missing = 0;
                }
                missing += widths[j] - text_width(cells[j]) + 2;
        }
        pd_buf_putc(out, '\n');
}

void pd_output_put_columns(struct pd_buf *out, const char *const *cells, size_t rows,
                           size_t columns)
{
        size_t widths[PD_OUTPUT_MAX_COLUMNS];

        assert(columns <= PD_OUTPUT_MAX_COLUMNS);
        measure_columns(cells, rows, columns, widths);
        for (size_t i = 0; i < rows; i++)
                put_row(out, cells + i * columns, columns, widths);
}

int pd_output_write_bytes(const struct pd_cli *cli, const void *bytes, size_t len,
                          struct pd_err *err)
{
        return pd_file_write_fd(cli->out, "standard output", bytes, len, err);
}

int pd_output_write(const struct pd_cli *cli, const struct pd_buf *text, struct pd_err *err)
{
        if (pd_buf_check(text, "output", err) < 0)
                return -1;
        return pd_output_write_bytes(cli, text->data, text->len, err);
}

int pd_output_write_aside(const struct pd_cli *cli, const struct pd_buf *text, struct pd_err *err)
{
        if (pd_buf_check(text, "output", err) < 0)
                return -1;
        (void)!pd_file_write_fd(cli->err, "standard error", text->data, text->len, NULL);
        return 0;
}

/* Takes `json` over. */
static int write_json(const struct pd_cli *cli, json_t *json, enum pd_json_style style,
                      struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *owned = json;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (owned == NULL)
                return pd_fail_memory(err, "output");
        pd_json_write(&text, owned, style);
        pd_buf_putc(&text, '\n');
        return pd_output_write(cli, &text, err);
}

int pd_output_write_json(const struct pd_cli *cli, json_t *json, struct pd_err *err)
{
        return write_json(cli, json, PD_JSON_INDENT, err);
}

int pd_output_write_json_line(const struct pd_cli *cli, json_t *json, struct pd_err *err)
{
        return write_json(cli, json, PD_JSON_COMPACT, err);
}
