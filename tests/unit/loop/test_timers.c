/* test_timers.c - timers that are due, and their heap against an array that is kept in order. */
#include "timers.h"

#include <string.h>

#include "base/clock.h"
#include "pd_test.h"
#include "turns.h"

#define TIMERS 257
#define STEPS  20000
/** Few times, so that many timers have the same one. */
#define TIMES 64

/* What the heap should be: the times of those that are set, the earliest first. */
struct model {
        int64_t times[TIMERS];
        size_t count;
};

static void model_add(struct model *model, int64_t time)
{
        size_t at = model->count++;

        for (; at > 0 && model->times[at - 1] > time; at--)
                model->times[at] = model->times[at - 1];
        model->times[at] = time;
}

static void model_remove(struct model *model, int64_t time)
{
        size_t at = 0;

        while (model->times[at] != time)
                at++;
        model->count--;
        memmove(&model->times[at], &model->times[at + 1],
                (model->count - at) * sizeof(model->times[0]));
}

/* Every anchor points at what points at the timer, and no child is due before its parent. Returns
 * how many hang there. */
static size_t check_below(struct pd_timer **anchor, int64_t not_before)
{
        size_t count = 0;

        for (; *anchor != NULL; anchor = &(*anchor)->next) {
                assert_ptr_equal((*anchor)->anchor, anchor);
                assert_true((*anchor)->due_us >= not_before);
                count += 1 + check_below(&(*anchor)->first, (*anchor)->due_us);
        }
        return count;
}

static void the_heap_is_a_sorted_array_in_disguise(void **state)
{
        static struct pd_timer timers[TIMERS];
        struct pd_timer *root = NULL;
        struct model model = {.count = 0};

        (void)state;
        for (int step = 0; step < STEPS; step++) {
                struct pd_timer *timer = &timers[pd_test_random() % TIMERS];

                if (pd_test_random() % 4 == 0 && root != NULL)
                        timer = root;
                if (timer->anchor != NULL) {
                        model_remove(&model, timer->due_us);
                        pd_timers_remove(&root, timer);
                } else {
                        timer->due_us = pd_test_random() % TIMES;
                        model_add(&model, timer->due_us);
                        pd_timers_add(&root, timer);
                }

                assert_int_equal(root != NULL, model.count > 0);
                if (root != NULL)
                        assert_int_equal(root->due_us, model.times[0]);
                if (step % 16 == 0)
                        assert_int_equal(check_below(&root, 0), model.count);
        }

        for (size_t i = 0; i < model.count; i++) {
                assert_int_equal(root->due_us, model.times[i]);
                pd_timers_remove(&root, root);
        }
        assert_null(root);
}

/* On a loop. */

struct alarm {
        struct pd_timer timer;
        struct pd_loop *loop;
        struct alarm *other; /* cleared when this one is due */
        bool is_repeated;    /* set again, to a time that has passed */
        int calls;
};

static void on_due(struct pd_timer *timer)
{
        struct alarm *alarm = PD_OWNER_OF(timer, struct alarm, timer);

        alarm->calls++;
        assert_false(pd_timer_is_set(timer));
        if (alarm->other != NULL)
                pd_loop_clear_timer(alarm->loop, &alarm->other->timer);
        if (alarm->is_repeated)
                pd_loop_set_timer(alarm->loop, timer, 0);
}

static void set(struct alarm *alarm, struct pd_loop *loop, int64_t due_us)
{
        alarm->loop = loop;
        alarm->timer.due = on_due;
        pd_loop_set_timer(loop, &alarm->timer, due_us);
}

static void a_timer_is_due_at_its_time_and_not_before(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        int64_t due_us = pd_clock_mono_us() + 5300;
        struct alarm alarm = {.calls = 0};

        (void)state;
        set(&alarm, loop, due_us);
        assert_true(pd_timer_is_set(&alarm.timer));
        turn(loop, 0);
        assert_int_equal(alarm.calls, pd_loop_now_us(loop) >= due_us);

        while (alarm.calls == 0)
                turn(loop, -1);
        assert_true(pd_loop_now_us(loop) >= due_us);
        turn(loop, 0);
        assert_int_equal(alarm.calls, 1);
}

static void waiting_for_a_timer_takes_one_turn(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct alarm alarm = {.calls = 0};

        (void)state;
        set(&alarm, loop, pd_clock_mono_us() + 1);
        turn(loop, -1);
        assert_int_equal(alarm.calls, 1);
}

static void a_timer_set_again_has_the_later_time_only(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct alarm alarm = {.calls = 0};

        (void)state;
        set(&alarm, loop, 0);
        set(&alarm, loop, INT64_MAX);
        turn(loop, 0);
        assert_int_equal(alarm.calls, 0);
        pd_loop_clear_timer(loop, &alarm.timer);
        pd_loop_clear_timer(loop, &alarm.timer); /* is fine */
}

static void a_due_timer_may_be_cleared_by_one_before_it(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct alarm first = {.calls = 0}, second = {.calls = 0}, third = {.calls = 0};

        (void)state;
        set(&third, loop, 3);
        set(&second, loop, 2);
        set(&first, loop, 1);
        first.other = &second;
        turn(loop, -1);
        assert_int_equal(first.calls, 1);
        assert_int_equal(second.calls, 0);
        assert_int_equal(third.calls, 1);
}

static void a_timer_that_sets_itself_runs_once_a_round(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct alarm alarm = {.is_repeated = true};

        (void)state;
        set(&alarm, loop, 0);
        turn(loop, -1);
        assert_int_equal(alarm.calls, 1);
        turn(loop, -1);
        assert_int_equal(alarm.calls, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_heap_is_a_sorted_array_in_disguise),
                cmocka_unit_test(a_timer_is_due_at_its_time_and_not_before),
                cmocka_unit_test(waiting_for_a_timer_takes_one_turn),
                cmocka_unit_test(a_timer_set_again_has_the_later_time_only),
                cmocka_unit_test(a_due_timer_may_be_cleared_by_one_before_it),
                cmocka_unit_test(a_timer_that_sets_itself_runs_once_a_round),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
