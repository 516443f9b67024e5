/* workers.c - a ring of jobs under one lock. */
#include "workers.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct worker {
        struct pd_workers *workers;
        pthread_t thread;
        void *job; /* what it runs; NULL: it waits */
};

struct pd_workers {
        const struct pd_workers_ops *ops;
        pthread_mutex_t lock;
        pthread_cond_t has_job;
        void **ring; /* the line: `waiting` jobs from `first` on */
        unsigned capacity;
        unsigned first;
        unsigned waiting;
        unsigned claimed; /* places given: jobs to come, that wait and that run */
        unsigned busy;
        bool is_closed;
        bool is_ending;
        unsigned thread_count; /* that were started */
        struct worker threads[];
};

/* The next job, once there is one; NULL: it is time to end. Called with the lock held. */
static void *take_job(struct pd_workers *workers)
{
        void *job;

        while (workers->waiting == 0 && !workers->is_ending)
                pthread_cond_wait(&workers->has_job, &workers->lock);
        if (workers->waiting == 0)
                return NULL;

        job = workers->ring[workers->first];
        workers->first = (workers->first + 1) % workers->capacity;
        workers->waiting--;
        return job;
}

static void *work(void *context)
{
        struct worker *self = context;
        struct pd_workers *workers = self->workers;
        void *job;

        pthread_mutex_lock(&workers->lock);
        while ((job = take_job(workers)) != NULL) {
                self->job = job;
                workers->busy++;
                pthread_mutex_unlock(&workers->lock);

                workers->ops->run(job);

                pthread_mutex_lock(&workers->lock);
                self->job = NULL;
                workers->busy--;
                workers->claimed--;
                pthread_mutex_unlock(&workers->lock);

                workers->ops->finish(job); /* only now: it may release what abandon() would see */
                pthread_mutex_lock(&workers->lock);
        }
        pthread_mutex_unlock(&workers->lock);
        return NULL;
}

int pd_workers_new(unsigned threads, unsigned backlog, const struct pd_workers_ops *ops,
                   struct pd_workers **ret, struct pd_err *err)
{
        pd_auto(pd_workers_free_ptr) struct pd_workers *workers =
                calloc(1, sizeof(*workers) + threads * sizeof(workers->threads[0]));

        assert(threads > 0);
        if (workers == NULL)
                return pd_fail_memory(err, "workers");

        workers->ops = ops;
        workers->capacity = threads + backlog;
        workers->ring = calloc(workers->capacity, sizeof(*workers->ring));
        pthread_mutex_init(&workers->lock, NULL);
        pthread_cond_init(&workers->has_job, NULL);
        if (workers->ring == NULL)
                return pd_fail_memory(err, "workers");

        for (; workers->thread_count < threads; workers->thread_count++) {
                struct worker *worker = &workers->threads[workers->thread_count];
                int sys;

                worker->workers = workers;
                sys = pthread_create(&worker->thread, NULL, work, worker);
                if (sys != 0)
                        return pd_fail(err, PD_E_INTERNAL, sys, "cannot start worker %u of %u",
                                       workers->thread_count + 1, threads);
        }
        *ret = pd_steal(&workers);
        return 0;
}

bool pd_workers_claim(struct pd_workers *workers)
{
        bool has_place;

        pthread_mutex_lock(&workers->lock);
        has_place = !workers->is_closed && workers->claimed < workers->capacity;
        workers->claimed += has_place;
        pthread_mutex_unlock(&workers->lock);
        return has_place;
}

void pd_workers_submit(struct pd_workers *workers, void *job)
{
        pthread_mutex_lock(&workers->lock);
        if (workers->is_closed) { /* since the place was claimed */
                workers->claimed--;
                workers->ops->abandon(job, false);
        } else {
                assert(workers->waiting < workers->capacity);
                workers->ring[(workers->first + workers->waiting) % workers->capacity] = job;
                workers->waiting++;
                pthread_cond_signal(&workers->has_job);
        }
        pthread_mutex_unlock(&workers->lock);
}

void pd_workers_abandon(struct pd_workers *workers)
{
        pthread_mutex_lock(&workers->lock);
        workers->is_closed = true;
        for (; workers->waiting > 0; workers->waiting--, workers->claimed--) {
                workers->ops->abandon(workers->ring[workers->first], false);
                workers->first = (workers->first + 1) % workers->capacity;
        }
        for (unsigned i = 0; i < workers->thread_count; i++) {
                if (workers->threads[i].job != NULL)
                        workers->ops->abandon(workers->threads[i].job, true);
        }
        pthread_mutex_unlock(&workers->lock);
}

void pd_workers_load(struct pd_workers *workers, unsigned *ret_busy, unsigned *ret_waiting)
{
        pthread_mutex_lock(&workers->lock);
        *ret_busy = workers->busy;
        *ret_waiting = workers->waiting;
        pthread_mutex_unlock(&workers->lock);
}

void pd_workers_free(struct pd_workers *workers)
{
        if (workers == NULL)
                return;

        pthread_mutex_lock(&workers->lock);
        workers->is_ending = true;
        assert(workers->waiting == 0);
        pthread_cond_broadcast(&workers->has_job);
        pthread_mutex_unlock(&workers->lock);

        for (unsigned i = 0; i < workers->thread_count; i++)
                pthread_join(workers->threads[i].thread, NULL);
        pthread_cond_destroy(&workers->has_job);
        pthread_mutex_destroy(&workers->lock);
        free(workers->ring);
        free(workers);
}
