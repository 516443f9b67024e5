/* resolver.h - the addresses of a host, by c-ares: /etc/hosts and DNS, read anew each time. */
#ifndef PD_GRPC_RESOLVER_H
#define PD_GRPC_RESOLVER_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "base/err.h"
#include "loop/loop.h"

/** Most addresses of a host that are used. */
#define PD_GRPC_MAX_PLACES 64

struct pd_grpc_lookup;

/** What to look up, and whom to tell. */
struct pd_grpc_question {
        const char *host;    /**< copied */
        uint16_t port;       /**< of the places */
        const char *servers; /**< DNS servers, "10.0.0.2:53,..."; NULL: those of /etc/resolv.conf */
        /** The end of the lookup, which is released after it: at least one place; or none, and why
         * (PD_E_UNAVAILABLE, PD_E_INTERNAL). The places are there for the time of this call. */
        void (*found)(void *user, const struct pd_grpc_place *places, size_t count,
                      const struct pd_err *err);
        void *user;
};

/** Begin to look up; `found` comes from the loop. -1: PD_E_INTERNAL. */
int pd_grpc_lookup_start(struct pd_loop *loop, const struct pd_grpc_question *question,
                         struct pd_grpc_lookup **ret, struct pd_err *err) PD_MUST_CHECK;

/** Give up: `found` does not come. NULL is fine. */
void pd_grpc_lookup_cancel(struct pd_grpc_lookup *lookup);

PD_DEFINE_AUTO(struct pd_grpc_lookup, pd_grpc_lookup_cancel)

#endif
