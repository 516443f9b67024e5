/* peer.h - what the two sides of the program grpc-peer share. */
#ifndef PD_TESTS_PEER_H
#define PD_TESTS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "grpc/message.h"
#include "grpc/metadata.h"
#include "grpc/status.h"

/** A number that says that there is none. */
#define PEER_NEVER (-1)

/** An argument name=value: where it goes, and as what. */
struct peer_setting {
        const char *name;
        size_t place; /**< in the caller's struct */
        enum { PEER_NUMBER, PEER_TEXT, PEER_FLAG } kind;
};

/** int64_t, const char * or bool at its place. PD_E_USAGE: no such setting, or value. */
int peer_set(void *to, const struct peer_setting *known, size_t count, char *word,
             struct pd_err *err) PD_MUST_CHECK;

/** What a message of that size holds where nothing else is asked for: printable, and not the same
 * where a frame or a page begins. NULL: no memory. */
struct pd_grpc_message *peer_pattern(size_t size) PD_MUST_CHECK;

/** [[name, value], ...]; the value of a name that ends in -bin is base64. */
json_t *peer_entries(const struct pd_grpc_metadata *metadata);

bool peer_is_binary(const char *name);

/** Counts by code as {"OK": 3, ...}, without those that are zero. */
#define PEER_CODES (PD_GRPC_UNAUTHENTICATED + 1)
json_t *peer_by_status(const int64_t counts[PEER_CODES]);

/** CPU time of this process. */
int64_t peer_cpu_us(void);

/** The object as a line of its own on standard output; takes it. */
void peer_print(json_t *object);

/** The modes: run to the end. */
int peer_serve(char **words, struct pd_err *err) PD_MUST_CHECK;
int peer_make_calls(char **words, struct pd_err *err) PD_MUST_CHECK;

#endif
