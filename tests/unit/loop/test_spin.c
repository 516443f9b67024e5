/* test_spin.c - a loop that looks for a moment before it sleeps. */
#include "loop/loop.h"

#include <pthread.h>
#include <time.h>

#include "pd_test.h"
#include "turns.h"

/* Work that comes from another thread, and says so. */
struct work {
        struct pd_post post;
        struct pd_loop *loop;
        int count;
};

static void on_post(struct pd_post *post)
{
        PD_OWNER_OF(post, struct work, post)->count++;
}

static void *post(void *context)
{
        struct work *work = context;

        pd_loop_post(work->loop, &work->post);
        return NULL;
}

/* A loop that has just had a short wait, and so spins in the next one. */
static struct pd_loop *new_spinning(struct work *work)
{
        struct pd_loop *loop = new_loop();

        *work = (struct work){.post.run = on_post, .loop = loop};
        pd_loop_set_spin(loop, PD_LOOP_MAX_SPIN_US);
        pd_loop_post(loop, &work->post);
        turn(loop, -1);
        assert_int_equal(work->count, 1);
        return loop;
}

static int64_t cpu_us(void)
{
        struct timespec used;

        assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used), 0);
        return used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

static void what_comes_from_outside_is_done_in_the_same_round(void **state)
{
        struct work work;
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_spinning(&work);

        (void)state;
        for (int i = 2; i < 200; i++) {
                pthread_t thread;

                assert_int_equal(pthread_create(&thread, NULL, post, &work), 0);
                turn(loop, -1);
                assert_int_equal(pthread_join(thread, NULL), 0);
                assert_int_equal(work.count, i);
        }
}

static void where_nothing_comes_it_sleeps(void **state)
{
        struct work work;
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_spinning(&work);
        int64_t before_us = cpu_us();

        (void)state;
        for (int i = 0; i < 10; i++)
                turn(loop, 20);
        /* 200 ms have passed. */
        assert_true(cpu_us() - before_us < 50000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_comes_from_outside_is_done_in_the_same_round),
                cmocka_unit_test(where_nothing_comes_it_sleeps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
