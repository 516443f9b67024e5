/* caller.h - one call of a lane: what goes into it, what it tells, what becomes of its messages. */
#ifndef PD_ORCHESTRATOR_CALLER_H
#define PD_ORCHESTRATOR_CALLER_H

#include "lane.h"

/** Messages that went into a stream are held so long until the node is known to have begun with it,
 * at most so many; then they cannot be sent again. */
#define PD_CALLER_MAX_REPLAY 256

/** One call of a lane; its place is used again. */
struct pd_caller {
        struct pd_lane *lane;
        struct pd_grpc_call *call;       /**< NULL: free */
        struct pd_grpc_message *message; /**< of a unary call, held until it has ended */
        struct pd_queue sent;            /**< of a stream, while it may have to be sent again */
        bool is_begun;  /**< the node has answered something, or too much was sent to repeat it */
        bool is_closed; /**< the sending side is */
        bool is_reading;
        bool had_output; /**< other than empty messages */
        size_t repeats;  /**< so often the message was sent before */
        size_t fed;      /**< messages that went into a stream */
};

/** Begin a call, with its one message where it takes one. false: none could be begun, and the lane
 * rests. */
bool pd_caller_begin(struct pd_caller *caller);

/** One more message of the queue into an open stream that is writable. */
void pd_caller_feed(struct pd_caller *caller);

/** Close the sending side. */
void pd_caller_close(struct pd_caller *caller);

/** Let go of what belonged to the call; the place is free. */
void pd_caller_reset(struct pd_caller *caller);

#endif
