/* child.c - a child, its two outputs, and the time it has. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"

#define READ_SIZE 16384
/** Longest time until it is seen that a job was cancelled. */
#define CANCEL_MS 20

/* What is waited for: the end of both outputs, and of the child itself. */
enum { OUTPUT, ERRORS, EXIT, WATCHED };

struct child {
        pid_t pid; /* 0: none that runs */
        int watch[WATCHED];
};

/* End the child and all it started; its exit status, or minus its signal. */
static int child_end(struct child *child)
{
        int status = 0;

        /* Not reaped yet, so the group's number is still its own; its status stays as it is. */
        (void)kill(-child->pid, SIGKILL);
        while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
                continue;
        child->pid = 0;
        return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void child_done(struct child *child)
{
        if (child->pid != 0)
                (void)child_end(child); /* the run has failed already */
        for (size_t i = 0; i < WATCHED; i++)
                pd_close_ptr(&child->watch[i]);
}

/* Signals as a program expects them (servers ignore or block some), and a group to end at once. */
static void prepare_attributes(posix_spawnattr_t *attr)
{
        sigset_t none, all;

        (void)sigemptyset(&none); /* none of these can fail with these arguments */
        (void)sigfillset(&all);
        (void)posix_spawnattr_setsigmask(attr, &none);
        (void)posix_spawnattr_setsigdefault(attr, &all);
        (void)posix_spawnattr_setpgroup(attr, 0);
        (void)posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETPGROUP);
}

/* posix_spawnp() with these three as standard input, output and error; 0 or an errno. */
static int spawn(const char *const *argv, int input, int output, int errors, pid_t *ret_pid)
{
        static char locale[] = "LC_ALL=C";
        static char *const environment[] = {locale, NULL};
        posix_spawnattr_t attr;
        posix_spawn_file_actions_t actions;
        /* exec never writes to them: its type is older than const. */
        union {
                const char *const *given;
                char *const *wanted;
        } arguments = {.given = argv};
        int failed;

        (void)posix_spawnattr_init(&attr); /* cannot fail in glibc, nor the next */
        (void)posix_spawn_file_actions_init(&actions);
        prepare_attributes(&attr);

        /* dup2() clears close-on-exec; whatever else the process was given stays behind. */
        failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        if (failed == 0)
                failed = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (failed == 0)
                failed = posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
        if (failed == 0)
                failed = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
        if (failed == 0)
                failed = posix_spawnp(ret_pid, argv[0], &actions, &attr, arguments.wanted,
                                      environment);

        (void)posix_spawn_file_actions_destroy(&actions);
        (void)posix_spawnattr_destroy(&attr);
        return failed;
}

/* A pipe that no other child inherits; false: errno says why. */
static bool make_pipe(int *ret_read, int *ret_write)
{
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                return false;
        *ret_read = ends[0];
        *ret_write = ends[1];
        return true;
}

static int child_start(struct child *child, const struct pd_child_job *job, struct pd_err *err)
{
        pd_auto(pd_close_ptr) int output = -1;
        pd_auto(pd_close_ptr) int errors = -1;
        int failed;

        if (!make_pipe(&child->watch[OUTPUT], &output) ||
            !make_pipe(&child->watch[ERRORS], &errors))
                return pd_fail(err, PD_E_INTERNAL, errno, "pipe for '%s'", job->argv[0]);

        failed = spawn(job->argv, job->input, output, errors, &child->pid);
        if (failed != 0) {
                child->pid = 0;
                if (failed == ENOMEM)
                        return pd_fail_memory(err, "a child");
                return pd_fail(err, PD_E_UNAVAILABLE, failed, "cannot start '%s'", job->argv[0]);
        }

        child->watch[EXIT] = pidfd_open(child->pid, 0);
        if (child->watch[EXIT] < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "watch '%s'", job->argv[0]);
        return 0;
}

/* Take what there is to read; false: that was all. What `errors` has no room for is dropped. */
static bool take(int fd, struct pd_buf *into, bool cut)
{
        char bytes[READ_SIZE];
        ssize_t len = read(fd, bytes, sizeof(bytes));

        if (len <= 0)
                return len < 0 && errno == EINTR;
        if (cut && (size_t)len > into->max - into->len)
                len = (ssize_t)(into->max - into->len);
        pd_buf_put(into, bytes, (size_t)len);
        return true;
}

static bool is_cancelled(const struct pd_child_job *job)
{
        return job->is_cancelled != NULL && atomic_load(job->is_cancelled);
}

/* Milliseconds to wait for at once, of those that are left. */
static int turn_ms(const struct pd_child_job *job, int64_t left_us)
{
        int64_t left_ms = left_us / 1000 + 1;

        return (int)(job->is_cancelled != NULL && left_ms > CANCEL_MS ? CANCEL_MS : left_ms);
}

/* Wait until there is news of the child: 0, or -1 when its time is over. */
static int wait_news(struct pollfd fds[WATCHED], int64_t end_us, const struct pd_child_job *job,
                     struct pd_err *err)
{
        int ready = 0;

        while (ready <= 0) {
                int64_t left_us = end_us - pd_clock_mono_us();

                if (is_cancelled(job))
                        return pd_fail(err, PD_E_UNAVAILABLE, 0, "'%s' was given up", job->argv[0]);
                if (left_us <= 0)
                        return pd_fail(err, PD_E_TIMEOUT, 0, "'%s' took over %lld ms", job->argv[0],
                                       (long long)job->deadline_ms);
                ready = poll(fds, WATCHED, turn_ms(job, left_us));
                if (ready < 0 && errno != EINTR)
                        return pd_fail(err, PD_E_INTERNAL, errno, "wait for '%s'", job->argv[0]);
        }
        return 0;
}

/* Listen until both outputs are closed and the child has ended. */
static int child_follow(const struct child *child, const struct pd_child_job *job,
                        struct pd_buf *output, struct pd_buf *errors, struct pd_err *err)
{
        int64_t end_us = pd_clock_mono_us() + job->deadline_ms * 1000;
        struct pollfd fds[WATCHED];
        size_t open = WATCHED;

        for (size_t i = 0; i < WATCHED; i++)
                fds[i] = (struct pollfd){.fd = child->watch[i], .events = POLLIN};

        while (open > 0) {
                if (wait_news(fds, end_us, job, err) < 0)
                        return -1;
                for (size_t i = 0; i < WATCHED; i++) {
                        if (fds[i].revents == 0 ||
                            (i == OUTPUT && take(fds[i].fd, output, false)) ||
                            (i == ERRORS && take(fds[i].fd, errors, true)))
                                continue;
                        fds[i].fd = -1; /* poll() passes it over from now on */
                        open--;
                }
                if (pd_buf_check(output, "its output", err) < 0 ||
                    pd_buf_check(errors, "its errors", err) < 0)
                        return pd_wrap(err, "'%s'", job->argv[0]);
        }
        return 0;
}

int pd_child_run(const struct pd_child_job *job, struct pd_buf *output, struct pd_buf *errors,
                 int *ret_status, struct pd_err *err)
{
        pd_auto(child_done) struct child child = {.watch = {-1, -1, -1}};

        if (child_start(&child, job, err) < 0 || child_follow(&child, job, output, errors, err) < 0)
                return -1;

        *ret_status = child_end(&child);
        return 0;
}
