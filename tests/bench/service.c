/* service.c - a program that serves HTTP. */
#include "service.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/format.h"

/* Longest wait for a start. */
#define PATIENCE_US (10 * 1000 * 1000)
/* Between two looks whether it has started. */
#define PAUSE_NS 200000

static struct sockaddr_in loopback(uint16_t port)
{
        return (struct sockaddr_in){
                .sin_family = AF_INET,
                .sin_port = htons(port),
                .sin_addr = {htonl(INADDR_LOOPBACK)},
        };
}

uint16_t pd_service_free_port(void)
{
        struct sockaddr_in address = loopback(0);
        socklen_t len = sizeof(address);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0)
                return 0;
        if (bind(fd, (struct sockaddr *)&address, len) < 0 ||
            getsockname(fd, (struct sockaddr *)&address, &len) < 0)
                address.sin_port = 0;
        (void)close(fd);
        return ntohs(address.sin_port);
}

int pd_service_connect(uint16_t port)
{
        struct sockaddr_in address = loopback(port);
        int on = 1;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0)
                return -1;
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0) {
                (void)close(fd);
                return -1;
        }
        return fd;
}

static int spawn(const char *name, char **argv, pid_t *ret, struct pd_err *err)
{
        const char *build = getenv("PD_BUILD");
        char path[PATH_MAX];
        posix_spawn_file_actions_t actions;
        int error;

        if (build == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "PD_BUILD is not set; run script/bench");
        pd_format(path, sizeof(path), "%s/bin/%s", build, name);
        argv[0] = path;

        error = posix_spawn_file_actions_init(&actions);
        if (error == 0)
                error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
                                                         O_WRONLY, 0);
        if (error == 0)
                error = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
        if (error == 0)
                error = posix_spawn(ret, path, &actions, NULL, argv, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
        return error == 0 ? 0 : pd_fail(err, PD_E_INTERNAL, error, "cannot start '%s'", path);
}

/* Wait until it takes connections. */
static int await(const struct pd_service *service, const char *name, struct pd_err *err)
{
        int64_t ends_us = pd_clock_mono_us() + PATIENCE_US;
        int fd;

        while ((fd = pd_service_connect(service->port)) < 0) {
                const struct timespec pause = {.tv_nsec = PAUSE_NS};

                if (pd_clock_mono_us() > ends_us)
                        return pd_fail(err, PD_E_TIMEOUT, 0, "'%s' does not start", name);
                (void)ppoll(NULL, 0, &pause, NULL);
        }
        (void)close(fd);
        return 0;
}

int pd_service_start(const char *name, char **argv, uint16_t port, struct pd_service *ret,
                     struct pd_err *err)
{
        pd_auto(pd_service_stop) struct pd_service service = {.port = port};

        if (spawn(name, argv, &service.pid, err) < 0 || await(&service, name, err) < 0)
                return -1;
        *ret = service;
        service.pid = 0;
        return 0;
}

void pd_service_stop(struct pd_service *service)
{
        if (service->pid == 0)
                return;
        (void)kill(service->pid, SIGKILL);
        (void)waitpid(service->pid, NULL, 0);
        service->pid = 0;
}

int64_t pd_service_cpu_us(const struct pd_service *service)
{
        clockid_t clock;
        struct timespec now;

        if (clock_getcpuclockid(service->pid, &clock) != 0 || clock_gettime(clock, &now) < 0)
                return 0;
        return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
