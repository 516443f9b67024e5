/*
 * json.h - JSON (RFC 8259) read strictly and written exactly.
 *
 * Trees are jansson's: walk them with jansson's own functions. What is read and written again is
 * equal as JSON values, members in the same order.
 */
#ifndef PD_JSON_JSON_H
#define PD_JSON_JSON_H

#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/own.h"

/** What a text may cost before it is refused. */
struct pd_json_limits {
        size_t max_bytes;  /**< of text */
        size_t max_depth;  /**< objects and arrays inside each other; at most PD_JSON_MAX_DEPTH */
        size_t max_values; /**< of any kind, members' names not counted */
};

#define PD_JSON_MAX_DEPTH 256

/** For documents of this project's own kinds: 8 MiB, 64 deep, 1,000,000 values. */
extern const struct pd_json_limits pd_json_default_limits;

/**
 * Read one JSON document. The text need not end with a NUL.
 *
 * PD_E_INVALID, the message ends with "line L, column C": no JSON, no UTF-8, a byte order mark, a
 * member's name twice in one object, U+0000 in a string, a number that a double or a 64-bit integer
 * cannot hold so that it is written again with the same value.
 * PD_E_TOO_LARGE: over one of the limits, which the message names.
 * The caller owns *ret (json_decref).
 */
int pd_json_parse(const char *text, size_t len, const struct pd_json_limits *limits, json_t **ret,
                  struct pd_err *err) PD_MUST_CHECK;

enum pd_json_style {
        PD_JSON_COMPACT, /**< one line, no blanks */
        PD_JSON_INDENT,  /**< two blanks a level, a line a value, no newline at the end */
};

/**
 * Append the text of a tree. Strings keep their characters (only what RFC 8259 demands is escaped,
 * and DEL); real numbers have the fewest digits that read back as the same double.
 */
void pd_json_write(struct pd_buf *out, const json_t *json, enum pd_json_style style);

/** Release a tree; NULL is fine. */
static inline void pd_json_free(json_t *json)
{
        json_decref(json);
}

PD_DEFINE_AUTO(json_t, pd_json_free)

#endif
