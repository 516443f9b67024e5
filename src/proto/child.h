/* child.h - run a program as a child and take what it prints, within a deadline. */
#ifndef PD_PROTO_CHILD_H
#define PD_PROTO_CHILD_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

struct pd_child_job {
        const char *const *argv; /**< argv[0] is looked for in PATH; ends with NULL */
        int input;               /**< becomes standard input; stays the caller's */
        int64_t deadline_ms;
        const atomic_bool *is_cancelled; /**< looked at again and again; NULL: it is not */
};

/**
 * Run the program without a shell, in a process group of its own, with an environment of nothing
 * but the C locale, and wait for its end. Its standard output is appended to `output`, as much of
 * its standard error as fits to `errors`. *ret_status is its exit status, or minus the signal that
 * ended it.
 *
 * PD_E_UNAVAILABLE: it cannot be started, or was cancelled; PD_E_TIMEOUT; PD_E_TOO_LARGE: more
 * output than `output` takes. However it ends, nothing of its group is left running.
 */
int pd_child_run(const struct pd_child_job *job, struct pd_buf *output, struct pd_buf *errors,
                 int *ret_status, struct pd_err *err) PD_MUST_CHECK;

#endif
