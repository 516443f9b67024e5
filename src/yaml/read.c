/* read.c - from a YAML document to a tree, by libyaml's events. */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "character.h"
#include "json/json.h"
#include "reader.h"
#include "yaml/yaml.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static int read_value(struct pd_yaml_reader *reader, const yaml_event_t *event, size_t depth,
                      json_t **ret);

/* The next event; the caller deletes it. */
static int next_event(struct pd_yaml_reader *reader, yaml_event_t *ret)
{
        const yaml_parser_t *parser = &reader->parser;

        if (yaml_parser_parse(&reader->parser, ret))
                return 0;
        if (parser->error == YAML_MEMORY_ERROR)
                return pd_fail_memory(reader->err, "YAML");
        return pd_yaml_fail(reader, &parser->problem_mark, PD_E_INVALID, "no YAML: %s",
                            parser->problem);
}

static int read_sequence(struct pd_yaml_reader *reader, size_t depth, json_t **ret)
{
        pd_auto(pd_json_free_ptr) json_t *array = json_array();

        if (array == NULL)
                return pd_fail_memory(reader->err, "a YAML sequence");

        for (;;) {
                pd_auto(yaml_event_delete) yaml_event_t event = {0};
                json_t *element = NULL;

                if (next_event(reader, &event) < 0)
                        return -1;
                if (event.type == YAML_SEQUENCE_END_EVENT)
                        break;
                if (read_value(reader, &event, depth, &element) < 0)
                        return -1;
                if (json_array_append_new(array, element) < 0)
                        return pd_fail_memory(reader->err, "a YAML sequence");
        }
        *ret = pd_steal(&array);
        return 0;
}

/* A key that is new and text; *ret points into the event. */
static int read_key(struct pd_yaml_reader *reader, const yaml_event_t *event, const json_t *object,
                    const char **ret)
{
        pd_auto(pd_json_free_ptr) json_t *key = NULL;
        const char *text = (const char *)event->data.scalar.value;

        if (event->type != YAML_SCALAR_EVENT)
                return pd_yaml_fail(reader, &event->start_mark, PD_E_INVALID, "a key is no text");
        if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && strcmp(text, "<<") == 0)
                return pd_yaml_fail(reader, &event->start_mark, PD_E_INVALID,
                                    "the merge key '<<' is not allowed");
        if (read_value(reader, event, 0, &key) < 0)
                return -1;
        if (!json_is_string(key))
                return pd_yaml_refuse_plain(reader, event, "as a key is no text");
        if (json_object_get(object, text) != NULL)
                return pd_yaml_fail(reader, &event->start_mark, PD_E_INVALID,
                                    "the key '%s' is there twice", text);
        *ret = text;
        return 0;
}

static int read_member(struct pd_yaml_reader *reader, const yaml_event_t *key_event, size_t depth,
                       json_t *object)
{
        pd_auto(yaml_event_delete) yaml_event_t event = {0};
        const char *key = NULL;
        json_t *value = NULL;

        if (read_key(reader, key_event, object, &key) < 0 || next_event(reader, &event) < 0 ||
            read_value(reader, &event, depth, &value) < 0)
                return -1;
        if (json_object_set_new_nocheck(object, key, value) < 0)
                return pd_fail_memory(reader->err, "a YAML mapping");
        return 0;
}

static int read_mapping(struct pd_yaml_reader *reader, size_t depth, json_t **ret)
{
        pd_auto(pd_json_free_ptr) json_t *object = json_object();

        if (object == NULL)
                return pd_fail_memory(reader->err, "a YAML mapping");

        for (;;) {
                pd_auto(yaml_event_delete) yaml_event_t event = {0};

                if (next_event(reader, &event) < 0)
                        return -1;
                if (event.type == YAML_MAPPING_END_EVENT)
                        break;
                if (read_member(reader, &event, depth, object) < 0)
                        return -1;
        }
        *ret = pd_steal(&object);
        return 0;
}

static int read_value(struct pd_yaml_reader *reader, const yaml_event_t *event, size_t depth,
                      json_t **ret)
{
        const yaml_mark_t *mark = &event->start_mark;

        if (reader->values++ == PD_YAML_MAX_VALUES)
                return pd_yaml_fail(reader, mark, PD_E_TOO_LARGE, "more than %d values",
                                    PD_YAML_MAX_VALUES);
        if (event->type == YAML_SCALAR_EVENT)
                return pd_yaml_read_scalar(reader, event, ret);
        if (event->type == YAML_ALIAS_EVENT)
                return pd_yaml_fail(reader, mark, PD_E_INVALID, "the alias '*%s' is not allowed",
                                    (const char *)event->data.alias.anchor);

        if (depth == PD_YAML_MAX_DEPTH)
                return pd_yaml_fail(reader, mark, PD_E_TOO_LARGE, "more than %d levels of nesting",
                                    PD_YAML_MAX_DEPTH);
        if (event->type == YAML_SEQUENCE_START_EVENT) {
                if (pd_yaml_refuse_properties(reader, mark, event->data.sequence_start.anchor,
                                              event->data.sequence_start.tag) < 0)
                        return -1;
                return read_sequence(reader, depth + 1, ret);
        }
        assert(event->type == YAML_MAPPING_START_EVENT);
        if (pd_yaml_refuse_properties(reader, mark, event->data.mapping_start.anchor,
                                      event->data.mapping_start.tag) < 0)
                return -1;
        return read_mapping(reader, depth + 1, ret);
}

/* The document whose start this is, to its end. */
static int read_document(struct pd_yaml_reader *reader, const yaml_event_t *start, json_t **ret)
{
        pd_auto(yaml_event_delete) yaml_event_t event = {0};
        pd_auto(yaml_event_delete) yaml_event_t end = {0};

        if (start->data.document_start.version_directive != NULL ||
            start->data.document_start.tag_directives.start !=
                    start->data.document_start.tag_directives.end)
                return pd_yaml_fail(reader, &start->start_mark, PD_E_INVALID,
                                    "a directive (%%) is not allowed");
        if (next_event(reader, &event) < 0 || read_value(reader, &event, 0, ret) < 0)
                return -1;
        return next_event(reader, &end);
}

/* A stream of no or one document. */
static int read_stream(struct pd_yaml_reader *reader, json_t **ret)
{
        pd_auto(yaml_event_delete) yaml_event_t begin = {0};
        pd_auto(yaml_event_delete) yaml_event_t start = {0};
        pd_auto(yaml_event_delete) yaml_event_t end = {0};
        pd_auto(pd_json_free_ptr) json_t *json = NULL;

        if (next_event(reader, &begin) < 0 || next_event(reader, &start) < 0)
                return -1;
        if (start.type == YAML_STREAM_END_EVENT) {
                *ret = json_null();
                return 0;
        }

        if (read_document(reader, &start, &json) < 0 || next_event(reader, &end) < 0)
                return -1;
        if (end.type != YAML_STREAM_END_EVENT)
                return pd_yaml_fail(reader, &end.start_mark, PD_E_INVALID,
                                    "a second document begins; only one is allowed");
        *ret = pd_steal(&json);
        return 0;
}

/* What libyaml lets pass, or tells without a place: bytes that are no UTF-8, odd characters. */
static int check_characters(const char *text, size_t len, struct pd_err *err)
{
        for (size_t i = 0, size; i < len; i += size) {
                struct pd_place place;
                int odd;

                size = pd_utf8_char(text + i, len - i);
                odd = size != 0 ? pd_yaml_odd_character(text + i, size) : -1;
                if (size != 0 && odd < 0)
                        continue;

                place = pd_utf8_place(text, i);
                if (size == 0)
                        return pd_fail(err, PD_E_INVALID, 0,
                                       "the byte 0x%02x is no UTF-8 at line %zu, column %zu",
                                       (unsigned char)text[i], place.line, place.column);
                return pd_fail(err, PD_E_INVALID, 0,
                               "the character U+%04X stands there as it is; write \"\\u%04x\" at "
                               "line %zu, column %zu",
                               (unsigned int)odd, (unsigned int)odd, place.line, place.column);
        }
        return 0;
}

int pd_yaml_parse(const char *text, size_t len, json_t **ret, struct pd_err *err)
{
        struct pd_yaml_reader reader = {.err = err};
        size_t skip = len >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;
        int result;

        if (len > PD_YAML_MAX_BYTES)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "YAML text of more than %d bytes",
                               PD_YAML_MAX_BYTES);
        if (check_characters(text + skip, len - skip, err) < 0)
                return -1;
        if (!yaml_parser_initialize(&reader.parser))
                return pd_fail_memory(err, "a YAML parser");

        yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text + skip,
                                     len - skip);
        result = read_stream(&reader, ret);
        yaml_parser_delete(&reader.parser);
        return result;
}
