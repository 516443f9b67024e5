/* report.c - errors at the edge. */
#include "report.h"

#include <errno.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/utf8.h"
#include "output.h"
#include "solution/findings.h"

/* An error line, and the line that says where the help is. */
#define MAX_REPORT 1024

int pd_report(const struct pd_cli *cli, const struct pd_command *command, const struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_REPORT);
        struct pd_err shown = *err;
        bool has_topic = command != NULL && command->run != pd_cmd_help;

        if (err->sys != EPIPE) {
                pd_utf8_make_printable(shown.msg);
                pd_output_put_severity(&text, PD_SEVERITY_ERROR,
                                       pd_output_has_color(cli, cli->err));
                pd_buf_printf(&text, ": %s\n", shown.msg);
                if (err->code == PD_E_USAGE)
                        pd_buf_printf(&text, "see 'playgroundctl help%s%s'\n", has_topic ? " " : "",
                                      has_topic ? command->name : "");
                (void)!pd_output_write_aside(cli, &text, NULL); /* there is nowhere left to tell */
        }
        return pd_err_exit(err->code);
}
