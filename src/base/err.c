/* err.c - error values: filling, wrapping, and what the table of codes says. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
        int http, grpc, exit;
        const char *name;
} table[] = {[PD_OK] = {200, 0, 0, "ok"},
#define ROW(id, http, grpc, exit, name) [PD_E_##id] = {http, grpc, exit, name},
             PD_ERR_CODES(ROW)
#undef ROW
};

/* Say that the message was cut, in the message itself. */
static void mark_cut(char *msg, size_t size)
{
        memcpy(msg + size - sizeof("..."), "...", sizeof("..."));
}

static void append(char *msg, size_t size, const char *text)
{
        size_t used = strlen(msg);

        if ((size_t)snprintf(msg + used, size - used, "%s", text) >= size - used)
                mark_cut(msg, size);
}

int pd_fail(struct pd_err *err, enum pd_err_code code, int sys, const char *fmt, ...)
{
        va_list args;

        if (err == NULL)
                return -1;

        va_start(args, fmt);
        if (vsnprintf(err->msg, sizeof(err->msg), fmt, args) >= (int)sizeof(err->msg))
                mark_cut(err->msg, sizeof(err->msg));
        va_end(args);

        err->code = code;
        err->sys = sys;
        if (sys != 0) {
                const char *text = strerrordesc_np(sys);

                append(err->msg, sizeof(err->msg), ": ");
                append(err->msg, sizeof(err->msg), text != NULL ? text : "unknown system error");
        }
        return -1;
}

int pd_fail_memory(struct pd_err *err, const char *what)
{
        return pd_fail(err, PD_E_INTERNAL, 0, "no memory for %s", what);
}

int pd_wrap(struct pd_err *err, const char *fmt, ...)
{
        char inner[sizeof(err->msg)];
        va_list args;

        if (err == NULL)
                return -1;

        memcpy(inner, err->msg, sizeof(inner));
        va_start(args, fmt);
        if (vsnprintf(err->msg, sizeof(err->msg), fmt, args) >= (int)sizeof(err->msg))
                mark_cut(err->msg, sizeof(err->msg));
        va_end(args);
        append(err->msg, sizeof(err->msg), ": ");
        append(err->msg, sizeof(err->msg), inner);
        return -1;
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
