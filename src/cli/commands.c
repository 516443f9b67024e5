/* commands.c - the table of commands. */
#include "command.h"

#include <string.h>

#include "base/attr.h"
#include "config/nearest.h"

#define INPUT_HELP                                                                                 \
        "INPUT is a blueprint.json, a folder with one and its protos or with a model.json, a\n"    \
        "solution.zip, or - for standard input."

const struct pd_command pd_commands[] = {
        {
                .name = "validate",
                .operands = "INPUT",
                .help = "say what is wrong with a pipeline or a model",
                .more = INPUT_HELP "\n\nThe exit status is 2 when there are errors.\n",
                .max_operands = 1,
                .options = &pd_options_of_validate,
                .run = pd_cmd_validate,
        },
        {
                .name = "render",
                .operands = "INPUT -o FILE",
                .help = "make a solution.zip for Kubernetes",
                .more = INPUT_HELP "\n\nNothing is written when there are errors. A solution.zip "
                                   "is written anew, changed\nwhere flags or variables say so.\n",
                .max_operands = 1,
                .options = &pd_options_of_render,
                .run = pd_cmd_render,
        },
        {
                .name = "inspect",
                .operands = "ZIP",
                .help = "show what is in a solution.zip",
                .more = "ZIP may be - for standard input.\n",
                .max_operands = 1,
                .options = &pd_options_of_inspect,
                .run = pd_cmd_inspect,
        },
        {
                .name = "graph",
                .operands = "INPUT",
                .help = "draw a pipeline",
                .more = INPUT_HELP "\n",
                .max_operands = 1,
                .options = &pd_options_of_graph,
                .run = pd_cmd_graph,
        },
        {
                .name = "catalog",
                .operands = "ls | import INPUT | rm SOLUTION REVISION",
                .help = "look after the local catalogue",
                .more = INPUT_HELP "\n\nImporting a solution again replaces it.\n",
                .max_operands = 3,
                .options = &pd_options_of_catalog,
                .run = pd_cmd_catalog,
        },
        {
                .name = "token",
                .operands = "--user EMAIL",
                .help = "make a token for the deployer",
                .more = "The token is signed with the deployer's secret, HS256.\n",
                .options = &pd_options_of_token,
                .run = pd_cmd_token,
        },
        {
                .name = "up",
                .operands = "INPUT [NAME]",
                .help = "run a pipeline or a model, or change what runs",
                .more = INPUT_HELP
                "\n\nNAME is by default the solution's. What is there as it should be "
                "is not touched, so the same\ncommand goes on after a failure.\n",
                .max_operands = 2,
                .options = &pd_options_of_up,
                .run = pd_cmd_up,
        },
        {
                .name = "ps",
                .operands = "",
                .help = "show what runs",
                .more = "Where a workload is not ready, why, and what to do about it.\n",
                .options = &pd_options_of_ps,
                .run = pd_cmd_ps,
        },
        {
                .name = "run",
                .operands = "",
                .help = "start the messages of a pipeline",
                .more = "A run goes on until it is stopped, or every source was called N times.\n",
                .options = &pd_options_of_run,
                .run = pd_cmd_run,
        },
        {
                .name = "observe",
                .operands = "",
                .help = "see the messages of a run go",
                .more = "On a terminal a table that is written anew every second; elsewhere a line "
                        "an event.\nCtrl-C leaves it, and the run goes on.\n",
                .options = &pd_options_of_observe,
                .run = pd_cmd_observe,
        },
        {
                .name = "status",
                .operands = "",
                .help = "show how a run is going",
                .more = "Where something fails or stands still, what to do about it.\n",
                .options = &pd_options_of_status,
                .run = pd_cmd_status,
        },
        {
                .name = "stop",
                .operands = "",
                .help = "stop the messages of a pipeline",
                .more = "The containers stay; 'playgroundctl down' ends them.\n",
                .options = &pd_options_of_stop,
                .run = pd_cmd_stop,
        },
        {
                .name = "logs",
                .operands = "[NODE]",
                .help = "show what the programs of a deployment write",
                .more = "Ctrl-C ends it.\n",
                .max_operands = 1,
                .options = &pd_options_of_logs,
                .run = pd_cmd_logs,
        },
        {
                .name = "restart",
                .operands = "[NODE]",
                .help = "restart a deployment, or one node of it",
                .max_operands = 1,
                .options = &pd_options_of_restart,
                .run = pd_cmd_restart,
        },
        {
                .name = "down",
                .operands = "",
                .help = "end a deployment",
                .more = "What is in its shared folder stays for the next one of that name, unless "
                        "--volumes.\n",
                .options = &pd_options_of_down,
                .run = pd_cmd_down,
        },
        {
                .name = "version",
                .operands = "",
                .help = "show the version",
                .options = &pd_options_of_version,
                .run = pd_cmd_version,
        },
        {
                .name = "help",
                .operands = "[COMMAND]",
                .help = "explain a command",
                .max_operands = 1,
                .options = &pd_options_of_help,
                .run = pd_cmd_help,
        },
};

const size_t pd_command_count = PD_COUNT(pd_commands);

int pd_command_find(const char *name, const struct pd_command **ret, struct pd_err *err)
{
        struct pd_nearest nearest = {.word = name};

        for (size_t i = 0; i < pd_command_count; i++) {
                if (strcmp(pd_commands[i].name, name) == 0) {
                        *ret = &pd_commands[i];
                        return 0;
                }
                pd_nearest_offer(&nearest, pd_commands[i].name);
        }

        if (nearest.best[0] == '\0')
                return pd_fail(err, PD_E_USAGE, 0, "unknown command '%s'", name);
        return pd_fail(err, PD_E_USAGE, 0, "unknown command '%s'; did you mean '%s'?", name,
                       nearest.best);
}
