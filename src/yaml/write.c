/*
 * write.c - from a tree to a YAML document.
 *
 * Block style with nothing left to a reader's taste is so little of YAML that libyaml's emitter, at
 * ten times the cost, would add nothing.
 */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/real.h"
#include "base/utf8.h"
#include "character.h"
#include "json/get.h"
#include "yaml/yaml.h"

/*
 * Most bytes of a key that stands in one line with its value. Readers look 1024 characters ahead
 * for the colon, and an escape makes up to six of one byte.
 */
#define MAX_SIMPLE_KEY 128

/* Of the words that are values to some reader: false. */
#define LONGEST_VALUE 5

static bool begins_word(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/';
}

static bool continues_word(char c)
{
        return begins_word(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/* Whether the text needs no quotes for any reader: a word that is no other value. */
static bool is_plain(const char *text, size_t len)
{
        static const char *const values[] = {"y",    "n",     "yes",  "no",  "on", "off",
                                             "true", "false", "null", "nan", "inf"};

        if (len == 0 || !begins_word(*text))
                return false;
        for (size_t i = 1; i < len; i++) {
                if (!continues_word(text[i]))
                        return false;
        }
        for (size_t i = 0; len <= LONGEST_VALUE && i < PD_COUNT(values); i++) {
                if (strcasecmp(text, values[i]) == 0)
                        return false;
        }
        return true;
}

/* In double quotes YAML knows the escapes of JSON. */
static void write_quoted(struct pd_buf *out, const char *text, size_t len)
{
        size_t start = 0; /* of what is not written yet */

        pd_buf_putc(out, '"');
        for (size_t i = 0, size; i < len; i += size) {
                int odd;

                size = (unsigned char)text[i] < 0x80 ? 1 : pd_utf8_char(text + i, len - i);
                assert(size != 0);
                odd = size > 1 ? pd_yaml_odd_character(text + i, size) : -1;
                if (odd < 0)
                        continue;
                pd_buf_put_json(out, text + start, i - start);
                pd_buf_printf(out, "\\u%04x", (unsigned int)odd);
                start = i + size;
        }
        pd_buf_put_json(out, text + start, len - start);
        pd_buf_putc(out, '"');
}

static void write_string(struct pd_buf *out, const char *text, size_t len)
{
        if (is_plain(text, len))
                pd_buf_put(out, text, len);
        else
                write_quoted(out, text, len);
}

static void write_real(struct pd_buf *out, double value)
{
        char text[PD_REAL_SIZE];

        pd_real_write(value, text);
        pd_buf_puts(out, text);
}

/* What stands in one line; of objects and arrays the empty ones. */
static void write_scalar(struct pd_buf *out, const json_t *json)
{
        switch (json_typeof(json)) {
        case JSON_OBJECT:
                pd_buf_puts(out, "{}");
                break;
        case JSON_ARRAY:
                pd_buf_puts(out, "[]");
                break;
        case JSON_STRING:
                write_string(out, json_string_value(json), json_string_length(json));
                break;
        case JSON_INTEGER:
                pd_buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
                break;
        case JSON_REAL:
                write_real(out, json_real_value(json));
                break;
        case JSON_TRUE:
                pd_buf_puts(out, "true");
                break;
        case JSON_FALSE:
                pd_buf_puts(out, "false");
                break;
        case JSON_NULL:
                pd_buf_puts(out, "null");
                break;
        }
}

static void write_block(struct pd_buf *out, const json_t *json, int depth);

static bool is_block(const json_t *json)
{
        return json_object_size(json) != 0 || json_array_size(json) != 0;
}

static void new_line(struct pd_buf *out, int depth)
{
        pd_buf_putc(out, '\n');
        pd_buf_fill(out, ' ', 2 * (size_t)depth);
}

static void write_sequence(struct pd_buf *out, const json_t *array, int depth)
{
        size_t index;
        const json_t *element;

        json_array_foreach (array, index, element) {
                if (index != 0)
                        new_line(out, depth);
                pd_buf_put(out, "- ", 2);
                write_block(out, element, depth + 1);
        }
}

static void write_key(struct pd_buf *out, const char *key, int depth)
{
        size_t len = strlen(key);

        if (len <= MAX_SIMPLE_KEY) {
                write_string(out, key, len);
        } else {
                pd_buf_put(out, "? ", 2);
                write_string(out, key, len);
                new_line(out, depth);
        }
        pd_buf_putc(out, ':');
}

static void write_mapping(struct pd_buf *out, const json_t *object, int depth)
{
        bool is_first = true;
        const char *key;
        const json_t *value;

        json_object_foreach (pd_json_unconst(object), key, value) {
                int inside = json_is_array(value) ? depth : depth + 1;

                if (!is_first)
                        new_line(out, depth);
                is_first = false;
                write_key(out, key, depth);
                if (is_block(value))
                        new_line(out, inside);
                else
                        pd_buf_putc(out, ' ');
                write_block(out, value, inside);
        }
}

/* The lines of a value, from where the first one starts; further ones start at the depth. */
static void write_block(struct pd_buf *out, const json_t *json, int depth)
{
        assert(depth <= 2 * PD_YAML_MAX_DEPTH);
        if (!is_block(json))
                write_scalar(out, json);
        else if (json_is_object(json))
                write_mapping(out, json, depth);
        else
                write_sequence(out, json, depth);
}

void pd_yaml_write(struct pd_buf *out, const json_t *json)
{
        pd_buf_puts(out, "---\n");
        write_block(out, json, 0);
        pd_buf_putc(out, '\n');
}
