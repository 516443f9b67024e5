/* signals.h - SIGTERM and SIGINT as something to wait for. */
#ifndef PD_BASE_SIGNALS_H
#define PD_BASE_SIGNALS_H

#include "base/attr.h"
#include "base/err.h"

/**
 * Take the two signals, and SIGPIPE for good, away from the process; call before it has threads. A
 * second signal ends the process at once.
 */
int pd_signals_open(int *ret_fd, struct pd_err *err) PD_MUST_CHECK;

/** Wait for one of the two; at once when the descriptor is readable, so that a loop may watch it.
 */
void pd_signals_await(int fd);

void pd_signals_close(int fd); /**< -1 is fine */

#endif
