/* addresses.h - dockerinfo.json (contract, section 4): where each node answers. Pure. */
#ifndef PD_ORCHESTRATOR_ADDRESSES_H
#define PD_ORCHESTRATOR_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"

/** Most bytes, nesting and JSON values of a dockerinfo.json. */
#define PD_ADDRESSES_MAX_BYTES  (1024 * 1024)
#define PD_ADDRESSES_MAX_DEPTH  16
#define PD_ADDRESSES_MAX_VALUES 20000

struct pd_address {
        const char *node; /**< as written; compared without case */
        const char *host;
        uint16_t port;
};

struct pd_addresses {
        const struct pd_address *at;
        size_t count;
};

/** Ports are numbers or strings. What is returned lives in the arena. PD_E_INVALID: no JSON, or an
 * entry that is none, naming it; PD_E_TOO_LARGE. */
int pd_addresses_read(const char *text, size_t len, struct pd_arena *arena,
                      struct pd_addresses *ret, struct pd_err *err) PD_MUST_CHECK;

/** The first of that name; NULL: there is none. */
const struct pd_address *pd_addresses_find(const struct pd_addresses *addresses, const char *node);

#endif
