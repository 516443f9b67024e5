/* test_running.c - a loop that is made, run and stopped. */
#include "loop/loop.h"

#include <pthread.h>
#include <signal.h>

#include "alloc_fail.h"
#include "base/clock.h"
#include "pd_test.h"
#include "turns.h"

static struct pd_loop *signalled;

static void on_signal(int number)
{
        (void)number;
        pd_loop_stop(signalled);
}

static void *raise_signal(void *context)
{
        (void)context;
        (void)raise(SIGUSR1);
        return NULL;
}

static void a_signal_handler_of_another_thread_stops_the_loop(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct sigaction action = {.sa_handler = on_signal}, before;
        struct pd_err err = {0};
        pthread_t thread;

        (void)state;
        signalled = loop;
        assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
        assert_int_equal(pthread_create(&thread, NULL, raise_signal, NULL), 0);
        assert_pd_ok(pd_loop_run(loop, &err), err);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

struct stopper {
        struct pd_timer timer;
        struct pd_loop *loop;
};

static void stop_the_loop(struct pd_timer *timer)
{
        pd_loop_stop(PD_OWNER_OF(timer, struct stopper, timer)->loop);
}

static void a_stopped_loop_may_run_again(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct stopper stopper = {.loop = loop, .timer.due = stop_the_loop};
        struct pd_err err = {0};

        (void)state;
        pd_loop_stop(loop); /* before it runs: it makes one round */
        assert_pd_ok(pd_loop_run(loop, &err), err);

        pd_loop_set_timer(loop, &stopper.timer, pd_clock_mono_us() + 2000);
        assert_pd_ok(pd_loop_run(loop, &err), err);
        assert_false(pd_timer_is_set(&stopper.timer));
}

static int make_and_free(void *context, struct pd_err *err)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = NULL;

        (void)context;
        return pd_loop_new(&loop, err);
}

static void each_failed_allocation_fails_the_making(void **state)
{
        (void)state;
        assert_int_equal(pd_alloc_fail_each(make_and_free, NULL), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_signal_handler_of_another_thread_stops_the_loop),
                cmocka_unit_test(a_stopped_loop_may_run_again),
                cmocka_unit_test(each_failed_allocation_fails_the_making),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
