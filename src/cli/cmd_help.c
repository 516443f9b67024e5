/* cmd_help.c - help: the commands, or one of them. */
#include "command.h"

#include "base/own.h"
#include "output.h"

int pd_help_command(struct pd_call *call, const struct pd_command *command, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        pd_buf_printf(&text, "playgroundctl %s: %s\n\n", command->name, command->help);
        pd_buf_printf(&text, "Usage: playgroundctl %s%s%s [FLAGS]\n", command->name,
                      command->operands[0] != '\0' ? " " : "", command->operands);
        if (command->more != NULL)
                pd_buf_printf(&text, "\n%s", command->more);
        pd_buf_puts(&text, "\nFlags (and the variable that sets one for all calls):\n");
        pd_config_help(command->options, &text);
        return pd_output_write(call->cli, &text, err);
}

static int list_commands(const struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        pd_buf_puts(&text, "playgroundctl: AI pipelines, from the blueprint to the cluster\n\n"
                           "Usage: playgroundctl COMMAND [OPERAND] [FLAGS]\n\nCommands:\n");
        for (size_t i = 0; i < pd_command_count; i++)
                pd_buf_printf(&text, "  %-10s%s\n", pd_commands[i].name, pd_commands[i].help);
        pd_buf_puts(&text, "\n'playgroundctl COMMAND --help' explains a command.\n");
        return pd_output_write(call->cli, &text, err);
}

int pd_cmd_help(struct pd_call *call, struct pd_err *err)
{
        const struct pd_command *command;

        if (call->operand_count == 0)
                return list_commands(call, err);
        if (pd_command_find(call->operands[0], &command, err) < 0)
                return -1;
        return pd_help_command(call, command, err);
}
