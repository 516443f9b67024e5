/* cli.h - the command line of playgroundctl as a function of its arguments and descriptors. */
#ifndef PD_CLI_CLI_H
#define PD_CLI_CLI_H

/** What a process gets, so that a test can hand it in. Nothing else of the process is looked at. */
struct pd_cli {
        int in, out, err; /**< descriptors, borrowed */
        char *const *environment;
};

/**
 * Run a command line: argv[1] is the command; the words of argv may change their places. What went
 * wrong is told on `err`. Returns the exit status (contract, section 8).
 */
int pd_cli_run(const struct pd_cli *cli, int argc, char **argv);

#endif
