/* fuzz_grpc_reader.c - bytes are the same messages however they are split, and these the bytes. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "reader.h"

#define MAX_MESSAGE 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Appends the messages of one piece. */
static enum pd_grpc_reading read_piece(struct pd_grpc_reader *reader, const uint8_t *piece,
                                       size_t len, struct pd_buf *out)
{
        struct pd_grpc_message *message = NULL;
        enum pd_grpc_reading reading;

        while ((reading = pd_grpc_reader_take(reader, &piece, &len, &message)) ==
               PD_GRPC_READ_MESSAGE) {
                assert(message->len <= MAX_MESSAGE);
                pd_buf_put(out, message->wire, PD_GRPC_PREFIX_BYTES + message->len);
                pd_grpc_message_release(message);
        }
        assert(reading != PD_GRPC_READ_ALL || len == 0);
        return reading;
}

static enum pd_grpc_reading read_in_steps(const uint8_t *data, size_t size, size_t step,
                                          struct pd_buf *out)
{
        struct pd_grpc_reader reader = {.max_message = MAX_MESSAGE};
        enum pd_grpc_reading reading = PD_GRPC_READ_ALL;

        for (size_t at = 0; at < size && reading == PD_GRPC_READ_ALL; at += step)
                reading = read_piece(&reader, data + at, step < size - at ? step : size - at, out);
        assert(pd_grpc_reader_held(&reader) <= MAX_MESSAGE);
        assert(!pd_grpc_reader_is_between(&reader) || out->len == size);
        pd_grpc_reader_done(&reader);
        return reading;
}

/* The first byte is the length of the pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_buf_done) struct pd_buf whole = PD_BUF_INIT(size);
        pd_auto(pd_buf_done) struct pd_buf pieces = PD_BUF_INIT(size);

        if (size < 2)
                return 0;
        size--;
        assert(read_in_steps(data + 1, size, size, &whole) ==
               read_in_steps(data + 1, size, data[0] % 32 + 1U, &pieces));
        assert(pieces.len == whole.len && memcmp(pieces.data, whole.data, whole.len) == 0);
        assert(whole.failed == 0 && memcmp(whole.data, data + 1, whole.len) == 0);
        return 0;
}
