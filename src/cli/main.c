/* main.c - playgroundctl as a process. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"

/* A closed standard descriptor would be the next file's: it becomes one that cannot be used. */
static void fill_descriptor(int fd, int unusable)
{
        if (fcntl(fd, F_GETFD) < 0)
                (void)open("/dev/null", unusable); /* takes the lowest number, which is fd */
}

int main(int argc, char **argv)
{
        struct pd_cli cli = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, environ};

        fill_descriptor(STDIN_FILENO, O_WRONLY);
        fill_descriptor(STDOUT_FILENO, O_RDONLY);
        fill_descriptor(STDERR_FILENO, O_RDONLY);
        (void)signal(SIGPIPE, SIG_DFL); /* a reader that has enough ends the program quietly */
        return pd_cli_run(&cli, argc, argv);
}
