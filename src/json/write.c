/* write.c - from jansson's tree to a text. */
#include <assert.h>
#include <string.h>

#include "base/real.h"
#include "json/get.h"
#include "json/json.h"

struct writer {
        struct pd_buf *out;
        enum pd_json_style style;
        int depth;
};

static void write_value(struct writer *writer, const json_t *json);

static void write_string(struct writer *writer, const char *text, size_t len)
{
        pd_buf_putc(writer->out, '"');
        pd_buf_put_json(writer->out, text, len);
        pd_buf_putc(writer->out, '"');
}

static void write_real(struct writer *writer, double value)
{
        char text[PD_REAL_SIZE];

        pd_real_write(value, text);
        pd_buf_puts(writer->out, text);
}

static void break_line(struct writer *writer)
{
        if (writer->style == PD_JSON_COMPACT)
                return;
        pd_buf_putc(writer->out, '\n');
        pd_buf_fill(writer->out, ' ', 2 * (size_t)writer->depth);
}

static void open_bracket(struct writer *writer, char bracket)
{
        pd_buf_putc(writer->out, bracket);
        assert(writer->depth < PD_JSON_MAX_DEPTH);
        writer->depth++;
}

/* Comma and line in front of element number `index`. */
static void separate(struct writer *writer, size_t index)
{
        if (index != 0)
                pd_buf_putc(writer->out, ',');
        break_line(writer);
}

static void close_bracket(struct writer *writer, char bracket, size_t count)
{
        writer->depth--;
        if (count != 0)
                break_line(writer);
        pd_buf_putc(writer->out, bracket);
}

static void write_array(struct writer *writer, const json_t *array)
{
        size_t count = json_array_size(array);

        open_bracket(writer, '[');
        for (size_t i = 0; i < count; i++) {
                separate(writer, i);
                write_value(writer, json_array_get(array, i));
        }
        close_bracket(writer, ']', count);
}

static void write_object(struct writer *writer, const json_t *object)
{
        size_t count = 0;
        const char *name;
        json_t *value;

        open_bracket(writer, '{');
        json_object_foreach (pd_json_unconst(object), name, value) {
                separate(writer, count++);
                write_string(writer, name, strlen(name));
                pd_buf_puts(writer->out, writer->style == PD_JSON_COMPACT ? ":" : ": ");
                write_value(writer, value);
        }
        close_bracket(writer, '}', count);
}

static void write_value(struct writer *writer, const json_t *json)
{
        switch (json_typeof(json)) {
        case JSON_OBJECT:
                write_object(writer, json);
                break;
        case JSON_ARRAY:
                write_array(writer, json);
                break;
        case JSON_STRING:
                write_string(writer, json_string_value(json), json_string_length(json));
                break;
        case JSON_INTEGER:
                pd_buf_printf(writer->out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
                break;
        case JSON_REAL:
                write_real(writer, json_real_value(json));
                break;
        case JSON_TRUE:
                pd_buf_puts(writer->out, "true");
                break;
        case JSON_FALSE:
                pd_buf_puts(writer->out, "false");
                break;
        case JSON_NULL:
                pd_buf_puts(writer->out, "null");
                break;
        }
}

void pd_json_write(struct pd_buf *out, const json_t *json, enum pd_json_style style)
{
        struct writer writer = {.out = out, .style = style};

        write_value(&writer, json);
}
