/* message.c - messages that many hold. */
#include "grpc/message.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct pd_grpc_message *pd_grpc_message_new(size_t len)
{
        struct pd_grpc_message *message;

        assert(len <= UINT32_MAX);
        message = malloc(sizeof(*message) + PD_GRPC_PREFIX_BYTES + len);
        if (message == NULL)
                return NULL;

        message->len = len;
        atomic_init(&message->holders, 1);
        message->wire[0] = 0; /* not compressed */
        for (unsigned i = 1; i < PD_GRPC_PREFIX_BYTES; i++)
                message->wire[i] = (uint8_t)(len >> 8 * (PD_GRPC_PREFIX_BYTES - 1 - i));
        return message;
}

struct pd_grpc_message *pd_grpc_message_of(const void *bytes, size_t len)
{
        struct pd_grpc_message *message = pd_grpc_message_new(len);

        if (message != NULL && len != 0)
                memcpy(pd_grpc_message_data(message), bytes, len);
        return message;
}

struct pd_grpc_message *pd_grpc_message_hold(struct pd_grpc_message *message)
{
        atomic_fetch_add_explicit(&message->holders, 1, memory_order_relaxed);
        return message;
}

void pd_grpc_message_release(struct pd_grpc_message *message)
{
        if (message != NULL &&
            atomic_fetch_sub_explicit(&message->holders, 1, memory_order_acq_rel) == 1)
                free(message);
}
