/* kubernetes_changes.c - what a plan would change, told to people. */
#include "kubernetes_changes.h"

#include "json/get.h"
#include "json/json.h"
#include "kubernetes_apply.h"
#include "kubernetes_plan.h"
#include "plan.h"

static bool is_same(const json_t *one, const json_t *other, const char *member)
{
        const json_t *a = pd_json_get(one, member), *b = pd_json_get(other, member);

        return a == b || (a != NULL && b != NULL && json_equal(a, b));
}

/* Whether the object says of itself what is wished for; controllers write there, too. */
static bool has_all(const json_t *now, const json_t *wished, const char *member)
{
        const json_t *labels = pd_json_dig(now, "metadata", member, NULL);
        const char *name;
        json_t *value;

        json_object_foreach (pd_json_dig(wished, "metadata", member, NULL), name, value) {
                if (!json_equal(json_object_get(labels, name), value))
                        return false;
        }
        return true;
}

/* What a change is about; "": there is none. `then` is what the server would make of it. */
static const char *difference(const json_t *now, const json_t *wished, const json_t *then)
{
        static const char *const members[] = {"spec", "data", "binaryData", "type"};
        const json_t *pod = pd_json_dig(now, "spec", "template", NULL);
        const json_t *next_pod = pd_json_dig(then, "spec", "template", NULL);
        const json_t *container = json_array_get(pd_json_dig(pod, "spec", "containers", NULL), 0);
        const json_t *next = json_array_get(pd_json_dig(next_pod, "spec", "containers", NULL), 0);

        if (!is_same(container, next, "image"))
                return "its image differs";
        if (!is_same(pd_json_get(pod, "metadata"), pd_json_get(next_pod, "metadata"),
                     "annotations"))
                return "its pipeline differs";
        for (size_t i = 0; i < PD_COUNT(members); i++) {
                if (!is_same(now, then, members[i]))
                        return pod != NULL ? "its settings differ" : "it differs";
        }
        return has_all(now, wished, "labels") && has_all(now, wished, "annotations")
                       ? ""
                       : "its labels differ";
}

static int tell_object(const struct pd_kubernetes_plan *plan, size_t i, const json_t *then,
                       struct pd_engine_plan *to, struct pd_err *err)
{
        const struct pd_kubernetes_object *object = &plan->objects.at[i];
        const struct pd_kubernetes_item *item = pd_kubernetes_plan_existing(plan, object);
        struct pd_engine_step step = {
                .change = item != NULL ? PD_CHANGE_NONE : PD_CHANGE_CREATE,
                .kind = pd_kubernetes_kind_name(object->kind),
                .name = object->name,
                .why = item != NULL ? difference(item->json, object->json, then) : "",
        };

        if (step.why[0] != '\0') {
                step.change = PD_CHANGE_UPDATE;
        } else if (pd_kubernetes_plan_retries(item)) {
                step.change = PD_CHANGE_START;
                step.why = "its pod was refused";
        }
        return pd_plan_add(to, step, err);
}

static int tell_leftovers(struct pd_kubernetes_plan *plan, struct pd_engine_plan *to,
                          struct pd_err *err)
{
        const struct pd_kubernetes_item **list;
        size_t count;

        if (pd_kubernetes_plan_leftovers(plan, &list, &count, err) < 0)
                return -1;
        for (size_t i = 0; i < count; i++) {
                const struct pd_engine_step step = {
                        .change = PD_CHANGE_REMOVE,
                        .kind = pd_kubernetes_kind_name(list[i]->kind),
                        .name = list[i]->name,
                        .why = "it is not part of the solution any more",
                };

                if (pd_plan_add(to, step, err) < 0)
                        return -1;
        }
        return 0;
}

static int tell(const struct pd_kubernetes *kubernetes, struct pd_kubernetes_plan *plan,
                struct pd_engine_plan *to, struct pd_err *err)
{
        struct pd_kubernetes_outcome *outcomes =
                pd_arena_alloc(&plan->arena, plan->objects.count + 1, sizeof(*outcomes));
        int result = 0;

        if (outcomes == NULL)
                return pd_fail_memory(err, "a plan");
        if (plan->has_place)
                result = pd_kubernetes_rehearse(kubernetes, &plan->objects, outcomes, err);
        else
                pd_findings_add(&to->findings, PD_SEVERITY_NOTE, "",
                                "the namespace '%s' is not there yet, so the cluster has not "
                                "checked the objects that will be in it",
                                plan->shape.namespace_name);
        for (size_t i = 0; i < plan->objects.count; i++) {
                if (result == 0)
                        result = tell_object(plan, i, outcomes[i].json, to, err);
                json_decref(outcomes[i].json);
        }
        return result == 0 ? tell_leftovers(plan, to, err) : -1;
}

int pd_kubernetes_changes(const struct pd_kubernetes *kubernetes, const struct pd_engine_wish *wish,
                          struct pd_engine_plan *ret, struct pd_err *err)
{
        pd_auto(pd_kubernetes_plan_done) struct pd_kubernetes_plan plan = {0};
        struct pd_engine_plan told = {0};

        if (pd_kubernetes_plan_make(kubernetes, wish, &told.findings, &plan, err) < 0 ||
            tell(kubernetes, &plan, &told, err) < 0) {
                pd_engine_plan_done(&told);
                return -1;
        }
        *ret = told;
        return 0;
}
