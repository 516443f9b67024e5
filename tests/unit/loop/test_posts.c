/* test_posts.c - work from other threads. */
#include "loop/loop.h"

#include <pthread.h>
#include <stdlib.h>

#include "pd_test.h"
#include "turns.h"

#define THREADS 4
#define LETTERS 20000

/* A sender counts up, and posts that it has; the loop sees each number that was posted. */
struct sender {
        struct pd_post post;
        struct pd_loop *loop;
        _Atomic int written;
        int seen;
};

static void on_letter(struct pd_post *post)
{
        struct sender *sender = PD_OWNER_OF(post, struct sender, post);
        int written = atomic_load_explicit(&sender->written, memory_order_relaxed);

        assert_true(written >= sender->seen);
        sender->seen = written;
}

static void *send_letters(void *context)
{
        struct sender *sender = context;

        for (int i = 1; i <= LETTERS; i++) {
                atomic_store_explicit(&sender->written, i, memory_order_relaxed);
                pd_loop_post(sender->loop, &sender->post);
        }
        return NULL;
}

static void no_post_of_several_threads_is_lost(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct sender senders[THREADS] = {0};
        pthread_t threads[THREADS];

        (void)state;
        for (int i = 0; i < THREADS; i++) {
                senders[i].post.run = on_letter;
                senders[i].loop = loop;
                assert_int_equal(pthread_create(&threads[i], NULL, send_letters, &senders[i]), 0);
        }
        for (int i = 0; i < THREADS; i++) {
                while (senders[i].seen < LETTERS)
                        turn(loop, -1); /* hangs if a wake-up is lost */
        }
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* A letter that is sent once and released when it is read; of each sender they come in order. */
struct letter {
        struct pd_post post;
        struct inbox *inbox;
        int sender, number;
};

struct inbox {
        struct pd_loop *loop;
        atomic_int next_sender;
        int read[THREADS];
};

static void on_numbered_letter(struct pd_post *post)
{
        struct letter *letter = PD_OWNER_OF(post, struct letter, post);

        assert_int_equal(letter->number, letter->inbox->read[letter->sender]);
        letter->inbox->read[letter->sender]++;
        free(letter);
}

static void *send_numbered_letters(void *context)
{
        struct inbox *inbox = context;
        int sender = atomic_fetch_add(&inbox->next_sender, 1);

        for (int number = 0; number < LETTERS; number++) {
                struct letter *letter = calloc(1, sizeof(*letter));

                assert_non_null(letter);
                letter->post.run = on_numbered_letter;
                letter->inbox = inbox;
                letter->sender = sender;
                letter->number = number;
                pd_loop_post(inbox->loop, &letter->post);
        }
        return NULL;
}

static void posts_of_a_thread_keep_their_order_and_may_go_when_they_run(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct inbox inbox = {.loop = loop};
        pthread_t threads[THREADS];

        (void)state;
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, send_numbered_letters, &inbox),
                                 0);
        for (int i = 0; i < THREADS; i++) {
                while (inbox.read[i] < LETTERS)
                        turn(loop, -1);
        }
        for (int i = 0; i < THREADS; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
}

struct echo {
        struct pd_post post;
        struct pd_loop *loop;
        int runs;
};

static void post_again(struct pd_post *post)
{
        struct echo *echo = PD_OWNER_OF(post, struct echo, post);

        echo->runs++;
        pd_loop_post(echo->loop, post);
}

static void a_post_that_posts_itself_runs_once_a_round(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct echo echo = {.post.run = post_again, .loop = loop};

        (void)state;
        pd_loop_post(loop, &echo.post);
        turn(loop, -1);
        assert_int_equal(echo.runs, 1);
        turn(loop, -1);
        assert_int_equal(echo.runs, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_post_of_several_threads_is_lost),
                cmocka_unit_test(posts_of_a_thread_keep_their_order_and_may_go_when_they_run),
                cmocka_unit_test(a_post_that_posts_itself_runs_once_a_round),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
