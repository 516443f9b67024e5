/* progress.h - what an engine does, as it happens: a line a workload, or a line an event. */
#ifndef PD_CLI_PROGRESS_H
#define PD_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "command.h"
#include "engine/engine.h"

struct pd_progress_row;

/**
 * On a terminal each workload has one line, written anew when it changes; elsewhere each change is
 * a line, and with --output json each event. From pd_progress_begin() to pd_progress_end().
 */
struct pd_progress {
        const struct pd_call *call;
        int64_t began_us; /**< monotonic */
        struct pd_arena arena;
        struct pd_progress_row *rows;
        size_t count;
        int name_width; /**< of the longest name so far */
        bool is_alive;  /**< lines are written anew */
        size_t drawn;   /**< those on the terminal */
};

void pd_progress_begin(struct pd_progress *progress, const struct pd_call *call);

/** A name that will come: its column is wide enough from the beginning. */
void pd_progress_expect(struct pd_progress *progress, const char *name);

/** Of a struct pd_engine_watcher; `context` is a struct pd_progress. */
void pd_progress_tell(void *context, const struct pd_engine_event *event);

/** Of each workload with which something is amiss: the last lines of its log and what to do.
 * Releases all. */
void pd_progress_end(struct pd_progress *progress);

/** Seconds since the beginning. */
double pd_progress_seconds(const struct pd_progress *progress);

#endif
