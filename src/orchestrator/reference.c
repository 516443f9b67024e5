/* reference.c - playground-orchestrator-reference: its settings as pages, for docs/ and the build.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "settings.h"

int main(int argc, char **argv)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(1024 * 1024);

        if (argc == 2 && strcmp(argv[1], "markdown") == 0)
                pd_config_markdown(&pd_orchestrator_table, &out);
        else if (argc == 2 && strcmp(argv[1], "man") == 0)
                pd_config_man(&pd_orchestrator_table, &out);
        else
                (void)fprintf(stderr, "usage: playground-orchestrator-reference markdown|man\n");
        return out.len > 0 && fwrite(out.data, 1, out.len, stdout) == out.len ? EXIT_SUCCESS
                                                                              : EXIT_FAILURE;
}
