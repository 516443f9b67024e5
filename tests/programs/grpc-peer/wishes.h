/* wishes.h - what the metadata of a call ask of the server. */
#ifndef PD_TESTS_WISHES_H
#define PD_TESTS_WISHES_H

#include <stddef.h>
#include <stdint.h>

#include "grpc/metadata.h"

/** Most entries that come back. */
#define WISHES_MAX_ENTRIES 32

/** As tests/go/README.md explains them; the text is borrowed. */
struct wishes {
        int64_t code, count, size, stop_reading, end_after, delay_ms, read_pause_ms;
        int64_t answers_at_once, is_late, resets;
        const char *text;
};

struct wishes wishes_read(const struct pd_grpc_metadata *metadata);

/** Those that begin with the prefix; how many. */
size_t wishes_pick(const struct pd_grpc_metadata *metadata, const char *prefix,
                   struct pd_grpc_entry picked[WISHES_MAX_ENTRIES]);

#endif
