/*
 * fuzz_protomessages.c - a message of orchestrator.proto is refused, or written and read again the
 * same. The first byte says which message.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/own.h"
#include "proto/orchestrator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read a message and write what was read; false: it was refused. */
#define DEFINE_COPY(subject)                                                                       \
        static bool copy_##subject(const void *bytes, size_t len, struct pd_buf *out)              \
        {                                                                                          \
                pd_auto(pd_arena_done) struct pd_arena arena = {0};                                \
                struct pd_##subject message;                                                       \
                                                                                                   \
                if (pd_##subject##_decode(bytes, len, &arena, &message, NULL) < 0)                 \
                        return false;                                                              \
                pd_##subject##_encode(&message, out);                                              \
                assert(out->failed == 0);                                                          \
                return true;                                                                       \
        }

DEFINE_COPY(orchestration)
DEFINE_COPY(run_label)
DEFINE_COPY(observation)
DEFINE_COPY(orchestration_status)
DEFINE_COPY(orchestration_event)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static bool (*const copies[])(const void *bytes, size_t len, struct pd_buf *out) = {
                copy_orchestration, copy_run_label, copy_observation, copy_orchestration_status,
                copy_orchestration_event};
        pd_auto(pd_buf_done) struct pd_buf once = PD_BUF_INIT(SIZE_MAX);
        pd_auto(pd_buf_done) struct pd_buf twice = PD_BUF_INIT(SIZE_MAX);
        size_t which = size != 0 ? data[0] % PD_COUNT(copies) : 0;
        bool is_read;

        if (size == 0 || !copies[which](data + 1, size - 1, &once))
                return 0;
        is_read = copies[which](once.data, once.len, &twice);
        assert(is_read);
        assert(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
        return 0;
}
