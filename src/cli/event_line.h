/* event_line.h - one event of a run as one line. Pure. */
#ifndef PD_CLI_EVENT_LINE_H
#define PD_CLI_EVENT_LINE_H

#include <stdint.h>

#include <jansson.h>

#include "base/buf.h"

/**
 * Append "2026-01-31T23:59:59.123Z  RPC.call  converter/convert  size=12  celsius: 3" and a line
 * end: when it came, its name, what it is about, details, and what is in the message. Fit to print,
 * whatever is in the event; what is missing is left out.
 */
void pd_event_line_put(const json_t *event, int64_t unix_ms, struct pd_buf *out);

#endif
