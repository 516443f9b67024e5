/* result.h - how the calls of a client went: its line of JSON. */
#ifndef PD_TESTS_RESULT_H
#define PD_TESTS_RESULT_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "grpc/status.h"
#include "peer.h"

/** Begins zeroed but for the times. What belongs to one call is of the one that ended last. */
struct result {
        int64_t began_us, began_cpu_us;
        int64_t calls, status[PEER_CODES], unprocessed, messages, bytes, wrong;
        int64_t *latencies_us;
        size_t measured, room; /* of them */
        json_t *headers, *trailers, *text, *last;
};

/** A call has ended. */
void result_add(struct result *result, const struct pd_grpc_status *status, int64_t latency_us);

/** Put a value into a place, and let go of what was there; takes the value. */
void result_keep(json_t **place, json_t *value);

void result_print(struct result *result);

void result_done(struct result *result);

#endif
