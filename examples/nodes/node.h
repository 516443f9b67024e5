/*
 * node.h - what the example nodes have in common: gRPC at 8061, a page at 8062, an end at SIGTERM.
 *
 * A node is a table of methods and a function for each; node_main() does the rest. Flags and
 * variables, the same for all: --grpc-listen, --http-port, and what makes a node a bad one for
 * tests:
 * --delay, --fail-every, --size.
 */
#ifndef EXAMPLES_NODE_H
#define EXAMPLES_NODE_H

#include <protobuf-c/protobuf-c.h>

#include "grpc/grpc.h"

struct node;

struct node_kind {
        const char *title; /**< of the page */
        const char *about; /**< what the node does, in a sentence */
        const struct pd_grpc_method *methods;
        size_t method_count;
};

/** Serve until SIGTERM. The exit status. */
int node_main(int argc, char **argv, const struct node_kind *kind);

/** What happened last, for the page; each time counts as one message. */
void node_say(struct node *node, const char *fmt, ...) PD_PRINTF(2, 3);

/** Bytes that a message should have (--size); 0: as it is. */
size_t node_size(const struct node *node);

/** Send a message on a call that is writable. */
void node_send(struct pd_grpc_call *call, const ProtobufCMessage *message);

/** End a call with OK. */
void node_finish(struct pd_grpc_call *call);

/** End a call with an error. */
void node_refuse(struct pd_grpc_call *call, enum pd_grpc_code code, const char *message);

/** Answer a unary call: after --delay, or with the error that --fail-every asks for. */
void node_answer(struct node *node, struct pd_grpc_call *call, const ProtobufCMessage *message);

/** For events of calls that nothing hangs on. */
void node_forget(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user);

/** Read the message of a call as the type `descriptor`; NULL: it is none, and the call is refused.
 * The caller releases it with protobuf_c_message_free_unpacked(). */
ProtobufCMessage *node_read(struct pd_grpc_call *call, struct pd_grpc_message *message,
                            const ProtobufCMessageDescriptor *descriptor);

/** Defines begin_<name>(), which has `handler` called with the one message of a call. */
#define NODE_UNARY(name, handler)                                                                  \
        static void begin_##name(struct pd_grpc_call *call, void *app)                             \
        {                                                                                          \
                static const struct pd_grpc_events events = {.message = (handler),                 \
                                                             .ended = node_forget};                \
                                                                                                   \
                pd_grpc_call_on(call, &events, app);                                               \
        }

#endif
