/* engine.c - what all kinds of engines share: their one front, and what their answers are held in.
 */
#include "engine/engine.h"

#include <poll.h>

int pd_engine_ping(const struct pd_engine *engine, struct pd_arena *arena, const char **ret_version,
                   struct pd_err *err)
{
        return engine->ops->ping(engine->self, arena, ret_version, err);
}

int pd_engine_plan(const struct pd_engine *engine, const struct pd_engine_wish *wish,
                   struct pd_engine_plan *ret, struct pd_err *err)
{
        return engine->ops->plan(engine->self, wish, ret, err);
}

int pd_engine_apply(const struct pd_engine *engine, const struct pd_engine_wish *wish,
                    const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return engine->ops->apply(engine->self, wish, watcher, err);
}

int pd_engine_wait(const struct pd_engine *engine, const char *name, int64_t timeout_ms,
                   const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return engine->ops->wait(engine->self, name, timeout_ms, watcher, err);
}

int pd_engine_list(const struct pd_engine *engine, const char *name, struct pd_deployments *ret,
                   struct pd_err *err)
{
        return engine->ops->list(engine->self, name, ret, err);
}

int pd_engine_logs(const struct pd_engine *engine, const char *name,
                   const struct pd_engine_logs *logs, struct pd_err *err)
{
        return engine->ops->logs(engine->self, name, logs, err);
}

int pd_engine_restart(const struct pd_engine *engine, const char *name, const char *workload,
                      const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return engine->ops->restart(engine->self, name, workload, watcher, err);
}

int pd_engine_remove(const struct pd_engine *engine, const char *name, bool with_volumes,
                     const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        return engine->ops->remove(engine->self, name, with_volumes, watcher, err);
}

int pd_engine_ask(const struct pd_engine *engine, const char *name,
                  const struct pd_fetch_request *request, struct pd_fetch_answer *ret,
                  struct pd_err *err)
{
        return engine->ops->ask(engine->self, name, request, ret, err);
}

int pd_engine_keep(const struct pd_engine *engine, const char *name, const char *run,
                   struct pd_err *err)
{
        return engine->ops->keep(engine->self, name, run, err);
}

void pd_engine_done(struct pd_engine *engine)
{
        if (engine->ops != NULL)
                engine->ops->free(engine->self);
        *engine = (struct pd_engine){0};
}

void pd_engine_plan_done(struct pd_engine_plan *plan)
{
        pd_findings_done(&plan->findings);
        pd_arena_done(&plan->arena);
        *plan = (struct pd_engine_plan){0};
}

void pd_deployments_done(struct pd_deployments *deployments)
{
        pd_arena_done(&deployments->arena);
        *deployments = (struct pd_deployments){0};
}

bool pd_engine_is_canceled(const int *cancel_fd)
{
        struct pollfd look;

        if (cancel_fd == NULL)
                return false;
        look = (struct pollfd){.fd = *cancel_fd, .events = POLLIN};
        return poll(&look, 1, 0) > 0;
}

const char *pd_change_name(enum pd_change change)
{
        static const char *const names[] = {
                [PD_CHANGE_NONE] = "none",     [PD_CHANGE_CREATE] = "create",
                [PD_CHANGE_UPDATE] = "update", [PD_CHANGE_START] = "start",
                [PD_CHANGE_REMOVE] = "remove",
        };

        return names[change];
}
