/* wire.c - varints, tags and the values behind them. */
#include "wire.h"

#include <limits.h>

#define TYPE_BITS  3
#define VARINT_MAX 10 /* bytes of a varint */
#define TAG_MAX    5  /* bytes of a tag */

/* A varint of at most `most` bytes; bits that are too many for 64 are dropped, as others do. */
static bool read_varint(struct pd_wire *wire, size_t most, uint64_t *ret)
{
        size_t left = (size_t)(wire->end - wire->at);
        uint64_t value = 0;

        for (size_t i = 0; i < most && i < left; i++) {
                value |= (uint64_t)(wire->at[i] & 0x7f) << (7 * i);
                if (wire->at[i] < 0x80) {
                        wire->at += i + 1;
                        *ret = value;
                        return true;
                }
        }
        return false;
}

static bool read_fixed(struct pd_wire *wire, size_t size, uint64_t *ret)
{
        uint64_t value = 0;

        if ((size_t)(wire->end - wire->at) < size)
                return false;
        for (size_t i = 0; i < size; i++)
                value |= (uint64_t)wire->at[i] << (8 * i);
        wire->at += size;
        *ret = value;
        return true;
}

bool pd_wire_read(struct pd_wire *wire, enum pd_wire_type type, uint64_t *ret)
{
        switch (type) {
        case PD_WIRE_VARINT:
                return read_varint(wire, VARINT_MAX, ret);
        case PD_WIRE_FIXED32:
                return read_fixed(wire, sizeof(uint32_t), ret);
        case PD_WIRE_FIXED64:
                return read_fixed(wire, sizeof(uint64_t), ret);
        default:
                return false;
        }
}

static bool read_tag(struct pd_wire *wire, struct pd_wire_field *ret)
{
        uint64_t tag;

        if (!read_varint(wire, TAG_MAX, &tag) || tag > UINT32_MAX || tag >> TYPE_BITS == 0)
                return false;
        ret->number = (uint32_t)(tag >> TYPE_BITS);
        ret->type = (enum pd_wire_type)(tag & ((1 << TYPE_BITS) - 1));
        return true;
}

static bool read_bytes(struct pd_wire *wire, struct pd_wire_field *ret)
{
        uint64_t len;

        if (!read_varint(wire, VARINT_MAX, &len) || len > (uint64_t)(wire->end - wire->at))
                return false;
        ret->at = wire->at;
        ret->value = len;
        wire->at += len;
        return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than `depth` */
static bool read_value(struct pd_wire *wire, int depth, struct pd_wire_field *ret)
{
        const uint8_t *start = wire->at;

        if (ret->type == PD_WIRE_LEN)
                return read_bytes(wire, ret);
        if (ret->type != PD_WIRE_GROUP)
                return pd_wire_read(wire, ret->type, &ret->value);

        while (depth > 0) {
                struct pd_wire_field inner = {0};
                const uint8_t *end = wire->at;

                if (!read_tag(wire, &inner))
                        return false;
                if (inner.type == PD_WIRE_GROUP_END) {
                        ret->at = start;
                        ret->value = (uint64_t)(end - start);
                        return inner.number == ret->number;
                }
                if (!read_value(wire, depth - 1, &inner))
                        return false;
        }
        return false;
}

bool pd_wire_next(struct pd_wire *wire, int depth, struct pd_wire_field *ret)
{
        return read_tag(wire, ret) && read_value(wire, depth, ret);
}

/* At most VARINT_MAX bytes; returns how many. */
static size_t write_varint(uint64_t value, uint8_t *out)
{
        size_t size = 0;

        for (; value >= 0x80; value >>= 7)
                out[size++] = (uint8_t)(value | 0x80);
        out[size++] = (uint8_t)value;
        return size;
}

size_t pd_wire_varint_size(uint64_t value)
{
        uint8_t bytes[VARINT_MAX];

        return write_varint(value, bytes);
}

void pd_wire_put(struct pd_buf *buf, uint32_t number, enum pd_wire_type type, uint64_t value)
{
        uint8_t bytes[2 * VARINT_MAX];
        size_t size = write_varint((uint64_t)number << TYPE_BITS | type, bytes);

        size += write_varint(value, bytes + size);
        pd_buf_put(buf, bytes, size);
}
