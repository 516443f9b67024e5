/* text.c - what was sent as protobuf's text format. */
#include "proto/text.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/real.h"
#include "fields.h"

#define INDENT 2

/* Digits that a float has at least, and that tell it from every other. */
#define FLOAT_FIRST_DIGITS 6
#define FLOAT_MOST_DIGITS  9

struct printer {
        struct pd_buf *out;
        size_t limit; /* most bytes that leave room for what tells of a cut */
        size_t line;  /* where the current line begins */
        size_t indent;
        bool is_cut;
        struct pd_fields fields;
};

static bool is_over(const struct printer *p)
{
        return p->is_cut || p->fields.has_no_memory || p->out->failed != 0;
}

static bool has_room(const struct printer *p, size_t more)
{
        return !p->is_cut && p->out->len + more <= p->limit;
}

static void put(struct printer *p, const char *text, size_t len)
{
        if (has_room(p, len))
                pd_buf_put(p->out, text, len);
        else
                p->is_cut = true;
}

static void put_text(struct printer *p, const char *text)
{
        put(p, text, strlen(text));
}

static void put_indent(struct printer *p)
{
        if (has_room(p, p->indent))
                pd_buf_fill(p->out, ' ', p->indent);
        else
                p->is_cut = true;
}

static void end_line(struct printer *p)
{
        put(p, "\n", 1);
        if (!p->is_cut)
                p->line = p->out->len;
}

static void put_number(struct printer *p, uint64_t magnitude, bool is_negative)
{
        char digits[sizeof("-18446744073709551615")];
        size_t at = sizeof(digits);

        do {
                digits[--at] = (char)('0' + magnitude % 10);
                magnitude /= 10;
        } while (magnitude != 0);
        if (is_negative)
                digits[--at] = '-';
        put(p, digits + at, sizeof(digits) - at);
}

static void put_signed(struct printer *p, int64_t number)
{
        put_number(p, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0);
}

static void put_double(struct printer *p, double value)
{
        char text[PD_REAL_SIZE];
        char *needless;

        if (isnan(value)) {
                put_text(p, "nan");
                return;
        }
        if (isinf(value)) {
                put_text(p, value < 0 ? "-inf" : "inf");
                return;
        }
        pd_real_write(value, text);
        needless = strstr(text, ".0e");
        if (needless != NULL)
                memmove(needless, needless + 2, strlen(needless + 2) + 1);
        put_text(p, text);
}

/* The double of fewest digits, but at least six, that is the same as a float. */
static double shortest_float(float value)
{
        double rounded = (double)value;

        for (int digits = FLOAT_FIRST_DIGITS; digits <= FLOAT_MOST_DIGITS; digits++) {
                char text[PD_REAL_SIZE];

                (void)snprintf(text, sizeof(text), "%.*g", digits, (double)value);
                if (pd_real_read(text, strlen(text), &rounded) && (float)rounded == value)
                        break;
        }
        return rounded;
}

static void put_float(struct printer *p, uint32_t bits)
{
        float value;

        memcpy(&value, &bits, sizeof(value));
        put_double(p, isfinite(value) ? shortest_float(value) : (double)value);
}

static void put_double_bits(struct printer *p, uint64_t bits)
{
        double value;

        memcpy(&value, &bits, sizeof(value));
        put_double(p, value);
}

static void put_enum(struct printer *p, const struct pd_proto_enum *values, int32_t number)
{
        const char *name = pd_proto_enum_name(values, number);

        if (name != NULL)
                put_text(p, name);
        else
                put_signed(p, number);
}

/* How a byte stands in a string; returns its length, at most 4. */
static size_t escape(uint8_t byte, char out[4])
{
        static const char plain[] = "\n\r\t\"'\\", letters[] = "nrt\"'\\";
        const char *found;

        if (byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\'' && byte != '\\') {
                out[0] = (char)byte;
                return 1;
        }
        out[0] = '\\';
        found = byte != 0 ? strchr(plain, byte) : NULL;
        if (found != NULL) {
                out[1] = letters[found - plain];
                return 2;
        }
        out[1] = (char)('0' + (byte >> 6));
        out[2] = (char)('0' + (byte >> 3 & 7));
        out[3] = (char)('0' + (byte & 7));
        return 4;
}

/* As much of a string as there is room for, with its last quote and the end of the line. */
static void put_string(struct printer *p, const uint8_t *bytes, size_t len)
{
        char chunk[512];
        size_t fill = 0, done = 0, room;

        put(p, "\"", 1);
        room = has_room(p, 2) ? p->limit - p->out->len - 2 : 0;
        for (; done < len; done++) {
                size_t size = escape(bytes[done], chunk + fill);

                if (size > room)
                        break;
                room -= size;
                fill += size;
                if (fill > sizeof(chunk) - 4) {
                        pd_buf_put(p->out, chunk, fill);
                        fill = 0;
                }
        }
        pd_buf_put(p->out, chunk, fill);
        put(p, "\"", 1);
        if (done < len) {
                end_line(p);
                p->is_cut = true;
        }
}

static void put_value(struct printer *p, const struct pd_sent *sent)
{
        switch (sent->field->kind->form) {
        case PD_FORM_SIGNED:
        case PD_FORM_ZIGZAG:
                put_signed(p, (int64_t)sent->value);
                break;
        case PD_FORM_UNSIGNED:
                put_number(p, sent->value, false);
                break;
        case PD_FORM_BOOL:
                put_text(p, sent->value != 0 ? "true" : "false");
                break;
        case PD_FORM_FLOAT:
                put_float(p, (uint32_t)sent->value);
                break;
        case PD_FORM_DOUBLE:
                put_double_bits(p, sent->value);
                break;
        case PD_FORM_ENUM:
                put_enum(p, sent->field->values, (int32_t)sent->value);
                break;
        case PD_FORM_BYTES:
                put_string(p, sent->at, sent->value);
                break;
        case PD_FORM_MESSAGE:
                assert(false);
                break;
        }
}

static void print_mark(struct printer *p, const char *mark)
{
        put_indent(p);
        put(p, mark, strlen(mark) - 1);
        end_line(p);
}

static void print_value(struct printer *p, const struct pd_sent *sent)
{
        put_indent(p);
        put_text(p, sent->field->name);
        put(p, ": ", 2);
        put_value(p, sent);
        end_line(p);
}

static void print_packed(struct printer *p, const struct pd_sent *sent)
{
        const struct pd_proto_kind *kind = sent->field->kind;
        struct pd_wire wire = {sent->at, sent->at + sent->value};
        struct pd_sent number = {.field = sent->field};

        while (wire.at < wire.end && !is_over(p)) {
                if (!pd_wire_read(&wire, kind->wire, &number.value)) {
                        print_mark(p, PD_PROTO_TEXT_BROKEN);
                        return;
                }
                number.value = pd_proto_kind_number(kind, number.value);
                if (pd_proto_field_takes(sent->field, number.value))
                        print_value(p, &number);
        }
}

static void print_gathered(struct printer *p, size_t begin, enum pd_fields_end how, int depth);

/* One message, in the pieces from begin to before end. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than PD_WIRE_MAX_DEPTH */
static void print_message(struct printer *p, size_t begin, size_t end, int depth)
{
        const struct pd_proto_field *field = p->fields.sent[begin].field;
        size_t base = p->fields.count;
        enum pd_fields_end how = pd_fields_gather(&p->fields, field->message, begin, end, depth);

        put_indent(p);
        put_text(p, field->name);
        put(p, " {", 2);
        end_line(p);
        p->indent += INDENT;
        print_gathered(p, base, how, depth);
        p->indent -= INDENT;
        put_indent(p);
        put(p, "}", 1);
        end_line(p);
        p->fields.count = base;
}

/* NOLINTNEXTLINE(misc-no-recursion): no deeper than PD_WIRE_MAX_DEPTH */
static void print_repeated(struct printer *p, size_t begin, size_t end, int depth)
{
        for (size_t i = begin; i < end && !is_over(p); i++) {
                const struct pd_sent *sent = &p->fields.sent[i];

                if (sent->field->message != NULL)
                        print_message(p, i, i + 1, depth);
                else if (sent->is_packed)
                        print_packed(p, sent);
                else
                        print_value(p, sent);
        }
}

/* All that was sent as one field; messages in it may be `depth` deep. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than PD_WIRE_MAX_DEPTH */
static void print_field(struct printer *p, size_t begin, size_t end, int depth)
{
        const struct pd_proto_field *field = p->fields.sent[begin].field;
        const struct pd_sent *last = &p->fields.sent[end - 1];

        if (field->message != NULL && field->message->is_map_entry)
                end = begin + pd_fields_settle_entries(&p->fields.sent[begin], end - begin);

        if (field->is_repeated)
                print_repeated(p, begin, end, depth);
        else if (field->message != NULL)
                print_message(p, begin, end, depth);
        else if (field->has_presence || last->value != 0)
                print_value(p, last);
}

/* The fields from begin on, and how they ended. */
/* NOLINTNEXTLINE(misc-no-recursion): no deeper than PD_WIRE_MAX_DEPTH */
static void print_gathered(struct printer *p, size_t begin, enum pd_fields_end how, int depth)
{
        size_t end = p->fields.count, next;

        for (; begin < end && !is_over(p); begin = next) {
                const struct pd_proto_field *field = p->fields.sent[begin].field;

                for (next = begin + 1; next < end && p->fields.sent[next].field == field; next++)
                        continue;
                print_field(p, begin, next, depth - 1);
        }
        if (how == PD_FIELDS_BROKEN)
                print_mark(p, PD_PROTO_TEXT_BROKEN);
        else if (how == PD_FIELDS_DEEP)
                print_mark(p, PD_PROTO_TEXT_DEEP);
        else if (how == PD_FIELDS_TOO_MANY)
                p->is_cut = true;
}

int pd_proto_text(const struct pd_proto_message *type, const void *bytes, size_t len,
                  struct pd_buf *out, struct pd_err *err)
{
        size_t reserve = strlen(PD_PROTO_TEXT_CUT);
        struct printer p = {
                .out = out,
                .limit = out->max > reserve ? out->max - reserve : 0,
                .line = out->len,
        };
        enum pd_fields_end how;
        bool has_memory;

        pd_fields_init(&p.fields, bytes, len);
        how = pd_fields_gather(&p.fields, type, 0, 1, PD_WIRE_MAX_DEPTH);
        print_gathered(&p, 1, how, PD_WIRE_MAX_DEPTH);
        has_memory = !p.fields.has_no_memory && out->failed != ENOMEM;
        pd_fields_done(&p.fields);

        if (!has_memory)
                return pd_fail_memory(err, "the text of a message");
        if (p.is_cut) {
                pd_buf_cut(out, p.line);
                pd_buf_puts(out, PD_PROTO_TEXT_CUT);
        }
        return 0;
}
