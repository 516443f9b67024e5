/*
 * parse.c - from a text to jansson's tree.
 *
 * jansson has a parser, but under a lack of memory it drops bytes of strings unseen, and it loses
 * what a double cannot hold. The tests hold this one against it.
 */
#include <assert.h>
#include <string.h>

#include "json/json.h"
#include "reader.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

const struct pd_json_limits pd_json_default_limits = {
        .max_bytes = (size_t)8 * 1024 * 1024,
        .max_depth = 64,
        .max_values = 1000000,
};

static int read_value(struct pd_json_reader *reader, size_t depth, json_t **ret);

/* null, true or false; any other word is quoted in the message. */
static int read_word(struct pd_json_reader *reader, json_t **ret)
{
        const char *here = reader->text + reader->at;
        size_t left = reader->len - reader->at, len = 0;

        while (len < left &&
               ((here[len] >= 'a' && here[len] <= 'z') || (here[len] >= 'A' && here[len] <= 'Z')))
                len++;

        if (len == 4 && memcmp(here, "null", 4) == 0)
                *ret = json_null();
        else if (len == 4 && memcmp(here, "true", 4) == 0)
                *ret = json_true();
        else if (len == 5 && memcmp(here, "false", 5) == 0)
                *ret = json_false();
        else if (len != 0)
                return pd_json_fail(reader, PD_E_INVALID, "'%.*s' is no JSON value",
                                    len < PD_JSON_MAX_QUOTED ? (int)len : PD_JSON_MAX_QUOTED, here);
        else
                return pd_json_unexpected(reader, "a value");
        reader->at += len;
        return 0;
}

static int read_text(struct pd_json_reader *reader, json_t **ret)
{
        size_t start;
        json_t *string;

        if (pd_json_read_string(reader, &start) < 0)
                return -1;

        string = json_stringn_nocheck(reader->strings.data + start, reader->strings.len - start);
        if (string == NULL)
                return pd_fail_memory(reader->err, "a string");
        pd_buf_cut(&reader->strings, start);
        *ret = string;
        return 0;
}

/* One more level: the bracket is taken, the depth is within the limit. */
static int enter(struct pd_json_reader *reader, size_t depth)
{
        if (depth > reader->limits->max_depth)
                return pd_json_fail(reader, PD_E_TOO_LARGE, "more than %zu levels of nesting",
                                    reader->limits->max_depth);
        reader->at++;
        pd_json_skip_blanks(reader);
        return 0;
}

static int read_element(struct pd_json_reader *reader, size_t depth, json_t *array)
{
        json_t *element = NULL;

        if (read_value(reader, depth, &element) < 0)
                return -1;
        if (json_array_append_new(array, element) < 0)
                return pd_fail_memory(reader->err, "an array");
        return 0;
}

static int read_array(struct pd_json_reader *reader, size_t depth, json_t **ret)
{
        pd_auto(pd_json_free_ptr) json_t *array = json_array();

        if (array == NULL)
                return pd_fail_memory(reader->err, "an array");
        if (enter(reader, depth) < 0)
                return -1;

        while (!pd_json_take(reader, ']')) {
                if (json_array_size(array) != 0) {
                        if (!pd_json_take(reader, ','))
                                return pd_json_unexpected(reader, "',' or ']'");
                        pd_json_skip_blanks(reader);
                }
                if (read_element(reader, depth, array) < 0)
                        return -1;
                pd_json_skip_blanks(reader);
        }
        *ret = pd_steal(&array);
        return 0;
}

/* The name stays in reader->strings, from *ret_start on. */
static int read_name(struct pd_json_reader *reader, const json_t *object, size_t *ret_start)
{
        size_t quote = reader->at;
        const char *name;

        if (pd_json_peek(reader) != '"')
                return pd_json_unexpected(reader, "a name in double quotes");
        if (pd_json_read_string(reader, ret_start) < 0)
                return -1;

        name = reader->strings.data + *ret_start;
        if (json_object_get(object, name) != NULL) {
                reader->at = quote;
                return pd_json_fail(reader, PD_E_INVALID, "the name '%s' is there twice", name);
        }
        pd_json_skip_blanks(reader);
        if (!pd_json_take(reader, ':'))
                return pd_json_unexpected(reader, "':'");
        pd_json_skip_blanks(reader);
        return 0;
}

static int read_member(struct pd_json_reader *reader, size_t depth, json_t *object)
{
        json_t *value = NULL;
        size_t start;

        if (read_name(reader, object, &start) < 0)
                return -1;

        /* values inside may move the strings, so that the name is looked up again behind them */
        if (read_value(reader, depth, &value) < 0)
                return -1;
        if (json_object_set_new_nocheck(object, reader->strings.data + start, value) < 0)
                return pd_fail_memory(reader->err, "an object");
        pd_buf_cut(&reader->strings, start);
        return 0;
}

static int read_object(struct pd_json_reader *reader, size_t depth, json_t **ret)
{
        pd_auto(pd_json_free_ptr) json_t *object = json_object();

        if (object == NULL)
                return pd_fail_memory(reader->err, "an object");
        if (enter(reader, depth) < 0)
                return -1;

        while (!pd_json_take(reader, '}')) {
                if (json_object_size(object) != 0) {
                        if (!pd_json_take(reader, ','))
                                return pd_json_unexpected(reader, "',' or '}'");
                        pd_json_skip_blanks(reader);
                }
                if (read_member(reader, depth, object) < 0)
                        return -1;
                pd_json_skip_blanks(reader);
        }
        *ret = pd_steal(&object);
        return 0;
}

static int read_value(struct pd_json_reader *reader, size_t depth, json_t **ret)
{
        int c = pd_json_peek(reader);

        if (reader->values++ == reader->limits->max_values)
                return pd_json_fail(reader, PD_E_TOO_LARGE, "more than %zu values",
                                    reader->limits->max_values);
        if (c == '{')
                return read_object(reader, depth + 1, ret);
        if (c == '[')
                return read_array(reader, depth + 1, ret);
        if (c == '"')
                return read_text(reader, ret);
        if (c == '-' || (c >= '0' && c <= '9'))
                return pd_json_read_number(reader, ret);
        return read_word(reader, ret);
}

/* The value, and nothing but blanks around it. */
static int read_document(struct pd_json_reader *reader, json_t **ret)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;

        if (reader->len >= 3 && memcmp(reader->text, BYTE_ORDER_MARK, 3) == 0)
                return pd_json_fail(reader, PD_E_INVALID,
                                    "there is a byte order mark in front; save it without one");

        pd_json_skip_blanks(reader);
        if (read_value(reader, 0, &json) < 0)
                return -1;
        pd_json_skip_blanks(reader);
        if (reader->at < reader->len)
                return pd_json_unexpected(reader, "the end");

        *ret = pd_steal(&json);
        return 0;
}

int pd_json_parse(const char *text, size_t len, const struct pd_json_limits *limits, json_t **ret,
                  struct pd_err *err)
{
        struct pd_json_reader reader = {
                .text = text,
                .len = len,
                .limits = limits,
                .strings = PD_BUF_INIT(len),
                .err = err,
        };
        int result;

        assert(limits->max_depth <= PD_JSON_MAX_DEPTH);
        if (len > limits->max_bytes)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "JSON text of more than %zu bytes",
                               limits->max_bytes);

        result = read_document(&reader, ret);
        pd_buf_done(&reader.strings);
        return result;
}
