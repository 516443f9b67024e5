/*
 * buf.h - the one builder for text and bytes that grow.
 *
 * Never NULL, always terminated by a NUL that does not count. A failure (no memory, over the
 * maximum) is remembered, later appends do nothing, and pd_buf_check() tells once:
 *
 *         pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(PD_REPORT_MAX_BYTES);
 *         pd_buf_puts(&buf, "nodes: ");
 *         pd_buf_printf(&buf, "%zu", count);
 *         if (pd_buf_check(&buf, "report", err) < 0)
 *                 return -1;
 *         *ret_text = pd_buf_take(&buf, NULL);
 */
#ifndef PD_BASE_BUF_H
#define PD_BASE_BUF_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

struct pd_buf {
        char *data; /**< the text; borrowed, moves when the buffer grows */
        size_t len; /**< bytes of text, without the NUL */
        size_t cap; /**< 0: data is the shared empty string */
        size_t max; /**< most bytes of text allowed */
        int failed; /**< 0, or why an append failed: EFBIG (over max), ENOMEM */
};

extern char pd_buf_empty[1]; /**< where an empty buffer points; never written to */

/** A buffer that may grow to `most` bytes of text. */
#define PD_BUF_INIT(most)                                                                          \
        {                                                                                          \
                .data = pd_buf_empty, .max = (most)                                                \
        }

/** Release the memory and make the buffer empty again; it may be used further. */
void pd_buf_done(struct pd_buf *buf);

/** Forget the text and any failure, keep the memory. */
void pd_buf_clear(struct pd_buf *buf);

/** Forget the text behind its first `len` bytes; what is not longer stays. */
void pd_buf_cut(struct pd_buf *buf, size_t len);

void pd_buf_put(struct pd_buf *buf, const void *bytes, size_t len);
void pd_buf_puts(struct pd_buf *buf, const char *text);
void pd_buf_putc(struct pd_buf *buf, char byte);
void pd_buf_fill(struct pd_buf *buf, char byte, size_t count);
void pd_buf_printf(struct pd_buf *buf, const char *fmt, ...) PD_PRINTF(2, 3);

/**
 * Append `text` as the inside of a JSON string (RFC 8259, section 7): quotes, backslashes and
 * control characters escaped, everything else as it is. The text must be UTF-8.
 */
void pd_buf_put_json(struct pd_buf *buf, const char *text, size_t len);

/** -1 when an append failed: PD_E_TOO_LARGE over the maximum, else PD_E_INTERNAL. */
int pd_buf_check(const struct pd_buf *buf, const char *what, struct pd_err *err) PD_MUST_CHECK;

/**
 * Hand the text out: the caller frees it; the buffer is empty again. `ret_len` may be NULL.
 * NULL when the buffer failed, or when it is empty and there is no memory for the NUL.
 */
char *pd_buf_take(struct pd_buf *buf, size_t *ret_len) PD_MUST_CHECK;

#endif
