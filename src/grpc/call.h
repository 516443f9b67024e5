/*
 * call.h - a call, of either side: what goes out, what comes in, how it ends.
 *
 * A call has two lives: the caller's, which ends when `ended` was told or it was dropped, and the
 * stream's, which ends when HTTP/2 has closed it. It is released when both are over. What happens
 * is told from two places only: from bytes that come in (messages, headers), and from the call's
 * task at the end of the round (everything else); so no event comes from within a function of the
 * caller.
 */
#ifndef PD_GRPC_CALL_H
#define PD_GRPC_CALL_H

#include "base/arena.h"
#include "base/buf.h"
#include "grpc/grpc.h"
#include "entries.h"
#include "reader.h"
#include "unsent.h"

struct pd_grpc_session;

/** Calls in a row: those that wait at a channel, those of a session, those whose end is to be told.
 */
struct pd_grpc_calls {
        struct pd_grpc_call *first;
        struct pd_grpc_call **end; /**< where the next one is hung; NULL stands for &first */
        size_t count;
};

/** How the local side stands. */
enum pd_grpc_local {
        PD_GRPC_LOCAL_OPEN,
        PD_GRPC_LOCAL_CLOSING, /**< the end follows what is unsent */
        PD_GRPC_LOCAL_CLOSED,  /**< HTTP/2 has it */
};

/** How the remote side stands. */
enum pd_grpc_remote {
        PD_GRPC_REMOTE_OPEN,
        PD_GRPC_REMOTE_ENDED, /**< its last bytes have come; some may not have been read yet */
};

/** What the head of the other side says: of a request, or of an answer. */
struct pd_grpc_head {
        size_t bytes; /**< as they are counted against PD_GRPC_MAX_HEADER_BYTES */
        struct pd_grpc_entries entries;
        bool is_whole;       /**< the first block has come; what comes now is trailing */
        bool is_grpc;        /**< content-type fits */
        bool is_post;        /**< of a request */
        bool is_timeout_bad; /**< of a request */
        int http_status;     /**< of an answer */
        bool has_code;       /**< of an answer: grpc-status came */
        enum pd_grpc_code code;
        const char *message; /**< grpc-message; NULL: none */
};

struct pd_grpc_call {
        struct pd_loop *loop;
        struct pd_grpc_session *session; /**< NULL: no stream, not yet or not any more */
        const struct pd_grpc_events *events;
        void *user;
        struct pd_grpc_calls *list;   /**< it is in; NULL: in none */
        struct pd_grpc_calls *untold; /**< where it is from its end until that is told; NULL: in
                                           none */
        struct pd_grpc_call *next;
        struct pd_grpc_call **anchor;
        struct pd_arena arena;
        struct pd_task work;
        struct pd_timer deadline;

        const char *path;
        const struct pd_grpc_method *method; /**< of a server's call; NULL: none has this path */
        int32_t stream;
        bool is_server;
        bool waits_for_ready;
        bool sends_one, takes_one;
        bool was_sent;    /**< a client: the request is on its way */
        bool is_told;     /**< the caller knows the end, or does not want to */
        bool is_final;    /**< `status` is what it will be told */
        bool is_answered; /**< a client: all has come; how the call ends stands in its trailers */

        unsigned busy; /**< events under way, which keep the call from being released */

        /* out */
        struct pd_grpc_unsent unsent;
        enum pd_grpc_local local;
        bool is_deferred;      /**< HTTP/2 waits to be told that there is more */
        bool was_full;         /**< `writable` is owed */
        bool has_sent_headers; /**< of a server */
        struct pd_grpc_entries
                out; /**< metadata of a request, or trailing of a reply; for the wire */
        struct pd_grpc_status reply;

        /* in */
        struct pd_grpc_head head;
        struct pd_grpc_metadata received; /**< a server: of the request */
        struct pd_grpc_reader reader;
        struct pd_buf
                held; /**< bytes that came while nobody read; their window is not given back */
        struct pd_grpc_message *sole; /**< the one of a side that takes one; told when it is known
                                         to be the only one */
        size_t accounted;             /**< bytes that the session counts for this call */
        enum pd_grpc_remote remote;
        bool is_reading;
        bool is_half_closed_told;

        struct pd_grpc_status status;
};

void pd_grpc_calls_add(struct pd_grpc_calls *calls, struct pd_grpc_call *call);
void pd_grpc_calls_remove(
        struct pd_grpc_call *call); /**< from the list it is in, if it is in one */

/** Drop them all. */
void pd_grpc_calls_drop(struct pd_grpc_calls *calls);

/** A call with a copy of its path (NULL: set later), with a task and no events yet. NULL: no
 * memory.
 */
struct pd_grpc_call *pd_grpc_call_new(struct pd_loop *loop, const char *path, size_t max_message);

/** A client's call, not yet on any session. PD_E_INVALID: no path, or what is no metadata. */
int pd_grpc_call_prepare(struct pd_loop *loop, const struct pd_grpc_request *request,
                         size_t max_message, struct pd_grpc_call **ret,
                         struct pd_err *err) PD_MUST_CHECK;

/** Have the call's task run: something may be to tell. */
void pd_grpc_call_stir(struct pd_grpc_call *call);

/**
 * The call is over, as `code`: what has not been sent or read is thrown away, the stream is reset
 * (a server's call whose client can still hear it is answered), and the caller is told. The text is
 * copied. Of several ends the first counts.
 */
void pd_grpc_call_end(struct pd_grpc_call *call, enum pd_grpc_code code, const char *message,
                      bool is_unprocessed);

/** Release it if both its lives are over and none of its events is under way. */
void pd_grpc_call_settle(struct pd_grpc_call *call);

/** Set the deadline's timer; 0: none. */
void pd_grpc_call_set_deadline(struct pd_grpc_call *call, int64_t deadline_us);

/* What the session tells; each may release the call. */
void pd_grpc_call_data_came(struct pd_grpc_call *call, const uint8_t *bytes, size_t len);
void pd_grpc_call_remote_ended(struct pd_grpc_call *call); /**< END_STREAM */
void pd_grpc_call_stream_closed(struct pd_grpc_call *call, uint32_t error_code);
void pd_grpc_call_lost(struct pd_grpc_call *call, const char *why); /**< the connection is */

/** A client: all of the answer has come; what its head and trailers say is the status. */
void pd_grpc_call_answered(struct pd_grpc_call *call);

/* receive.c, for the rest. */

/** Tell what has come and may be told. */
void pd_grpc_call_deliver(struct pd_grpc_call *call);
/** Throw away what has come and was not told. */
void pd_grpc_call_forget_input(struct pd_grpc_call *call);

/* send.c, for the rest. */

/** A server: hand the reply to HTTP/2, at once or behind what is unsent. */
void pd_grpc_call_submit_reply(struct pd_grpc_call *call);

#endif
