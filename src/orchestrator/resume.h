/* resume.h - the run that is going, in a file: who starts again with that file goes on with it. */
#ifndef PD_ORCHESTRATOR_RESUME_H
#define PD_ORCHESTRATOR_RESUME_H

#include "base/attr.h"
#include "base/err.h"
#include "run_wish.h"

/** What such a file tells. */
enum pd_resume {
        PD_RESUME_UNKNOWN, /**< nothing: it is not there */
        PD_RESUME_NONE,    /**< no run is going */
        PD_RESUME_RUN,
};

/** Write down a run, or that none is going (NULL); a file that is there is replaced at once. */
int pd_resume_write(const char *path, const struct pd_run_wish *run,
                    struct pd_err *err) PD_MUST_CHECK;

/** *ret_run is set for PD_RESUME_RUN alone. PD_E_INVALID: the file is not one of these. */
int pd_resume_read(const char *path, enum pd_resume *ret, struct pd_run_wish *ret_run,
                   struct pd_err *err) PD_MUST_CHECK;

#endif
