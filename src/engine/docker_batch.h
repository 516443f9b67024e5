/* docker_batch.h - several requests to the engine at the same time, each with its own end. */
#ifndef PD_ENGINE_DOCKER_BATCH_H
#define PD_ENGINE_DOCKER_BATCH_H

#include <stddef.h>

#include "docker_api.h"

struct pd_docker_batch {
        const struct pd_docker *docker;
        struct pd_arena arena;
        void **subjects; /* what requests[i] is about; the caller's */
        struct pd_fetch_request *requests;
        struct pd_fetch_answer *answers;
        struct pd_err *errs; /* after sending: code PD_OK, or why it was not done */
        size_t count;
        size_t room;
};

/* Room for `room` requests. */
int pd_docker_batch_init(struct pd_docker_batch *batch, const struct pd_docker *docker, size_t room,
                         struct pd_err *err) PD_MUST_CHECK;

/* One more (an assertion: there is room); `url` is in the batch's arena, or NULL for want of
 * memory. The request may be completed at *ret (may be NULL). */
int pd_docker_batch_add(struct pd_docker_batch *batch, void *subject, const char *method,
                        const char *url, struct pd_fetch_request **ret,
                        struct pd_err *err) PD_MUST_CHECK;

/* Send all and wait. */
void pd_docker_batch_send(struct pd_docker_batch *batch);

/* The first failure but PD_E_NOT_FOUND, as that of a call; the message names nothing more. */
int pd_docker_batch_check(const struct pd_docker_batch *batch, struct pd_err *err) PD_MUST_CHECK;

void pd_docker_batch_done(struct pd_docker_batch *batch);

#endif
