/* load.h - clients that ask one thing again and again, each over a connection of its own. */
#ifndef PD_TESTS_BENCH_LOAD_H
#define PD_TESTS_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/** Most clients of one load. */
#define PD_LOAD_MAX_CLIENTS 256

struct pd_load {
        uint16_t port;
        const char *request; /**< from its first line to the empty one */
        int status;          /**< that every answer has; another one is a failure */
        size_t clients;
        int64_t ms; /**< how long they ask */
};

struct pd_load_result {
        size_t answers;
        double seconds;
        double p50_ms, p99_ms;
};

/** Answers must have no body. The first answer that is missing or another one is the error. */
int pd_load_run(const struct pd_load *load, struct pd_load_result *ret,
                struct pd_err *err) PD_MUST_CHECK;

#endif
