/* loop.c - rounds: wait, call what is ready, what is due, what was put off. */
#include "loop/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "timers.h"

/** Descriptors that are told of in one round; the others are ready in the next. */
#define PD_LOOP_BATCH 64

/** A wait counts as short up to so many times the spin: it has the time of a sleep in it. */
#define PD_LOOP_SHORT 5

/** What epoll tells unasked. In the `events` of a watch they mean that it is watched. */
#define UNASKED (EPOLLERR | EPOLLHUP)

struct pd_loop {
        int epoll_fd;
        int64_t now_us;

        int64_t spin_us;    /* 0: never */
        bool waits_shortly; /* the last time, and so probably the next time */

        struct epoll_event batch[PD_LOOP_BATCH];
        int batch_at;    /* the next to be called */
        int batch_count; /* 0: none is being called */

        struct pd_timer *timers; /* a heap */
        struct pd_timer *due;    /* of this round, in the order of their times: linked by `next` */

        struct pd_task *tasks; /* that wait */
        struct pd_task **tasks_end;
        struct pd_task *running; /* of this round */

        struct pd_watch wake;          /* an eventfd: somebody has posted, or stops us */
        struct pd_post *_Atomic posts; /* the last one first */
        atomic_bool is_stopped;
};

/* The posts that came since the last time, in their order. */
static struct pd_post *take_posts(struct pd_loop *loop)
{
        struct pd_post *latest = atomic_exchange(&loop->posts, NULL);
        struct pd_post *first = NULL;

        while (latest != NULL) {
                struct pd_post *post = latest;

                latest = post->next;
                post->next = first;
                first = post;
        }
        return first;
}

static void run_posts(struct pd_watch *watch, uint32_t events)
{
        struct pd_loop *loop = PD_OWNER_OF(watch, struct pd_loop, wake);
        struct pd_post *post, *next;
        uint64_t count;

        (void)events;
        /* first read, then take: what is posted in between wakes us again. Nothing to read is fine:
         * a stop from a signal handler is seen anyway */
        (void)!read(watch->fd, &count, sizeof(count));

        for (post = take_posts(loop); post != NULL; post = next) {
                next = post->next; /* another thread may post it again once it does not wait */
                /* an exchange, not a store: it sees what was written before a post that found it
                 * waiting */
                atomic_exchange(&post->waits, false);
                post->run(post);
        }
}

/* Async-signal-safe. */
static void wake(struct pd_loop *loop)
{
        static const uint64_t one = 1;
        int sys = errno;

        (void)!write(loop->wake.fd, &one, sizeof(one)); /* full is as good: it is readable */
        errno = sys;
}

int pd_loop_new(struct pd_loop **ret, struct pd_err *err)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = calloc(1, sizeof(*loop));

        if (loop == NULL)
                return pd_fail_memory(err, "a loop");
        loop->now_us = pd_clock_mono_us();
        loop->tasks_end = &loop->tasks;
        loop->wake = (struct pd_watch){.ready = run_posts, .fd = -1};
        loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        if (loop->epoll_fd < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot make an epoll descriptor");

        loop->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (loop->wake.fd < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot make an event");
        if (pd_loop_watch(loop, &loop->wake, EPOLLIN, err) < 0)
                return -1;

        *ret = pd_steal(&loop);
        return 0;
}

void pd_loop_free(struct pd_loop *loop)
{
        if (loop == NULL)
                return;

        pd_close_ptr(&loop->wake.fd);
        pd_close_ptr(&loop->epoll_fd);
        free(loop);
}

static void call_ready(struct pd_loop *loop)
{
        while (loop->batch_at < loop->batch_count) {
                const struct epoll_event *event = &loop->batch[loop->batch_at++];
                struct pd_watch *watch = event->data.ptr;
                /* less may be asked for since the wait */
                uint32_t events = watch == NULL ? 0 : event->events & watch->events;

                if (events != 0)
                        watch->ready(watch, events);
        }
        loop->batch_at = 0;
        loop->batch_count = 0;
}

/* Those that are due leave the heap first, so that one that sets itself again waits for the next
 * round, whatever its time. */
static void call_due(struct pd_loop *loop)
{
        struct pd_timer **end = &loop->due;

        while (loop->timers != NULL && loop->timers->due_us <= loop->now_us) {
                struct pd_timer *timer = loop->timers;

                pd_timers_remove(&loop->timers, timer);
                timer->first = NULL;
                timer->next = NULL;
                timer->anchor = end;
                *end = timer;
                end = &timer->next;
        }

        while (loop->due != NULL) {
                struct pd_timer *timer = loop->due;

                pd_loop_clear_timer(loop, timer);
                timer->due(timer);
        }
}

static void run_tasks(struct pd_loop *loop)
{
        if (loop->tasks == NULL)
                return;

        loop->running = loop->tasks;
        loop->running->anchor = &loop->running;
        loop->tasks = NULL;
        loop->tasks_end = &loop->tasks;
        while (loop->running != NULL) {
                struct pd_task *task = loop->running;

                pd_loop_forget(loop, task);
                task->run(task);
        }
}

/* The time until something is to be done, at most `most_ms` (-1: no end). */
static int time_to_wait(const struct pd_loop *loop, int most_ms)
{
        int64_t wait_us, wait_ms;

        if (loop->tasks != NULL)
                return 0;
        if (loop->timers == NULL)
                return most_ms;

        wait_us = loop->timers->due_us - pd_clock_mono_us();
        wait_ms = wait_us <= 0 ? 0 : (wait_us - 1) / 1000 + 1; /* not too early, to turn idly */
        if (most_ms >= 0 && wait_ms > most_ms)
                return most_ms;
        return wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;
}

static bool has_one_cpu(void)
{
        cpu_set_t set;

        return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) == 1;
}

void pd_loop_set_spin(struct pd_loop *loop, int64_t spin_us)
{
        assert(spin_us >= 0 && spin_us <= PD_LOOP_MAX_SPIN_US);
        loop->spin_us = has_one_cpu() ? 0 : spin_us;
}

static int poll_ready(struct pd_loop *loop, int wait_ms)
{
        return epoll_wait(loop->epoll_fd, loop->batch, PD_LOOP_BATCH, wait_ms);
}

static int spin(struct pd_loop *loop, int64_t end_us)
{
        int count;

        do
                count = poll_ready(loop, 0);
        while (count == 0 && pd_clock_mono_us() < end_us);
        return count;
}

static int await_ready(struct pd_loop *loop, int wait_ms)
{
        int64_t began_us;
        int count = 0;

        if (wait_ms == 0 || loop->spin_us == 0)
                return poll_ready(loop, wait_ms);
        began_us = pd_clock_mono_us();
        if (loop->waits_shortly)
                count = spin(loop, began_us + loop->spin_us);
        if (count == 0)
                count = poll_ready(loop, wait_ms);
        loop->waits_shortly = pd_clock_mono_us() - began_us < PD_LOOP_SHORT * loop->spin_us;
        return count;
}

int pd_loop_turn(struct pd_loop *loop, int wait_ms, struct pd_err *err)
{
        int count = await_ready(loop, time_to_wait(loop, wait_ms));

        if (count < 0 && errno != EINTR)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot wait for descriptors");

        loop->now_us = pd_clock_mono_us();
        loop->batch_count = count < 0 ? 0 : count;
        call_ready(loop);
        call_due(loop);
        run_tasks(loop);
        return 0;
}

int pd_loop_run(struct pd_loop *loop, struct pd_err *err)
{
        do {
                if (pd_loop_turn(loop, -1, err) < 0)
                        return -1;
        } while (!atomic_exchange(&loop->is_stopped, false));
        return 0;
}

void pd_loop_stop(struct pd_loop *loop)
{
        atomic_store(&loop->is_stopped, true);
        wake(loop);
}

int64_t pd_loop_now_us(const struct pd_loop *loop)
{
        return loop->now_us;
}

static int control(struct pd_loop *loop, int operation, struct pd_watch *watch)
{
        struct epoll_event event = {.events = watch->events, .data.ptr = watch};

        return epoll_ctl(loop->epoll_fd, operation, watch->fd, &event);
}

int pd_loop_watch(struct pd_loop *loop, struct pd_watch *watch, uint32_t events, struct pd_err *err)
{
        watch->events = events | UNASKED;
        if (control(loop, EPOLL_CTL_ADD, watch) < 0) {
                watch->events = 0;
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot watch descriptor %d", watch->fd);
        }
        return 0;
}

void pd_loop_rewatch(struct pd_loop *loop, struct pd_watch *watch, uint32_t events)
{
        int result;

        assert(watch->events != 0);
        if (watch->events == (events | UNASKED))
                return;

        watch->events = events | UNASKED;
        result = control(loop, EPOLL_CTL_MOD, watch);
        assert(result == 0); /* it needs no memory, and the descriptor is there */
}

void pd_loop_unwatch(struct pd_loop *loop, struct pd_watch *watch)
{
        int result;

        if (watch->events == 0)
                return;

        result = control(loop, EPOLL_CTL_DEL, watch);
        assert(result == 0); /* else it was closed before, and may be somebody else's by now */
        watch->events = 0;
        for (int i = loop->batch_at; i < loop->batch_count; i++) {
                if (loop->batch[i].data.ptr == watch)
                        loop->batch[i].data.ptr = NULL;
        }
}

void pd_loop_set_timer(struct pd_loop *loop, struct pd_timer *timer, int64_t due_us)
{
        pd_loop_clear_timer(loop, timer);
        timer->due_us = due_us;
        pd_timers_add(&loop->timers, timer);
}

void pd_loop_clear_timer(struct pd_loop *loop, struct pd_timer *timer)
{
        if (pd_timer_is_set(timer))
                pd_timers_remove(&loop->timers, timer);
}

bool pd_timer_is_set(const struct pd_timer *timer)
{
        return timer->anchor != NULL;
}

void pd_loop_later(struct pd_loop *loop, struct pd_task *task)
{
        if (task->anchor != NULL)
                return;

        task->next = NULL;
        task->anchor = loop->tasks_end;
        *loop->tasks_end = task;
        loop->tasks_end = &task->next;
}

void pd_loop_forget(struct pd_loop *loop, struct pd_task *task)
{
        if (task->anchor == NULL)
                return;

        *task->anchor = task->next;
        if (task->next != NULL)
                task->next->anchor = task->anchor;
        else if (loop->tasks_end == &task->next) /* not one of those that are running */
                loop->tasks_end = task->anchor;
        task->anchor = NULL;
}

void pd_loop_post(struct pd_loop *loop, struct pd_post *post)
{
        struct pd_post *before = atomic_load(&loop->posts);

        if (atomic_exchange(&post->waits, true))
                return;

        do {
                post->next = before;
        } while (!atomic_compare_exchange_weak(&loop->posts, &before, post));
        /* from here on the post may run and be gone; who found others before his own leaves the
         * waking to the first of them */
        if (before == NULL)
                wake(loop);
}
