/* both.h - a server and a channel to it, on one loop. */
#ifndef PD_TESTS_GRPC_BOTH_H
#define PD_TESTS_GRPC_BOTH_H

#include "base/clock.h"
#include "grpc/grpc.h"
#include "pair.h"

/** Most calls that a server of this kind keeps. */
#define BOTH_MAX_KEPT 64
/** Longest wait for anything. */
#define BOTH_PATIENCE_MS 30000

/** Paths of the server's methods. */
#define ONE  "/T/One"  /**< unary: its message comes back */
#define ECHO "/T/Echo" /**< streams: every message comes back, OK when the client closes */
#define KEEP "/T/Keep" /**< streams: the calls are kept, nothing is done */

struct both {
        struct pd_loop *loop;
        struct pd_grpc_server *server;
        struct pd_grpc_channel *channel;
        char target[64];
        struct pd_grpc_call *kept[BOTH_MAX_KEPT];
        size_t kept_count;
        size_t begun;           /**< calls of all methods */
        size_t ended;           /**< of the server */
        enum pd_grpc_code last; /**< how the last of these ended */
        size_t drained;
};

/** Zero members of the options are small times, to be quick. */
void both_open(struct both *both, const struct pd_grpc_server_options *server,
               const struct pd_grpc_channel_options *channel);
void both_close(struct both *both);

/** Start a server at the target (again); "": at a free port, which is the target then. */
void both_serve(struct both *both, const struct pd_grpc_server_options *options);
/** End the server and all its calls at once. */
void both_kill(struct both *both);
/** Make a channel to the target. */
void both_dial(struct both *both, const struct pd_grpc_channel_options *options);

/** Begin a call. */
void both_call(struct both *both, const struct pd_grpc_request *request, struct witness *witness);
/** A unary call with that text, until it has ended. */
void both_ask(struct both *both, bool waits_for_ready, struct witness *witness);

/** Turn the loop once, for a short time. */
void both_turn(struct both *both);

/** Turn the loop until the condition holds. */
#define BOTH_UNTIL(both, condition)                                                                \
        for (int64_t begun_us_ = pd_clock_mono_us(); !(condition); both_turn(both))                \
        assert_true(pd_clock_mono_us() - begun_us_ < BOTH_PATIENCE_MS * 1000)

#endif
