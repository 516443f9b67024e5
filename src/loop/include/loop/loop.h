/*
 * loop.h - one epoll loop, for one thread: descriptors, timers, tasks, and a way in from outside.
 *
 * Watches, timers and tasks are members of the caller's own structs, so starting one allocates
 * nothing and cannot fail; PD_OWNER_OF() leads back to the struct. Each may be stopped, and the
 * struct released, from any callback, its own included. Everything is for the loop's thread alone,
 * but pd_loop_post() and pd_loop_stop().
 *
 * A round: wait; what is ready; timers that are due; tasks. Tasks are where what was gathered in a
 * round is done once, as a write to a connection.
 */
#ifndef PD_LOOP_LOOP_H
#define PD_LOOP_LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

struct pd_loop;

int pd_loop_new(struct pd_loop **ret, struct pd_err *err) PD_MUST_CHECK;

/** Nothing may be watched, set or wait any more that is used again. NULL is fine. */
void pd_loop_free(struct pd_loop *loop);

/** Rounds until pd_loop_stop(). -1: epoll failed. */
int pd_loop_run(struct pd_loop *loop, struct pd_err *err) PD_MUST_CHECK;

/** One round that waits for at most `wait_ms` (-1: until something happens). Not from a callback.
 */
int pd_loop_turn(struct pd_loop *loop, int wait_ms, struct pd_err *err) PD_MUST_CHECK;

/** Longest spin: timers are not later for it than they may be. */
#define PD_LOOP_MAX_SPIN_US 1000

/**
 * As long as little time passes between rounds, look for `spin_us` whether something has happened
 * before the thread is put to sleep: to be woken costs more, in time and in CPU. 0, and as it
 * begins: sleep at once. Where the thread has one CPU alone nothing changes, for whoever is waited
 * for would be kept from it.
 */
void pd_loop_set_spin(struct pd_loop *loop, int64_t spin_us);

/** pd_loop_run() returns after its round; from any thread, or a signal handler. */
void pd_loop_stop(struct pd_loop *loop);

/** pd_clock_mono_us() as of the begin of this round. */
int64_t pd_loop_now_us(const struct pd_loop *loop);

/* Descriptors. */

struct pd_watch {
        void (*ready)(struct pd_watch *watch, uint32_t events); /**< EPOLLIN, EPOLLOUT; EPOLLERR and
                                                                     EPOLLHUP come unasked */
        int fd;
        uint32_t events; /**< the loop's: what is asked for now; 0: not watched */
};

/** Call watch->ready when watch->fd is; level triggered. -1: epoll does not take it. */
int pd_loop_watch(struct pd_loop *loop, struct pd_watch *watch, uint32_t events,
                  struct pd_err *err) PD_MUST_CHECK;

/** Ask for other events of a descriptor that is watched. */
void pd_loop_rewatch(struct pd_loop *loop, struct pd_watch *watch, uint32_t events);

/** No call comes any more. Before the descriptor is closed. One that is not watched is fine. */
void pd_loop_unwatch(struct pd_loop *loop, struct pd_watch *watch);

/* Timers. */

struct pd_timer {
        void (*due)(struct pd_timer *timer);
        int64_t due_us;           /**< the loop's, like what follows */
        struct pd_timer *first;   /**< a pairing heap: the first of those below, */
        struct pd_timer *next;    /**< the next beside it, */
        struct pd_timer **anchor; /**< what points at it; NULL: not set */
};

/** Call timer->due once at `due_us` of pd_clock_mono_us(), or as soon after as the loop gets to it
 * (up to 1 ms late); replaces an earlier time. */
void pd_loop_set_timer(struct pd_loop *loop, struct pd_timer *timer, int64_t due_us);

/** No call comes any more. One that is not set is fine. */
void pd_loop_clear_timer(struct pd_loop *loop, struct pd_timer *timer);

bool pd_timer_is_set(const struct pd_timer *timer);

/* Tasks. */

struct pd_task {
        void (*run)(struct pd_task *task);
        struct pd_task *next;    /**< the loop's, like what follows */
        struct pd_task **anchor; /**< NULL: does not wait */
};

/** Run the task at the end of this round, or of the next when tasks are running; one that waits
 * already waits once. In the order they came. */
void pd_loop_later(struct pd_loop *loop, struct pd_task *task);

/** The task does not run. One that does not wait is fine. */
void pd_loop_forget(struct pd_loop *loop, struct pd_task *task);

/** Work for the loop from another thread. */
struct pd_post {
        void (*run)(struct pd_post *post);
        struct pd_post *next; /**< the loop's, like what follows */
        atomic_bool waits;
};

/**
 * From any thread: run the post on the loop's thread, and wake it for that; one that waits already
 * waits once, and what the caller wrote before is seen by it. It may be posted again from the time
 * it runs. Who releases the post makes sure that nobody posts it any more and that a turn of the
 * loop has passed since.
 */
void pd_loop_post(struct pd_loop *loop, struct pd_post *post);

PD_DEFINE_AUTO(struct pd_loop, pd_loop_free)

#endif
