/* reader.c - bytes into messages. */
#include "reader.h"

#include <string.h>

#include "base/own.h"

/* The next bytes, at most `most` of them, to `out`; returns how many. */
static size_t move(uint8_t *out, size_t most, const uint8_t **bytes, size_t *len)
{
        size_t size = *len < most ? *len : most;

        if (size != 0)
                memcpy(out, *bytes, size);
        *bytes += size;
        *len -= size;
        return size;
}

/* The prefix is whole: the message that it announces. */
static enum pd_grpc_reading begin_message(struct pd_grpc_reader *reader)
{
        const uint8_t *prefix = reader->prefix;
        size_t len = (size_t)prefix[1] << 24 | (size_t)prefix[2] << 16 | (size_t)prefix[3] << 8 |
                     prefix[4];

        if (prefix[0] > 1)
                return PD_GRPC_READ_BROKEN;
        if (prefix[0] == 1)
                return PD_GRPC_READ_COMPRESSED;
        if (len > reader->max_message)
                return PD_GRPC_READ_TOO_LONG;

        reader->message = pd_grpc_message_new(len);
        if (reader->message == NULL)
                return PD_GRPC_READ_NO_MEMORY;
        reader->have = 0;
        return PD_GRPC_READ_MESSAGE;
}

enum pd_grpc_reading pd_grpc_reader_take(struct pd_grpc_reader *reader, const uint8_t **bytes,
                                         size_t *len, struct pd_grpc_message **ret_message)
{
        if (reader->message == NULL) {
                enum pd_grpc_reading reading;

                reader->have += move(reader->prefix + reader->have,
                                     PD_GRPC_PREFIX_BYTES - reader->have, bytes, len);
                if (reader->have < PD_GRPC_PREFIX_BYTES)
                        return PD_GRPC_READ_ALL;
                reading = begin_message(reader);
                if (reading != PD_GRPC_READ_MESSAGE)
                        return reading;
        }

        reader->have += move(pd_grpc_message_data(reader->message) + reader->have,
                             reader->message->len - reader->have, bytes, len);
        if (reader->have < reader->message->len)
                return PD_GRPC_READ_ALL;
        *ret_message = pd_steal(&reader->message);
        reader->have = 0;
        return PD_GRPC_READ_MESSAGE;
}

bool pd_grpc_reader_is_between(const struct pd_grpc_reader *reader)
{
        return reader->message == NULL && reader->have == 0;
}

size_t pd_grpc_reader_held(const struct pd_grpc_reader *reader)
{
        return reader->message != NULL ? reader->message->len : 0;
}

void pd_grpc_reader_done(struct pd_grpc_reader *reader)
{
        pd_grpc_message_release(pd_steal(&reader->message));
        reader->have = 0;
}
