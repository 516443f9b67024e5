/* log.c - one log on its way from an engine to who reads it. */
#include "log.h"

#include "lines.h"

bool pd_log_take_line(void *context, char *text, size_t len)
{
        struct pd_log *log = context;
        const char *time;
        const char *rest = pd_lines_split_time(text, &time);

        log->is_full = !log->wanted->take(log->wanted->context, log->workload, time, rest,
                                          len - (size_t)(rest - text));
        return !log->is_full;
}
