/* kubernetes_plan.c - what is wished for held against what is there. */
#include "kubernetes_plan.h"

#include <string.h>

#include "base/own.h"
#include "docker_credentials.h"
#include "json/get.h"
#include "json/json.h"
#include "kubernetes_apply.h"
#include "kubernetes_ask.h"
#include "kubernetes_reason.h"
#include "kubernetes_registries.h"
#include "plan.h"
#include "solution/image.h"
#include "solution/names.h"

struct planning {
        const struct pd_kubernetes *kubernetes;
        const struct pd_engine_wish *wish;
        struct pd_findings *findings;
        struct pd_kubernetes_plan *plan;
};

/* --- Where --- */

/* The namespace that is named, or that has a deployment of this name already, or one of its own. */
static int find_place(struct planning *planning, const char **ret, struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        const char *name = planning->wish->name;
        struct pd_kubernetes_deployed *deployed;
        struct pd_err why = {0};

        *ret = planning->kubernetes->options.namespace_name;
        if (*ret != NULL)
                return 0;
        if (pd_kubernetes_find(planning->kubernetes, name, PD_LOOK_STATE, &found, err) < 0)
                return -1;
        if (pd_kubernetes_choose(&found, name, true, &deployed, &why) == 0)
                name = deployed->namespace_name;
        else if (why.code != PD_E_NOT_FOUND) {
                if (err != NULL)
                        *err = why;
                return -1;
        }
        *ret = pd_arena_string(&planning->plan->arena, name);
        return *ret != NULL ? 0 : pd_fail_memory(err, "a plan");
}

/* Of the deployments in the namespace ours is the one of that name; there may be no other. */
static int find_deployed(struct planning *planning, struct pd_err *err)
{
        struct pd_kubernetes_plan *plan = planning->plan;
        const char *place = plan->shape.namespace_name;

        for (size_t i = 0; i < plan->found.count; i++) {
                const struct pd_kubernetes_deployed *deployed = &plan->found.at[i];

                if (plan->deployed == NULL && strcmp(deployed->name, planning->wish->name) == 0)
                        plan->deployed = deployed;
                else if (!pd_kubernetes_is_leftover(deployed))
                        return pd_fail(err, PD_E_CONFLICT, 0,
                                       "the namespace '%s' holds another deployment, '%s': choose "
                                       "another namespace (--namespace), or remove that one",
                                       place, pd_show(deployed->name).text);
        }
        return 0;
}

static int check_place(struct planning *planning, struct pd_err *err)
{
        struct pd_kubernetes_plan *plan = planning->plan;
        bool is_named = planning->kubernetes->options.namespace_name != NULL;
        bool is_ending = plan->found.place != NULL && pd_kubernetes_is_ending(plan->found.place);
        const char *place = plan->shape.namespace_name;

        plan->shape.owns_namespace =
                plan->deployed != NULL ? plan->deployed->owns_namespace : !is_named;
        plan->has_place = plan->found.place != NULL || plan->found.is_place_hidden;
        plan->is_waiting = is_ending && plan->shape.owns_namespace;
        if (!plan->shape.owns_namespace && (planning->kubernetes->options.quota.count > 0 ||
                                            planning->kubernetes->options.default_limits.count > 0))
                return pd_fail(err, PD_E_INVALID, 0,
                               "the namespace '%s' is not of the deployment's own, and so gets no "
                               "quota and no limits: leave --quota and --default-limits out, or "
                               "--namespace",
                               place);
        if (is_named && !plan->has_place)
                return pd_fail(err, PD_E_NOT_FOUND, 0,
                               "there is no namespace '%s': make it, or name none, so that the "
                               "deployment gets one of its own",
                               place);
        if (is_ending && !plan->is_waiting)
                return pd_fail(err, PD_E_CONFLICT, 0, "the namespace '%s' is on its way out",
                               place);
        if (!is_named && plan->found.is_place_hidden)
                return pd_fail(err, PD_E_FORBIDDEN, 0,
                               "cannot get resource \"namespaces\", which a namespace of its own, "
                               "'%s', wants: ask for that right, or name a namespace that is there "
                               "(--namespace)",
                               place);
        if (plan->deployed == NULL && !is_named && plan->has_place && !plan->is_waiting)
                return pd_fail(err, PD_E_CONFLICT, 0,
                               "the namespace '%s' is there already and is not of this deployment: "
                               "choose another name for the deployment, or name the namespace to "
                               "use it (--namespace)",
                               place);
        return 0;
}

static int check_holder(const struct planning *planning, struct pd_err *err)
{
        const struct pd_kubernetes_deployed *deployed = planning->plan->deployed;
        char label[PD_LABEL_MAX + 1];

        if (deployed == NULL)
                return 0;
        pd_label_make(planning->wish->solution->name, label);
        return pd_plan_check_holder(
                planning->wish, label,
                &(struct pd_plan_holder){.owner = deployed->owner, .solution = deployed->solution},
                err);
}

/* --- As whom, and with what --- */

/* Identity and token stay as long as anything of the deployment does. */
static int identify(struct planning *planning, struct pd_err *err)
{
        struct pd_kubernetes_plan *plan = planning->plan;
        const struct pd_kubernetes_item *secret =
                plan->deployed != NULL ? pd_kubernetes_item_of(plan->deployed, PD_KUBERNETES_SECRET,
                                                               PD_KUBERNETES_TOKEN_SECRET)
                                       : NULL;
        char token[2 * PD_TOKEN_BYTES + 1];
        int result;

        if (pd_random_hex(plan->id, PD_ID_BYTES, err) < 0 ||
            pd_random_hex(token, PD_TOKEN_BYTES, err) < 0 ||
            pd_kubernetes_read_token(secret != NULL ? secret->json : NULL, &plan->token, err) < 0)
                return -1;
        result = plan->token == NULL ? pd_secret_new(token, strlen(token), &plan->token, err) : 0;
        explicit_bzero(token, sizeof(token));
        plan->shape.token = plan->token;
        return result;
}

static int read_registries(struct planning *planning, struct pd_err *err)
{
        const char *path = planning->kubernetes->options.registry_config;
        pd_auto(pd_json_free_ptr) json_t *config = NULL;

        if (path == NULL)
                return 0;
        if (pd_docker_config_load(path, &config, err) < 0)
                return -1;
        return pd_kubernetes_registries_read(config, planning->wish->solution, planning->findings,
                                             &planning->plan->registries, err);
}

/* Ours has an HTTP face, which the API server leads to; that of somebody else is called by gRPC. */
static bool is_foreign(const struct pd_solution *solution)
{
        const struct pd_workload *orchestrator = pd_solution_find(solution, PD_ORCHESTRATOR_NAME);
        struct pd_image image, own;
        struct pd_span name, own_name;

        if (solution->kind != PD_SOLUTION_PIPELINE || orchestrator == NULL ||
            pd_image_parse(orchestrator->image, &image, NULL) < 0 ||
            pd_image_parse(pd_solution_default_options.orchestrator_image, &own, NULL) < 0)
                return false;
        name = pd_image_repository(&image);
        own_name = pd_image_repository(&own);
        return name.len != own_name.len || memcmp(name.at, own_name.at, name.len) != 0;
}

static int make_objects(struct planning *planning, struct pd_err *err)
{
        const struct pd_kubernetes_options *options = &planning->kubernetes->options;
        struct pd_kubernetes_plan *plan = planning->plan;

        plan->shape.id = plan->deployed != NULL ? plan->deployed->id : plan->id;
        plan->shape.registries = plan->registries;
        plan->shape.is_foreign = is_foreign(planning->wish->solution);
        plan->shape.expose = options->expose;
        plan->shape.host = options->host;
        plan->shape.storage_class = options->storage_class;
        plan->shape.access_mode = options->access_mode;
        plan->shape.quota = &options->quota;
        plan->shape.default_limits = &options->default_limits;
        return pd_kubernetes_objects_make(planning->wish, &plan->shape, &plan->objects, err);
}

/* --- Strangers --- */

const struct pd_kubernetes_item *
pd_kubernetes_plan_existing(const struct pd_kubernetes_plan *plan,
                            const struct pd_kubernetes_object *object)
{
        return plan->deployed != NULL
                       ? pd_kubernetes_item_of(plan->deployed, object->kind, object->name)
                       : NULL;
}

static int fail_stranger(const struct pd_kubernetes_object *object, const char *place,
                         struct pd_err *err)
{
        return pd_fail(err, PD_E_CONFLICT, 0,
                       "%s '%s' is there already in the namespace '%s' and is not of this "
                       "deployment: remove or rename it, or choose another namespace",
                       pd_kubernetes_kind_name(object->kind), object->name, place);
}

/* Whether there is an object of that kind and name. */
static int is_there(struct planning *planning, const struct pd_kubernetes_object *object, bool *ret,
                    struct pd_err *err)
{
        struct pd_arena *arena = &planning->plan->arena;
        struct pd_pair pair = {"fieldSelector",
                               pd_arena_printf(arena, "metadata.name=%s", object->name)};
        const struct pd_pairs query = {&pair, 1};
        pd_auto(pd_json_free_ptr) json_t *list = NULL;

        if (pair.value == NULL)
                return pd_fail_memory(err, "a request to the cluster");
        if (pd_kubernetes_get(planning->kubernetes,
                              pd_kubernetes_kind_path(object->kind, arena,
                                                      planning->plan->shape.namespace_name, NULL),
                              &query, &list, err) < 0)
                return -1;
        *ret = json_array_size(pd_json_get_array(list, "items")) > 0;
        return 0;
}

/* One that is refused may be a good one on top of a stranger, with which it does not go together.
 */
static int is_stranger(struct planning *planning, const struct pd_kubernetes_object *object,
                       const struct pd_kubernetes_outcome *outcome, bool *ret, struct pd_err *err)
{
        if (outcome->err.code == PD_E_UNPROCESSABLE)
                return is_there(planning, object, ret, err);
        *ret = outcome->err.code == PD_E_CONFLICT ||
               (outcome->err.code == PD_OK && !outcome->is_created);
        return 0;
}

/* What has the name of an object that is still to be made is not ours: the server says so, which
 * checks them at the same time. */
static int check_strangers(struct planning *planning, struct pd_err *err)
{
        struct pd_kubernetes_plan *plan = planning->plan;
        size_t most = plan->objects.count;
        struct pd_kubernetes_object *at = pd_arena_alloc(&plan->arena, most + 1, sizeof(*at));
        struct pd_kubernetes_outcome *outcomes =
                pd_arena_alloc(&plan->arena, most + 1, sizeof(*outcomes));
        struct pd_kubernetes_objects fresh = {.at = at};
        int result;

        if (at == NULL || outcomes == NULL)
                return pd_fail_memory(err, "a plan");
        for (size_t i = 0; i < most; i++) {
                if (pd_kubernetes_plan_existing(plan, &plan->objects.at[i]) == NULL)
                        at[fresh.count++] = plan->objects.at[i];
        }
        result = pd_kubernetes_rehearse(planning->kubernetes, &fresh, outcomes, err);
        for (size_t i = 0; i < fresh.count; i++)
                json_decref(outcomes[i].json);
        for (size_t i = 0; i < fresh.count; i++) {
                bool is_taken;

                if (is_stranger(planning, &at[i], &outcomes[i], &is_taken, err) < 0)
                        return -1;
                if (is_taken)
                        return fail_stranger(&at[i], plan->shape.namespace_name, err);
        }
        return result;
}

/* --- The plan --- */

static int make(struct planning *planning, struct pd_err *err)
{
        struct pd_kubernetes_plan *plan = planning->plan;

        if (find_place(planning, &plan->shape.namespace_name, err) < 0 ||
            pd_kubernetes_find_in(planning->kubernetes, plan->shape.namespace_name, NULL,
                                  PD_LOOK_ALL, &plan->found, err) < 0 ||
            find_deployed(planning, err) < 0 || check_place(planning, err) < 0 ||
            check_holder(planning, err) < 0)
                return -1;
        if (plan->is_waiting) {
                plan->deployed = NULL;
                plan->has_place = false;
        }
        if (identify(planning, err) < 0 || read_registries(planning, err) < 0 ||
            make_objects(planning, err) < 0)
                return -1;
        return plan->has_place ? check_strangers(planning, err) : 0;
}

int pd_kubernetes_plan_make(const struct pd_kubernetes *kubernetes,
                            const struct pd_engine_wish *wish, struct pd_findings *findings,
                            struct pd_kubernetes_plan *ret, struct pd_err *err)
{
        struct planning planning = {
                .kubernetes = kubernetes, .wish = wish, .findings = findings, .plan = ret};

        *ret = (struct pd_kubernetes_plan){0};
        if (make(&planning, err) < 0) {
                pd_kubernetes_plan_done(ret);
                return -1;
        }
        return 0;
}

bool pd_kubernetes_plan_retries(const struct pd_kubernetes_item *item)
{
        return item != NULL && item->kind == PD_KUBERNETES_DEPLOYMENT &&
               pd_kubernetes_is_refused(item->json);
}

static bool is_wished_for(const struct pd_kubernetes_plan *plan,
                          const struct pd_kubernetes_item *item)
{
        for (size_t i = 0; i < plan->objects.count; i++) {
                if (plan->objects.at[i].kind == item->kind &&
                    strcmp(plan->objects.at[i].name, item->name) == 0)
                        return true;
        }
        return false;
}

int pd_kubernetes_plan_leftovers(struct pd_kubernetes_plan *plan,
                                 const struct pd_kubernetes_item ***ret, size_t *ret_count,
                                 struct pd_err *err)
{
        size_t most = plan->deployed != NULL ? plan->deployed->count : 0, count = 0;
        const struct pd_kubernetes_item **list =
                pd_arena_alloc(&plan->arena, most + 1, sizeof(struct pd_kubernetes_item *));

        if (list == NULL)
                return pd_fail_memory(err, "a list");
        for (size_t i = 0; i < most; i++) {
                const struct pd_kubernetes_item *item = &plan->deployed->items[i];
                bool is_kept =
                        item->kind == PD_KUBERNETES_NAMESPACE ||
                        item->kind == PD_KUBERNETES_CLAIM ||
                        (item->kind == PD_KUBERNETES_NETWORK_POLICY && !plan->shape.owns_namespace);

                if (!is_kept && !is_wished_for(plan, item))
                        list[count++] = item;
        }
        *ret = list;
        *ret_count = count;
        return 0;
}

void pd_kubernetes_plan_done(struct pd_kubernetes_plan *plan)
{
        pd_kubernetes_found_done(&plan->found);
        pd_kubernetes_objects_done(&plan->objects);
        pd_secret_free(plan->token);
        pd_secret_free(plan->registries);
        pd_arena_done(&plan->arena);
        *plan = (struct pd_kubernetes_plan){0};
}
