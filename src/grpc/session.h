/*
 * session.h - one HTTP/2 connection without its socket: bytes in, bytes out, calls between.
 *
 * On nghttp2. Does no I/O; its owner carries the bytes.
 */
#ifndef PD_GRPC_SESSION_H
#define PD_GRPC_SESSION_H

#include <nghttp2/nghttp2.h>

#include "call.h"

/** Least room that pd_grpc_session_produce() wants: a whole frame of data. */
#define PD_GRPC_PRODUCE_BYTES (128 * 1024)
/** Longest payload of a DATA frame that we send, if the peer takes it, and that we take. */
#define PD_GRPC_FRAME_BYTES (32 * 1024)
/** Streams that a client may reset at once, and in each second after that; they cost it less than
 * us. */
#define PD_GRPC_RESETS_AT_ONCE  1000
#define PD_GRPC_RESETS_A_SECOND 1000
/** With so many streams against whose rules the peer has gone, the connection is ended. */
#define PD_GRPC_MAX_FAULTS 100
/** Longest text on why a session has ended. */
#define PD_GRPC_MAX_REASON 160

/** What a session wants of its owner. */
struct pd_grpc_session_ops {
        /** There is something to send. Called from anywhere; the owner sends later. */
        void (*wants_to_send)(void *owner);
        /** The peer's SETTINGS have come: it speaks HTTP/2. */
        void (*is_ready)(void *owner);
        /** The peer takes no further calls (GOAWAY). */
        void (*is_going)(void *owner);
        /** A call has come or has gone. */
        void (*calls_changed)(void *owner);
        /** A server: the method of that path; NULL: none. */
        const struct pd_grpc_method *(*find_method)(void *owner, const char *path, size_t len);
};

struct pd_grpc_session_options {
        bool is_server;
        size_t max_message;
        unsigned max_streams;  /**< a server's */
        const char *peer;      /**< borrowed */
        const char *authority; /**< a client's; borrowed, as the next */
        const char *user_agent;
        void *app;                    /**< of the methods */
        struct pd_grpc_calls *untold; /**< of a server's calls; NULL: none is kept */
};

struct pd_grpc_session {
        nghttp2_session *h2;
        struct pd_loop *loop;
        struct pd_grpc_session_options options;
        const struct pd_grpc_session_ops *ops;
        void *owner;
        struct pd_grpc_calls calls;
        size_t held;            /**< bytes of messages that are not whole or not read */
        const uint8_t *carried; /**< a piece that nghttp2 has given and that did not fit */
        size_t carried_len;
        uint8_t *out; /**< where data frames go, while bytes are produced */
        size_t out_room;
        size_t out_len;
        unsigned faults;  /**< streams that we have reset because the peer broke their rules */
        bool is_settled;  /**< the peer's SETTINGS have come */
        bool is_going;    /**< no further call: the peer said GOAWAY, or we did */
        bool awaits_pong; /**< a server that says good bye: the client has not heard it yet */
        bool has_failed;  /**< `reason` says how the peer went wrong */
        char reason[PD_GRPC_MAX_REASON]; /**< "": nothing is wrong */
};

int pd_grpc_session_new(struct pd_loop *loop, const struct pd_grpc_session_options *options,
                        const struct pd_grpc_session_ops *ops, void *owner,
                        struct pd_grpc_session **ret, struct pd_err *err) PD_MUST_CHECK;

/** The calls must be gone: pd_grpc_session_lose(). Not from within an event. NULL is fine. */
void pd_grpc_session_free(struct pd_grpc_session *session);

/** Bytes from the peer. -1: the connection must be closed; session->reason says why. */
int pd_grpc_session_receive(struct pd_grpc_session *session, const uint8_t *bytes,
                            size_t len) PD_MUST_CHECK;

/** Fill `out` with bytes for the peer; 0: nothing to send now. `room` is at least
 * PD_GRPC_PRODUCE_BYTES. -1: as above. */
ssize_t pd_grpc_session_produce(struct pd_grpc_session *session, uint8_t *out, size_t room);

/** Nothing will come or go any more: the connection may be closed. */
bool pd_grpc_session_is_over(const struct pd_grpc_session *session);

/** Frames that wait to be sent, data apart. */
size_t pd_grpc_session_backlog(const struct pd_grpc_session *session);

/** A client: whether a call may be opened now; more must wait when the server's limit is reached.
 */
bool pd_grpc_session_has_room(const struct pd_grpc_session *session);

/** A client: give the call its stream. -1: no memory, or no further stream can be had. */
int pd_grpc_session_open(struct pd_grpc_session *session, struct pd_grpc_call *call,
                         struct pd_err *err) PD_MUST_CHECK;

/** Say good bye: no further call, those that run go on. */
void pd_grpc_session_shut_down(struct pd_grpc_session *session);

/** The connection is lost: all calls end with UNAVAILABLE. */
void pd_grpc_session_lose(struct pd_grpc_session *session, const char *why);

/** All calls are dropped, without a word to those who wait. */
void pd_grpc_session_drop(struct pd_grpc_session *session);

/** The peer went wrong: remembered, fit for a terminal, unless something is already. */
void pd_grpc_session_blame(struct pd_grpc_session *session, const char *fmt, ...) PD_PRINTF(2, 3);

/** h2.c: make session->h2. Not 0: no memory. */
int pd_grpc_h2_new(struct pd_grpc_session *session) PD_MUST_CHECK;

/* For calls. */
void pd_grpc_session_reset(struct pd_grpc_session *session, struct pd_grpc_call *call,
                           uint32_t error_code);
void pd_grpc_session_resume(struct pd_grpc_session *session, struct pd_grpc_call *call);
/** Give back window for `len` bytes of the call; the connection's was given at once. */
void pd_grpc_session_consume(struct pd_grpc_session *session, struct pd_grpc_call *call,
                             size_t len);
/** A server's answer begins; `is_all`: trailers only. */
void pd_grpc_session_answer(struct pd_grpc_session *session, struct pd_grpc_call *call,
                            bool is_all);
/** A server's trailers, behind all data. 0, or not: no memory. */
int pd_grpc_session_trail(struct pd_grpc_session *session, struct pd_grpc_call *call);
/** What gives a call's data to HTTP/2. */
ssize_t pd_grpc_h2_data(nghttp2_session *h2, int32_t stream, uint8_t *bytes, size_t room,
                        uint32_t *flags, nghttp2_data_source *source, void *user);

/** head.c: take a header line of the other side. Without memory the call ends. */
void pd_grpc_head_line(struct pd_grpc_call *call, const struct pd_grpc_entry *line);
/** head.c: a request's head is whole: refuse it, or begin its method. */
void pd_grpc_request_came(struct pd_grpc_session *session, struct pd_grpc_call *call);
/** head.c: an answer's head, or its trailers, are whole. */
void pd_grpc_answer_came(struct pd_grpc_call *call, bool is_end);

#endif
