/* fuzz_sse.c - a stream of events in two pieces is the same as in one, and its lines are fit to
 * print. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/own.h"
#include "event_line.h"
#include "json/json.h"
#include "sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *context, const char *data, size_t len, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *event = NULL;

        if (pd_json_parse(data, len, &pd_json_default_limits, &event, err) < 0)
                return -1;
        pd_event_line_put(event, 0, context);
        return 0;
}

static int feed(const char *bytes, size_t first, size_t len, struct pd_buf *lines)
{
        pd_auto(pd_sse_done) struct pd_sse sse = PD_SSE_INIT(take, lines);

        return pd_sse_feed(&sse, bytes, first, NULL) < 0 ||
               pd_sse_feed(&sse, bytes + first, len - first, NULL) < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_buf_done) struct pd_buf whole = PD_BUF_INIT(SIZE_MAX);
        pd_auto(pd_buf_done) struct pd_buf pieces = PD_BUF_INIT(SIZE_MAX);
        const char *bytes = (const char *)data;
        int failed = feed(bytes, 0, size, &whole);

        assert(feed(bytes, size > 0 ? data[0] * size / 256 : 0, size, &pieces) == failed);
        assert(strcmp(whole.data, pieces.data) == 0);
        for (const char *at = whole.data; *at != '\0'; at++)
                assert(*at == '\n' || ((unsigned char)*at >= ' ' && *at != '\x7f'));
        return 0;
}
