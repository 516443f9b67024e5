/* backoff.h - pauses between tries to connect, as gRPC wants them (doc/connection-backoff.md).
 * Pure. */
#ifndef PD_GRPC_BACKOFF_H
#define PD_GRPC_BACKOFF_H

#include <stdint.h>

struct pd_grpc_backoff {
        int64_t first_us; /**< set by the owner: the pause after the first failure, */
        int64_t most_us;  /**< and the longest */
        int64_t next_us;  /**< 0: none has failed */
};

/** The pause after one more failure: the one before times 1.6, and up to a fifth more or less, by
 * `random`, any number of 32 bits. */
int64_t pd_grpc_backoff_fail(struct pd_grpc_backoff *backoff, uint32_t random);

/** A try has worked: the next pause is the first one again. */
void pd_grpc_backoff_reset(struct pd_grpc_backoff *backoff);

#endif
