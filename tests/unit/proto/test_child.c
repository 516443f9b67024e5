/* test_child.c - what a child may do, and what is left of it. */
#include "pd_test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc_fail.h"
#include "base/clock.h"
#include "base/own.h"
#include "child.h"

#define LONG_MS  20000
#define SHORT_MS 100

struct run {
        struct pd_buf output, errors;
        int status;
        struct pd_err err;
};

static void run_done(struct run *run)
{
        pd_buf_done(&run->output);
        pd_buf_done(&run->errors);
}

#define RUN_INIT                                                                                   \
        {                                                                                          \
                .output = PD_BUF_INIT(100000), .errors = PD_BUF_INIT(1000), .status = 12345        \
        }

static int run_argv(struct run *run, const char *const *argv, int64_t deadline_ms)
{
        pd_auto(pd_close_ptr) int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
        const struct pd_child_job job = {argv, input, deadline_ms, NULL};

        return pd_child_run(&job, &run->output, &run->errors, &run->status, &run->err);
}

static int run_shell(struct run *run, const char *script, int64_t deadline_ms)
{
        return run_argv(run, (const char *const[]){"sh", "-c", script, NULL}, deadline_ms);
}

static size_t count_descriptors(void)
{
        DIR *dir = opendir("/proc/self/fd");
        size_t count = 0;

        assert_non_null(dir);
        while (readdir(dir) != NULL)
                count++;
        closedir(dir);
        return count;
}

/* The children of children are ours to reap too, so none can hide. */
static void assert_no_child_is_left(void)
{
        int status;

        while (wait(&status) > 0) {
                assert_true(WIFSIGNALED(status));
                assert_int_equal(WTERMSIG(status), SIGKILL);
        }
        assert_int_equal(errno, ECHILD);
}

static void takes_both_outputs_and_the_status(void **state)
{
        pd_auto(run_done) struct run run = RUN_INIT;
        (void)state;

        assert_pd_ok(run_shell(&run, "echo out; echo err >&2; exit 3", LONG_MS), run.err);
        assert_string_equal(run.output.data, "out\n");
        assert_string_equal(run.errors.data, "err\n");
        assert_int_equal(run.status, 3);
}

static void arguments_pass_through_no_shell(void **state)
{
        pd_auto(run_done) struct run run = RUN_INIT;
        (void)state;

        assert_pd_ok(
                run_argv(&run, (const char *const[]){"echo", "$HOME;`id`", "* '", NULL}, LONG_MS),
                run.err);
        assert_string_equal(run.output.data, "$HOME;`id` * '\n");
}

static void sees_nothing_of_our_environment_and_descriptors(void **state)
{
        pd_auto(run_done) struct run run = RUN_INIT;
        pd_auto(pd_close_ptr) int inherited = open("/dev/null", O_RDONLY);
        (void)state;

        assert_true(inherited >= 0);
        assert_int_equal(setenv("PD_TEST_SECRET", "planted", 1), 0);
        assert_pd_ok(run_argv(&run, (const char *const[]){"env", NULL}, LONG_MS), run.err);
        assert_string_equal(run.output.data, "LC_ALL=C\n");

        pd_buf_clear(&run.output);
        assert_pd_ok(run_argv(&run, (const char *const[]){"ls", "/proc/self/fd", NULL}, LONG_MS),
                     run.err);
        assert_string_equal(run.output.data, "0\n1\n2\n3\n"); /* 3: the folder itself */
}

static void signals_we_block_or_ignore_end_it(void **state)
{
        pd_auto(run_done) struct run blocked = RUN_INIT;
        pd_auto(run_done) struct run ignored = RUN_INIT;
        sigset_t usr1, before;
        (void)state;

        sigemptyset(&usr1);
        sigaddset(&usr1, SIGUSR1);
        assert_int_equal(sigprocmask(SIG_BLOCK, &usr1, &before), 0);
        assert_pd_ok(run_shell(&blocked, "kill -USR1 $$", LONG_MS), blocked.err);
        assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
        assert_int_equal(blocked.status, -SIGUSR1);

        (void)signal(SIGPIPE, SIG_IGN);
        assert_pd_ok(run_shell(&ignored, "kill -PIPE $$", LONG_MS), ignored.err);
        (void)signal(SIGPIPE, SIG_DFL);
        assert_int_equal(ignored.status, -SIGPIPE);
}

static void a_child_that_hangs_is_ended_with_all_it_started(void **state)
{
        static const char *const scripts[] = {
                "sleep 1000",
                "sleep 1000 & wait",
                "trap '' TERM INT HUP; sleep 1000 & sleep 1000",
                "exec >/dev/null 2>&1; sleep 1000", /* both outputs are closed at once */
                "sleep 1000 & echo gone",           /* it ends, but somebody holds its output */
        };
        size_t descriptors = count_descriptors();
        (void)state;

        for (size_t i = 0; i < PD_COUNT(scripts); i++) {
                pd_auto(run_done) struct run run = RUN_INIT;
                int64_t start = pd_clock_mono_us();

                print_message("# %s\n", scripts[i]);
                assert_pd_fail(run_shell(&run, scripts[i], SHORT_MS), run.err, PD_E_TIMEOUT);
                assert_pd_says(run.err.msg, "'sh' took over 100 ms");
                assert_true(pd_clock_mono_us() - start >= SHORT_MS * 1000);
                assert_int_equal(run.status, 12345);
                assert_no_child_is_left();
        }
        assert_int_equal(count_descriptors(), descriptors);
}

static void what_a_good_child_left_running_is_ended_too(void **state)
{
        pd_auto(run_done) struct run run = RUN_INIT;
        (void)state;

        assert_pd_ok(run_shell(&run, "sleep 1000 >/dev/null 2>&1 & echo done", LONG_MS), run.err);
        assert_string_equal(run.output.data, "done\n");
        assert_int_equal(run.status, 0);
        assert_no_child_is_left();
}

static void endless_output_is_too_large(void **state)
{
        pd_auto(run_done) struct run run = RUN_INIT;
        (void)state;

        assert_pd_fail(run_argv(&run, (const char *const[]){"yes", NULL}, LONG_MS), run.err,
                       PD_E_TOO_LARGE);
        assert_pd_says(run.err.msg, "'yes': its output is over 100000 bytes");
        assert_no_child_is_left();
}

static void endless_errors_are_cut(void **state)
{
        pd_auto(run_done) struct run run = RUN_INIT;
        (void)state;

        assert_pd_ok(run_shell(&run, "yes | head -c 1000000 >&2; echo out", LONG_MS), run.err);
        assert_string_equal(run.output.data, "out\n");
        assert_int_equal(run.errors.len, 1000);
}

static void what_cannot_be_started_is_unavailable(void **state)
{
        static const char *const programs[] = {"pd-no-such-program", "/etc/passwd", "/"};
        size_t descriptors = count_descriptors();
        (void)state;

        for (size_t i = 0; i < PD_COUNT(programs); i++) {
                pd_auto(run_done) struct run run = RUN_INIT;

                assert_pd_fail(run_argv(&run, (const char *const[]){programs[i], NULL}, LONG_MS),
                               run.err, PD_E_UNAVAILABLE);
                assert_pd_says(run.err.msg, programs[i]);
                assert_no_child_is_left();
        }
        assert_int_equal(count_descriptors(), descriptors);
}

static int run_once(void *context, struct pd_err *err)
{
        pd_auto(run_done) struct run run = RUN_INIT;
        int result = run_shell(&run, "echo out; echo err >&2", LONG_MS);

        (void)context;
        *err = run.err;
        return result;
}

static void *set_after_a_while(void *context)
{
        (void)poll(NULL, 0, SHORT_MS); /* a while is what is tested */
        atomic_store((atomic_bool *)context, true);
        return NULL;
}

static void a_cancelled_child_is_ended_long_before_its_deadline(void **state)
{
        pd_auto(pd_close_ptr) int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
        pd_auto(run_done) struct run run = RUN_INIT;
        atomic_bool is_cancelled = false;
        const char *const argv[] = {"sleep", "1000", NULL};
        const struct pd_child_job job = {argv, input, 1000000, &is_cancelled};
        pthread_t other;
        (void)state;

        assert_int_equal(pthread_create(&other, NULL, set_after_a_while, &is_cancelled), 0);
        assert_pd_fail(pd_child_run(&job, &run.output, &run.errors, &run.status, &run.err), run.err,
                       PD_E_UNAVAILABLE);
        assert_int_equal(pthread_join(other, NULL), 0);
        assert_pd_says(run.err.msg, "'sleep' was given up");
        assert_no_child_is_left();
}

static void each_failing_allocation_is_an_error(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(run_once, NULL) > 2);
        assert_no_child_is_left();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(takes_both_outputs_and_the_status),
                cmocka_unit_test(arguments_pass_through_no_shell),
                cmocka_unit_test(sees_nothing_of_our_environment_and_descriptors),
                cmocka_unit_test(signals_we_block_or_ignore_end_it),
                cmocka_unit_test(a_child_that_hangs_is_ended_with_all_it_started),
                cmocka_unit_test(a_cancelled_child_is_ended_long_before_its_deadline),
                cmocka_unit_test(what_a_good_child_left_running_is_ended_too),
                cmocka_unit_test(endless_output_is_too_large),
                cmocka_unit_test(endless_errors_are_cut),
                cmocka_unit_test(what_cannot_be_started_is_unavailable),
                cmocka_unit_test(each_failing_allocation_is_an_error),
        };

        (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
        return cmocka_run_group_tests_name("proto child", tests, NULL, NULL);
}
