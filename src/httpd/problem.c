/* problem.c - problem details and their page. */
#include "problem.h"

#include <microhttpd.h>
#include <string.h>

#include "base/own.h"
#include "base/utf8.h"
#include "json/get.h"
#include "json/json.h"

/* What the client is told: of our own faults not more than where to look. */
static const char *detail_of(const struct pd_problem *problem)
{
        if (problem->code == PD_E_INTERNAL)
                return "the server failed; its log says why, at the id of this request";
        return problem->detail;
}

static const char *title_of(const struct pd_problem *problem)
{
        return MHD_get_reason_phrase_for((unsigned)problem->status);
}

/* A copy with U+FFFD for each byte that is part of no character. NULL: no memory. */
static json_t *lossy_string(const char *text)
{
        pd_auto(pd_buf_done) struct pd_buf copy = PD_BUF_INIT(PD_PROBLEM_MAX_BYTES);
        size_t len = strlen(text);

        for (size_t i = 0, size; i < len; i += size) {
                size = pd_utf8_char(text + i, len - i);
                if (size != 0) {
                        pd_buf_put(&copy, text + i, size);
                } else {
                        pd_buf_puts(&copy, "\xef\xbf\xbd");
                        size = 1;
                }
        }
        return copy.failed == 0 ? json_stringn(copy.data, copy.len) : NULL;
}

int pd_problem_json(const struct pd_problem *problem, struct pd_buf *out)
{
        pd_auto(pd_json_free_ptr) json_t *json =
                json_pack("{s:s, s:i, s:s, s:o, s:s, s:O*}", "title", title_of(problem), "status",
                          problem->status, "code", pd_err_name(problem->code), "detail",
                          lossy_string(detail_of(problem)), "request_id", problem->id, "errors",
                          problem->errors);

        if (json == NULL)
                return -1;
        pd_json_write(out, json, PD_JSON_COMPACT);
        return 0;
}

static void put_escaped(struct pd_buf *out, const char *text)
{
        static const char *const escapes[128] = {
                ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
        };

        for (; *text != '\0'; text++) {
                unsigned char c = (unsigned char)*text;

                if (c < 128 && escapes[c] != NULL)
                        pd_buf_puts(out, escapes[c]);
                else
                        pd_buf_putc(out, *text);
        }
}

/* An element with the text inside. */
static void put_element(struct pd_buf *out, const char *name, const char *text)
{
        pd_buf_printf(out, "<%s>", name);
        put_escaped(out, text);
        pd_buf_printf(out, "</%s>\n", name);
}

static void put_errors(struct pd_buf *out, const json_t *errors)
{
        size_t index;
        json_t *error;

        pd_buf_puts(out, "<ul>\n");
        json_array_foreach (errors, index, error) {
                const char *path = pd_json_get_string(error, "path");
                const char *message = pd_json_get_string(error, "message");

                pd_buf_puts(out, "<li>");
                if (path != NULL)
                        put_element(out, "code", path);
                put_escaped(out, message != NULL ? message : "");
                pd_buf_puts(out, "</li>\n");
        }
        pd_buf_puts(out, "</ul>\n");
}

void pd_problem_html(const struct pd_problem *problem, struct pd_buf *out)
{
        pd_buf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>");
        put_escaped(out, problem->server_name);
        pd_buf_printf(out, ": %s</title>\n<h1>%s</h1>\n", title_of(problem), title_of(problem));
        put_element(out, "p", detail_of(problem));
        if (problem->errors != NULL)
                put_errors(out, problem->errors);
        pd_buf_printf(out, "<p>Status %d, request ", problem->status);
        put_element(out, "code", problem->id);
        pd_buf_puts(out, "</p>\n</html>\n");
}
