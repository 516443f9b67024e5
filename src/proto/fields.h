/*
 * fields.h - the fields of a message off the wire, in the order in which they are shown (private).
 *
 * Fields may come in any order, more than once, and in pieces that belong together; so those of one
 * message are gathered and sorted first. The ones of a message inside lie behind those of the
 * message around it, as on a stack: there is no allocation but to let it grow.
 */
#ifndef PD_PROTO_FIELDS_H
#define PD_PROTO_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types.h"

/** So many need no allocation at all. */
#define PD_FIELDS_FIRST 64

/** One field as it was sent. */
struct pd_sent {
        const struct pd_proto_field *field;
        const uint8_t *at; /**< the bytes, the message, the packed numbers; or behind a number */
        uint64_t value;    /**< how many bytes these are; else the number, as it is meant */
        bool is_packed;
};

struct pd_fields {
        struct pd_sent *sent;
        size_t count;
        size_t capacity;
        bool has_no_memory;
        struct pd_sent first[PD_FIELDS_FIRST];
};

/** How the reading of a message ended. */
enum pd_fields_end {
        PD_FIELDS_ALL,
        PD_FIELDS_BROKEN,  /**< the rest is no field */
        PD_FIELDS_DEEP,    /**< the message is nested too deep to be read */
        PD_FIELDS_TOO_MANY /**< more than are held at once, or no memory for them */
};

/** Make it hold one thing: a whole message, of no field. */
void pd_fields_init(struct pd_fields *fields, const void *bytes, size_t len);
void pd_fields_done(struct pd_fields *fields);

/**
 * Put the fields of one message on top: that which sent[begin] to before sent[end] add up to, with
 * `depth` more levels allowed inside. They come sorted by field, then as sent; of a oneof only the
 * last member is there.
 */
enum pd_fields_end pd_fields_gather(struct pd_fields *fields, const struct pd_proto_message *type,
                                    size_t begin, size_t end, int depth);

/**
 * Sort the entries of a map by key. Of each key the last one stays; what has something unknown in
 * it is no entry. Returns how many are left.
 */
size_t pd_fields_settle_entries(struct pd_sent *entries, size_t count);

#endif
