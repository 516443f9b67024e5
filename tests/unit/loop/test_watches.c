/* test_watches.c - descriptors that are ready, and are not watched any more. */
#include "loop/loop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "pd_test.h"
#include "turns.h"

/* What the calls of several readers come to. */
struct tally {
        struct pd_loop *loop;
        struct reader *last; /* who was called last */
        uint32_t events;     /* with what */
        int calls;
};

/* A pipe whose reading end is watched. */
struct reader {
        struct pd_watch watch;
        struct tally *tally;
        struct reader *other;               /* whom it does something to when it is called, */
        void (*act)(struct reader *reader); /* which is this; may be NULL */
        int write_fd;
};

static void on_ready(struct pd_watch *watch, uint32_t events)
{
        struct reader *reader = PD_OWNER_OF(watch, struct reader, watch);

        reader->tally->last = reader;
        reader->tally->events = events;
        reader->tally->calls++;
        if (reader->act != NULL)
                reader->act(reader->other);
}

static struct reader *new_reader(struct tally *tally)
{
        struct reader *reader = calloc(1, sizeof(*reader));
        struct pd_err err = {0};
        int ends[2];

        assert_non_null(reader);
        assert_int_equal(pipe(ends), 0);
        reader->tally = tally;
        reader->watch = (struct pd_watch){.ready = on_ready, .fd = ends[0]};
        reader->write_fd = ends[1];
        assert_pd_ok(pd_loop_watch(tally->loop, &reader->watch, EPOLLIN, &err), err);
        return reader;
}

static void free_reader(struct reader *reader)
{
        pd_loop_unwatch(reader->tally->loop, &reader->watch);
        assert_int_equal(close(reader->watch.fd), 0);
        if (reader->write_fd >= 0)
                assert_int_equal(close(reader->write_fd), 0);
        free(reader);
}

static void make_readable(const struct reader *reader)
{
        assert_int_equal(write(reader->write_fd, "x", 1), 1);
}

static void what_is_ready_is_called_as_long_as_it_is(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct tally tally = {.loop = loop};
        struct reader *reader = new_reader(&tally);

        (void)state;
        turn(loop, 0);
        assert_int_equal(tally.calls, 0);

        make_readable(reader);
        turn(loop, -1);
        turn(loop, -1);
        assert_int_equal(tally.calls, 2);
        assert_int_equal(tally.events, EPOLLIN);

        pd_loop_rewatch(loop, &reader->watch, 0);
        turn(loop, 0);
        assert_int_equal(tally.calls, 2);

        pd_loop_rewatch(loop, &reader->watch, EPOLLIN);
        turn(loop, 0);
        assert_int_equal(tally.calls, 3);
        free_reader(reader);
}

static void a_hang_up_comes_unasked(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct tally tally = {.loop = loop};
        struct reader *reader = new_reader(&tally);

        (void)state;
        pd_loop_rewatch(loop, &reader->watch, 0);
        assert_int_equal(close(reader->write_fd), 0);
        reader->write_fd = -1;
        turn(loop, -1);
        assert_int_equal(tally.events, EPOLLHUP);
        free_reader(reader);
}

static void a_watch_may_be_released_in_its_own_call(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct tally tally = {.loop = loop};
        struct reader *reader = new_reader(&tally);

        (void)state;
        reader->other = reader;
        reader->act = free_reader;
        make_readable(reader);
        turn(loop, -1);
        turn(loop, 0);
        assert_int_equal(tally.calls, 1);
}

/* Two that are ready in one batch, in any order: the first that is called acts on the other. */
static void two_ready(struct tally *tally, void (*act)(struct reader *reader))
{
        struct reader *one = new_reader(tally), *other = new_reader(tally);

        one->other = other;
        other->other = one;
        one->act = act;
        other->act = act;
        make_readable(one);
        make_readable(other);
        turn(tally->loop, -1);
}

static void a_watch_released_while_its_event_waits_gets_no_call(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct tally tally = {.loop = loop};

        (void)state;
        two_ready(&tally, free_reader);
        assert_int_equal(tally.calls, 1);
        free_reader(tally.last);
}

static void ask_for_nothing(struct reader *reader)
{
        pd_loop_rewatch(reader->tally->loop, &reader->watch, 0);
}

static void an_event_that_is_not_asked_for_any_more_is_not_told(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct tally tally = {.loop = loop};

        (void)state;
        two_ready(&tally, ask_for_nothing);
        assert_int_equal(tally.calls, 1);
        free_reader(tally.last->other);
        free_reader(tally.last);
}

static void a_watch_that_epoll_refuses_is_not_watched(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        pd_auto(pd_close_ptr) int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        struct pd_watch watch = {.ready = on_ready, .fd = file};
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_loop_watch(loop, &watch, EPOLLIN, &err), err, PD_E_INTERNAL);
        assert_pd_says(err.msg, "cannot watch descriptor");
        pd_loop_unwatch(loop, &watch); /* is fine */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_ready_is_called_as_long_as_it_is),
                cmocka_unit_test(a_hang_up_comes_unasked),
                cmocka_unit_test(a_watch_may_be_released_in_its_own_call),
                cmocka_unit_test(a_watch_released_while_its_event_waits_gets_no_call),
                cmocka_unit_test(an_event_that_is_not_asked_for_any_more_is_not_told),
                cmocka_unit_test(a_watch_that_epoll_refuses_is_not_watched),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
