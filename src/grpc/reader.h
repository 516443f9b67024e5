/* reader.h - length-prefixed messages out of bytes that come in any pieces. Pure. */
#ifndef PD_GRPC_READER_H
#define PD_GRPC_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "grpc/message.h"

struct pd_grpc_reader {
        size_t max_message;              /**< set by the owner; the rest is zero at first */
        struct pd_grpc_message *message; /**< being filled; NULL: its prefix is not whole */
        size_t have;                     /**< bytes of it, or of the prefix */
        uint8_t prefix[PD_GRPC_PREFIX_BYTES];
};

enum pd_grpc_reading {
        PD_GRPC_READ_ALL,        /**< the bytes are used up; more are needed for a message */
        PD_GRPC_READ_MESSAGE,    /**< one is whole; there may be further bytes */
        PD_GRPC_READ_TOO_LONG,   /**< the prefix says more than max_message */
        PD_GRPC_READ_COMPRESSED, /**< the flag of compression is set */
        PD_GRPC_READ_BROKEN,     /**< the first byte of a prefix is neither 0 nor 1 */
        PD_GRPC_READ_NO_MEMORY,
};

/** Take bytes from *bytes, *len, moving both on, until a message is whole or they are used up.
 * *ret_message is the caller's. After one of the last four, nothing more may be read. */
enum pd_grpc_reading pd_grpc_reader_take(struct pd_grpc_reader *reader, const uint8_t **bytes,
                                         size_t *len,
                                         struct pd_grpc_message **ret_message) PD_MUST_CHECK;

/** Whether the bytes so far end with a whole message. */
bool pd_grpc_reader_is_between(const struct pd_grpc_reader *reader);

/** What one that has begun wants of memory: 0, or its length. */
size_t pd_grpc_reader_held(const struct pd_grpc_reader *reader);

void pd_grpc_reader_done(struct pd_grpc_reader *reader);

#endif
