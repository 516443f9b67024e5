/* log.h - one log on its way from an engine to who reads it. Pure. */
#ifndef PD_ENGINE_LOG_H
#define PD_ENGINE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"

struct pd_log {
        const struct pd_engine_logs *wanted;
        const char *workload; /* borrowed */
        bool is_full;         /* its reader had enough */
};

/* Take a line that has its time in front: for pd_lines; the context is a struct pd_log. */
bool pd_log_take_line(void *context, char *text, size_t len);

#endif
