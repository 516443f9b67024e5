/*
 * orchestrator.h - what an orchestrator and its clients say to each other: the messages of
 * assets/solution/orchestrator.proto.
 *
 * Strings are UTF-8, end with a NUL and have none inside. Read, they are never NULL and live in the
 * arena; to be written, NULL is the empty string, and a byte that is no UTF-8 becomes '?', for one
 * of them makes a whole message unreadable to others.
 */
#ifndef PD_PROTO_ORCHESTRATOR_H
#define PD_PROTO_ORCHESTRATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/** Most pairs of a map, as they are sent: a proto for each node, or the details of an event. */
#define PD_TEXT_MAP_MAX_PAIRS 10000

struct pd_text_pair {
        const char *key;
        const char *value;
};

/** Read, no key is there twice. */
struct pd_text_map {
        const struct pd_text_pair *at;
        size_t count;
};

/** What initialize() takes: a pipeline. */
struct pd_orchestration {
        const char *blueprint;  /**< text of blueprint.json */
        const char *dockerinfo; /**< text of dockerinfo.json */
        struct pd_text_map protofiles;
        int32_t queuesize;  /**< messages in a queue; 0: the server's own limit */
        int32_t iterations; /**< calls of each source in a run; 0 or less: no limit */
};

/** What run(), get_status() and stop_orchestration() take. */
struct pd_run_label {
        const char *label;
};

/** What observe() takes: regular expressions. */
struct pd_observation {
        const char *name_regex;
        const char *component_regex;
};

/** What all calls but observe() answer. */
struct pd_orchestration_status {
        bool success;
        int32_t code; /**< negative: a failure, minus the gRPC status */
        const char *message;
        int32_t active_threads;
};

/** What observe() streams. */
struct pd_orchestration_event {
        const char *run;
        const char *name;
        const char *component;
        struct pd_text_map detail;
};

/* Append a message as it goes over the wire; pd_buf_check() tells of failures. */
void pd_orchestration_encode(const struct pd_orchestration *from, struct pd_buf *out);
void pd_run_label_encode(const struct pd_run_label *from, struct pd_buf *out);
void pd_observation_encode(const struct pd_observation *from, struct pd_buf *out);
void pd_orchestration_status_encode(const struct pd_orchestration_status *from, struct pd_buf *out);
void pd_orchestration_event_encode(const struct pd_orchestration_event *from, struct pd_buf *out);

/*
 * Read a message. PD_E_INVALID: it is none, or one of its strings is no UTF-8 or has a NUL inside.
 * PD_E_TOO_LARGE: too many pairs. The arena grows by about `len`, even when it fails.
 */
int pd_orchestration_decode(const void *bytes, size_t len, struct pd_arena *arena,
                            struct pd_orchestration *ret, struct pd_err *err) PD_MUST_CHECK;
int pd_run_label_decode(const void *bytes, size_t len, struct pd_arena *arena,
                        struct pd_run_label *ret, struct pd_err *err) PD_MUST_CHECK;
int pd_observation_decode(const void *bytes, size_t len, struct pd_arena *arena,
                          struct pd_observation *ret, struct pd_err *err) PD_MUST_CHECK;
int pd_orchestration_status_decode(const void *bytes, size_t len, struct pd_arena *arena,
                                   struct pd_orchestration_status *ret,
                                   struct pd_err *err) PD_MUST_CHECK;
int pd_orchestration_event_decode(const void *bytes, size_t len, struct pd_arena *arena,
                                  struct pd_orchestration_event *ret,
                                  struct pd_err *err) PD_MUST_CHECK;

#endif
