/* access.c - the line of a request. */
#include "access.h"

#include "base/log.h"
#include "server.h"

void pd_access_log(const struct pd_http_exchange *exchange, int64_t took_us)
{
        const struct pd_log_field fields[] = {
                {.name = "method", .text = exchange->method},
                {.name = "path", .text = exchange->path},
                {.name = "status", .number = exchange->sent_status},
                {.name = "bytes", .number = (int64_t)exchange->sent_bytes},
                {.name = "ms", .number = took_us, .is_thousandths = true},
                {.name = "peer", .text = exchange->peer},
        };
        const struct pd_log_line line = {
                .level = PD_LOG_INFO,
                .module = "httpd",
                .id = exchange->id,
                .message = "request",
                .fields = fields,
                .field_count = PD_COUNT(fields),
        };

        pd_log_write(exchange->httpd->options.log, &line);
}
