/* protoc.h - protoc as a function: the text of a .proto file in, descriptors out. */
#ifndef PD_PROTO_PROTOC_H
#define PD_PROTO_PROTOC_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/** What protoc calls the text; the name of its file among the descriptors. */
#define PD_PROTOC_SOURCE "model.proto"

struct pd_protoc {
        const char *text;
        size_t len;
        int64_t deadline_ms;
        const atomic_bool *is_cancelled; /**< NULL: it is not */
};

/**
 * Append a serialized google.protobuf.FileDescriptorSet to `descriptors`: the file itself and all
 * that it imports. Errors as pd_proto_services().
 */
int pd_protoc_run(const struct pd_protoc *source, struct pd_buf *descriptors,
                  struct pd_err *err) PD_MUST_CHECK;

#endif
