/* test_tasks.c - what is put off to the end of a round. */
#include "loop/loop.h"

#include "pd_test.h"
#include "turns.h"

/** Longest record of tasks or posts in the order they ran. */
#define MAX_RECORD 8

struct record {
        struct pd_loop *loop;
        int ran[MAX_RECORD];
        int count;
};

struct chore {
        struct pd_task task;
        struct record *record;
        struct chore *later;  /* put off when this one runs */
        struct chore *forget; /* forgotten when this one runs */
        int number;
};

static void on_run(struct pd_task *task)
{
        struct chore *chore = PD_OWNER_OF(task, struct chore, task);
        struct record *record = chore->record;

        assert_true(record->count < MAX_RECORD);
        record->ran[record->count++] = chore->number;
        if (chore->later != NULL)
                pd_loop_later(record->loop, &chore->later->task);
        if (chore->forget != NULL)
                pd_loop_forget(record->loop, &chore->forget->task);
}

static void assert_ran(const struct record *record, const int *want, int count)
{
        assert_int_equal(record->count, count);
        for (int i = 0; i < count; i++)
                assert_int_equal(record->ran[i], want[i]);
}

#define CHORES 3

static void make_chores(struct chore chores[CHORES], struct record *record)
{
        for (int i = 0; i < CHORES; i++)
                chores[i] = (struct chore){.task.run = on_run, .record = record, .number = i};
}

static void tasks_run_once_in_the_order_they_came(void **state)
{
        static const int want[] = {2, 0, 1};
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct record record = {.loop = loop};
        struct chore chores[CHORES];

        (void)state;
        make_chores(chores, &record);
        pd_loop_later(loop, &chores[2].task);
        pd_loop_later(loop, &chores[0].task);
        pd_loop_later(loop, &chores[2].task);
        pd_loop_later(loop, &chores[1].task);
        turn(loop, -1);
        turn(loop, 0);
        assert_ran(&record, want, 3);
}

static void a_task_put_off_by_a_task_runs_in_the_next_round(void **state)
{
        static const int want[] = {0, 1, 0};
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct record record = {.loop = loop};
        struct chore chores[CHORES];

        (void)state;
        make_chores(chores, &record);
        chores[0].later = &chores[0];
        pd_loop_later(loop, &chores[0].task);
        pd_loop_later(loop, &chores[1].task);
        turn(loop, -1);
        assert_ran(&record, want, 2);

        chores[0].later = NULL;
        turn(loop, -1);
        assert_ran(&record, want, 3);
}

static void a_forgotten_task_does_not_run(void **state)
{
        static const int want[] = {0, 1, 2};
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct record record = {.loop = loop};
        struct chore chores[CHORES];

        (void)state;
        make_chores(chores, &record);
        /* the last of those that wait: what comes then is still found */
        pd_loop_later(loop, &chores[0].task);
        pd_loop_later(loop, &chores[2].task);
        pd_loop_forget(loop, &chores[2].task);
        pd_loop_forget(loop, &chores[2].task); /* is fine */
        pd_loop_later(loop, &chores[1].task);

        /* the last of those that run: the same */
        pd_loop_later(loop, &chores[2].task);
        chores[1].later = &chores[2];
        chores[0].forget = &chores[2];
        turn(loop, -1);
        assert_ran(&record, want, 2);
        turn(loop, -1);
        assert_ran(&record, want, 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tasks_run_once_in_the_order_they_came),
                cmocka_unit_test(a_task_put_off_by_a_task_runs_in_the_next_round),
                cmocka_unit_test(a_forgotten_task_does_not_run),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
