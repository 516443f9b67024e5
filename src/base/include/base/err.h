/* err.h - what went wrong, as a value: a code a program may branch on and a sentence for people. */
#ifndef PD_BASE_ERR_H
#define PD_BASE_ERR_H

#include "base/attr.h"

/*
 * The one table of error codes for all programs (contract, section 8). It alone knows the HTTP
 * status, the gRPC status and the exit status of a code. HTTP 0: the code never answers a request.
 */
#define PD_ERR_CODES(X)                                                                            \
        /* id           http  grpc  exit  wire name */                                             \
        X(INVALID, 400, 3, 2, "invalid")                                                           \
        X(UNPROCESSABLE, 422, 9, 2, "unprocessable")                                               \
        X(UNAUTHORIZED, 401, 16, 3, "unauthorized")                                                \
        X(FORBIDDEN, 403, 7, 3, "forbidden")                                                       \
        X(NOT_FOUND, 404, 5, 4, "not_found")                                                       \
        X(CONFLICT, 409, 6, 5, "conflict")                                                         \
        X(TOO_LARGE, 413, 8, 2, "too_large")                                                       \
        X(UNAVAILABLE, 503, 14, 6, "unavailable")                                                  \
        X(BAD_GATEWAY, 502, 14, 6, "bad_gateway")                                                  \
        X(TIMEOUT, 504, 4, 6, "timeout")                                                           \
        X(NOT_READY, 0, 9, 7, "not_ready")                                                         \
        X(INTERNAL, 500, 13, 1, "internal")                                                        \
        X(USAGE, 0, 3, 64, "usage")

enum pd_err_code {
        PD_OK = 0,
#define PD_ERR_ENUM(id, http, grpc, exit, name) PD_E_##id,
        PD_ERR_CODES(PD_ERR_ENUM)
#undef PD_ERR_ENUM
};

/** A failure: a plain value on the caller's stack, nothing to free, nothing to allocate. */
struct pd_err {
        enum pd_err_code code;
        int sys;       /**< errno where it failed, or 0; its text already ends msg */
        char msg[496]; /**< lower case, names the object, no full stop; cut with "..." when too long
                        */
};

/** Fill *err (NULL: the caller does not care) and return -1, so: `return pd_fail(err, ...)`. */
#define pd_fail(...)                                                                               \
        __extension__({                                                                            \
                pd_err_fill(__VA_ARGS__);                                                          \
                -1; /* seen by the compiler, which so knows what is set after a success */         \
        })

/** Put "context: " in front of the message, keep code and sys, return -1. */
#define pd_wrap(...)                                                                               \
        __extension__({                                                                            \
                pd_err_prefix(__VA_ARGS__);                                                        \
                -1;                                                                                \
        })

/** What the two macros call. */
void pd_err_fill(struct pd_err *err, enum pd_err_code code, int sys, const char *fmt, ...)
        PD_PRINTF(4, 5);
void pd_err_prefix(struct pd_err *err, const char *fmt, ...) PD_PRINTF(2, 3);

/** pd_fail() for the one failure that has no better word: no memory for `what`. */
static inline int pd_fail_memory(struct pd_err *err, const char *what)
{
        return pd_fail(err, PD_E_INTERNAL, 0, "no memory for %s", what);
}

/* What the table says of a code. PD_OK: 200, 0, 0, "ok". */
int pd_err_http(enum pd_err_code code);
int pd_err_grpc(enum pd_err_code code);
int pd_err_exit(enum pd_err_code code);
const char *pd_err_name(enum pd_err_code code);

#endif
