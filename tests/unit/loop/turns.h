/* turns.h - what the tests of the loop begin with. */
#ifndef PD_TESTS_TURNS_H
#define PD_TESTS_TURNS_H

#include "loop/loop.h"
#include "pd_test.h"

static inline struct pd_loop *new_loop(void)
{
        struct pd_loop *loop = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_loop_new(&loop, &err), err);
        return loop;
}

static inline void turn(struct pd_loop *loop, int wait_ms)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_loop_turn(loop, wait_ms, &err), err);
}

#endif
