/* docker_plan.h - what is wished for held against what is there. */
#ifndef PD_ENGINE_DOCKER_PLAN_H
#define PD_ENGINE_DOCKER_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "docker_found.h"
#include "docker_spec.h"

/* What becomes of one workload. */
struct pd_docker_task {
        const struct pd_docker_spec *spec;
        const struct pd_docker_container *existing; /* NULL: none */
        const char *image_id;                       /* of its image here; "": it is not here */
        enum pd_change change;
        const char *why;     /* "" */
        bool again;          /* what failed just now may work the next time */
        const char *failure; /* why it could not be made; NULL: it goes on */
};

/* All zero is valid and empty. */
struct pd_docker_plan {
        struct pd_docker_specs specs;
        struct pd_docker_found found;
        const struct pd_docker_deployed *deployed; /* NULL: nothing is there */
        struct pd_docker_task *tasks;              /* one a workload of the solution */
        size_t count;
        size_t leftovers; /* containers of the deployment that are not wished for any more */
};

/* The errors of pd_engine_plan(). Nothing is changed. */
int pd_docker_plan_make(struct pd_docker *docker, const struct pd_engine_wish *wish,
                        struct pd_findings *findings, struct pd_docker_plan *ret,
                        struct pd_err *err) PD_MUST_CHECK;

/* Look anew at which images are here, and decide again. */
int pd_docker_plan_decide(struct pd_docker *docker, struct pd_docker_plan *plan,
                          struct pd_err *err) PD_MUST_CHECK;

/* Whether a container of the deployment is wished for. */
bool pd_docker_plan_wants(const struct pd_docker_plan *plan,
                          const struct pd_docker_container *container);

/* Whether the image of a task is to be pulled. */
bool pd_docker_task_pulls(const struct pd_docker_task *task);

/* It cannot be made, for the reason, detail and advice of `why`: remember, and tell. */
void pd_docker_task_fail(struct pd_docker_plan *plan, struct pd_docker_task *task,
                         const struct pd_engine_watcher *watcher,
                         const struct pd_engine_event *why);

void pd_docker_plan_done(struct pd_docker_plan *plan);

/* The engine's function. */
int pd_docker_plan(struct pd_docker *docker, const struct pd_engine_wish *wish,
                   struct pd_engine_plan *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
