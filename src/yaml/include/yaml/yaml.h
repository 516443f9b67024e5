/*
 * yaml.h - YAML documents as trees of JSON values, safely.
 *
 * Only what JSON can say is read, and what is written means the same to a YAML 1.1 and a YAML 1.2
 * reader. One document at a time, as Kubernetes files of this project are.
 */
#ifndef PD_YAML_YAML_H
#define PD_YAML_YAML_H

#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/** Most bytes of text of one document. */
#define PD_YAML_MAX_BYTES (1024 * 1024)
/** Deepest nesting of mappings and sequences. */
#define PD_YAML_MAX_DEPTH 64
/** Most scalars, mappings and sequences of one document. */
#define PD_YAML_MAX_VALUES 100000

/**
 * Read one document. Plain scalars become null, booleans, integers and reals as Kubernetes' own
 * reader resolves them; all others are text (dates and `12:30` too). An empty document is null.
 *
 * PD_E_INVALID, the message ends with "line L, column C": no YAML, no UTF-8, an alias, an anchor,
 * a tag, a directive, a second document, a key twice, the merge key `<<`, a key that is no text,
 * U+0000, a number that would be changed, a plain scalar that other readers take for another value
 * (`yes`, `0777`, `1_000`, `1e3`): it wants quotes; a character that some readers take for a line
 * break or drop (U+0085, U+2028, U+2029, U+FEFF but in front): it wants an escape.
 * PD_E_TOO_LARGE: over one of the limits.
 * The caller owns *ret (json_decref).
 */
int pd_yaml_parse(const char *text, size_t len, json_t **ret, struct pd_err *err) PD_MUST_CHECK;

/**
 * Append a document: `---`, then block style, two blanks a level, members in the tree's order,
 * a newline at the end. Text that any reader could take for something else is in double quotes;
 * lines are never folded.
 */
void pd_yaml_write(struct pd_buf *out, const json_t *json);

#endif
