/* lines.h - bytes that come in any pieces, cut into lines. Pure. */
#ifndef PD_ENGINE_LINES_H
#define PD_ENGINE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "engine/engine.h"

struct pd_lines {
        /* One line without its end, and a NUL behind it, to write into; false: enough. */
        bool (*take)(void *context, char *text, size_t len);
        void *context;
        struct pd_buf rest; /* a line that is not whole yet; its maximum is that of a line */
};

/* Lines of at most PD_ENGINE_MAX_LINE bytes. */
#define PD_LINES_INIT(take_, context_)                                                             \
        {                                                                                          \
                .take = (take_), .context = (context_), .rest = PD_BUF_INIT(PD_ENGINE_MAX_LINE)    \
        }

/* False: the taker had enough, or there was no memory (rest.failed). A longer line than the maximum
 * comes in pieces of that size. */
bool pd_lines_feed(struct pd_lines *lines, const char *bytes, size_t len);

/* There is no more: a last line without an end is one too. */
bool pd_lines_end(struct pd_lines *lines);

/* The time in front of a line, its end made a NUL; the text behind it. Without one *ret_time is "".
 */
char *pd_lines_split_time(char *line, const char **ret_time);

/* Make several lines fit to print; their ends stay. */
void pd_lines_make_printable(char *text);

static inline void pd_lines_done(struct pd_lines *lines)
{
        pd_buf_done(&lines->rest);
}

#endif
