/*
 * proto.h - what is in a model's .proto file, by asking protoc.
 *
 * protoc runs as a child without a shell and with a deadline, and reads the text from memory: no
 * file is made, and nothing of the text is ever a file name or an argument.
 */
#ifndef PD_PROTO_PROTO_H
#define PD_PROTO_PROTO_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "solution/rpc.h"

/** Most bytes of one .proto file. */
#define PD_PROTO_MAX_BYTES (1024 * 1024)
/** Most bytes of the descriptors that protoc makes of it. */
#define PD_PROTO_MAX_DESCRIPTORS (16 * 1024 * 1024)
/** Longest run of protoc. */
#define PD_PROTO_DEADLINE_MS 10000

/**
 * The methods of all services in `text`, which may import google/protobuf/... and nothing else.
 * What is returned lives in the arena.
 *
 * PD_E_INVALID: it is no proto; the message is protoc's first, as "line L: ...". PD_E_TOO_LARGE:
 * over one of the limits. PD_E_UNAVAILABLE: protoc is not installed. PD_E_TIMEOUT.
 */
int pd_proto_services(const char *text, size_t len, struct pd_arena *arena, struct pd_rpcs *ret,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
