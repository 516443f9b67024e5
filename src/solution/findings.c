/* findings.c - a list of what is to be said, that cannot be overrun. */
#include "solution/findings.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/format.h"
#include "base/utf8.h"

struct pd_path pd_path(const char *fmt, ...)
{
        struct pd_path path;
        va_list args;

        va_start(args, fmt);
        pd_vformat(path.text, sizeof(path.text), fmt, args);
        va_end(args);
        return path;
}

struct pd_shown pd_show(const char *text)
{
        struct pd_shown shown;

        /* the precision: a text of megabytes is not read to its end */
        pd_format(shown.text, sizeof(shown.text), "%.*s", (int)sizeof(shown.text), text);
        pd_utf8_make_printable(shown.text);
        return shown;
}

void pd_findings_done(struct pd_findings *findings)
{
        pd_arena_done(&findings->arena);
        *findings = (struct pd_findings){0};
}

/* The place of one more finding; NULL: it is left out, or there is no memory. */
static struct pd_finding *next_place(struct pd_findings *findings, enum pd_severity severity)
{
        size_t i = findings->count;

        if (findings->count < PD_FINDINGS_MAX_KEPT) {
                struct pd_finding *place = pd_arena_push(&findings->arena, &findings->at,
                                                         &findings->count, sizeof(*place));

                if (place == NULL)
                        findings->failed = 1;
                return place;
        }

        findings->left_out++;
        if (severity != PD_SEVERITY_ERROR || findings->errors >= PD_FINDINGS_MAX_KEPT)
                return NULL;

        /* Fewer errors than places: the last finding that is none makes room. */
        do
                i--;
        while (findings->at[i].severity == PD_SEVERITY_ERROR);
        memmove(&findings->at[i], &findings->at[i + 1],
                (findings->count - i - 1) * sizeof(*findings->at));
        return &findings->at[findings->count - 1];
}

/* A copy that is fit to print; "" when there is no memory, which is remembered. */
static const char *keep(struct pd_findings *findings, char text[PD_FINDING_MAX_TEXT + 1])
{
        const char *copy;

        pd_utf8_make_printable(text);
        copy = pd_arena_string(&findings->arena, text);
        if (copy == NULL) {
                findings->failed = 1;
                return "";
        }
        return copy;
}

void pd_findings_add(struct pd_findings *findings, enum pd_severity severity, const char *path,
                     const char *fmt, ...)
{
        struct pd_finding *place = next_place(findings, severity);
        char text[PD_FINDING_MAX_TEXT + 1];
        va_list args;

        findings->errors += severity == PD_SEVERITY_ERROR;
        findings->warnings += severity == PD_SEVERITY_WARNING;
        if (place == NULL)
                return;

        place->severity = severity;
        pd_format(text, sizeof(text), "%s", path);
        place->path = keep(findings, text);

        va_start(args, fmt);
        pd_vformat(text, sizeof(text), fmt, args);
        va_end(args);
        place->message = keep(findings, text);
}

/* "2 errors, 1 warning" */
static struct pd_path count_text(const struct pd_findings *findings)
{
        const char *errors = findings->errors == 1 ? "error" : "errors";

        if (findings->warnings == 0)
                return pd_path("%zu %s", findings->errors, errors);
        return pd_path("%zu %s, %zu %s", findings->errors, errors, findings->warnings,
                       findings->warnings == 1 ? "warning" : "warnings");
}

int pd_findings_check(const struct pd_findings *findings, struct pd_err *err)
{
        const struct pd_finding *first = findings->at;

        if (findings->failed)
                return pd_fail_memory(err, "findings");
        if (findings->errors == 0)
                return 0;

        while (first->severity != PD_SEVERITY_ERROR)
                first++;
        return pd_fail(err, PD_E_UNPROCESSABLE, 0, "%s: %s%s%s", count_text(findings).text,
                       first->path, first->path[0] != '\0' ? ": " : "", first->message);
}

const char *pd_severity_name(enum pd_severity severity)
{
        static const char *const names[] = {
                [PD_SEVERITY_ERROR] = "error",
                [PD_SEVERITY_WARNING] = "warning",
                [PD_SEVERITY_NOTE] = "note",
        };

        return names[severity];
}

json_t *pd_findings_json(const struct pd_findings *findings)
{
        json_t *list = json_array();

        for (size_t i = 0; list != NULL && i < findings->count; i++) {
                const struct pd_finding *finding = &findings->at[i];
                json_t *item =
                        json_pack("{s:s, s:s, s:s}", "path", finding->path, "severity",
                                  pd_severity_name(finding->severity), "message", finding->message);

                if (json_array_append_new(list, item) < 0) {
                        json_decref(list);
                        return NULL;
                }
        }
        return list;
}
