/* docker_frames.c - the log of a container as Docker sends it, cut into lines. */
#include "docker_frames.h"

#include <string.h>

/* Streams: 0 input, 1 output, 2 errors, 3 the engine's own. */
#define LAST_STREAM 3

static bool read_head(struct pd_docker_frames *frames)
{
        const unsigned char *head = frames->head;

        frames->left = (size_t)head[4] << 24 | (size_t)head[5] << 16 | (size_t)head[6] << 8 |
                       (size_t)head[7];
        return head[0] <= LAST_STREAM && head[1] == 0 && head[2] == 0 && head[3] == 0;
}

bool pd_docker_frames_feed(struct pd_docker_frames *frames, const char *bytes, size_t len,
                           bool *ret_broken)
{
        *ret_broken = false;
        while (len > 0) {
                bool in_head = frames->head_len < sizeof(frames->head);
                size_t want = in_head ? sizeof(frames->head) - frames->head_len : frames->left;
                size_t part = len < want ? len : want;

                if (in_head) {
                        memcpy(frames->head + frames->head_len, bytes, part);
                        frames->head_len += part;
                        *ret_broken =
                                frames->head_len == sizeof(frames->head) && !read_head(frames);
                        if (*ret_broken)
                                return false;
                } else {
                        frames->left -= part;
                        if (!pd_lines_feed(&frames->lines, bytes, part))
                                return false;
                }
                if (frames->head_len == sizeof(frames->head) && frames->left == 0) {
                        frames->head_len = 0;
                        if (!pd_lines_end(&frames->lines))
                                return false;
                }
                bytes += part;
                len -= part;
        }
        return true;
}
