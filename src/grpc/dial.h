/* dial.h - one try to connect, and what is set on every connected socket. */
#ifndef PD_GRPC_DIAL_H
#define PD_GRPC_DIAL_H

#include "address.h"
#include "base/err.h"
#include "loop/loop.h"

/** A member of the owner's struct. */
struct pd_grpc_dial {
        /** The end of a try: the descriptor, the owner's, connected and not blocking; or -1 and why
         * (PD_E_UNAVAILABLE, PD_E_TIMEOUT). From the loop; another try may begin in it, and the
         * struct may be released. */
        void (*done)(struct pd_grpc_dial *dial, int fd, const struct pd_err *err);
        struct pd_loop *loop;       /**< what follows is dial's; all zero: no try is under way */
        struct pd_watch watch;      /**< fd -1: it has failed already */
        struct pd_timer deadline;   /**< the try ends without an answer */
        struct pd_task told_later;  /**< how it ended at once */
        struct pd_grpc_place place; /**< where it goes */
        int sys;                    /**< errno of the failure; 0: none */
};

/** Begin a try, which ends by `deadline_us`. `unanswered_ms` as of pd_grpc_socket_watch_peer(). */
void pd_grpc_dial_start(struct pd_grpc_dial *dial, struct pd_loop *loop,
                        const struct pd_grpc_place *place, int64_t deadline_us,
                        int64_t unanswered_ms);

/** End the try under way, if one is: `done` does not come. */
void pd_grpc_dial_cancel(struct pd_grpc_dial *dial);

/**
 * Have the kernel give a connection up when sent bytes, or its own probes of an idle one, are not
 * acknowledged for `unanswered_ms`; and send small writes at once. For TCP; a unix socket needs
 * neither.
 */
void pd_grpc_socket_watch_peer(int fd, int64_t unanswered_ms);

#endif
