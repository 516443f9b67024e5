/* uri.h - addresses inside a neighbour, made of a base that is configured and parts that are not.
 */
#ifndef PD_CATALOG_URI_H
#define PD_CATALOG_URI_H

#include "base/arena.h"

/* Why a path is no relative path of an artifact, in a few words; NULL: it is one. */
const char *pd_uri_fault(const char *path);

/* `base`/`path`, everything in the path percent-encoded that RFC 3986 reserves, but '/'. NULL: no
 * memory. */
char *pd_uri_join(struct pd_arena *arena, const char *base, const char *path);

#endif
