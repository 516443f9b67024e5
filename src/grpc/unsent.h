/* unsent.h - messages of a call that wait to be sent: a ring of them, read as one run of bytes.
 * Pure. */
#ifndef PD_GRPC_UNSENT_H
#define PD_GRPC_UNSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "grpc/message.h"

/** So many fit without memory of their own: enough for a unary call. */
#define PD_GRPC_UNSENT_INLINE 2

/** All zero is empty. */
struct pd_grpc_unsent {
        struct pd_grpc_message **ring; /**< NULL: `few` */
        struct pd_grpc_message *few[PD_GRPC_UNSENT_INLINE];
        size_t capacity; /**< of ring; a power of two */
        size_t first;
        size_t count;
        size_t bytes; /**< on the wire, prefixes included, without those of the first that have gone
                       */
        size_t gone;  /**< bytes of the first message that have been taken */
};

/** Neither PD_GRPC_MAX_UNSENT_BYTES nor PD_GRPC_MAX_UNSENT_MESSAGES is reached. */
bool pd_grpc_unsent_has_room(const struct pd_grpc_unsent *unsent);

/** Add and hold a message, room or not. -1: PD_E_INTERNAL, no memory. */
int pd_grpc_unsent_add(struct pd_grpc_unsent *unsent, struct pd_grpc_message *message,
                       struct pd_err *err) PD_MUST_CHECK;

/** Copy the next `len` bytes (at most unsent->bytes) out and release messages that are through. */
void pd_grpc_unsent_take(struct pd_grpc_unsent *unsent, uint8_t *out, size_t len);

/** Take the next message out of which nothing has gone; the caller holds it now. NULL: there is
 * none. */
struct pd_grpc_message *pd_grpc_unsent_take_back(struct pd_grpc_unsent *unsent);

/** Release all; it is empty again. */
void pd_grpc_unsent_done(struct pd_grpc_unsent *unsent);

#endif
