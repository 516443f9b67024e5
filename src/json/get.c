/* get.c - members of an object. */
#include "json/get.h"

#include <stdarg.h>
#include <string.h>

json_t *pd_json_get(const json_t *object, const char *key)
{
        json_t *member = json_object_get(object, key);

        return json_is_null(member) ? NULL : member;
}

json_t *pd_json_dig(const json_t *object, ...)
{
        json_t *member = NULL;
        const char *key;
        va_list keys;

        va_start(keys, object);
        for (key = va_arg(keys, const char *); key != NULL && object != NULL;
             key = va_arg(keys, const char *))
                object = member = pd_json_get(object, key);
        va_end(keys);
        return member;
}

const char *pd_json_get_string(const json_t *object, const char *key)
{
        return json_string_value(json_object_get(object, key));
}

const char *pd_json_get_text(const json_t *object, const char *key)
{
        const char *text = pd_json_get_string(object, key);

        return text != NULL ? text : "";
}

bool pd_json_has_text(const json_t *object, const char *key, const char *text)
{
        const char *member = pd_json_get_string(object, key);

        return member != NULL && strcmp(member, text) == 0;
}

int64_t pd_json_get_int(const json_t *object, const char *key)
{
        return json_integer_value(json_object_get(object, key));
}

json_t *pd_json_get_array(const json_t *object, const char *key)
{
        json_t *member = json_object_get(object, key);

        return json_is_array(member) ? member : NULL;
}

bool pd_json_get_bool(const json_t *object, const char *key, bool otherwise)
{
        const json_t *member = json_object_get(object, key);

        return json_is_boolean(member) ? json_is_true(member) : otherwise;
}

const char *pd_json_kind(const json_t *json)
{
        static const char *const kinds[] = {
                [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
                [JSON_INTEGER] = "a number", [JSON_REAL] = "a number",  [JSON_TRUE] = "a boolean",
                [JSON_FALSE] = "a boolean",  [JSON_NULL] = "null",
        };

        return json == NULL ? "nothing" : kinds[json_typeof(json)];
}
