/* types.h - the messages and enums of a proto, prepared for reading bytes (private). */
#ifndef PD_PROTO_TYPES_H
#define PD_PROTO_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "solution/rpc.h"
#include "wire.h"

/** What a value is, once it is read. */
enum pd_proto_form {
        PD_FORM_SIGNED,
        PD_FORM_UNSIGNED,
        PD_FORM_ZIGZAG,
        PD_FORM_BOOL,
        PD_FORM_FLOAT,
        PD_FORM_DOUBLE,
        PD_FORM_ENUM,
        PD_FORM_BYTES, /**< strings too */
        PD_FORM_MESSAGE,
};

/** One of the types that a field may have. */
struct pd_proto_kind {
        enum pd_proto_form form;
        enum pd_wire_type wire;
        bool is_32; /**< of its number 32 bits count */
};

struct pd_proto_enum {
        /** By number, each number once: the first name that it was given. */
        const struct pd_proto_value {
                int32_t number;
                const char *name;
        } * values;
        size_t count;
        bool is_closed; /**< a number without a name is an unknown field (proto2) */
};

struct pd_proto_field {
        uint32_t number;
        uint32_t oneof; /**< 0: of none; else which one of the message */
        const struct pd_proto_kind *kind;
        bool is_repeated;
        bool has_presence; /**< shown when it was sent; else when it is not zero or empty */
        const char *name;  /**< as the text format has it */
        const struct pd_proto_message *message; /**< of PD_FORM_MESSAGE */
        const struct pd_proto_enum *values;     /**< of PD_FORM_ENUM */
};

struct pd_proto_message {
        struct pd_proto_field *fields; /**< by number */
        size_t count;
        bool is_map_entry; /**< fields[0] is the key, fields[1] the value */
};

/** All that is kept of a proto and what it imports. Never changes. */
struct pd_proto {
        struct pd_arena arena;
        struct pd_rpcs rpcs;
        struct pd_map index; /**< full name to number of message */
        struct pd_proto_message *messages;
};

/** The field of that number; NULL: none. */
const struct pd_proto_field *pd_proto_message_field(const struct pd_proto_message *message,
                                                    uint32_t number);

/** False: it is a number that an enum of proto2 does not know, so an unknown field. */
bool pd_proto_field_takes(const struct pd_proto_field *field, uint64_t number);

/** The name of that number; NULL: none. */
const char *pd_proto_enum_name(const struct pd_proto_enum *values, int32_t number);

/** A number as it stood on the wire as the number that it means. */
uint64_t pd_proto_kind_number(const struct pd_proto_kind *kind, uint64_t raw);

#endif
