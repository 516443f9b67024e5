/* backoff.c - exponential, with jitter, so that clients that were cut off together do not come back
 * together. */
#include "backoff.h"

#define MULTIPLIER 1.6
#define JITTER     0.2

int64_t pd_grpc_backoff_fail(struct pd_grpc_backoff *backoff, uint32_t random)
{
        double swing = JITTER * (2.0 * (double)random / (double)UINT32_MAX - 1.0);
        double next;

        if (backoff->next_us == 0)
                backoff->next_us = backoff->first_us;
        if (backoff->next_us > backoff->most_us)
                backoff->next_us = backoff->most_us;

        next = (double)backoff->next_us;
        backoff->next_us = (int64_t)(next * MULTIPLIER);
        return (int64_t)(next * (1.0 + swing));
}

void pd_grpc_backoff_reset(struct pd_grpc_backoff *backoff)
{
        backoff->next_us = 0;
}
