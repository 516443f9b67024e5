/* sse.h - server-sent events (WHATWG HTML, 9.2) out of bytes that come in any pieces. Pure. */
#ifndef PD_CLI_SSE_H
#define PD_CLI_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/** Longest line, and most data of one event. */
#define PD_SSE_MAX_BYTES (4 * 1024 * 1024)

struct pd_sse {
        /** The data of an event, and a NUL behind it; -1: that was enough, for *err. */
        int (*take)(void *context, const char *data, size_t len, struct pd_err *err);
        void *context;
        struct pd_buf line; /**< not whole yet */
        struct pd_buf data; /**< of the event, a line end behind each line */
        bool had_cr;        /**< the last byte was CR: a LF now belongs to it */
        bool has_begun;     /**< a byte order mark is looked for no more */
};

#define PD_SSE_INIT(take_, context_)                                                               \
        {                                                                                          \
                .take = (take_), .context = (context_), .line = PD_BUF_INIT(PD_SSE_MAX_BYTES),     \
                .data = PD_BUF_INIT(PD_SSE_MAX_BYTES)                                              \
        }

/**
 * Take in bytes; each event that is whole is handed over. Names, ids and times to come back are not
 * kept: what is served here has none. -1: PD_E_TOO_LARGE over the limit, no memory, or the taker's.
 */
int pd_sse_feed(struct pd_sse *sse, const char *bytes, size_t len,
                struct pd_err *err) PD_MUST_CHECK;

/** Forget what is not whole: another stream begins. */
void pd_sse_restart(struct pd_sse *sse);

void pd_sse_done(struct pd_sse *sse);

#endif
