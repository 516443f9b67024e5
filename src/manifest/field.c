/* field.c - values with their places. */
#include "field.h"

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/format.h"
#include "base/num.h"
#include "base/real.h"
#include "json/get.h"
#include "solution/quantity.h"

void *pd_reader_push(struct pd_reader *reader, void *array, size_t *count, size_t size)
{
        void *place = pd_arena_push(&reader->solution->arena, array, count, size);

        if (place == NULL)
                reader->no_memory = true;
        return place;
}

const char *pd_reader_copy(struct pd_reader *reader, const char *text)
{
        const char *copy = pd_arena_string(&reader->solution->arena, text);

        if (copy == NULL)
                reader->no_memory = true;
        return copy;
}

struct pd_field pd_field_member(const struct pd_field *object, const char *name)
{
        return (struct pd_field){
                .json = pd_json_get(object->json, name), .up = object, .name = name};
}

/* Append the place to the text in `out`, as much as fits. */
static void put_place(const struct pd_field *field, char *out, size_t size)
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
        size_t used;

        if (field->up != NULL)
                put_place(field->up, out, size);
        used = strlen(out);
        if (size - used < sizeof("...")) /* what pd_format() needs */
                return;

        out += used;
        size -= used;
        if (field->up == NULL)
                pd_format(out, size, "%s", field->name);
        else if (field->name == NULL)
                pd_format(out, size, "[%zu]", field->index);
        else if (field->name[strspn(field->name, plain)] != '\0')
                pd_format(out, size, "[\"%s\"]", field->name);
        else
                pd_format(out, size, "%s%s", field->up->up == NULL ? ": " : ".", field->name);
}

void pd_field_say(struct pd_reader *reader, enum pd_severity severity, const struct pd_field *field,
                  const char *fmt, ...)
{
        char path[PD_FINDING_MAX_TEXT + 1] = "";
        char message[PD_FINDING_MAX_TEXT + 1];
        va_list args;

        put_place(field, path, sizeof(path));
        va_start(args, fmt);
        pd_vformat(message, sizeof(message), fmt, args);
        va_end(args);
        pd_findings_add(reader->findings, severity, path, "%s", message);
}

bool pd_field_is(struct pd_reader *reader, const struct pd_field *field, json_type type)
{
        static const char *const wanted[] = {
                [JSON_OBJECT] = "an object",
                [JSON_ARRAY] = "an array",
                [JSON_STRING] = "a string",
                [JSON_INTEGER] = "a whole number",
        };
        bool is_bare = json_is_number(field->json) || json_is_boolean(field->json);

        if (field->json == NULL || json_typeof(field->json) == type)
                return field->json != NULL;
        pd_field_say(reader, PD_SEVERITY_ERROR, field, "is %s, but must be %s%s",
                     pd_json_kind(field->json), wanted[type],
                     type == JSON_STRING && is_bare ? ": put it in quotes" : "");
        return false;
}

bool pd_field_must_be(struct pd_reader *reader, const struct pd_field *field, json_type type)
{
        if (field->json == NULL)
                pd_field_say(reader, PD_SEVERITY_ERROR, field, "is missing");
        return pd_field_is(reader, field, type);
}

/* The elements that may be read. */
static size_t count_elements(struct pd_reader *reader, const struct pd_field *array)
{
        size_t count = json_array_size(array->json);

        if (!pd_field_is(reader, array, JSON_ARRAY))
                return 0;
        if (count <= PD_FIELD_MAX_ITEMS)
                return count;
        pd_field_say(reader, PD_SEVERITY_ERROR, array, "has over %d elements", PD_FIELD_MAX_ITEMS);
        return 0;
}

bool pd_field_next(struct pd_reader *reader, const struct pd_field *array, json_type type,
                   struct pd_field *element)
{
        size_t index = element->up != NULL ? element->index + 1 : 0;
        size_t count = index == 0 ? count_elements(reader, array) : json_array_size(array->json);

        for (; index < count; index++) {
                *element = (struct pd_field){
                        .json = json_array_get(array->json, index), .up = array, .index = index};
                if (pd_field_is(reader, element, type))
                        return true;
        }
        return false;
}

const char *pd_field_text(struct pd_reader *reader, const struct pd_field *field)
{
        if (!pd_field_is(reader, field, JSON_STRING))
                return NULL;
        if (strlen(json_string_value(field->json)) != json_string_length(field->json)) {
                pd_field_say(reader, PD_SEVERITY_ERROR, field, "has a NUL in it");
                return NULL;
        }
        return pd_reader_copy(reader, json_string_value(field->json));
}

const char *pd_field_name(struct pd_reader *reader, const struct pd_field *field)
{
        if (field->json == NULL ||
            (json_is_string(field->json) && json_string_length(field->json) == 0)) {
                pd_field_say(reader, PD_SEVERITY_ERROR, field, "is missing");
                return NULL;
        }
        return pd_field_text(reader, field);
}

/* The text of a number into `out`; false: it is none. */
static bool write_number(const json_t *json, char out[PD_REAL_SIZE])
{
        if (json_is_integer(json))
                pd_format(out, PD_REAL_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        else if (json_is_real(json))
                pd_real_write(json_real_value(json), out);
        return json_is_number(json);
}

const char *pd_field_amount(struct pd_reader *reader, const struct pd_field *field)
{
        char number[PD_REAL_SIZE];
        const char *text = write_number(field->json, number) ? pd_reader_copy(reader, number)
                                                             : pd_field_text(reader, field);

        if (text == NULL || pd_quantity_parse(text, NULL))
                return text;
        pd_field_say(reader, PD_SEVERITY_ERROR, field,
                     "is '%s', but must be an amount such as 500m or 1Gi", pd_show(text).text);
        return NULL;
}

uint16_t pd_field_port(struct pd_reader *reader, const struct pd_field *field)
{
        json_int_t number = json_integer_value(field->json);
        int64_t parsed;

        if (json_is_string(field->json) &&
            pd_parse_int(json_string_value(field->json), 1, UINT16_MAX, &parsed, NULL) == 0)
                number = parsed;
        if (number >= 1 && number <= UINT16_MAX)
                return (uint16_t)number;

        pd_field_say(reader, PD_SEVERITY_ERROR, field,
                     field->json == NULL ? "is missing" : "is no port: a number from 1 to 65535");
        return 0;
}

/* Whether it says nothing: null, "", [] or {}. */
static bool is_empty(const json_t *json)
{
        return json_is_null(json) || (json_is_string(json) && json_string_length(json) == 0) ||
               (json_is_array(json) && json_array_size(json) == 0) ||
               (json_is_object(json) && json_object_size(json) == 0);
}

/* Whether a string, a number or a boolean is written as this text. */
static bool is_written(const json_t *json, const char *text)
{
        char number[PD_REAL_SIZE];

        if (json_is_boolean(json))
                return strcmp(json_is_true(json) ? "true" : "false", text) == 0;
        if (json_is_string(json))
                return strcmp(json_string_value(json), text) == 0;
        return write_number(json, number) && strcmp(number, text) == 0;
}

static const struct pd_member *find_member(const struct pd_member *table, size_t count,
                                           const char *name)
{
        for (size_t i = 0; i < count; i++) {
                if (strcmp(table[i].name, name) == 0)
                        return &table[i];
        }
        return NULL;
}

void pd_field_say_right(struct pd_reader *reader, const struct pd_field *field)
{
        if (reader->rights == PD_RIGHTS_REFUSED)
                pd_field_say(reader, PD_SEVERITY_ERROR, field,
                             "is refused: it asks for more than a container of its own: remove it");
        else
                pd_field_say(reader, PD_SEVERITY_NOTE, field, "is not kept");
}

/* Say what becomes of a member that says something and is not read; NULL: it is in no table. */
static void say_unread(struct pd_reader *reader, const struct pd_field *field,
                       const struct pd_member *member)
{
        if (member != NULL && member->use == PD_MEMBER_REFUSED)
                pd_field_say(reader, PD_SEVERITY_ERROR, field, "%s", member->text);
        else if (member != NULL && member->text != NULL && is_written(field->json, member->text))
                return;
        else if (member != NULL && member->use == PD_MEMBER_RIGHT)
                pd_field_say_right(reader, field);
        else
                pd_field_say(reader, PD_SEVERITY_NOTE, field, "is not kept");
}

void pd_field_sort_out(struct pd_reader *reader, const struct pd_field *object,
                       const struct pd_member *table, size_t count)
{
        const char *name;
        json_t *value;

        json_object_foreach (pd_json_unconst(object->json), name, value) {
                const struct pd_member *member = find_member(table, count, name);
                struct pd_field field = {.json = value, .up = object, .name = name};

                if (!is_empty(value) && (member == NULL || member->use > PD_MEMBER_NOISE))
                        say_unread(reader, &field, member);
        }
}
