/* wire.h - the small encodings of gRPC over HTTP/2 (doc/PROTOCOL-HTTP2.md), and how other endings
 * become a status (doc/http-grpc-status-mapping.md). Pure. */
#ifndef PD_GRPC_WIRE_H
#define PD_GRPC_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "grpc/status.h"

/** Room for the longest text of a grpc-timeout, with its NUL: eight digits and a unit. */
#define PD_GRPC_TIMEOUT_SIZE 10

/** Append `text` as a grpc-message: everything but printable ASCII, and %, becomes %XX. What is not
 * UTF-8 goes as it is. */
void pd_grpc_percent_encode(struct pd_buf *out, const char *text);

/** Append the text of a grpc-message. What is no proper %XX stays as it stands; bytes that are not
 * UTF-8 become U+FFFD, control characters but line ends and tabs as well. */
void pd_grpc_percent_decode(struct pd_buf *out, const char *bytes, size_t len);

/** A duration as grpc-timeout, rounded up to what eight digits can say; under one microsecond: 1u.
 */
void pd_grpc_timeout_write(int64_t us, char out[PD_GRPC_TIMEOUT_SIZE]);

/** The microseconds of a grpc-timeout (rounded up; at most INT64_MAX / 4). false: it is none. */
bool pd_grpc_timeout_read(const char *text, size_t len, int64_t *ret_us);

/** Whether it is `application/grpc`, or that with `+...` or `;...` behind it. */
bool pd_grpc_is_content_type(const char *text, size_t len);

/** Digits to a code; what is none is UNKNOWN. */
enum pd_grpc_code pd_grpc_code_read(const char *text, size_t len);

/** Of an answer that is not gRPC's, by its HTTP status. */
enum pd_grpc_code pd_grpc_code_of_http(int status);

/** Of a stream that was reset, by its HTTP/2 error code (NGHTTP2_NO_ERROR: INTERNAL). */
enum pd_grpc_code pd_grpc_code_of_reset(uint32_t error_code);

/** The name of an HTTP/2 error code: "ENHANCE_YOUR_CALM"; "?" for what is none. */
const char *pd_grpc_reset_name(uint32_t error_code);

#endif
