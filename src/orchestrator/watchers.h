/*
 * watchers.h - observers at the other end of an HTTP stream (server-sent events, WHATWG HTML 9.2).
 *
 * All on the loop's thread; threads of the HTTP server come by pd_loop_post() alone.
 */
#ifndef PD_ORCHESTRATOR_WATCHERS_H
#define PD_ORCHESTRATOR_WATCHERS_H

#include "core.h"
#include "httpd/stream.h"

/** A line is sent at least so often, so that a client that has gone is noticed. */
#define PD_WATCHERS_HEARTBEAT_MS 15000

struct pd_watchers;

int pd_watchers_new(struct pd_loop *loop, struct pd_core *core, struct pd_watchers **ret,
                    struct pd_err *err) PD_MUST_CHECK;

/** What one wants; texts are copied. */
struct pd_watch_wish {
        const char *name_pattern;
        const char *component_pattern;
        bool wants_messages;
};

/** Begin to observe. *ret is held for the caller, to be given to a client. */
int pd_watchers_add(struct pd_watchers *watchers, const struct pd_watch_wish *wish,
                    struct pd_http_stream **ret, struct pd_err *err) PD_MUST_CHECK;

/** All streams end; none is begun any more. */
void pd_watchers_end(struct pd_watchers *watchers);

/** Ended. NULL is fine. */
void pd_watchers_free(struct pd_watchers *watchers);

PD_DEFINE_AUTO(struct pd_watchers, pd_watchers_free)

#endif
