/* workers.h - threads that run jobs, and the line the jobs wait in; both bounded. */
#ifndef PD_HTTPD_WORKERS_H
#define PD_HTTPD_WORKERS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

struct pd_workers;

/** What is done with a job. */
struct pd_workers_ops {
        /** Do it, and after that say so and let go of it; both on a thread of the workers. */
        void (*run)(void *job);
        void (*finish)(void *job);

        /**
         * Answer for a job that runs still (finish follows) or will not be run any more (nothing
         * follows). Called at most once a job, with the lock held: must not block or call the
         * workers.
         */
        void (*abandon)(void *job, bool is_running);
};

/** Start `threads` threads; up to `backlog` jobs wait when all are busy. */
int pd_workers_new(unsigned threads, unsigned backlog, const struct pd_workers_ops *ops,
                   struct pd_workers **ret, struct pd_err *err) PD_MUST_CHECK;

/** Reserve a place for one job; false: the line is full, or closed. */
bool pd_workers_claim(struct pd_workers *workers) PD_MUST_CHECK;

/** Hand over the job that the claimed place was for. It may be done before this returns. */
void pd_workers_submit(struct pd_workers *workers, void *job);

/** Give no further places, and abandon every job that waits or runs. */
void pd_workers_abandon(struct pd_workers *workers);

/** Jobs that run, and jobs that wait. */
void pd_workers_load(struct pd_workers *workers, unsigned *ret_busy, unsigned *ret_waiting);

/** Waits for the jobs that run; there must be none that wait. NULL is fine. */
void pd_workers_free(struct pd_workers *workers);

PD_DEFINE_AUTO(struct pd_workers, pd_workers_free)

#endif
