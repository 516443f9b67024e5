/* choice.h - workloads of a deployment that are meant by name. Pure. */
#ifndef PD_ENGINE_CHOICE_H
#define PD_ENGINE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "solution/findings.h"

/* Whether that workload is meant: it has the name that is wanted, or all are (NULL). */
static inline bool pd_choice_has(const char *wanted, const char *workload)
{
        return wanted == NULL || strcmp(wanted, workload) == 0;
}

/* PD_E_NOT_FOUND: none of the deployment's has it. Always -1. */
static inline int pd_choice_fail(const char *wanted, const char *deployment, struct pd_err *err)
{
        return pd_fail(err, PD_E_NOT_FOUND, 0, "'%s' has no workload '%s'", deployment,
                       pd_show(wanted).text);
}

#endif
