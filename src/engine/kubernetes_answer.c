/* kubernetes_answer.c - what the API server's refusals mean. */
#include <string.h>

#include "base/buf.h"
#include "base/format.h"
#include "base/own.h"
#include "base/utf8.h"
#include "json/get.h"
#include "json/json.h"
#include "kubernetes_api.h"
#include "solution/findings.h"

/* Most bytes of what is told of the causes. */
#define MAX_CAUSES 400

static const struct {
        int status;
        enum pd_err_code code;
} rows[] = {
        {400, PD_E_UNPROCESSABLE}, {401, PD_E_UNAUTHORIZED}, {403, PD_E_FORBIDDEN},
        {404, PD_E_NOT_FOUND},     {409, PD_E_CONFLICT},     {413, PD_E_TOO_LARGE},
        {422, PD_E_UNPROCESSABLE}, {429, PD_E_UNAVAILABLE},  {503, PD_E_UNAVAILABLE},
        {504, PD_E_TIMEOUT},
};

static enum pd_err_code code_of(int status)
{
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                if (rows[i].status == status)
                        return rows[i].code;
        }
        return PD_E_BAD_GATEWAY;
}

static const char *shown(const json_t *object, const char *name, struct pd_shown *room)
{
        const char *text = pd_json_get_string(object, name);

        *room = pd_show(text != NULL ? text : "");
        return room->text;
}

/* "'.data.a': conflict with "kubectl"; ..." */
static void put_causes(const json_t *causes, struct pd_buf *out)
{
        json_t *cause;
        size_t i;

        json_array_foreach (pd_json_unconst(causes), i, cause) {
                struct pd_shown field;
                struct pd_shown message;

                pd_buf_printf(out, "%s'%s': %s", i > 0 ? "; " : "", shown(cause, "field", &field),
                              shown(cause, "message", &message));
        }
}

static bool is_conflict_of_fields(const json_t *causes)
{
        const char *reason = pd_json_get_string(json_array_get(causes, 0), "reason");

        return reason != NULL && strcmp(reason, "FieldManagerConflict") == 0;
}

static int fail_by_status(enum pd_err_code code, const json_t *status, struct pd_err *err)
{
        const json_t *causes = pd_json_dig(status, "details", "causes", NULL);
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_CAUSES);
        const char *message = pd_json_get_string(status, "message");
        char said[MAX_CAUSES];

        put_causes(causes, &text);
        if (text.len > 0)
                return pd_fail(err, code, 0, "%s%s",
                               is_conflict_of_fields(causes) ? "others manage a part of it: " : "",
                               text.data);
        if (code == PD_E_UNAUTHORIZED)
                return pd_fail(err, code, 0,
                               "the cluster does not know who we are: look at the kubeconfig's "
                               "certificate or token, which may have expired");
        pd_format(said, sizeof(said), "%s", message);
        pd_utf8_make_printable(said);
        return pd_fail(err, code, 0, "%s", said);
}

int pd_kubernetes_check(const struct pd_fetch_answer *answer, struct pd_err *err)
{
        enum pd_err_code code = code_of(answer->status);
        pd_auto(pd_json_free_ptr) json_t *status = NULL;

        if (answer->status >= 200 && answer->status < 300)
                return 0;
        if (pd_json_parse(answer->body, answer->len, &pd_json_default_limits, &status, NULL) < 0 ||
            pd_json_get_string(status, "message") == NULL)
                return pd_fail(err, code, 0, "the API server answers %d", answer->status);
        return fail_by_status(code, status, err);
}
