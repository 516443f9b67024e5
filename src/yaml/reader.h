/* reader.h - libyaml's events on their way to a tree, and how the reader says that it fails. */
#ifndef PD_YAML_READER_H
#define PD_YAML_READER_H

#include <stddef.h>

#include <jansson.h>
#include <yaml.h>

#include "base/attr.h"
#include "base/err.h"

struct pd_yaml_reader {
        yaml_parser_t parser;
        size_t values; /**< read so far */
        struct pd_err *err;
};

/** -1; the message gets the line and column of the mark. */
int pd_yaml_fail(const struct pd_yaml_reader *reader, const yaml_mark_t *mark,
                 enum pd_err_code code, const char *fmt, ...) PD_PRINTF(4, 5);

/** A value must have no name that aliases could use, and be of the type that it looks like. */
int pd_yaml_refuse_properties(const struct pd_yaml_reader *reader, const yaml_mark_t *mark,
                              const yaml_char_t *anchor, const yaml_char_t *tag) PD_MUST_CHECK;

/** pd_yaml_fail() for a plain scalar; `why` follows it in the message. */
int pd_yaml_refuse_plain(const struct pd_yaml_reader *reader, const yaml_event_t *event,
                         const char *why);

/** The value of a scalar. The caller owns *ret. */
int pd_yaml_read_scalar(const struct pd_yaml_reader *reader, const yaml_event_t *event,
                        json_t **ret) PD_MUST_CHECK;

#endif
