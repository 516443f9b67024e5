/* output.h - what commands print: text with or without colour, columns, findings, JSON. */
#ifndef PD_CLI_OUTPUT_H
#define PD_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "cli/cli.h"
#include "solution/findings.h"
#include "solution/solution.h"

/** Most bytes that one command prints, a zip apart. */
#define PD_OUTPUT_MAX_BYTES (64 * 1024 * 1024)
/** Most columns of a table (an assertion). */
#define PD_OUTPUT_MAX_COLUMNS 7

/** Whether to colour: only on a terminal, not with NO_COLOR, not on a dumb one. */
bool pd_output_has_color(const struct pd_cli *cli, int fd);

/** "pipeline" or "model". */
const char *pd_output_kind(const struct pd_solution *solution);

/** "error", "warning", "note" in its colour. */
void pd_output_put_severity(struct pd_buf *out, enum pd_severity severity, bool has_color);

/** A line a finding, errors first. */
void pd_output_put_findings(struct pd_buf *out, const struct pd_findings *findings, bool has_color);

/** "2 errors, 1 warning", or "no findings"; without a newline. */
void pd_output_put_summary(struct pd_buf *out, const struct pd_findings *findings);

/** `{"errors":, "warnings":, "left_out":, "findings": []}`; NULL: no memory. */
json_t *pd_output_findings_json(const struct pd_findings *findings) PD_MUST_CHECK;

/**
 * Rows of `columns` cells each, every column but the last as wide as its widest cell. Cells are fit
 * to print.
 */
void pd_output_put_columns(struct pd_buf *out, const char *const *cells, size_t rows,
                           size_t columns);

/** Write to standard output. */
int pd_output_write_bytes(const struct pd_cli *cli, const void *bytes, size_t len,
                          struct pd_err *err) PD_MUST_CHECK;

/** Write what was gathered to standard output. */
int pd_output_write(const struct pd_cli *cli, const struct pd_buf *text,
                    struct pd_err *err) PD_MUST_CHECK;

/** Likewise to standard error, but where nobody can be told there, the work goes on. */
int pd_output_write_aside(const struct pd_cli *cli, const struct pd_buf *text,
                          struct pd_err *err) PD_MUST_CHECK;

/** A JSON document on standard output; takes `json` over. NULL is a lack of memory. */
int pd_output_write_json(const struct pd_cli *cli, json_t *json, struct pd_err *err) PD_MUST_CHECK;

/** Likewise on one line, for commands that write several. */
int pd_output_write_json_line(const struct pd_cli *cli, json_t *json,
                              struct pd_err *err) PD_MUST_CHECK;

#endif
