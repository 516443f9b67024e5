/* reader.h - a text on its way to a tree: where the reader stands, and how it says that it fails.
 */
#ifndef PD_JSON_READER_H
#define PD_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/json.h"

struct reader {
        const char *text;
        size_t len;
        size_t at; /**< the byte that is looked at; len at the end */
        const struct pd_json_limits *limits;
        size_t values;         /**< read so far */
        struct pd_buf strings; /**< decoded strings: names of the open members, then the last one */
        struct pd_err *err;
};

/** The byte that is looked at; -1 at the end. */
int reader_peek(const struct reader *reader);

/** Take the byte if it is this one. */
bool reader_take(struct reader *reader, char byte);

void reader_skip_blanks(struct reader *reader);

/** -1; the message gets the line and column of the byte that is looked at. */
int reader_fail(const struct reader *reader, enum pd_err_code code, const char *fmt, ...)
        PD_PRINTF(3, 4);

/** reader_fail(): something else is here than what is `wanted`. */
int reader_unexpected(const struct reader *reader, const char *wanted);

/**
 * Read a string, the quote being looked at, to the end of reader->strings. *ret_start is where it
 * starts there; a NUL stands behind it.
 */
int reader_string(struct reader *reader, size_t *ret_start) PD_MUST_CHECK;

/** Read a number, its first sign being looked at. */
int reader_number(struct reader *reader, json_t **ret) PD_MUST_CHECK;

#endif
