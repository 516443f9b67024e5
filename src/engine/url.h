/* url.h - the parts of an address that want to be escaped. */
#ifndef PD_ENGINE_URL_H
#define PD_ENGINE_URL_H

#include "base/buf.h"
#include "solution/solution.h"

/* Append text as part of a path or a query. */
void pd_url_put(struct pd_buf *out, const char *text);

/* Append "?name=value&..."; nothing where there are none (NULL). */
void pd_url_put_query(struct pd_buf *out, const struct pd_pairs *query);

#endif
