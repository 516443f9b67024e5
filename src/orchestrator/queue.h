/*
 * queue.h - the messages that wait for a lane, bounded by number and bytes. Pure.
 *
 * A message is taken even when the queue is full: who fills it looks at pd_queue_is_blocking()
 * before it asks its node for more, so what is over the limits is one message a producer at most.
 */
#ifndef PD_ORCHESTRATOR_QUEUE_H
#define PD_ORCHESTRATOR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "grpc/message.h"

/** What goes round in a cycle may be so many messages more than what is let into it: all that the
 * windows of streams hold finds room when it comes back. */
#define PD_QUEUE_ROUND_MESSAGES 262144

struct pd_queue {
        struct pd_grpc_message **ring; /**< held */
        size_t capacity;               /**< a power of two, or 0 */
        size_t first;
        size_t count;
        size_t bytes; /**< of the messages */
        size_t max_count, max_bytes;
        bool is_blocking;
        bool has_reserve; /**< the limits have been doubled, once */
};

/** An empty queue; both limits at least 1. */
void pd_queue_init(struct pd_queue *queue, size_t max_count, size_t max_bytes);

/** Release the messages; the queue is empty, with its limits as at first. */
void pd_queue_clear(struct pd_queue *queue);

void pd_queue_done(struct pd_queue *queue);

/** Hold a message, at the end. -1: no memory. */
int pd_queue_push(struct pd_queue *queue, struct pd_grpc_message *message) PD_MUST_CHECK;

/** Likewise at the front: one that was taken out and could not be used. */
int pd_queue_return(struct pd_queue *queue, struct pd_grpc_message *message) PD_MUST_CHECK;

/** Take the first message out; the caller holds it now. NULL: empty. */
struct pd_grpc_message *pd_queue_pop(struct pd_queue *queue);

/** Whether producers have to wait: from full until half of it has gone. */
static inline bool pd_queue_is_blocking(const struct pd_queue *queue)
{
        return queue->is_blocking;
}

/** Whether there is room now for what comes from outside of a cycle: half of the queue is kept for
 * what goes round. */
static inline bool pd_queue_is_half_full(const struct pd_queue *queue)
{
        return queue->count >= (queue->max_count + 1) / 2 ||
               queue->bytes >= (queue->max_bytes + 1) / 2;
}

/** Whether there is none for what goes round either. */
static inline bool pd_queue_is_crammed(const struct pd_queue *queue)
{
        return queue->count >= queue->max_count + PD_QUEUE_ROUND_MESSAGES ||
               queue->bytes >= queue->max_bytes;
}

/** Double the limits, if they are still the first ones. Whether they were. */
bool pd_queue_grant_reserve(struct pd_queue *queue);

#endif
