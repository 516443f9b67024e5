/* unsent.c - messages that wait, and the bytes of the first ones. */
#include "unsent.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "grpc/grpc.h"

static size_t wire_bytes(const struct pd_grpc_message *message)
{
        return PD_GRPC_PREFIX_BYTES + message->len;
}

static size_t capacity_of(const struct pd_grpc_unsent *unsent)
{
        return unsent->ring != NULL ? unsent->capacity : PD_GRPC_UNSENT_INLINE;
}

/* Where message number `n` of those that wait is. */
static struct pd_grpc_message **slot(struct pd_grpc_unsent *unsent, size_t n)
{
        struct pd_grpc_message **ring = unsent->ring != NULL ? unsent->ring : unsent->few;

        return &ring[(unsent->first + n) & (capacity_of(unsent) - 1)];
}

static int grow(struct pd_grpc_unsent *unsent, struct pd_err *err)
{
        size_t capacity = 2 * capacity_of(unsent);
        struct pd_grpc_message **ring =
                reallocarray(NULL, capacity, sizeof(struct pd_grpc_message *));

        if (ring == NULL)
                return pd_fail_memory(err, "messages to send");
        for (size_t i = 0; i < unsent->count; i++)
                ring[i] = *slot(unsent, i);
        free(unsent->ring);
        unsent->ring = ring;
        unsent->capacity = capacity;
        unsent->first = 0;
        return 0;
}

static void release_first(struct pd_grpc_unsent *unsent)
{
        pd_grpc_message_release(*slot(unsent, 0));
        unsent->first = (unsent->first + 1) & (capacity_of(unsent) - 1);
        unsent->count--;
        unsent->gone = 0;
}

bool pd_grpc_unsent_has_room(const struct pd_grpc_unsent *unsent)
{
        return unsent->bytes < PD_GRPC_MAX_UNSENT_BYTES &&
               unsent->count < PD_GRPC_MAX_UNSENT_MESSAGES;
}

int pd_grpc_unsent_add(struct pd_grpc_unsent *unsent, struct pd_grpc_message *message,
                       struct pd_err *err)
{
        if (unsent->count == capacity_of(unsent) && grow(unsent, err) < 0)
                return -1;
        *slot(unsent, unsent->count++) = pd_grpc_message_hold(message);
        unsent->bytes += wire_bytes(message);
        return 0;
}

void pd_grpc_unsent_take(struct pd_grpc_unsent *unsent, uint8_t *out, size_t len)
{
        assert(len <= unsent->bytes);
        unsent->bytes -= len;
        while (len > 0) {
                const struct pd_grpc_message *message = *slot(unsent, 0);
                size_t left = wire_bytes(message) - unsent->gone;
                size_t size = len < left ? len : left;

                memcpy(out, message->wire + unsent->gone, size);
                out += size;
                len -= size;
                unsent->gone += size;
                if (size == left)
                        release_first(unsent);
        }
}

struct pd_grpc_message *pd_grpc_unsent_take_back(struct pd_grpc_unsent *unsent)
{
        struct pd_grpc_message *message;

        if (unsent->count > 0 && unsent->gone > 0) {
                unsent->bytes -= wire_bytes(*slot(unsent, 0)) - unsent->gone;
                release_first(unsent);
        }
        if (unsent->count == 0)
                return NULL;

        message = pd_grpc_message_hold(*slot(unsent, 0));
        unsent->bytes -= wire_bytes(message);
        release_first(unsent);
        return message;
}

void pd_grpc_unsent_done(struct pd_grpc_unsent *unsent)
{
        while (unsent->count > 0)
                release_first(unsent);
        free(unsent->ring);
        *unsent = (struct pd_grpc_unsent){0};
}
