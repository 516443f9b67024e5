/*
 * grpc.h - gRPC over cleartext HTTP/2: calls, made and served, with messages as bytes.
 *
 * Everything runs on one loop (loop/loop.h) and is for its thread alone; nothing blocks. What
 * happens on a call is told by the functions in a struct pd_grpc_events. They are called by the
 * loop, never from within a function that you call; in them you may call everything here, on any
 * call, channel or server.
 *
 * A call, made or served, lives until its `ended` was called, which comes exactly once and last; or
 * until pd_grpc_call_drop(), after which nothing comes. examples/grpc-echo has a client and a
 * server of 30 lines each; the README of this room draws the states of a call.
 */
#ifndef PD_GRPC_GRPC_H
#define PD_GRPC_GRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "base/own.h"
#include "grpc/message.h"
#include "grpc/metadata.h"
#include "grpc/status.h"
#include "loop/loop.h"

/** Longest message that is taken where the options name none; the other side's is not known. */
#define PD_GRPC_MAX_MESSAGE_BYTES (4 * 1024 * 1024)
/** Most bytes of one block of header lines, as RFC 9113 counts them (6.5.2): name, value and 32. */
#define PD_GRPC_MAX_HEADER_BYTES 16384
/** Bytes that a peer may send on one stream while nobody reads it: the window of HTTP/2. */
#define PD_GRPC_STREAM_WINDOW (1024 * 1024)
/** The same for a whole connection. It is given back as bytes come, so that a stream that is not
 * read stops no other; what a connection may hold is PD_GRPC_MAX_CONNECTION_BYTES. */
#define PD_GRPC_CONNECTION_WINDOW (4 * 1024 * 1024)
/** Most bytes of messages that are not yet whole or not yet read, of all streams of a connection; a
 * stream that would exceed it ends with RESOURCE_EXHAUSTED. At least four messages of the longest
 * fit, whatever this says. */
#define PD_GRPC_MAX_CONNECTION_BYTES (64 * 1024 * 1024)
/** A call is not writable any more from so many bytes, or so many messages, that wait to be sent;
 * one message is taken whatever its size. */
#define PD_GRPC_MAX_UNSENT_BYTES    (256 * 1024)
#define PD_GRPC_MAX_UNSENT_MESSAGES 1024

struct pd_grpc_call;
struct pd_grpc_channel;
struct pd_grpc_server;

/* What happens on a call. Each may be NULL, but `ended`. */
struct pd_grpc_events {
        /** To a client: the server's first metadata, before the first message. It and its texts are
         * there for the time of this call only. */
        void (*headers)(struct pd_grpc_call *call, const struct pd_grpc_metadata *metadata,
                        void *user);
        /** A message. Hold it to keep it. */
        void (*message)(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user);
        /** To a server: the client sends no further message. */
        void (*half_closed)(struct pd_grpc_call *call, void *user);
        /** Messages have gone out, and the call, which was not, is writable again. */
        void (*writable)(struct pd_grpc_call *call, void *user);
        /**
         * The end; `call` is not valid after it. To a client: how the server, or what is between,
         * ended the call. To a server: OK when what it replied has gone out (whatever that status
         * was), CANCELLED, DEADLINE_EXCEEDED, or UNAVAILABLE when the connection was lost.
         */
        void (*ended)(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user);
};

/* Calls, of both sides. */

/** Send a message, held until it has gone out. -1: PD_E_UNAVAILABLE, the call is not writable (wait
 * for the event); PD_E_INTERNAL, no memory. A call that has ended its side takes none (an
 * assertion); one that the other side has ended, but whose `ended` has not come yet, takes and
 * forgets it. */
int pd_grpc_call_send(struct pd_grpc_call *call, struct pd_grpc_message *message,
                      struct pd_err *err) PD_MUST_CHECK;

bool pd_grpc_call_is_writable(const struct pd_grpc_call *call);

/** In `ended`: the next message, in the order they were sent, of which no byte has gone out; the
 * caller holds it now. NULL: there is none (any more). */
struct pd_grpc_message *pd_grpc_call_take_unsent(struct pd_grpc_call *call);

/** Stop reading: no `message` comes and, when the window is full, the other side stops sending; or
 * go on. Calls begin with reading. */
void pd_grpc_call_set_reading(struct pd_grpc_call *call, bool is_reading);

/** A client: no further message. */
void pd_grpc_call_close(struct pd_grpc_call *call);

/** A server: metadata before the first message. At most once, before messages; without it they are
 * empty. What is no metadata is left out of what is sent. */
int pd_grpc_call_send_headers(struct pd_grpc_call *call, const struct pd_grpc_metadata *metadata,
                              struct pd_err *err) PD_MUST_CHECK;

/** A server: the status, after what was sent. The texts are copied. */
void pd_grpc_call_reply(struct pd_grpc_call *call, const struct pd_grpc_status *status);

/** Give up. A client's call ends with CANCELLED; a server's client is told CANCELLED. `ended` comes
 * in the next turn of the loop. */
void pd_grpc_call_cancel(struct pd_grpc_call *call);

/** Cancel, if it has not ended; and no event comes any more: the call is not valid after this. */
void pd_grpc_call_drop(struct pd_grpc_call *call);

/** What to tell; in the `begin` of a server's method, or later to hand the call to somebody else.
 */
void pd_grpc_call_on(struct pd_grpc_call *call, const struct pd_grpc_events *events, void *user);

/* Borrowed from the call. */
const char *pd_grpc_call_path(const struct pd_grpc_call *call); /**< "/Service/method" */
const char *
pd_grpc_call_peer(const struct pd_grpc_call *call); /**< "10.0.0.7:51234"; "" not known */
const struct pd_grpc_metadata *
pd_grpc_call_metadata(const struct pd_grpc_call *call); /**< a server: what the client sent */
int64_t pd_grpc_call_deadline_us(const struct pd_grpc_call *call); /**< 0: none */
void *pd_grpc_call_user(const struct pd_grpc_call *call);

/* The client. */

/** Zero members stand for what is in parentheses. */
struct pd_grpc_channel_options {
        size_t max_message;       /**< longest message taken (PD_GRPC_MAX_MESSAGE_BYTES) */
        int64_t connect_ms;       /**< longest try to connect, names included (20 s) */
        int64_t backoff_ms;       /**< pause after the first failed try (1 s); then 1.6 times the
                                       last, all with a jitter of a fifth */
        int64_t backoff_max_ms;   /**< longest pause (120 s) */
        int64_t unanswered_ms;    /**< connection given up when sent bytes, or the kernel's probes
                                       of an idle one, are not acknowledged for so long (30 s) */
        const char *user_agent;   /**< ("pd-grpc") */
        const struct pd_log *log; /**< connections made and lost, at debug (nobody) */
};

enum pd_grpc_channel_state {
        PD_GRPC_IDLE,       /**< nobody has called yet, or nobody since the connection was lost */
        PD_GRPC_CONNECTING, /**< calls wait */
        PD_GRPC_READY,
        PD_GRPC_FAILED, /**< the last try failed, the next one comes after a pause: calls that wait
                             for ready wait, others end with UNAVAILABLE */
};

/**
 * A channel to `target`: "host:port", "10.0.0.7:8061", "[::1]:8061" or "unix:/path". It connects
 * when the first call wants it, again when that fails or the connection ends, to each address that
 * the name has in turn; names are looked up anew for every try. PD_E_INVALID: no target.
 */
int pd_grpc_channel_new(struct pd_loop *loop, const char *target,
                        const struct pd_grpc_channel_options *options, struct pd_grpc_channel **ret,
                        struct pd_err *err) PD_MUST_CHECK;

/** Drops its calls and closes the connection. NULL is fine. */
void pd_grpc_channel_free(struct pd_grpc_channel *channel);

enum pd_grpc_channel_state pd_grpc_channel_state(const struct pd_grpc_channel *channel);

/** Why the last try to connect failed; "" when none has since it was ready. */
const char *pd_grpc_channel_problem(const struct pd_grpc_channel *channel);

/** What to call, and how. */
struct pd_grpc_request {
        const char *path;                 /**< "/package.Service/Method" */
        struct pd_grpc_metadata metadata; /**< copied */
        int64_t deadline_ms;              /**< from now; 0: none */
        bool waits_for_ready; /**< wait (until the deadline) for a server that is not there */
        bool sends_one;       /**< a single message goes: the method is not client streaming */
        bool takes_one; /**< a single message comes: the method is not server streaming; none or two
                             with OK end the call with UNIMPLEMENTED instead */
};

/**
 * Begin a call; messages may be sent at once. It waits for a connection, and for the server to take
 * one more stream. PD_E_INVALID: no path, or no metadata.
 */
int pd_grpc_call_start(struct pd_grpc_channel *channel, const struct pd_grpc_request *request,
                       const struct pd_grpc_events *events, void *user, struct pd_grpc_call **ret,
                       struct pd_err *err) PD_MUST_CHECK;

/* The server. */

/** A row of the table of methods. */
struct pd_grpc_method {
        const char *path;    /**< "/Service/method"; NULL, in the last row: every other one */
        bool client_streams; /**< else the room sees to it that exactly one message comes */
        bool server_streams; /**< said to nobody; for those who read the table */
        /** A call has come. Gives it its events by pd_grpc_call_on(); none: UNIMPLEMENTED. */
        void (*begin)(struct pd_grpc_call *call, void *app);
};

/** Zero members stand for what is in parentheses. */
struct pd_grpc_server_options {
        size_t max_message;       /**< longest message taken (PD_GRPC_MAX_MESSAGE_BYTES) */
        unsigned max_connections; /**< those over it wait in the kernel (1024) */
        unsigned max_streams;     /**< calls at once on one connection (1000) */
        int64_t hello_ms;         /**< HTTP/2 must have been spoken by then (10 s) */
        int64_t idle_ms;          /**< a connection without calls is ended after it (never) */
        int64_t unanswered_ms;    /**< as of the channel (30 s) */
        const struct pd_log *log; /**< why a peer was sent away, once a connection, at warn; the
                                     rest at debug (nobody) */
};

/** A table of methods, and what their `begin` is given. */
struct pd_grpc_methods {
        const struct pd_grpc_method *at;
        size_t count;
        void *app;
};

/** Rows, log and app must outlive the server. */
int pd_grpc_server_new(struct pd_loop *loop, const struct pd_grpc_server_options *options,
                       const struct pd_grpc_methods *methods, struct pd_grpc_server **ret,
                       struct pd_err *err) PD_MUST_CHECK;

/**
 * Take connections at "0.0.0.0:8061", "[::]:8061" (both families), "127.0.0.1:0" (a free port) or
 * "unix:/path" (a socket that nobody listens at any more is replaced; it is removed at the end).
 * May be called for several. PD_E_INVALID: no address, or none of this machine; PD_E_CONFLICT:
 * taken; PD_E_FORBIDDEN.
 */
int pd_grpc_server_listen(struct pd_grpc_server *server, const char *address,
                          struct pd_err *err) PD_MUST_CHECK;

/** The port of the first address that has one; 0: none. */
uint16_t pd_grpc_server_port(const struct pd_grpc_server *server);

/** Take no new connections and no new calls (their clients may send them elsewhere), let those that
 * run end, and tell when the last connection is closed; at once when there is none. */
void pd_grpc_server_drain(struct pd_grpc_server *server, void (*drained)(void *app));

/** Drops its calls; their clients see UNAVAILABLE. NULL is fine. */
void pd_grpc_server_free(struct pd_grpc_server *server);

PD_DEFINE_AUTO(struct pd_grpc_channel, pd_grpc_channel_free)
PD_DEFINE_AUTO(struct pd_grpc_server, pd_grpc_server_free)

#endif
