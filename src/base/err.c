/* err.c - error values: filling, wrapping, and what the table of codes says. */
#include "base/err.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"

static const struct {
        int http, grpc, exit;
        const char *name;
} table[] = {[PD_OK] = {200, 0, 0, "ok"},
#define ROW(id, http, grpc, exit, name) [PD_E_##id] = {http, grpc, exit, name},
             PD_ERR_CODES(ROW)
#undef ROW
};

void pd_err_fill(struct pd_err *err, enum pd_err_code code, int sys, const char *fmt, ...)
{
        struct pd_err new_err = {.code = code, .sys = sys};
        va_list args;

        if (err == NULL)
                return;

        va_start(args, fmt);
        pd_vformat(new_err.msg, sizeof(new_err.msg), fmt, args);
        va_end(args);

        *err = new_err; /* only now: its old message may be among the arguments */
        if (sys != 0) {
                const char *text = strerrordesc_np(sys);

                pd_format(err->msg, sizeof(err->msg), "%s: %s", new_err.msg,
                          text != NULL ? text : "unknown system error");
        }
}

void pd_err_prefix(struct pd_err *err, const char *fmt, ...)
{
        struct pd_err inner;
        char context[sizeof(inner.msg)];
        va_list args;

        if (err == NULL)
                return;

        va_start(args, fmt);
        pd_vformat(context, sizeof(context), fmt, args);
        va_end(args);

        inner = *err;
        pd_format(err->msg, sizeof(err->msg), "%s: %s", context, inner.msg);
}

int pd_err_http(enum pd_err_code code)
{
        return table[code].http;
}

int pd_err_grpc(enum pd_err_code code)
{
        return table[code].grpc;
}

int pd_err_exit(enum pd_err_code code)
{
        return table[code].exit;
}

const char *pd_err_name(enum pd_err_code code)
{
        return table[code].name;
}
