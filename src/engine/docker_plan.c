/* docker_plan.c - what is wished for held against what is there. */
#include "docker_plan.h"

#include <string.h>

#include "tell.h"
#include "json/get.h"
#include "json/json.h"
#include "plan.h"

/* --- May it be done? --- */

static int check_owner(const struct pd_engine_wish *wish, const struct pd_docker_plan *plan,
                       struct pd_err *err)
{
        const struct pd_docker_deployed *deployed = plan->deployed;

        if (deployed == NULL)
                return 0;
        return pd_plan_check_holder(
                wish, plan->specs.solution,
                &(struct pd_plan_holder){.owner = deployed->owner, .solution = deployed->solution},
                err);
}

/* What has the name of an object that is still to be made is not ours. */
static int check_strangers(struct pd_docker *docker, struct pd_docker_plan *plan,
                           struct pd_err *err)
{
        struct pd_arena *arena = &plan->specs.arena;
        size_t most = plan->count + 2, count = 0;
        const char **urls = pd_arena_alloc(arena, most, sizeof(*urls));
        const char **names = pd_arena_alloc(arena, most, sizeof(*names));
        json_t **trees = pd_arena_alloc(arena, most, sizeof(json_t *));
        const char *taken = NULL;

        if (urls == NULL || names == NULL || trees == NULL)
                return pd_fail_memory(err, "requests to the engine");
        if (plan->deployed == NULL || plan->deployed->network == NULL) {
                names[count] = plan->specs.network;
                urls[count++] =
                        pd_docker_url(docker, arena, "/networks/%s", plan->specs.network, NULL);
        }
        if (plan->specs.volume != NULL &&
            (plan->deployed == NULL || plan->deployed->volume == NULL)) {
                names[count] = plan->specs.volume;
                urls[count++] =
                        pd_docker_url(docker, arena, "/volumes/%s", plan->specs.volume, NULL);
        }
        for (size_t i = 0; i < plan->count; i++) {
                if (plan->tasks[i].existing != NULL)
                        continue;
                names[count] = plan->tasks[i].spec->container;
                urls[count] =
                        pd_docker_url(docker, arena, "/containers/%s/json", names[count], NULL);
                count++;
        }
        if (pd_docker_get_all(docker, arena, urls, count, trees, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                if (trees[i] != NULL && taken == NULL)
                        taken = names[i];
                json_decref(trees[i]);
        }
        if (taken == NULL)
                return 0;
        return pd_fail(err, PD_E_CONFLICT, 0,
                       "'%s' is there already and is not of this deployment: remove or rename it, "
                       "or choose another name for the deployment",
                       taken);
}

/* --- What changes --- */

static const char *status_of(const struct pd_docker_container *container)
{
        return pd_json_get_text(pd_json_get(container->inspect, "State"), "Status");
}

static bool has_same_image_name(const struct pd_docker_task *task)
{
        const char *image =
                pd_json_get_string(pd_json_get(task->existing->inspect, "Config"), "Image");

        return image != NULL && strcmp(image, task->spec->workload->image) == 0;
}

static void decide(const struct pd_docker_plan *plan, struct pd_docker_task *task)
{
        const char *status = task->existing != NULL ? status_of(task->existing) : "";
        bool is_up = strcmp(status, "running") == 0 || strcmp(status, "restarting") == 0;

        task->change = PD_CHANGE_UPDATE;
        task->why = "";
        if (task->existing == NULL)
                task->change = PD_CHANGE_CREATE;
        else if (plan->deployed->network == NULL)
                task->why = "its network is gone";
        else if (strcmp(task->existing->spec, task->spec->digest) != 0)
                task->why = has_same_image_name(task) ? "its settings differ" : "its image differs";
        else if (task->image_id[0] != '\0' && strcmp(task->image_id, task->existing->image_id) != 0)
                task->why = "its image is another one by now";
        else if (is_up)
                task->change = PD_CHANGE_NONE;
        else if (strcmp(status, "exited") == 0 || strcmp(status, "stopped") == 0)
                task->change = PD_CHANGE_START;
        else
                task->why = "it was never started, or not to the end";
}

int pd_docker_plan_decide(struct pd_docker *docker, struct pd_docker_plan *plan, struct pd_err *err)
{
        struct pd_arena *arena = &plan->specs.arena;
        const char **urls = pd_arena_alloc(arena, plan->count + 1, sizeof(*urls));
        json_t **trees = pd_arena_alloc(arena, plan->count + 1, sizeof(json_t *));
        bool is_whole = true;

        if (urls == NULL || trees == NULL)
                return pd_fail_memory(err, "requests to the engine");
        for (size_t i = 0; i < plan->count; i++)
                urls[i] = pd_docker_url(docker, arena, "/images/%s/json",
                                        plan->tasks[i].spec->workload->image, NULL);
        if (pd_docker_get_all(docker, arena, urls, plan->count, trees, err) < 0)
                return -1;
        for (size_t i = 0; i < plan->count; i++) {
                plan->tasks[i].image_id = pd_arena_string(arena, pd_json_get_text(trees[i], "Id"));
                is_whole = is_whole && plan->tasks[i].image_id != NULL;
                json_decref(trees[i]);
        }
        if (!is_whole)
                return pd_fail_memory(err, "the images' names");
        for (size_t i = 0; i < plan->count; i++)
                decide(plan, &plan->tasks[i]);
        return 0;
}

bool pd_docker_task_pulls(const struct pd_docker_task *task)
{
        enum pd_pull_policy policy = task->spec->workload->pull_policy;
        bool makes = task->change == PD_CHANGE_CREATE || task->change == PD_CHANGE_UPDATE;

        return policy == PD_PULL_ALWAYS ||
               (makes && task->image_id[0] == '\0' && policy != PD_PULL_NEVER);
}

void pd_docker_task_fail(struct pd_docker_plan *plan, struct pd_docker_task *task,
                         const struct pd_engine_watcher *watcher, const struct pd_engine_event *why)
{
        struct pd_engine_event event = *why;

        task->failure = pd_arena_string(&plan->specs.arena, why->detail);
        if (task->failure == NULL)
                task->failure = "no memory for the reason";
        event.workload = task->spec->workload->name;
        event.state = PD_STATE_FAILED;
        if (event.advice == NULL)
                event.advice = pd_reason_advice(why->reason);
        pd_tell_event(watcher, event);
}

bool pd_docker_plan_wants(const struct pd_docker_plan *plan,
                          const struct pd_docker_container *container)
{
        for (size_t i = 0; i < plan->count; i++)
                if (plan->tasks[i].existing == container)
                        return true;
        return false;
}

/* --- The plan --- */

static int make_tasks(struct pd_docker_plan *plan, struct pd_err *err)
{
        const struct pd_docker_deployed *deployed = plan->deployed;

        plan->count = plan->specs.count;
        plan->tasks = pd_arena_alloc(&plan->specs.arena, plan->count + 1, sizeof(*plan->tasks));
        if (plan->tasks == NULL)
                return pd_fail_memory(err, "a plan");
        for (size_t i = 0; i < plan->count; i++) {
                const struct pd_docker_spec *spec = &plan->specs.at[i];

                plan->tasks[i].spec = spec;
                if (deployed != NULL)
                        plan->tasks[i].existing =
                                pd_docker_container_of(deployed, spec->workload->name);
        }
        for (size_t i = 0; deployed != NULL && i < deployed->count; i++)
                plan->leftovers += !pd_docker_plan_wants(plan, &deployed->containers[i]);
        return 0;
}

int pd_docker_plan_make(struct pd_docker *docker, const struct pd_engine_wish *wish,
                        struct pd_findings *findings, struct pd_docker_plan *ret,
                        struct pd_err *err)
{
        pd_auto(pd_docker_plan_done) struct pd_docker_plan plan = {0};

        if (pd_docker_specs_make(wish, docker->publish_address, findings, &plan.specs, err) < 0 ||
            pd_docker_find(docker, wish->name, &plan.found, err) < 0)
                return -1;
        plan.deployed = plan.found.count > 0 ? &plan.found.at[0] : NULL;
        if (check_owner(wish, &plan, err) < 0 || make_tasks(&plan, err) < 0 ||
            check_strangers(docker, &plan, err) < 0 ||
            pd_docker_plan_decide(docker, &plan, err) < 0)
                return -1;
        *ret = plan;
        plan = (struct pd_docker_plan){0};
        return 0;
}

void pd_docker_plan_done(struct pd_docker_plan *plan)
{
        pd_docker_found_done(&plan->found);
        pd_docker_specs_done(&plan->specs);
        *plan = (struct pd_docker_plan){0};
}

/* --- For people --- */

static struct pd_engine_step step_for(const char *kind, const char *name, const json_t *existing)
{
        return (struct pd_engine_step){
                .change = existing != NULL ? PD_CHANGE_NONE : PD_CHANGE_CREATE,
                .kind = kind,
                .name = name,
                .why = "",
        };
}

static int tell(const struct pd_docker_plan *plan, struct pd_engine_plan *to, struct pd_err *err)
{
        static const struct pd_docker_deployed nothing;
        const struct pd_docker_deployed *deployed =
                plan->deployed != NULL ? plan->deployed : &nothing;

        if (pd_plan_add(to, step_for("network", plan->specs.network, deployed->network), err) < 0 ||
            (plan->specs.volume != NULL &&
             pd_plan_add(to, step_for("volume", plan->specs.volume, deployed->volume), err) < 0))
                return -1;
        for (size_t i = 0; i < plan->count; i++) {
                const struct pd_docker_task *task = &plan->tasks[i];
                struct pd_engine_step step =
                        step_for("container", task->spec->workload->name, NULL);

                step.change = task->change;
                step.why = task->why;
                if (pd_plan_add(to, step, err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < deployed->count; i++) {
                struct pd_engine_step step =
                        step_for("container", deployed->containers[i].workload, NULL);

                step.change = PD_CHANGE_REMOVE;
                step.why = "it is not part of the solution any more";
                if (!pd_docker_plan_wants(plan, &deployed->containers[i]) &&
                    pd_plan_add(to, step, err) < 0)
                        return -1;
        }
        return 0;
}

int pd_docker_plan(struct pd_docker *docker, const struct pd_engine_wish *wish,
                   struct pd_engine_plan *ret, struct pd_err *err)
{
        pd_auto(pd_docker_plan_done) struct pd_docker_plan plan = {0};
        struct pd_engine_plan told = {0};

        if (pd_docker_plan_make(docker, wish, &told.findings, &plan, err) < 0 ||
            tell(&plan, &told, err) < 0) {
                pd_engine_plan_done(&told);
                return -1;
        }
        *ret = told;
        return 0;
}
