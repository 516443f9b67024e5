/* wire.h - the wire format of protobuf, a field at a time. */
#ifndef PD_PROTO_WIRE_H
#define PD_PROTO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/** Deepest nesting of messages and groups; that of protobuf's own readers. */
#define PD_WIRE_MAX_DEPTH 100

/** How a field is written. */
enum pd_wire_type {
        PD_WIRE_VARINT,
        PD_WIRE_FIXED64,
        PD_WIRE_LEN,
        PD_WIRE_GROUP,
        PD_WIRE_GROUP_END,
        PD_WIRE_FIXED32,
};

/** Bytes that are read from the front. */
struct pd_wire {
        const uint8_t *at;
        const uint8_t *end;
};

struct pd_wire_field {
        uint32_t number;
        enum pd_wire_type type; /**< never PD_WIRE_GROUP_END */
        const uint8_t *at;      /**< of PD_WIRE_LEN and PD_WIRE_GROUP: the bytes inside */
        uint64_t value;         /**< how many these are; of the others: the value */
};

/** The next value of that type, which is a number. False: it is cut or no number at all. */
bool pd_wire_read(struct pd_wire *wire, enum pd_wire_type type, uint64_t *ret);

/** The next field. False: there is no whole one, or groups nest deeper than `depth`. */
bool pd_wire_next(struct pd_wire *wire, int depth, struct pd_wire_field *ret);

/** How many bytes a varint takes. */
size_t pd_wire_varint_size(uint64_t value);

/** A field: a number as a varint, or of PD_WIRE_LEN how many bytes come behind it. */
void pd_wire_put(struct pd_buf *buf, uint32_t number, enum pd_wire_type type, uint64_t value);

#endif
