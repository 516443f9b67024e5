/* readiness.c - whether the neighbours answer. */
#include "readiness.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"

struct pd_readiness {
        int (*ask)(void *context, struct pd_err *err);
        void *context;

        pthread_mutex_t lock; /* guards what follows */
        pthread_cond_t known; /* the first answer is there */
        bool is_known;
        bool is_asking;
        int64_t asked_us;
        struct pd_err err; /* code PD_OK: all answered */
};

int pd_readiness_new(int (*ask)(void *context, struct pd_err *err), void *context,
                     struct pd_readiness **ret, struct pd_err *err)
{
        struct pd_readiness *readiness = calloc(1, sizeof(*readiness));

        if (readiness == NULL)
                return pd_fail_memory(err, "the readiness");
        readiness->ask = ask;
        readiness->context = context;
        (void)pthread_mutex_init(&readiness->lock, NULL); /* neither can fail on Linux */
        (void)pthread_cond_init(&readiness->known, NULL);
        *ret = readiness;
        return 0;
}

void pd_readiness_free(struct pd_readiness *readiness)
{
        if (readiness == NULL)
                return;
        (void)pthread_cond_destroy(&readiness->known);
        (void)pthread_mutex_destroy(&readiness->lock);
        free(readiness);
}

/* Ask without the lock, which is taken before and after. */
static void ask_now(struct pd_readiness *readiness)
{
        struct pd_err found = {0};

        readiness->is_asking = true;
        (void)pthread_mutex_unlock(&readiness->lock);
        if (readiness->ask(readiness->context, &found) == 0)
                found.code = PD_OK;
        (void)pthread_mutex_lock(&readiness->lock);

        readiness->err = found;
        readiness->asked_us = pd_clock_mono_us();
        readiness->is_asking = false;
        readiness->is_known = true;
        (void)pthread_cond_broadcast(&readiness->known);
}

int pd_readiness_check(struct pd_readiness *readiness, struct pd_err *err)
{
        struct pd_err found;
        bool is_old;

        (void)pthread_mutex_lock(&readiness->lock);
        is_old = !readiness->is_known ||
                 pd_clock_mono_us() - readiness->asked_us > PD_READINESS_MS * (int64_t)1000;
        if (is_old && !readiness->is_asking)
                ask_now(readiness);
        while (!readiness->is_known)
                (void)pthread_cond_wait(&readiness->known, &readiness->lock);
        found = readiness->err;
        (void)pthread_mutex_unlock(&readiness->lock);

        if (found.code == PD_OK)
                return 0;
        if (err != NULL)
                *err = found;
        return -1;
}
