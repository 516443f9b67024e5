/* test_queue.c - messages that wait, in order and counted exactly. */
#include <stdlib.h>

#include "alloc_fail.h"
#include "pd_test.h"
#include "queue.h"

static struct pd_grpc_message *message(size_t len)
{
        struct pd_grpc_message *made = pd_grpc_message_new(len);

        assert_non_null(made);
        return made;
}

/* The queue alone holds what is pushed. */
static void push(struct pd_queue *queue, size_t len)
{
        struct pd_grpc_message *made = message(len);

        assert_int_equal(pd_queue_push(queue, made), 0);
        pd_grpc_message_release(made);
}

static void pop(struct pd_queue *queue, size_t len)
{
        struct pd_grpc_message *taken = pd_queue_pop(queue);

        assert_non_null(taken);
        assert_int_equal(taken->len, len);
        pd_grpc_message_release(taken);
}

static void an_empty_queue_gives_nothing(void **state)
{
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 1, 1);
        assert_null(pd_queue_pop(&queue));
        assert_false(pd_queue_is_blocking(&queue));
        pd_queue_done(&queue);
}

static void a_queue_of_one_blocks_until_it_is_empty(void **state)
{
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 1, 100);
        push(&queue, 0);
        assert_true(pd_queue_is_blocking(&queue));
        pop(&queue, 0);
        assert_false(pd_queue_is_blocking(&queue));
        pd_queue_done(&queue);
}

static void producers_wait_until_half_of_the_messages_have_gone(void **state)
{
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 4, 100);
        for (size_t i = 1; i <= 3; i++)
                push(&queue, i);
        assert_false(pd_queue_is_blocking(&queue));
        push(&queue, 4);
        assert_true(pd_queue_is_blocking(&queue));
        pop(&queue, 1);
        assert_true(pd_queue_is_blocking(&queue));
        pop(&queue, 2);
        assert_false(pd_queue_is_blocking(&queue));
        pd_queue_done(&queue);
}

static void producers_wait_until_half_of_the_bytes_have_gone(void **state)
{
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 100, 10);
        push(&queue, 4);
        push(&queue, 6);
        assert_true(pd_queue_is_blocking(&queue));
        pop(&queue, 4);
        assert_true(pd_queue_is_blocking(&queue));
        pop(&queue, 6);
        assert_false(pd_queue_is_blocking(&queue));
        pd_queue_done(&queue);
}

static void what_goes_round_finds_room_longer_than_what_comes_in(void **state)
{
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 3, 1000);
        push(&queue, 1);
        assert_false(pd_queue_is_half_full(&queue));
        push(&queue, 1);
        assert_true(pd_queue_is_half_full(&queue));
        for (size_t i = 2; i < 3 + PD_QUEUE_ROUND_MESSAGES; i++) {
                assert_false(pd_queue_is_crammed(&queue));
                push(&queue, 0);
        }
        assert_true(pd_queue_is_crammed(&queue));
        pd_queue_done(&queue);

        pd_queue_init(&queue, 1000, 3);
        push(&queue, 1);
        assert_false(pd_queue_is_half_full(&queue));
        push(&queue, 1);
        assert_true(pd_queue_is_half_full(&queue));
        assert_false(pd_queue_is_crammed(&queue));
        push(&queue, 1);
        assert_true(pd_queue_is_crammed(&queue));
        pd_queue_done(&queue);
}

static void a_message_over_all_limits_is_taken_and_blocks(void **state)
{
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 2, 10);
        push(&queue, 1000);
        assert_true(pd_queue_is_blocking(&queue));
        push(&queue, 1);
        push(&queue, 2);
        assert_int_equal(queue.count, 3);
        assert_int_equal(queue.bytes, 1003);
        pd_queue_done(&queue);
}

static void what_is_returned_comes_first_again(void **state)
{
        struct pd_grpc_message *first;
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 3, 100);
        for (size_t i = 1; i <= 3; i++)
                push(&queue, i);
        pop(&queue, 1);
        first = pd_queue_pop(&queue);
        assert_false(pd_queue_is_blocking(&queue));
        assert_int_equal(pd_queue_return(&queue, first), 0);
        pd_grpc_message_release(first);
        assert_int_equal(queue.bytes, 5);
        pop(&queue, 2);
        pop(&queue, 3);
        pd_queue_done(&queue);
}

static void a_reserve_is_granted_once_until_the_queue_is_cleared(void **state)
{
        struct pd_queue queue;
        (void)state;

        pd_queue_init(&queue, 1, 100);
        for (int round = 0; round < 2; round++) {
                push(&queue, 1);
                assert_true(pd_queue_grant_reserve(&queue));
                assert_false(pd_queue_is_blocking(&queue));
                push(&queue, 1);
                assert_true(pd_queue_is_blocking(&queue));
                assert_false(pd_queue_grant_reserve(&queue));
                pd_queue_clear(&queue);
                assert_int_equal(queue.bytes, 0);
                assert_int_equal(queue.max_count, 1);
                assert_int_equal(queue.max_bytes, 100);
        }
        pd_queue_done(&queue);
}

/* What a queue must be equal to, moved by hand. */
struct model {
        size_t lens[1000];
        size_t first, end;
};

static size_t sum(const struct model *model)
{
        size_t bytes = 0;

        for (size_t i = model->first; i < model->end; i++)
                bytes += model->lens[i];
        return bytes;
}

static void order_and_counts_hold_whatever_is_done(void **state)
{
        unsigned seed = 1;
        (void)state;

        for (int round = 0; round < 200; round++) {
                struct model model = {.first = 0};
                struct pd_queue queue;

                pd_queue_init(&queue, 1 + (size_t)rand_r(&seed) % 40, 1000);
                while (model.end < PD_COUNT(model.lens)) {
                        if (rand_r(&seed) % 16 < 9) {
                                model.lens[model.end] = (size_t)rand_r(&seed) % 64;
                                push(&queue, model.lens[model.end++]);
                        } else if (model.first < model.end) {
                                pop(&queue, model.lens[model.first++]);
                        } else {
                                assert_null(pd_queue_pop(&queue));
                        }
                        assert_int_equal(queue.count, model.end - model.first);
                        assert_int_equal(queue.bytes, sum(&model));
                        if (queue.count >= queue.max_count || queue.bytes >= queue.max_bytes)
                                assert_true(pd_queue_is_blocking(&queue));
                        if (queue.count <= queue.max_count / 2 &&
                            queue.bytes <= queue.max_bytes / 2)
                                assert_false(pd_queue_is_blocking(&queue));
                }
                pd_queue_done(&queue);
        }
}

static void without_memory_nothing_is_held_and_nothing_lost(void **state)
{
        struct pd_grpc_message *made = message(7);
        struct pd_queue queue;
        size_t pushed = 0;
        (void)state;

        pd_queue_init(&queue, 1000, 1000000);
        pd_alloc_fail_at(1);
        assert_int_equal(pd_queue_push(&queue, made), -1);
        pd_alloc_fail_at(1);
        assert_int_equal(pd_queue_return(&queue, made), -1);
        pd_alloc_fail_at(2);
        while (pd_queue_push(&queue, made) == 0)
                pushed++;
        pd_alloc_fail_never();
        assert_int_equal(queue.count, pushed);
        assert_int_equal(queue.bytes, 7 * pushed);
        assert_int_equal(made->holders, pushed + 1);
        pd_queue_done(&queue);
        assert_int_equal(made->holders, 1);
        pd_grpc_message_release(made);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_empty_queue_gives_nothing),
                cmocka_unit_test(a_queue_of_one_blocks_until_it_is_empty),
                cmocka_unit_test(producers_wait_until_half_of_the_messages_have_gone),
                cmocka_unit_test(producers_wait_until_half_of_the_bytes_have_gone),
                cmocka_unit_test(what_goes_round_finds_room_longer_than_what_comes_in),
                cmocka_unit_test(a_message_over_all_limits_is_taken_and_blocks),
                cmocka_unit_test(what_is_returned_comes_first_again),
                cmocka_unit_test(a_reserve_is_granted_once_until_the_queue_is_cleared),
                cmocka_unit_test(order_and_counts_hold_whatever_is_done),
                cmocka_unit_test(without_memory_nothing_is_held_and_nothing_lost),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
