/* queue.c - a bounded ring of messages. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>

/** Places at first. */
#define FIRST_CAPACITY 16

void pd_queue_init(struct pd_queue *queue, size_t max_count, size_t max_bytes)
{
        *queue = (struct pd_queue){.max_count = max_count, .max_bytes = max_bytes};
}

static size_t place(const struct pd_queue *queue, size_t index)
{
        return (queue->first + index) & (queue->capacity - 1);
}

static int grow(struct pd_queue *queue)
{
        size_t capacity = queue->capacity == 0 ? FIRST_CAPACITY : 2 * queue->capacity;
        struct pd_grpc_message **ring = calloc(capacity, sizeof(struct pd_grpc_message *));

        if (ring == NULL)
                return -1;
        for (size_t i = 0; i < queue->count; i++)
                ring[i] = queue->ring[place(queue, i)];
        free(queue->ring);
        queue->ring = ring;
        queue->capacity = capacity;
        queue->first = 0;
        return 0;
}

static void count_in(struct pd_queue *queue, const struct pd_grpc_message *message)
{
        queue->count++;
        queue->bytes += message->len;
        if (queue->count >= queue->max_count || queue->bytes >= queue->max_bytes)
                queue->is_blocking = true;
}

int pd_queue_push(struct pd_queue *queue, struct pd_grpc_message *message)
{
        if (queue->count == queue->capacity && grow(queue) < 0)
                return -1;

        queue->ring[place(queue, queue->count)] = pd_grpc_message_hold(message);
        count_in(queue, message);
        return 0;
}

int pd_queue_return(struct pd_queue *queue, struct pd_grpc_message *message)
{
        if (queue->count == queue->capacity && grow(queue) < 0)
                return -1;

        queue->first = (queue->first - 1) & (queue->capacity - 1);
        queue->ring[queue->first] = pd_grpc_message_hold(message);
        count_in(queue, message);
        return 0;
}

struct pd_grpc_message *pd_queue_pop(struct pd_queue *queue)
{
        struct pd_grpc_message *message;

        if (queue->count == 0)
                return NULL;

        message = queue->ring[queue->first];
        queue->first = place(queue, 1);
        queue->count--;
        queue->bytes -= message->len;
        if (queue->count <= queue->max_count / 2 && queue->bytes <= queue->max_bytes / 2)
                queue->is_blocking = false;
        return message;
}

bool pd_queue_grant_reserve(struct pd_queue *queue)
{
        if (queue->has_reserve)
                return false;

        queue->has_reserve = true;
        queue->max_count *= 2;
        queue->max_bytes *= 2;
        queue->is_blocking = false;
        return true;
}

void pd_queue_clear(struct pd_queue *queue)
{
        while (queue->count > 0)
                pd_grpc_message_release(pd_queue_pop(queue));
        if (queue->has_reserve) {
                queue->has_reserve = false;
                queue->max_count /= 2;
                queue->max_bytes /= 2;
        }
        queue->is_blocking = false;
}

void pd_queue_done(struct pd_queue *queue)
{
        pd_queue_clear(queue);
        free(queue->ring);
        queue->ring = NULL;
        queue->capacity = 0;
}
