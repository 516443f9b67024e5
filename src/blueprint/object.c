/* object.c - members of the blueprint's objects, strictly by type. */
#include "room.h"

#include "json/get.h"

struct pd_path pd_object_path(const struct pd_object *object, const char *member)
{
        struct pd_path at;

        if (object->parent == NULL)
                return pd_path("%s", member);
        at = pd_object_path(object->parent, object->member);
        if (object->index != PD_GRAPH_NONE)
                at = pd_path("%s[%zu]", at.text, object->index);
        return member[0] != '\0' ? pd_path("%s.%s", at.text, member) : at;
}

/* The member if it is of the type; NULL: it is absent, or of another one, which is told. */
static json_t *typed(const struct pd_object *object, const char *key, json_type type,
                     const char *wanted)
{
        json_t *value = pd_json_get(object->json, key);

        if (value == NULL || json_typeof(value) == type)
                return value;
        pd_findings_add(object->findings, PD_SEVERITY_ERROR, pd_object_path(object, key).text,
                        "'%s' must be %s, and is %s", key, wanted, pd_json_kind(value));
        return NULL;
}

const char *pd_object_string(const struct pd_object *object, const char *key)
{
        const json_t *value = typed(object, key, JSON_STRING, "a string");

        return value != NULL ? json_string_value(value) : "";
}

bool pd_object_flag(const struct pd_object *object, const char *key, bool *ret_is_stated)
{
        const json_t *value = pd_json_get(object->json, key);

        *ret_is_stated = value != NULL;
        if (value != NULL && !json_is_boolean(value))
                pd_findings_add(object->findings, PD_SEVERITY_ERROR,
                                pd_object_path(object, key).text,
                                "'%s' must be true or false, and is %s", key, pd_json_kind(value));
        return json_is_true(value);
}

bool pd_object_member(const struct pd_object *object, const char *key, struct pd_object *ret)
{
        const json_t *value = typed(object, key, JSON_OBJECT, "an object");

        *ret = (struct pd_object){value, object, key, PD_GRAPH_NONE, object->findings};
        return value != NULL;
}

size_t pd_object_array_size(const struct pd_object *object, const char *key)
{
        return json_array_size(typed(object, key, JSON_ARRAY, "an array"));
}

bool pd_object_item(const struct pd_object *object, const char *key, size_t index,
                    struct pd_object *ret)
{
        const json_t *value = json_array_get(json_object_get(object->json, key), index);

        *ret = (struct pd_object){value, object, key, index, object->findings};
        if (!json_is_object(value) && !json_is_null(value))
                pd_findings_add(object->findings, PD_SEVERITY_ERROR, pd_object_path(ret, "").text,
                                "what stands in '%s' must be objects, and this is %s", key,
                                pd_json_kind(value));
        return json_is_object(value);
}

/* Whether there is nothing, not even something of a wrong type that has been told already. */
static bool is_missing(const struct pd_object *object, const char *key)
{
        const json_t *value = pd_json_get(object->json, key);

        if (value != NULL)
                return json_is_string(value) && json_string_length(value) == 0;
        return object->json != NULL || pd_json_get(object->parent->json, object->member) == NULL;
}

const char *pd_object_required(const struct pd_object *object, const char *key, const char *what)
{
        if (is_missing(object, key))
                pd_findings_add(object->findings, PD_SEVERITY_ERROR,
                                pd_object_path(object, key).text, "%s", what);
        return pd_object_string(object, key);
}
