/*
 * head.h - whether the header lines of a request are what they claim to be. Pure.
 *
 * The server library takes what two readers may understand differently: two lengths, a length and
 * chunks, blanks in names. Behind a proxy that is how one request is smuggled inside another, so
 * each of them is refused.
 */
#ifndef PD_HTTPD_HEAD_H
#define PD_HTTPD_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "httpd/httpd.h"
#include "pairs.h"

/** What the head says of the body. */
struct pd_body_claim {
        bool is_chunked; /**< the length is not known */
        uint64_t length;
        bool wants_to_be_asked; /**< it waits for "100 Continue" before it sends the body */
};

/**
 * `version` as in the request line; `bytes` of the whole head. PD_E_TOO_LARGE: too many header
 * lines or bytes. PD_E_INVALID: it is malformed, or more than one thing.
 */
int pd_head_check(const char *version, const struct pd_pairs *headers, size_t bytes,
                  struct pd_body_claim *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
