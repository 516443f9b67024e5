/* tell.c - telling a watcher what happens. */
#include "tell.h"

#include "base/clock.h"

static const char *or_empty(const char *text)
{
        return text != NULL ? text : "";
}

void pd_tell_event(const struct pd_engine_watcher *watcher, struct pd_engine_event event)
{
        if (watcher == NULL || watcher->tell == NULL)
                return;
        event.workload = or_empty(event.workload);
        event.detail = or_empty(event.detail);
        event.advice = or_empty(event.advice);
        event.lines = or_empty(event.lines);
        if (event.at_ms == 0)
                event.at_ms = pd_clock_unix_ms();
        watcher->tell(watcher->context, &event);
}

void pd_tell(const struct pd_engine_watcher *watcher, const char *workload, enum pd_state state)
{
        pd_tell_event(watcher, (struct pd_engine_event){.workload = workload, .state = state});
}

int pd_tell_check_canceled(const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        if (watcher != NULL && pd_engine_is_canceled(watcher->cancel_fd))
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "canceled");
        return 0;
}
