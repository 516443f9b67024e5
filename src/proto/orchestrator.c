/*
 * orchestrator.c - the messages of orchestrator.proto, by one table.
 *
 * Not by protobuf-c: it loses what stands behind a NUL in a string, takes any bytes for UTF-8, and
 * leaves the keys of a map to us.
 */
#include "proto/orchestrator.h"

#include <string.h>

#include "base/map.h"
#include "base/own.h"
#include "base/utf8.h"
#include "wire.h"

#define MOST_FIELDS 5

enum kind {
        TEXT,   /* const char * */
        NUMBER, /* int32_t */
        FLAG,   /* bool */
        PAIRS,  /* struct pd_text_map */
};

struct field {
        const char *name;
        enum kind kind;
        size_t place;
};

/* A message: its fields are numbered from 1 on. */
struct shape {
        const char *name;
        size_t size;
        struct field fields[MOST_FIELDS]; /* behind the last one: without a name */
};

static const struct shape pair_shape = {
        "entry",
        sizeof(struct pd_text_pair),
        {{"key", TEXT, offsetof(struct pd_text_pair, key)},
         {"value", TEXT, offsetof(struct pd_text_pair, value)}},
};

static const struct shape orchestration_shape = {
        "OrchestrationConfiguration",
        sizeof(struct pd_orchestration),
        {{"blueprint", TEXT, offsetof(struct pd_orchestration, blueprint)},
         {"dockerinfo", TEXT, offsetof(struct pd_orchestration, dockerinfo)},
         {"protofiles", PAIRS, offsetof(struct pd_orchestration, protofiles)},
         {"queuesize", NUMBER, offsetof(struct pd_orchestration, queuesize)},
         {"iterations", NUMBER, offsetof(struct pd_orchestration, iterations)}},
};

static const struct shape label_shape = {
        "RunLabel",
        sizeof(struct pd_run_label),
        {{"label", TEXT, offsetof(struct pd_run_label, label)}},
};

static const struct shape observation_shape = {
        "OrchestrationObservationConfiguration",
        sizeof(struct pd_observation),
        {{"name_regex", TEXT, offsetof(struct pd_observation, name_regex)},
         {"component_regex", TEXT, offsetof(struct pd_observation, component_regex)}},
};

static const struct shape status_shape = {
        "OrchestrationStatus",
        sizeof(struct pd_orchestration_status),
        {{"success", FLAG, offsetof(struct pd_orchestration_status, success)},
         {"code", NUMBER, offsetof(struct pd_orchestration_status, code)},
         {"message", TEXT, offsetof(struct pd_orchestration_status, message)},
         {"active_threads", NUMBER, offsetof(struct pd_orchestration_status, active_threads)}},
};

static const struct shape event_shape = {
        "OrchestrationEvent",
        sizeof(struct pd_orchestration_event),
        {{"run", TEXT, offsetof(struct pd_orchestration_event, run)},
         {"name", TEXT, offsetof(struct pd_orchestration_event, name)},
         {"component", TEXT, offsetof(struct pd_orchestration_event, component)},
         {"detail", PAIRS, offsetof(struct pd_orchestration_event, detail)}},
};

/* The field of that number; NULL: none. */
static const struct field *shape_field(const struct shape *shape, uint32_t number)
{
        if (number - 1 >= PD_COUNT(shape->fields) || shape->fields[number - 1].name == NULL)
                return NULL;
        return &shape->fields[number - 1];
}

static bool is_ascii(const char *text, size_t len)
{
        unsigned char bits = 0;

        for (size_t i = 0; i < len; i++)
                bits |= (unsigned char)text[i];
        return bits < 0x80;
}

/* One '?' for each byte that is no UTF-8, so the length stays what it was. */
static void put_mended(struct pd_buf *out, const char *text, size_t len)
{
        for (size_t at = 0; at < len;) {
                size_t size = pd_utf8_char(text + at, len - at);

                if (size != 0)
                        pd_buf_put(out, text + at, size);
                else
                        pd_buf_putc(out, '?');
                at += size != 0 ? size : 1;
        }
}

static void put_text(struct pd_buf *out, uint32_t number, const char *text, size_t len)
{
        pd_wire_put(out, number, PD_WIRE_LEN, len);
        if (is_ascii(text, len) || pd_utf8_valid(text, len, NULL))
                pd_buf_put(out, text, len);
        else
                put_mended(out, text, len);
}

static void put_number(struct pd_buf *out, uint32_t number, int64_t value)
{
        if (value != 0)
                pd_wire_put(out, number, PD_WIRE_VARINT, (uint64_t)value);
}

static size_t text_len(const char *text)
{
        return text != NULL ? strlen(text) : 0;
}

/* Tag, length and text of one field of a pair. */
static size_t pair_text_size(size_t len)
{
        return 1 + pd_wire_varint_size(len) + len;
}

static void put_pair(struct pd_buf *out, uint32_t number, const struct pd_text_pair *pair)
{
        size_t key = text_len(pair->key), value = text_len(pair->value);

        pd_wire_put(out, number, PD_WIRE_LEN, pair_text_size(key) + pair_text_size(value));
        put_text(out, 1, pair->key, key);
        put_text(out, 2, pair->value, value);
}

static void encode_field(const struct field *field, uint32_t number, const void *place,
                         struct pd_buf *out)
{
        const struct pd_text_map *map = place;
        const char *text;
        size_t len;

        switch (field->kind) {
        case TEXT:
                text = *(const char *const *)place;
                len = text_len(text);
                if (len != 0)
                        put_text(out, number, text, len);
                break;
        case NUMBER:
                put_number(out, number, *(const int32_t *)place);
                break;
        case FLAG:
                put_number(out, number, *(const bool *)place);
                break;
        case PAIRS:
                for (size_t i = 0; i < map->count; i++)
                        put_pair(out, number, &map->at[i]);
                break;
        }
}

static void encode(const struct shape *shape, const void *from, struct pd_buf *out)
{
        const struct field *field;

        for (uint32_t number = 1; (field = shape_field(shape, number)) != NULL; number++)
                encode_field(field, number, (const char *)from + field->place, out);
}

/* A message that is being read. */
struct decoder {
        const struct shape *shape;
        union {
                struct pd_text_pair pair;
                struct pd_orchestration orchestration;
                struct pd_run_label label;
                struct pd_observation observation;
                struct pd_orchestration_status status;
                struct pd_orchestration_event event;
        } message;
        struct pd_wire_field texts[MOST_FIELDS]; /* as sent, by field; copied when all are known */
        struct pd_arena *arena;
        struct pd_text_pair *pairs; /* of its one map, without those that came again */
        size_t count;
        size_t sent;        /* pairs, all of them */
        struct pd_map keys; /* to the index of a pair */
        struct pd_err *err;
};

static void decoder_done(struct decoder *decoder)
{
        pd_map_done(&decoder->keys);
}

static int fail_memory(struct pd_err *err)
{
        return pd_fail_memory(err, "a message of the orchestrator");
}

static int decode_text(struct decoder *decoder, const struct field *field,
                       const struct pd_wire_field *from)
{
        const char *text = (const char *)from->at;

        if (!pd_utf8_valid(text, from->value, NULL))
                return pd_fail(decoder->err, PD_E_INVALID, 0, "'%s' of %s is no UTF-8", field->name,
                               decoder->shape->name);
        if (memchr(text, '\0', from->value) != NULL)
                return pd_fail(decoder->err, PD_E_INVALID, 0, "'%s' of %s has a NUL inside",
                               field->name, decoder->shape->name);
        decoder->texts[from->number - 1] = *from;
        return 0;
}

static int decode(const struct shape *shape, const void *bytes, size_t len, void *ret,
                  struct pd_arena *arena, struct pd_err *err);

/* The pair of that key, an old one or a new one. NULL: no memory. */
static struct pd_text_pair *place_of_pair(struct decoder *decoder, const char *key)
{
        struct pd_text_pair *pair;
        size_t index;

        if (pd_map_get(&decoder->keys, key, &index))
                return &decoder->pairs[index];
        index = decoder->count;
        pair = pd_arena_push(decoder->arena, &decoder->pairs, &decoder->count, sizeof(*pair));
        return pair != NULL && pd_map_set(&decoder->keys, key, index) == 0 ? pair : NULL;
}

/* NOLINTNEXTLINE(misc-no-recursion): a pair has no pairs */
static int decode_pair(struct decoder *decoder, const struct pd_wire_field *from,
                       struct pd_text_map *map)
{
        struct pd_text_pair pair, *place;

        if (decoder->sent++ == PD_TEXT_MAP_MAX_PAIRS)
                return pd_fail(decoder->err, PD_E_TOO_LARGE, 0, "%s has over %d pairs",
                               decoder->shape->name, PD_TEXT_MAP_MAX_PAIRS);
        if (decode(&pair_shape, from->at, from->value, &pair, decoder->arena, decoder->err) < 0)
                return pd_wrap(decoder->err, "%s", decoder->shape->name);
        place = place_of_pair(decoder, pair.key);
        if (place == NULL)
                return fail_memory(decoder->err);
        *place = pair;
        *map = (struct pd_text_map){decoder->pairs, decoder->count};
        return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): a pair has no pairs */
static int decode_field(struct decoder *decoder, const struct field *field,
                        const struct pd_wire_field *from)
{
        static const enum pd_wire_type types[] = {
                [TEXT] = PD_WIRE_LEN,
                [NUMBER] = PD_WIRE_VARINT,
                [FLAG] = PD_WIRE_VARINT,
                [PAIRS] = PD_WIRE_LEN,
        };
        void *place = (char *)&decoder->message + field->place;

        if (from->type != types[field->kind])
                return 0; /* as unknown as a field of another number */
        switch (field->kind) {
        case TEXT:
                return decode_text(decoder, field, from);
        case NUMBER:
                *(int32_t *)place = (int32_t)from->value;
                return 0;
        case FLAG:
                *(bool *)place = from->value != 0;
                return 0;
        default:
                return decode_pair(decoder, from, place);
        }
}

/* The last one sent of each text, or the empty string. */
static int copy_texts(struct decoder *decoder)
{
        const struct field *field;

        for (uint32_t number = 1; (field = shape_field(decoder->shape, number)) != NULL; number++) {
                const struct pd_wire_field *text = &decoder->texts[number - 1];
                const char **place = (void *)((char *)&decoder->message + field->place);

                if (field->kind != TEXT)
                        continue;
                *place = text->value == 0 ? ""
                                          : pd_arena_copy(decoder->arena, text->at, text->value);
                if (*place == NULL)
                        return fail_memory(decoder->err);
        }
        return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): a pair has no pairs */
static int decode(const struct shape *shape, const void *bytes, size_t len, void *ret,
                  struct pd_arena *arena, struct pd_err *err)
{
        pd_auto(decoder_done) struct decoder decoder = {.shape = shape, .arena = arena, .err = err};
        const uint8_t *at = len != 0 ? bytes : (const uint8_t *)"";
        struct pd_wire wire = {at, at + len};

        memset(&decoder.message, 0, sizeof(decoder.message)); /* a union: all of its members */
        while (wire.at < wire.end) {
                struct pd_wire_field from;
                const struct field *field;

                if (!pd_wire_next(&wire, PD_WIRE_MAX_DEPTH, &from))
                        return pd_fail(err, PD_E_INVALID, 0, "%s cannot be read", shape->name);
                field = shape_field(shape, from.number);
                if (field != NULL && decode_field(&decoder, field, &from) < 0)
                        return -1;
        }
        if (copy_texts(&decoder) < 0)
                return -1;
        memcpy(ret, &decoder.message, shape->size);
        return 0;
}

void pd_orchestration_encode(const struct pd_orchestration *from, struct pd_buf *out)
{
        encode(&orchestration_shape, from, out);
}

void pd_run_label_encode(const struct pd_run_label *from, struct pd_buf *out)
{
        encode(&label_shape, from, out);
}

void pd_observation_encode(const struct pd_observation *from, struct pd_buf *out)
{
        encode(&observation_shape, from, out);
}

void pd_orchestration_status_encode(const struct pd_orchestration_status *from, struct pd_buf *out)
{
        encode(&status_shape, from, out);
}

void pd_orchestration_event_encode(const struct pd_orchestration_event *from, struct pd_buf *out)
{
        encode(&event_shape, from, out);
}

int pd_orchestration_decode(const void *bytes, size_t len, struct pd_arena *arena,
                            struct pd_orchestration *ret, struct pd_err *err)
{
        return decode(&orchestration_shape, bytes, len, ret, arena, err);
}

int pd_run_label_decode(const void *bytes, size_t len, struct pd_arena *arena,
                        struct pd_run_label *ret, struct pd_err *err)
{
        return decode(&label_shape, bytes, len, ret, arena, err);
}

int pd_observation_decode(const void *bytes, size_t len, struct pd_arena *arena,
                          struct pd_observation *ret, struct pd_err *err)
{
        return decode(&observation_shape, bytes, len, ret, arena, err);
}

int pd_orchestration_status_decode(const void *bytes, size_t len, struct pd_arena *arena,
                                   struct pd_orchestration_status *ret, struct pd_err *err)
{
        return decode(&status_shape, bytes, len, ret, arena, err);
}

int pd_orchestration_event_decode(const void *bytes, size_t len, struct pd_arena *arena,
                                  struct pd_orchestration_event *ret, struct pd_err *err)
{
        return decode(&event_shape, bytes, len, ret, arena, err);
}
