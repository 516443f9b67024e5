/* status.h - how a call ends: the status codes of gRPC (doc/statuscodes.md of the specification).
 */
#ifndef PD_GRPC_STATUS_H
#define PD_GRPC_STATUS_H

#include <stdbool.h>

#include "grpc/metadata.h"

#define PD_GRPC_CODES(X)                                                                           \
        X(OK, 0)                                                                                   \
        X(CANCELLED, 1)                                                                            \
        X(UNKNOWN, 2)                                                                              \
        X(INVALID_ARGUMENT, 3)                                                                     \
        X(DEADLINE_EXCEEDED, 4)                                                                    \
        X(NOT_FOUND, 5)                                                                            \
        X(ALREADY_EXISTS, 6)                                                                       \
        X(PERMISSION_DENIED, 7)                                                                    \
        X(RESOURCE_EXHAUSTED, 8)                                                                   \
        X(FAILED_PRECONDITION, 9)                                                                  \
        X(ABORTED, 10)                                                                             \
        X(OUT_OF_RANGE, 11)                                                                        \
        X(UNIMPLEMENTED, 12)                                                                       \
        X(INTERNAL, 13)                                                                            \
        X(UNAVAILABLE, 14)                                                                         \
        X(DATA_LOSS, 15)                                                                           \
        X(UNAUTHENTICATED, 16)

enum pd_grpc_code {
#define PD_GRPC_CODE_ENUM(id, number) PD_GRPC_##id = (number),
        PD_GRPC_CODES(PD_GRPC_CODE_ENUM)
#undef PD_GRPC_CODE_ENUM
};

struct pd_grpc_status {
        enum pd_grpc_code code;
        const char *message; /**< for people, UTF-8; NULL is taken as "", never given */
        struct pd_grpc_metadata metadata; /**< trailing */
        bool is_unprocessed; /**< a client's: the server has not begun with the call, so that it is
                                  safe to send it again */
};

/** "DEADLINE_EXCEEDED"; "UNKNOWN" for what is no code. */
const char *pd_grpc_code_name(enum pd_grpc_code code);

#endif
