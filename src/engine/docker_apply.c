/*
 * docker_apply.c - a plan carried out, in stages; within one all workloads go on together.
 *
 * Whatever is cut short is seen as such by the next plan: a container that was not started is made
 * anew, since nobody knows whether it has its files.
 */
#include "docker_apply.h"

#include <string.h>

#include "base/format.h"
#include "docker_batch.h"
#include "docker_pull.h"
#include "docker_stop.h"
#include "json/get.h"
#include "json/json.h"
#include "random.h"
#include "runtime_words.h"
#include "solution/names.h"

/* Docker does not look whether a port that it chooses is free, and gives up after ten that are not;
 * the next time it goes on behind them. */
#define MAX_PORT_TRIES 10

struct applying {
        struct pd_docker *docker;
        const struct pd_engine_wish *wish;
        const struct pd_engine_watcher *watcher;
        struct pd_docker_plan plan;
        struct pd_docker_owner owner;
        const char *token;
        int tries; /* of the stage */
        char id[2 * PD_ID_BYTES + 1];
        char new_token[2 * PD_TOKEN_BYTES + 1];
};

/* --- Who it is --- */

/* Identity and token stay as long as anything of the deployment does. */
static int identify(struct applying *applying, struct pd_err *err)
{
        const struct pd_docker_deployed *deployed = applying->plan.deployed;
        const struct pd_docker_container *orchestrator =
                deployed != NULL ? pd_docker_container_of(deployed, PD_ORCHESTRATOR_NAME) : NULL;

        if (pd_random_hex(applying->id, PD_ID_BYTES, err) < 0 ||
            pd_random_hex(applying->new_token, PD_TOKEN_BYTES, err) < 0)
                return -1;
        if (orchestrator != NULL)
                applying->token = pd_docker_variable(orchestrator, PD_ENGINE_TOKEN_VARIABLE);
        if (applying->token == NULL)
                applying->token = applying->new_token;
        applying->owner = (struct pd_docker_owner){
                .name = applying->wish->name,
                .id = deployed != NULL ? deployed->id : applying->id,
                .owner = applying->wish->owner,
                .solution = applying->plan.specs.solution,
        };
        return 0;
}

/* --- Network and volume --- */

/* Takes the tree; NULL for want of memory. */
static int create_object(struct applying *applying, const char *path, json_t *body,
                         struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        pd_auto(pd_json_free_ptr) json_t *owned = body;
        struct pd_fetch_request request;

        if (owned == NULL)
                return pd_fail_memory(err, "a request to the engine");
        if (pd_docker_request(applying->docker, "POST",
                              pd_docker_url(applying->docker, &arena, path, NULL, NULL), &request,
                              err) < 0 ||
            pd_docker_set_body(&request, &arena, owned, err) < 0)
                return -1;
        return pd_docker_do(applying->docker, &request, err);
}

/* What Docker cannot give was said by pd_engine_plan(). */
static int make_plan(struct applying *applying, struct pd_err *err)
{
        pd_auto(pd_findings_done) struct pd_findings findings = {0};

        return pd_docker_plan_make(applying->docker, applying->wish, &findings, &applying->plan,
                                   err);
}

/* The network of a replaced deployment names another solution: it is made anew with all in it. */
static int drop_network(struct applying *applying, struct pd_err *err)
{
        const struct pd_docker_deployed *deployed = applying->plan.deployed;

        if (deployed == NULL || (deployed->network == NULL && deployed->count == 0) ||
            strcmp(deployed->solution, applying->plan.specs.solution) == 0)
                return 0;
        if (pd_docker_remove(applying->docker, applying->wish->name, false, applying->watcher,
                             err) < 0)
                return -1;
        pd_docker_plan_done(&applying->plan);
        return make_plan(applying, err);
}

static int make_surroundings(struct applying *applying, struct pd_err *err)
{
        const struct pd_docker_plan *plan = &applying->plan;
        const struct pd_docker_deployed *deployed = plan->deployed;

        if ((deployed == NULL || deployed->network == NULL) &&
            create_object(applying, "/networks/create",
                          json_pack("{s:s, s:s, s:b, s:o}", "Name", plan->specs.network, "Driver",
                                    "bridge", "CheckDuplicate", 1, "Labels",
                                    pd_docker_labels(&applying->owner)),
                          err) < 0)
                return pd_wrap(err, "make the network '%s'", plan->specs.network);
        if (plan->specs.volume != NULL && (deployed == NULL || deployed->volume == NULL) &&
            create_object(applying, "/volumes/create",
                          json_pack("{s:s, s:o}", "Name", plan->specs.volume, "Labels",
                                    pd_docker_labels(&applying->owner)),
                          err) < 0)
                return pd_wrap(err, "make the volume '%s'", plan->specs.volume);
        return 0;
}

/* --- Stages --- */

static bool is_made(const struct pd_docker_task *task)
{
        return task->failure == NULL &&
               (task->change == PD_CHANGE_CREATE || task->change == PD_CHANGE_UPDATE);
}

static bool is_copied_to(const struct pd_docker_task *task)
{
        return is_made(task) && pd_workload_is_orchestrator(task->spec->workload);
}

static bool is_begun(const struct pd_docker_task *task)
{
        return is_made(task) || (task->failure == NULL && task->change == PD_CHANGE_START);
}

static int add_creation(struct applying *applying, struct pd_docker_batch *batch,
                        struct pd_docker_task *task, struct pd_err *err)
{
        struct pd_pair pairs[] = {{"name", task->spec->container}};
        const struct pd_pairs query = {pairs, PD_COUNT(pairs)};
        const char *url =
                pd_docker_url(applying->docker, &batch->arena, "/containers/create", NULL, &query);
        pd_auto(pd_json_free_ptr) json_t *body =
                pd_docker_spec_body(task->spec, &applying->owner, applying->token);
        struct pd_fetch_request *request;

        if (body == NULL)
                return pd_fail_memory(err, "a container");
        if (pd_docker_batch_add(batch, task, "POST", url, &request, err) < 0)
                return -1;
        return pd_docker_set_body(request, &batch->arena, body, err);
}

static int add_copy(struct applying *applying, struct pd_docker_batch *batch,
                    struct pd_docker_task *task, struct pd_err *err)
{
        struct pd_pair pairs[] = {{"path", "/"}};
        const struct pd_pairs query = {pairs, PD_COUNT(pairs)};
        const char *url = pd_docker_url(applying->docker, &batch->arena, "/containers/%s/archive",
                                        task->spec->container, &query);
        struct pd_fetch_request *request;

        if (applying->plan.specs.tar == NULL)
                return 0; /* a single model that is called so */
        if (pd_docker_batch_add(batch, task, "PUT", url, &request, err) < 0)
                return -1;
        request->body = applying->plan.specs.tar;
        request->body_len = applying->plan.specs.tar_len;
        request->body_type = "application/x-tar";
        return 0;
}

static int add_start(struct applying *applying, struct pd_docker_batch *batch,
                     struct pd_docker_task *task, struct pd_err *err)
{
        const char *url = pd_docker_url(applying->docker, &batch->arena, "/containers/%s/start",
                                        task->spec->container, NULL);
        struct pd_fetch_request *request;

        if (pd_docker_batch_add(batch, task, "POST", url, &request, err) < 0)
                return -1;
        request->deadline_ms = PD_DOCKER_SLOW_DEADLINE_MS;
        return 0;
}

/* What is done with those workloads that it is for. */
struct stage {
        bool (*is_for)(const struct pd_docker_task *task);
        int (*add)(struct applying *applying, struct pd_docker_batch *batch,
                   struct pd_docker_task *task, struct pd_err *err);
        enum pd_state after; /* told of each */
        bool is_silent;      /* but not told */
};

static const struct stage stages[] = {
        {is_made, add_creation, PD_STATE_CREATED, false},
        {is_copied_to, add_copy, PD_STATE_CREATED, true},
        {is_begun, add_start, PD_STATE_STARTING, false},
};

/* Only the loss of the engine itself, and somebody else at the same deployment, end everything. */
static int conclude(struct applying *applying, const struct stage *stage,
                    const struct pd_docker_batch *batch, size_t i, struct pd_err *err)
{
        struct pd_docker_task *task = batch->subjects[i];
        const char *name = task->spec->workload->name;
        struct pd_docker_message message;
        struct pd_engine_event why;

        if (batch->errs[i].code == PD_OK) {
                if (!stage->is_silent)
                        pd_tell(applying->watcher, name, stage->after);
                return 0;
        }
        if (batch->answers[i].status == 0) {
                if (err != NULL)
                        *err = batch->errs[i];
                return -1;
        }
        message = pd_docker_message(&batch->answers[i]);
        if (strstr(message.text, "is already in use") != NULL &&
            strstr(message.text, task->spec->container) != NULL)
                return pd_fail(err, PD_E_CONFLICT, 0,
                               "somebody else is changing '%s' at this moment: '%s' is there "
                               "already; try again",
                               applying->wish->name, task->spec->container);
        why = (struct pd_engine_event){
                .reason = pd_runtime_start_reason(message.text),
                .detail = message.text,
        };
        task->again = why.reason == PD_REASON_PORT_TAKEN && applying->tries < MAX_PORT_TRIES;
        if (task->again)
                return 0;
        pd_docker_task_fail(&applying->plan, task, applying->watcher, &why);
        return 0;
}

static bool is_tried(const struct applying *applying, const struct stage *stage,
                     const struct pd_docker_task *task)
{
        return stage->is_for(task) && (applying->tries == 1 || task->again);
}

/* Once with all of them, or with those that are to be tried again; *ret_again: some are, still. */
static int try_stage(struct applying *applying, const struct stage *stage, bool *ret_again,
                     struct pd_err *err)
{
        pd_auto(pd_docker_batch_done) struct pd_docker_batch batch = {0};
        struct pd_docker_plan *plan = &applying->plan;

        if (pd_tell_check_canceled(applying->watcher, err) < 0 ||
            pd_docker_batch_init(&batch, applying->docker, plan->count, err) < 0)
                return -1;
        for (size_t i = 0; i < plan->count; i++) {
                struct pd_docker_task *task = &plan->tasks[i];

                if (is_tried(applying, stage, task) && stage->add(applying, &batch, task, err) < 0)
                        return -1;
                task->again = false;
        }
        pd_docker_batch_send(&batch);
        *ret_again = false;
        for (size_t i = 0; i < batch.count; i++) {
                const struct pd_docker_task *task = batch.subjects[i];

                if (conclude(applying, stage, &batch, i, err) < 0)
                        return -1;
                *ret_again = *ret_again || task->again;
        }
        return 0;
}

static int run_stage(struct applying *applying, const struct stage *stage, struct pd_err *err)
{
        bool again = true;

        for (applying->tries = 1; again; applying->tries++)
                if (try_stage(applying, stage, &again, err) < 0)
                        return -1;
        return 0;
}

/* --- What is in the way --- */

/* Containers that are made anew, and those that are not wished for any more. */
static int clear(struct applying *applying, struct pd_err *err)
{
        struct pd_docker_plan *plan = &applying->plan;
        const struct pd_docker_deployed *deployed = plan->deployed;
        const struct pd_docker_container **list;
        size_t count = 0;

        if (deployed == NULL)
                return 0;
        list = pd_arena_alloc(&plan->specs.arena, deployed->count + 1,
                              sizeof(struct pd_docker_container *));
        if (list == NULL)
                return pd_fail_memory(err, "a list");
        for (size_t i = 0; i < plan->count; i++)
                if (is_made(&plan->tasks[i]) && plan->tasks[i].existing != NULL)
                        list[count++] = plan->tasks[i].existing;
        for (size_t i = 0; i < deployed->count; i++)
                if (!pd_docker_plan_wants(plan, &deployed->containers[i]))
                        list[count++] = &deployed->containers[i];
        return pd_docker_remove_containers(applying->docker, list, count, applying->watcher, err);
}

/* Images that may be pulled are; whoever lacks one still, and may not, has failed. */
static int get_images(struct applying *applying, struct pd_err *err)
{
        static const struct pd_engine_event absent = {
                .reason = PD_REASON_IMAGE_ABSENT,
                .detail = "the image is not here, and is not to be pulled",
        };
        struct pd_docker_plan *plan = &applying->plan;
        size_t pulled;

        if (pd_docker_pull(applying->docker, plan, applying->watcher, &pulled, err) < 0 ||
            (pulled > 0 && pd_docker_plan_decide(applying->docker, plan, err) < 0))
                return -1;
        for (size_t i = 0; i < plan->count; i++) {
                struct pd_docker_task *task = &plan->tasks[i];

                if (!is_made(task) || task->image_id[0] != '\0')
                        continue;
                pd_docker_task_fail(plan, task, applying->watcher, &absent);
        }
        return 0;
}

static int check_all(const struct applying *applying, struct pd_err *err)
{
        const struct pd_docker_plan *plan = &applying->plan;

        for (size_t i = 0; i < plan->count; i++)
                if (plan->tasks[i].failure != NULL)
                        return pd_fail(err, PD_E_NOT_READY, 0, "'%s' cannot start: %s",
                                       plan->tasks[i].spec->workload->name, plan->tasks[i].failure);
        return 0;
}

static int apply(struct applying *applying, struct pd_err *err)
{
        if (make_plan(applying, err) < 0 || drop_network(applying, err) < 0 ||
            identify(applying, err) < 0 || pd_tell_check_canceled(applying->watcher, err) < 0 ||
            make_surroundings(applying, err) < 0 || get_images(applying, err) < 0 ||
            clear(applying, err) < 0)
                return -1;
        for (size_t i = 0; i < PD_COUNT(stages); i++)
                if (run_stage(applying, &stages[i], err) < 0)
                        return -1;
        return check_all(applying, err);
}

int pd_docker_apply(struct pd_docker *docker, const struct pd_engine_wish *wish,
                    const struct pd_engine_watcher *watcher, struct pd_err *err)
{
        struct applying applying = {.docker = docker, .wish = wish, .watcher = watcher};
        int result = apply(&applying, err);

        pd_docker_plan_done(&applying.plan);
        explicit_bzero(applying.new_token, sizeof(applying.new_token));
        return result;
}
