/* fields.c - gather and sort what was sent. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

#include "proto/text.h"

static bool grow(struct pd_fields *fields)
{
        size_t capacity = 2 * fields->capacity;
        struct pd_sent *larger;

        if (capacity > PD_PROTO_TEXT_MAX_FIELDS)
                return false;
        larger = realloc(fields->sent != fields->first ? fields->sent : NULL,
                         capacity * sizeof(*larger));
        if (larger == NULL) {
                fields->has_no_memory = true;
                return false;
        }
        if (fields->sent == fields->first)
                memcpy(larger, fields->first, sizeof(fields->first));
        fields->sent = larger;
        fields->capacity = capacity;
        return true;
}

/* False: too many, or no memory. */
static bool push(struct pd_fields *fields, const struct pd_sent *sent)
{
        if (fields->count == fields->capacity && !grow(fields))
                return false;
        fields->sent[fields->count++] = *sent;
        return true;
}

/*
 * What was sent as a value of the field; false: it is no such value, so an unknown field. `at` only
 * ever grows from one to the next.
 */
static bool accept(const struct pd_proto_field *field, const struct pd_wire_field *from,
                   const uint8_t *behind, struct pd_sent *ret)
{
        const struct pd_proto_kind *kind = field->kind;
        bool is_number = kind->wire != PD_WIRE_LEN && kind->wire != PD_WIRE_GROUP;

        *ret = (struct pd_sent){.field = field, .at = from->at, .value = from->value};
        if (from->type != kind->wire) {
                ret->is_packed = field->is_repeated && is_number && from->type == PD_WIRE_LEN;
                return ret->is_packed;
        }
        if (!is_number)
                return true;
        ret->at = behind;
        ret->value = pd_proto_kind_number(kind, from->value);
        return pd_proto_field_takes(field, ret->value);
}

static enum pd_fields_end gather_piece(struct pd_fields *fields,
                                       const struct pd_proto_message *type, struct pd_wire wire,
                                       int depth)
{
        while (wire.at < wire.end) {
                const struct pd_proto_field *field;
                struct pd_wire_field from;
                struct pd_sent sent;

                if (!pd_wire_next(&wire, depth, &from))
                        return PD_FIELDS_BROKEN;
                field = pd_proto_message_field(type, from.number);
                if (field != NULL && accept(field, &from, wire.at, &sent) && !push(fields, &sent))
                        return PD_FIELDS_TOO_MANY;
        }
        return PD_FIELDS_ALL;
}

/* An entry of a map has a key and a value, sent or not. */
static bool push_defaults(struct pd_fields *fields, const struct pd_proto_message *type,
                          const uint8_t *at)
{
        for (size_t i = 0; type->is_map_entry && i < type->count; i++) {
                const struct pd_sent sent = {.field = &type->fields[i], .at = at};

                if (!push(fields, &sent))
                        return false;
        }
        return true;
}

static int compare_at(const struct pd_sent *a, const struct pd_sent *b)
{
        return (a->at > b->at) - (a->at < b->at);
}

static int compare_oneofs(const void *a, const void *b)
{
        const struct pd_sent *left = a, *right = b;

        if (left->field->oneof != right->field->oneof)
                return left->field->oneof < right->field->oneof ? -1 : 1;
        return compare_at(left, right);
}

static int compare_fields(const void *a, const void *b)
{
        const struct pd_sent *left = a, *right = b;

        if (left->field != right->field)
                return left->field < right->field ? -1 : 1;
        return compare_at(left, right);
}

/* qsort() of what is mostly sorted already. */
static void sort(struct pd_sent *sent, size_t count, int (*compare)(const void *, const void *))
{
        for (size_t i = 1; i < count; i++) {
                if (compare(&sent[i - 1], &sent[i]) > 0) {
                        qsort(sent, count, sizeof(*sent), compare);
                        return;
                }
        }
}

static bool has_rivals(const struct pd_sent *sent, size_t count)
{
        size_t members = 0;

        for (size_t i = 0; i < count; i++)
                members += sent[i].field->oneof != 0;
        return members > 1;
}

/* Setting a member of a oneof clears the others; returns how many fields are left. */
static size_t drop_cleared(struct pd_sent *sent, size_t count)
{
        const struct pd_proto_field *winner = NULL;
        size_t first = count;
        bool is_cleared = false;

        sort(sent, count, compare_oneofs);
        for (size_t i = count; i-- > 0;) {
                const struct pd_proto_field *field = sent[i].field;

                if (winner == NULL || field->oneof == 0 || field->oneof != winner->oneof) {
                        winner = field;
                        is_cleared = false;
                }
                is_cleared = is_cleared || field != winner;
                if (!is_cleared)
                        sent[--first] = sent[i];
        }
        memmove(sent, sent + first, (count - first) * sizeof(*sent));
        return count - first;
}

void pd_fields_init(struct pd_fields *fields, const void *bytes, size_t len)
{
        fields->first[0] = (struct pd_sent){.at = len != 0 ? bytes : "", .value = len};
        fields->sent = fields->first;
        fields->count = 1;
        fields->capacity = PD_COUNT(fields->first);
        fields->has_no_memory = false;
}

void pd_fields_done(struct pd_fields *fields)
{
        if (fields->sent != fields->first)
                free(fields->sent);
}

enum pd_fields_end pd_fields_gather(struct pd_fields *fields, const struct pd_proto_message *type,
                                    size_t begin, size_t end, int depth)
{
        enum pd_fields_end result = depth >= 0 ? PD_FIELDS_ALL : PD_FIELDS_DEEP;
        size_t base = fields->count, count;

        if (depth >= 0 && !push_defaults(fields, type, fields->sent[begin].at))
                result = PD_FIELDS_TOO_MANY;
        for (size_t i = begin; i < end && result == PD_FIELDS_ALL; i++) {
                const struct pd_sent *piece = &fields->sent[i];
                const struct pd_wire wire = {piece->at, piece->at + piece->value};

                result = gather_piece(fields, type, wire, depth);
        }

        count = fields->count - base;
        if (has_rivals(fields->sent + base, count))
                count = drop_cleared(fields->sent + base, count);
        sort(fields->sent + base, count, compare_fields);
        fields->count = base + count;
        return result;
}

/* The key of an entry, as far as the entry can be read. */
static struct pd_sent key_of(const struct pd_sent *entry)
{
        const struct pd_proto_field *key = &entry->field->message->fields[0];
        struct pd_wire wire = {entry->at, entry->at + entry->value};
        struct pd_sent found = {.field = key, .at = entry->at}, sent;
        struct pd_wire_field from;

        while (wire.at < wire.end && pd_wire_next(&wire, PD_WIRE_MAX_DEPTH, &from)) {
                if (from.number == key->number && accept(key, &from, wire.at, &sent))
                        found = sent;
        }
        return found;
}

static int compare_bytes(const struct pd_sent *a, const struct pd_sent *b)
{
        int order = memcmp(a->at, b->at, a->value < b->value ? a->value : b->value);

        return order != 0 ? order : (a->value > b->value) - (a->value < b->value);
}

static int compare_keys(const struct pd_sent *a, const struct pd_sent *b)
{
        const struct pd_sent left = key_of(a), right = key_of(b);

        switch (left.field->kind->form) {
        case PD_FORM_BYTES:
                return compare_bytes(&left, &right);
        case PD_FORM_SIGNED:
        case PD_FORM_ZIGZAG:
                return ((int64_t)left.value > (int64_t)right.value) -
                       ((int64_t)left.value < (int64_t)right.value);
        default:
                return (left.value > right.value) - (left.value < right.value);
        }
}

static int compare_entries(const void *a, const void *b)
{
        int order = compare_keys(a, b);

        return order != 0 ? order : compare_at(a, b);
}

static bool has_unknown(const struct pd_sent *entry)
{
        struct pd_wire wire = {entry->at, entry->at + entry->value};
        struct pd_wire_field from;
        struct pd_sent sent;

        while (wire.at < wire.end && pd_wire_next(&wire, PD_WIRE_MAX_DEPTH, &from)) {
                const struct pd_proto_field *field =
                        pd_proto_message_field(entry->field->message, from.number);

                if (field == NULL || !accept(field, &from, wire.at, &sent))
                        return true;
        }
        return false;
}

size_t pd_fields_settle_entries(struct pd_sent *entries, size_t count)
{
        size_t known = 0, left = 0;

        for (size_t i = 0; i < count; i++) {
                if (!has_unknown(&entries[i]))
                        entries[known++] = entries[i];
        }
        sort(entries, known, compare_entries);
        for (size_t i = 0; i < known; i++) {
                if (i + 1 == known || compare_keys(&entries[i], &entries[i + 1]) != 0)
                        entries[left++] = entries[i];
        }
        return left;
}
