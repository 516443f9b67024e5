/* report.h - the edge: what went wrong becomes a line for people and an exit status. */
#ifndef PD_CLI_REPORT_H
#define PD_CLI_REPORT_H

#include "base/err.h"
#include "cli/cli.h"
#include "command.h"

/**
 * Tell an error on standard error; wrong use also where the help is. `command` NULL: none was
 * found. Quiet when standard output has lost its reader. Returns the exit status.
 */
int pd_report(const struct pd_cli *cli, const struct pd_command *command, const struct pd_err *err);

#endif
