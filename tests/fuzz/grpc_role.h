/* grpc_role.h - a session of gRPC whose peer is the fuzzer: fed in pieces, its loop turned after
 * each. */
#ifndef PD_FUZZ_GRPC_ROLE_H
#define PD_FUZZ_GRPC_ROLE_H

#include "session.h"

#define ROLE_MAX_MESSAGE 65536

struct role {
        struct pd_loop *loop;
        struct pd_grpc_session *session;
        const struct pd_grpc_method *methods; /**< of a server */
        size_t method_count;
        size_t begun, ended;          /**< calls */
        struct pd_grpc_call *stopped; /**< the last that stopped reading; NULL: none that runs */
};

/** false: no memory. */
bool role_open(struct role *role, bool is_server);

/** Feed the bytes, all at once; false: the session takes no more. */
bool role_feed(struct role *role, const uint8_t *bytes, size_t len);

/** Feed what the fuzzer made: its first byte is the length of the pieces, and when it is odd our
 * side says good bye after the first of them. */
void role_run(struct role *role, const uint8_t *data, size_t size);

/** The connection is lost: each call must have been told so, once. */
void role_close(struct role *role);

/** The events of calls that echo what comes, that echo and stop reading, that cancel, and that only
 * wait for their end. `user` is the role; a call that gets one of them is counted in role->begun.
 */
extern const struct pd_grpc_events role_echoes, role_stops, role_cancels, role_waits;

#endif
