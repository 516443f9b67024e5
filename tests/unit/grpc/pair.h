/* pair.h - a client's and a server's session on one loop, their bytes carried in memory. */
#ifndef PD_TESTS_GRPC_PAIR_H
#define PD_TESTS_GRPC_PAIR_H

#include "pd_test.h"
#include "session.h"

/** What the events of a call have told. */
struct witness {
        struct pd_grpc_call *call; /**< NULL: ended */
        size_t headers, messages, half_closed, writable, ended;
        size_t bytes;
        struct pd_grpc_message *last; /**< held */
        enum pd_grpc_code code;
        char text[128];
        char trailer[64]; /**< of the name `trailer` */
        bool is_unprocessed;
        bool stops_reading; /**< after each message */
};

/** One side. */
struct side {
        struct pd_grpc_session *session;
        bool is_ready, is_going;
        size_t largest; /**< most bytes handed over at once; 0: any */
};

struct pair {
        struct pd_loop *loop;
        struct side client, server;
        const struct pd_grpc_method *methods;
        size_t method_count;
        struct witness served; /**< of the call that came last */
};

extern const struct pd_grpc_events witness_events; /**< with a struct witness as user */
void witness_done(struct witness *witness);

/** Both sides, ready. */
void pair_open(struct pair *pair, const struct pd_grpc_method *methods, size_t count);
/** The sessions of a pair that has its loop and methods; nothing is carried yet. */
int pair_try_open(struct pair *pair, struct pd_err *err);

/** Takes a pair that is half open, too. */
void pair_close(struct pair *pair);

/** Carry bytes and turn the loop until nothing moves. */
void pair_settle(struct pair *pair);

/** A client's call on the pair. */
void pair_call(struct pair *pair, const struct pd_grpc_request *request, struct witness *witness);

/** A message of that text. */
void pair_send(struct pd_grpc_call *call, const char *text);

#endif
