/*
 * docker_frames.h - the log of a container as Docker sends it, cut into lines. Pure.
 *
 * A frame is 8 bytes (stream, three zeros, length big-endian) and its payload: a line, or a part of
 * a long one, with its time in front.
 */
#ifndef PD_ENGINE_DOCKER_FRAMES_H
#define PD_ENGINE_DOCKER_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "lines.h"

struct pd_docker_frames {
        unsigned char head[8];
        size_t head_len;
        size_t left; /* of the payload */
        struct pd_lines lines;
};

#define PD_DOCKER_FRAMES_INIT(take_, context_)                                                     \
        {                                                                                          \
                .lines = PD_LINES_INIT(take_, context_)                                            \
        }

/* False: the taker had enough, there was no memory, or these are no frames: is_broken then. */
bool pd_docker_frames_feed(struct pd_docker_frames *frames, const char *bytes, size_t len,
                           bool *ret_broken);

static inline void pd_docker_frames_done(struct pd_docker_frames *frames)
{
        pd_lines_done(&frames->lines);
}

#endif
