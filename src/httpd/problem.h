/* problem.h - what went wrong, as problem details (RFC 9457) and as a page for people. Pure. */
#ifndef PD_HTTPD_PROBLEM_H
#define PD_HTTPD_PROBLEM_H

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/** Most bytes of one. */
#define PD_PROBLEM_MAX_BYTES (1024 * 1024)

struct pd_problem {
        int status;              /**< of HTTP */
        enum pd_err_code code;   /**< PD_E_INTERNAL: what happened is the log's, not the client's */
        const char *detail;      /**< a sentence; what is no UTF-8 in it is replaced */
        json_t *errors;          /**< an array of {path, severity, message}; NULL: none */
        const char *id;          /**< of the request */
        const char *server_name; /**< for the title of the page */
};

/** -1: no memory. */
int pd_problem_json(const struct pd_problem *problem, struct pd_buf *out) PD_MUST_CHECK;

void pd_problem_html(const struct pd_problem *problem, struct pd_buf *out);

#endif
