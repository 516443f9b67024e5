/* resume.h - the run that is going, in a file: who starts again with that file goes on with it. */
#ifndef PD_ORCHESTRATOR_RESUME_H
#define PD_ORCHESTRATOR_RESUME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core.h"

/** Most bytes of the file. */
#define PD_RESUME_MAX_BYTES 4096

struct pd_resume {
        char label[PD_CORE_MAX_LABEL + 1];
        int64_t iterations; /**< 0: without limit */
};

/** Write it down; a file that is there is replaced at once. */
int pd_resume_write(const char *path, const struct pd_resume *resume,
                    struct pd_err *err) PD_MUST_CHECK;

/** No run is going. No file is fine. */
int pd_resume_forget(const char *path, struct pd_err *err) PD_MUST_CHECK;

/** *ret_is_there: whether a run was going. PD_E_INVALID: the file is not one of these. */
int pd_resume_read(const char *path, bool *ret_is_there, struct pd_resume *ret,
                   struct pd_err *err) PD_MUST_CHECK;

#endif
