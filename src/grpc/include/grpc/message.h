/*
 * message.h - one message: its bytes in one piece, shared by counting.
 *
 * A message is filled once and then never changed, so it goes to many calls, and to other threads,
 * without a copy.
 */
#ifndef PD_GRPC_MESSAGE_H
#define PD_GRPC_MESSAGE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/own.h"

/** What stands before a message on the wire: one byte of flags, four of length. */
#define PD_GRPC_PREFIX_BYTES 5

struct pd_grpc_message {
        size_t len; /**< of the data */
        atomic_uint holders;
        uint8_t wire[]; /**< the prefix, then the data */
};

/** A message of `len` bytes (at most UINT32_MAX) to be filled, with one holder: the caller. NULL:
 * no memory. */
struct pd_grpc_message *pd_grpc_message_new(size_t len) PD_MUST_CHECK;

/** The same with a copy of the bytes. */
struct pd_grpc_message *pd_grpc_message_of(const void *bytes, size_t len) PD_MUST_CHECK;

static inline uint8_t *pd_grpc_message_data(struct pd_grpc_message *message)
{
        return message->wire + PD_GRPC_PREFIX_BYTES;
}

/** One more holder. Returns the message. */
struct pd_grpc_message *pd_grpc_message_hold(struct pd_grpc_message *message);

/** One holder less; with the last one it is released. NULL is fine. */
void pd_grpc_message_release(struct pd_grpc_message *message);

PD_DEFINE_AUTO(struct pd_grpc_message, pd_grpc_message_release)

#endif
