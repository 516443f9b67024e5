/*
 * findings.h - what is to be said about an input: every finding at once, not the first alone.
 *
 * Reporting cannot fail where it happens; a lack of memory is remembered, and pd_findings_check()
 * tells once.
 */
#ifndef PD_SOLUTION_FINDINGS_H
#define PD_SOLUTION_FINDINGS_H

#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"

/** Findings kept; further ones are counted in `left_out`. An error takes the place of a warning. */
#define PD_FINDINGS_MAX_KEPT 1000
/** Most bytes of a path or a message; a longer one is cut and ends with "...". */
#define PD_FINDING_MAX_TEXT 1023

enum pd_severity {
        PD_SEVERITY_ERROR,   /**< it cannot be run */
        PD_SEVERITY_WARNING, /**< it will run, perhaps not as meant */
        PD_SEVERITY_NOTE,    /**< it was read as something else than it says; nothing to do */
};

struct pd_finding {
        enum pd_severity severity;
        const char *path; /**< where: a JSON path (`nodes[2].image`), or a file of the archive; "" =
                             all of it */
        const char *message; /**< a sentence: lower case, no full stop */
};

/** All zero is a valid, empty list. */
struct pd_findings {
        struct pd_arena arena;
        struct pd_finding *at;
        size_t count;
        size_t errors;   /**< how many there were with PD_SEVERITY_ERROR, those left out included */
        size_t warnings; /**< likewise */
        size_t left_out;
        int failed; /**< no memory for one of them */
};

/** A short text made on the spot, for paths: `pd_path("nodes[%zu].image", i).text`. */
struct pd_path {
        char text[256];
};

struct pd_path pd_path(const char *fmt, ...) PD_PRINTF(1, 2);

/** Most bytes of a stranger's text in the middle of a sentence. */
#define PD_SHOWN_MAX 160

/** A stranger's text made fit to print: `'%s'` with `pd_show(name).text`. */
struct pd_shown {
        char text[PD_SHOWN_MAX + 1];
};

/** Control characters and what is no UTF-8 become '?'; a longer text is cut and ends with "...". */
struct pd_shown pd_show(const char *text);

void pd_findings_done(struct pd_findings *findings);

/** Add one; path and message are copied, and made fit to print as pd_show() does. */
void pd_findings_add(struct pd_findings *findings, enum pd_severity severity, const char *path,
                     const char *fmt, ...) PD_PRINTF(4, 5);

/**
 * 0: nothing stands in the way. -1: PD_E_UNPROCESSABLE, "2 errors, 1 warning: nodes[0].image: ..."
 * with the first error, where there are errors; PD_E_INTERNAL where memory was short.
 */
int pd_findings_check(const struct pd_findings *findings, struct pd_err *err) PD_MUST_CHECK;

const char *pd_severity_name(enum pd_severity severity);

/** `[{"path":, "severity":, "message":}]`, the `errors` of problem details. NULL: no memory. */
json_t *pd_findings_json(const struct pd_findings *findings) PD_MUST_CHECK;

#endif
