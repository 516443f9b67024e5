/* cli.c - from the words of a command line to a command, and from its end to an exit status. */
#include "cli/cli.h"

#include <string.h>

#include "base/own.h"
#include "command.h"
#include "report.h"

/* What others expect in the place of a command. */
static const char *command_name(const char *word)
{
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
                return "help";
        if (strcmp(word, "--version") == 0)
                return "version";
        return word;
}

static int read_options(struct pd_call *call, const struct pd_command *command, int argc,
                        char **argv, struct pd_err *err)
{
        if (pd_config_new(command->options, &call->options, &call->config, err) < 0 ||
            pd_config_variables(call->config, call->cli->environment, err) < 0 ||
            pd_config_flags(call->config, argc, argv, &call->operand_count, err) < 0)
                return -1;

        call->operands = argv + 1;
        if (call->operand_count > command->max_operands && !call->options.help)
                return pd_fail(err, PD_E_USAGE, 0, "what is '%s'? '%s' takes %s",
                               call->operands[command->max_operands], command->name,
                               command->max_operands == 0   ? "no operand"
                               : command->max_operands == 1 ? "one operand"
                                                            : "no more operands");
        return 0;
}

static int run_command(struct pd_call *call, const struct pd_command *command, int argc,
                       char **argv, struct pd_err *err)
{
        if (read_options(call, command, argc, argv, err) < 0)
                return -1;
        if (call->options.help)
                return pd_help_command(call, command, err);
        return command->run(call, err);
}

int pd_cli_run(const struct pd_cli *cli, int argc, char **argv)
{
        const struct pd_command *command = NULL;
        struct pd_call call = {.cli = cli};
        struct pd_err err = {0};
        int failed;

        if (argc < 2)
                failed = pd_fail(&err, PD_E_USAGE, 0, "no command given");
        else
                failed = pd_command_find(command_name(argv[1]), &command, &err);
        if (failed == 0)
                failed = run_command(&call, command, argc - 1, argv + 1, &err);

        pd_config_free(call.config);
        if (failed < 0)
                return pd_report(cli, command, &err);
        return call.status;
}
