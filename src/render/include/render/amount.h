/* amount.h - amounts as Kubernetes writes them: "100m", "64Mi". */
#ifndef PD_RENDER_AMOUNT_H
#define PD_RENDER_AMOUNT_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "solution/solution.h"

/** Longest amount, and longest name of a resource. */
#define PD_AMOUNT_MAX_TEXT 63

/** PD_E_INVALID: `text` is no amount; the setting is named. */
int pd_amount_check(const char *setting, const char *text, struct pd_err *err) PD_MUST_CHECK;

/**
 * "cpu=100m,memory=64Mi" as names and values, in the arena; NULL or "" is none. PD_E_INVALID
 * names the setting.
 */
int pd_amounts_parse(const char *setting, const char *text, struct pd_arena *arena,
                     struct pd_pairs *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
