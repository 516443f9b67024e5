/*
 * get.h - members of an object, where absent and null are the same.
 *
 * None of them fails: what is not there, or is of another kind, gives NULL (or `otherwise`). Who
 * must tell the difference looks at the type itself.
 */
#ifndef PD_JSON_GET_H
#define PD_JSON_GET_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/**
 * The same value for functions of jansson that only read though they do not say so
 * (json_object_foreach, json_incref).
 */
static inline json_t *pd_json_unconst(const json_t *json)
{
        return (json_t *)(uintptr_t)json;
}

/** The member, or NULL where it is absent or null, or where `object` is no object. */
json_t *pd_json_get(const json_t *object, const char *key);

/** The member that several names lead to: pd_json_dig(o, "spec", "template", NULL). */
json_t *pd_json_dig(const json_t *object, ...) __attribute__((sentinel));

/** The text of a string member, borrowed; NULL: no string. */
const char *pd_json_get_string(const json_t *object, const char *key);

/** Likewise, but "" where it is no string: for what is compared, searched or shown. */
const char *pd_json_get_text(const json_t *object, const char *key);

/** Whether the member is this string. */
bool pd_json_has_text(const json_t *object, const char *key, const char *text);

/** The integer member; 0: no integer. */
int64_t pd_json_get_int(const json_t *object, const char *key);

/** The array member; NULL: no array. json_array_foreach() takes NULL as an empty array. */
json_t *pd_json_get_array(const json_t *object, const char *key);

bool pd_json_get_bool(const json_t *object, const char *key, bool otherwise);

/** What a value is, in a word for messages: "an object", "a string", "null". NULL: "nothing". */
const char *pd_json_kind(const json_t *json);

#endif
