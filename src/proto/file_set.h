/* file_set.h - a proto as protoc's own description of it (private). */
#ifndef PD_PROTO_FILE_SET_H
#define PD_PROTO_FILE_SET_H

#include <stdatomic.h>
#include <stddef.h>

#include <descriptor.pb-c.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "solution/rpc.h"

/**
 * The set of a text: the file itself comes last, behind all that it imports. Limits and errors as
 * pd_proto_compile().
 */
int pd_file_set_load(const char *text, size_t len, const atomic_bool *is_cancelled,
                     Google__Protobuf__FileDescriptorSet **ret, struct pd_err *err) PD_MUST_CHECK;
void pd_file_set_free(Google__Protobuf__FileDescriptorSet *set);
PD_DEFINE_AUTO(Google__Protobuf__FileDescriptorSet, pd_file_set_free)

/** All methods of the file itself, in its order, in the arena. */
int pd_file_set_rpcs(const Google__Protobuf__FileDescriptorSet *set, struct pd_arena *arena,
                     struct pd_rpcs *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
