/* router.h - which route a request is for: pure, and made once from the table of routes. */
#ifndef PD_HTTPD_ROUTER_H
#define PD_HTTPD_ROUTER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "httpd/httpd.h"

/** Parts of a path between slashes; a longer path has no route. */
#define PD_HTTPD_MAX_PARTS 32

/** Room for the value of a header Allow. */
#define PD_HTTPD_ALLOW_SIZE 128

struct pd_router;

enum pd_route_outcome {
        PD_ROUTE_FOUND,
        PD_ROUTE_NOT_FOUND,    /**< no route has this path */
        PD_ROUTE_WRONG_METHOD, /**< routes have it, for other methods: `allow` lists them */
        PD_ROUTE_MALFORMED, /**< not a path: bad percent-encoding, control characters, no UTF-8 */
        PD_ROUTE_NO_MEMORY,
};

struct pd_route_match {
        size_t route;                                /**< its place in the table */
        const char *names[PD_HTTPD_MAX_PARAMETERS];  /**< of the parts in braces; borrowed */
        const char *values[PD_HTTPD_MAX_PARAMETERS]; /**< decoded, in the arena */
        size_t count;                                /**< of both */
        char allow[PD_HTTPD_ALLOW_SIZE];             /**< "GET, HEAD, OPTIONS" */
};

/**
 * Compile a table. It is the program's own: a path that does not start with a slash, is no list of
 * plain parts and `{name}`, or has too many of either is a bug.
 */
int pd_router_new(const struct pd_http_route *routes, size_t count, struct pd_router **ret,
                  struct pd_err *err) PD_MUST_CHECK;

void pd_router_free(struct pd_router *router); /**< NULL is fine */

/**
 * Find the first route for `method` and `path` (as it stands in the request line, without the
 * query). HEAD finds a route for GET. Filled in: `ret->route`, `names`, `values` and `count` with
 * PD_ROUTE_FOUND, `ret->allow` with PD_ROUTE_WRONG_METHOD.
 */
enum pd_route_outcome pd_router_match(const struct pd_router *router, const char *method,
                                      const char *path, struct pd_arena *arena,
                                      struct pd_route_match *ret);

PD_DEFINE_AUTO(struct pd_router, pd_router_free)

#endif
