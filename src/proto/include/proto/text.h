/*
 * text.h - a message off the wire as text that people read: protobuf's text format.
 *
 * The text is that of Python's text_format.MessageToString(), line for line: fields by number, maps
 * by key, strings and bytes in ASCII with escapes, unknown fields left out; but an Any is shown as
 * it was sent. What Python would refuse is shown as far as it can be read.
 */
#ifndef PD_PROTO_TEXT_H
#define PD_PROTO_TEXT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "proto/descriptors.h"

/** Most fields that are held at once: those of a message and of the ones that it is inside of. */
#define PD_PROTO_TEXT_MAX_FIELDS 65536

/** Stands, indented, where bytes are no such message; what is behind them is left out. */
#define PD_PROTO_TEXT_BROKEN "# the rest cannot be read\n"
/** Stands where messages nest deeper than 100. */
#define PD_PROTO_TEXT_DEEP "# nested too deep\n"
/** Ends a text that is over the maximum of its buffer, or has more fields than are held at once. */
#define PD_PROTO_TEXT_CUT "# cut: the rest is left out\n"

/**
 * Append `len` bytes as text. Whatever they are, that is no failure, and the buffer does not
 * overflow if it has room for PD_PROTO_TEXT_CUT. All bytes are looked at, however little of the
 * text there is room for; but nothing is copied, and up to 64 fields at once need no allocation.
 * -1: no memory.
 */
int pd_proto_text(const struct pd_proto_message *type, const void *bytes, size_t len,
                  struct pd_buf *out, struct pd_err *err) PD_MUST_CHECK;

#endif
