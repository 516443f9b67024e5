/* reader.h - a text on its way to a tree: where the reader stands, how it says that it fails. */
#ifndef PD_JSON_READER_H
#define PD_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/json.h"

/** Most bytes of a word or number that a message quotes. */
#define PD_JSON_MAX_QUOTED 40

struct pd_json_reader {
        const char *text;
        size_t len;
        size_t at; /**< the byte that is looked at; len at the end */
        const struct pd_json_limits *limits;
        size_t values;         /**< read so far */
        struct pd_buf strings; /**< decoded strings: names of the open members, then the last one */
        struct pd_err *err;
};

/** The byte that is looked at; -1 at the end. */
int pd_json_peek(const struct pd_json_reader *reader);

/** Take the byte if it is this one. */
bool pd_json_take(struct pd_json_reader *reader, char byte);

void pd_json_skip_blanks(struct pd_json_reader *reader);

/** -1; the message gets the line and column of the byte that is looked at. */
int pd_json_fail(const struct pd_json_reader *reader, enum pd_err_code code, const char *fmt, ...)
        PD_PRINTF(3, 4);

/** pd_json_fail(): something else is here than what is `wanted`. */
int pd_json_unexpected(const struct pd_json_reader *reader, const char *wanted);

/**
 * Read a string, the quote being looked at, to the end of reader->strings. *ret_start is where it
 * starts there; a NUL stands behind it.
 */
int pd_json_read_string(struct pd_json_reader *reader, size_t *ret_start) PD_MUST_CHECK;

/** Read a number, its first sign being looked at. */
int pd_json_read_number(struct pd_json_reader *reader, json_t **ret) PD_MUST_CHECK;

#endif
