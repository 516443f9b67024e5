/* access.h - the line that each request leaves in the log. */
#ifndef PD_HTTPD_ACCESS_H
#define PD_HTTPD_ACCESS_H

#include <stdint.h>

#include "exchange.h"

/** Never the query or a header line: tokens stand there. */
void pd_access_log(const struct pd_http_exchange *exchange, int64_t took_us);

#endif
