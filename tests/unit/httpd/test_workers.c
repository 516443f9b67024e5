/* test_workers.c - jobs that run, wait, find no place and are abandoned. */
#include "workers.h"

#include <pthread.h>
#include <stdatomic.h>

#include "alloc_fail.h"
#include "pd_test.h"

/* A job that runs until its gate is open. All of them count under one lock. */
struct gate {
        pthread_mutex_t lock;
        pthread_cond_t change;
        bool is_open;
        unsigned running, run, finished, abandoned_running, abandoned_waiting;
};

static void run(void *job)
{
        struct gate *gate = job;

        pthread_mutex_lock(&gate->lock);
        gate->running++;
        pthread_cond_broadcast(&gate->change);
        while (!gate->is_open)
                pthread_cond_wait(&gate->change, &gate->lock);
        gate->run++;
        pthread_mutex_unlock(&gate->lock);
}

static void finish(void *job)
{
        struct gate *gate = job;

        pthread_mutex_lock(&gate->lock);
        gate->finished++;
        pthread_mutex_unlock(&gate->lock);
}

static void abandon(void *job, bool is_running)
{
        struct gate *gate = job;

        pthread_mutex_lock(&gate->lock);
        gate->abandoned_running += is_running;
        gate->abandoned_waiting += !is_running;
        pthread_mutex_unlock(&gate->lock);
}

static const struct pd_workers_ops ops = {.run = run, .finish = finish, .abandon = abandon};

#define GATE_INIT                                                                                  \
        {                                                                                          \
                .lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER              \
        }

static void wait_until_running(struct gate *gate, unsigned count)
{
        pthread_mutex_lock(&gate->lock);
        while (gate->running < count)
                pthread_cond_wait(&gate->change, &gate->lock);
        pthread_mutex_unlock(&gate->lock);
}

static void open_gate(struct gate *gate)
{
        pthread_mutex_lock(&gate->lock);
        gate->is_open = true;
        pthread_cond_broadcast(&gate->change);
        pthread_mutex_unlock(&gate->lock);
}

static void *open_later(void *gate)
{
        open_gate(gate);
        return NULL;
}

/* Two workers, both at work, and two jobs in a line of two. */
static struct pd_workers *fill(struct gate *gate)
{
        struct pd_workers *workers = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_workers_new(2, 2, &ops, &workers, &err), err);
        for (unsigned i = 0; i < 4; i++) {
                assert_true(pd_workers_claim(workers));
                pd_workers_submit(workers, gate);
        }
        wait_until_running(gate, 2);
        return workers;
}

static void every_job_is_run_and_finished(void **state)
{
        struct gate gate = GATE_INIT;
        struct pd_workers *workers = NULL;
        struct pd_err err = {0};
        unsigned done = 0;

        (void)state;
        gate.is_open = true;
        assert_pd_ok(pd_workers_new(3, 1, &ops, &workers, &err), err);
        while (done < 1000) {
                if (!pd_workers_claim(workers))
                        continue;
                pd_workers_submit(workers, &gate);
                done++;
        }
        wait_until_running(&gate, 1000);
        pd_workers_free(workers);
        assert_int_equal(gate.run, 1000);
        assert_int_equal(gate.finished, 1000);
}

static void a_full_line_takes_no_more(void **state)
{
        struct gate gate = GATE_INIT;
        struct pd_workers *workers = fill(&gate);
        unsigned busy = 0, waiting = 0;

        (void)state;
        pd_workers_load(workers, &busy, &waiting);
        assert_int_equal(busy, 2);
        assert_int_equal(waiting, 2);
        assert_false(pd_workers_claim(workers));

        open_gate(&gate);
        wait_until_running(&gate, 4);
        pd_workers_free(workers);
        assert_int_equal(gate.finished, 4);
}

static void a_claimed_place_counts(void **state)
{
        struct gate gate = GATE_INIT;
        struct pd_workers *workers = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_workers_new(1, 0, &ops, &workers, &err), err);
        assert_true(pd_workers_claim(workers));
        assert_false(pd_workers_claim(workers));
        pd_workers_free(workers);
        assert_int_equal(gate.run, 0);
}

static void abandoned_jobs_are_told_once(void **state)
{
        struct gate gate = GATE_INIT;
        struct pd_workers *workers = fill(&gate);
        pthread_t opener;

        (void)state;
        pd_workers_abandon(workers);
        assert_int_equal(gate.abandoned_running, 2);
        assert_int_equal(gate.abandoned_waiting, 2);
        assert_false(pd_workers_claim(workers));

        /* those that run come to their end all the same, and freeing waits for them */
        assert_int_equal(pthread_create(&opener, NULL, open_later, &gate), 0);
        pd_workers_free(workers);
        assert_int_equal(pthread_join(opener, NULL), 0);
        assert_int_equal(gate.run, 2);
        assert_int_equal(gate.finished, 2);
}

static void a_job_that_comes_after_the_end_is_abandoned(void **state)
{
        struct gate gate = GATE_INIT;
        struct pd_workers *workers = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_workers_new(1, 1, &ops, &workers, &err), err);
        assert_true(pd_workers_claim(workers));
        pd_workers_abandon(workers);
        pd_workers_submit(workers, &gate);
        pd_workers_free(workers);
        assert_int_equal(gate.abandoned_waiting, 1);
        assert_int_equal(gate.run, 0);
}

/* Only what is allocated before there are threads: a thread's own start may not fail in between. */
static void a_lack_of_memory_is_told(void **state)
{
        (void)state;
        for (size_t n = 1; n <= 2; n++) {
                struct pd_workers *workers = NULL;
                struct pd_err err = {0};
                int result;

                pd_alloc_fail_at(n);
                result = pd_workers_new(2, 2, &ops, &workers, &err);
                pd_alloc_fail_never();
                assert_pd_fail(result, err, PD_E_INTERNAL);
                assert_null(workers);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_job_is_run_and_finished),
                cmocka_unit_test(a_full_line_takes_no_more),
                cmocka_unit_test(a_claimed_place_counts),
                cmocka_unit_test(abandoned_jobs_are_told_once),
                cmocka_unit_test(a_job_that_comes_after_the_end_is_abandoned),
                cmocka_unit_test(a_lack_of_memory_is_told),
        };

        return cmocka_run_group_tests_name("httpd workers", tests, NULL, NULL);
}
