/*
 * field.h - a value somewhere in an object of a file: where it is, what it must be, and what is
 * said about it.
 *
 * What is wrong becomes a finding and reads as absent; a lack of memory is remembered in the
 * reader and told once, at the end.
 */
#ifndef PD_MANIFEST_FIELD_H
#define PD_MANIFEST_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "manifest/manifest.h"
#include "solution/findings.h"
#include "solution/solution.h"

/** Most elements of a list. */
#define PD_FIELD_MAX_ITEMS 1000

/** What one call of pd_manifest_read() reads into. */
struct pd_reader {
        struct pd_solution *solution; /**< owns what is copied */
        struct pd_findings *findings;
        enum pd_rights rights;
        const char *claim_name; /**< of the solution's claim in the files; NULL: there is none */
        bool no_memory;
};

/** pd_arena_push() on the solution's arena. NULL: no memory, which is remembered. */
void *pd_reader_push(struct pd_reader *reader, void *array, size_t *count,
                     size_t size) PD_MUST_CHECK;

/** A copy on the solution's arena; likewise. */
const char *pd_reader_copy(struct pd_reader *reader, const char *text);

struct pd_field {
        const json_t *json;        /**< NULL: absent or null */
        const struct pd_field *up; /**< what it is in; NULL: it is a whole file */
        const char *name;          /**< of the member, or of the file; NULL: an element */
        size_t index;              /**< of the element */
};

struct pd_field pd_field_member(const struct pd_field *object, const char *name);

/** Add a finding about the field: its path is `FILE: spec.ports[0].name`. */
void pd_field_say(struct pd_reader *reader, enum pd_severity severity, const struct pd_field *field,
                  const char *fmt, ...) PD_PRINTF(4, 5);

/** Whether it is there and an object, array, ...; an error where it is something else. */
bool pd_field_is(struct pd_reader *reader, const struct pd_field *field, json_type type);

/** Likewise, and an error where it is absent. */
bool pd_field_must_be(struct pd_reader *reader, const struct pd_field *field, json_type type);

/**
 * Go to the next element of that type, beginning with `*element` all zero; those of other types are
 * errors, and passed over. False: there is none, or no array, or it is too long (an error).
 */
bool pd_field_next(struct pd_reader *reader, const struct pd_field *array, json_type type,
                   struct pd_field *element);

/** A copy of a string. NULL: absent, or not one. */
const char *pd_field_text(struct pd_reader *reader, const struct pd_field *field);

/** A copy of a string that must be there and not empty. NULL: it is not. */
const char *pd_field_name(struct pd_reader *reader, const struct pd_field *field);

/** An amount as Kubernetes writes it (`100m`, `1Gi`, 0.5); numbers become text. NULL: absent. */
const char *pd_field_amount(struct pd_reader *reader, const struct pd_field *field);

/** A port that must be there; a string of digits is one too. 0: it is none. */
uint16_t pd_field_port(struct pd_reader *reader, const struct pd_field *field);

/** What becomes of a member of an object. One that is in no table is a note: it is not kept. */
struct pd_member {
        const char *name;
        enum {
                PD_MEMBER_READ,    /**< by the code beside the table */
                PD_MEMBER_NOISE,   /**< says nothing about what runs */
                PD_MEMBER_USUAL,   /**< noise while it has the value `text`, else a note */
                PD_MEMBER_RIGHT,   /**< noise while it has the value `text` (NULL: none), else asks
                                      for more than a container of its own */
                PD_MEMBER_REFUSED, /**< changes what runs and cannot be said: an error with `text`
                                    */
        } use;
        const char *text;
};

/** Say that the field asks for more than a container of its own, as the reader's `rights` want it.
 */
void pd_field_say_right(struct pd_reader *reader, const struct pd_field *field);

/** Say what is not read of an object, by the table of its level. What is empty says nothing. */
void pd_field_sort_out(struct pd_reader *reader, const struct pd_field *object,
                       const struct pd_member *table, size_t count);

#endif
