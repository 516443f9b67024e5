/* signals.c - SIGTERM and SIGINT as something to wait for. */
#include "base/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void fill_set(sigset_t *set)
{
        (void)sigemptyset(set);
        (void)sigaddset(set, SIGTERM);
        (void)sigaddset(set, SIGINT);
}

int pd_signals_open(int *ret_fd, struct pd_err *err)
{
        sigset_t set;
        int fd;

        fill_set(&set);
        (void)signal(SIGPIPE, SIG_IGN);
        (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* fails for no set that was made so */
        fd = signalfd(-1, &set, SFD_CLOEXEC);
        if (fd < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot wait for signals");
        *ret_fd = fd;
        return 0;
}

void pd_signals_await(int fd)
{
        struct signalfd_siginfo info;
        sigset_t set;

        while (read(fd, &info, sizeof(info)) < 0 && errno == EINTR)
                ;
        fill_set(&set);
        (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* who asks twice is not made to wait */
}

void pd_signals_close(int fd)
{
        if (fd >= 0)
                (void)close(fd);
}
