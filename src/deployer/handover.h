/* handover.h - a solution.zip on its way to the playground server (contract, section 1). */
#ifndef PD_DEPLOYER_HANDOVER_H
#define PD_DEPLOYER_HANDOVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "fetch/fetch.h"

/** What the configured address ends in, and where the server's path takes its place. */
#define PD_HANDOVER_ENDING "/deploy_solution"
/** Longest path that the server may answer with. */
#define PD_HANDOVER_MAX_PATH 2048

/** The playground server. Borrowed texts. */
struct pd_playground {
        struct pd_fetch *fetch; /**< what it is asked with */
        const char *url;
        struct pd_fetch_identity identity;
        int64_t deadline_ms;
};

/** PD_E_INVALID: the address is none, or does not end as it must. */
int pd_playground_check(const struct pd_playground *playground, struct pd_err *err) PD_MUST_CHECK;

/**
 * Hand the zip over for the user, once, whatever comes of it. *ret_location is where the user goes
 * next; always within the configured origin; the caller frees it.
 * PD_E_BAD_GATEWAY: it failed or refused, or its answer is no path; PD_E_TIMEOUT.
 */
int pd_handover(const struct pd_playground *playground, const char *user, const void *zip,
                size_t zip_len, char **ret_location, struct pd_err *err) PD_MUST_CHECK;

/**
 * The server's answer as an address: base with the ending replaced by the path. NULL: it is no path
 * (it must begin with one '/', and hold nothing that could leave the origin or the header line).
 * The caller frees it. For tests.
 */
char *pd_handover_location(const char *url, const char *path, size_t path_len) PD_MUST_CHECK;

#endif
