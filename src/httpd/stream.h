/* stream.h - a stream as the server sees it. */
#ifndef PD_HTTPD_STREAM_PRIVATE_H
#define PD_HTTPD_STREAM_PRIVATE_H

#include <microhttpd.h>

#include "httpd/stream.h"

/** The response that sends it on this connection; it has the server's part of the stream now. NULL:
 * no memory. */
struct MHD_Response *pd_stream_response(struct pd_http_stream *stream,
                                        struct MHD_Connection *connection);

/** It will not be sent, or not any further: the server's part ends. NULL is fine. */
void pd_stream_close(struct pd_http_stream *stream);

#endif
