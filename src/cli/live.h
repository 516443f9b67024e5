/* live.h - a text on a terminal that is written over by the next one. */
#ifndef PD_CLI_LIVE_H
#define PD_CLI_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "cli/cli.h"

struct pd_live {
        const struct pd_cli *cli;
        size_t drawn; /**< lines of the last text that are on the terminal */
};

/** Whether standard output is a terminal on which that can be done. */
bool pd_live_can(const struct pd_cli *cli);

/** Lines that are too long for the terminal, and those too many for it, are cut. */
int pd_live_draw(struct pd_live *live, const char *text, struct pd_err *err) PD_MUST_CHECK;

#endif
