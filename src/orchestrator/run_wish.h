/* run_wish.h - what is said of a run before it begins. Pure. */
#ifndef PD_ORCHESTRATOR_RUN_WISH_H
#define PD_ORCHESTRATOR_RUN_WISH_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/** Longest label of a run, and most bytes of a wish as text. */
#define PD_RUN_WISH_MAX_LABEL 255
#define PD_RUN_WISH_MAX_BYTES 4096

struct pd_run_wish {
        char label[PD_RUN_WISH_MAX_LABEL + 1];
        int64_t iterations; /**< 0: without limit; -1: as initialize() said */
};

/**
 * `{"label": "a", "iterations": 10}`, both optional: the body of `POST /api/v1/run`, and run.json.
 * PD_E_INVALID tells what is wrong with it.
 */
int pd_run_wish_parse(const char *text, size_t len, struct pd_run_wish *ret,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
