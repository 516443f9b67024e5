/* kubernetes_found.c - what is there: the cluster's objects with our labels, a deployment each. */
#include "kubernetes_found.h"

#include <stdlib.h>
#include <string.h>

#include "json/get.h"
#include "json/json.h"
#include "solution/findings.h"
#include "solution/names.h"

/* Most lists that are asked for at once: one a kind, and the pods. */
#define MAX_LISTS (PD_KUBERNETES_KIND_COUNT + 1)

/* --- Labels --- */

static const char *member_of(const json_t *object, const char *member, const char *name)
{
        return pd_json_get_text(pd_json_dig(object, "metadata", member, NULL), name);
}

const char *pd_kubernetes_label(const json_t *object, const char *name)
{
        return member_of(object, "labels", name);
}

static const char *metadata_of(const json_t *object, const char *name)
{
        return pd_json_get_text(pd_json_get(object, "metadata"), name);
}

const char *pd_kubernetes_selector(struct pd_arena *arena, const char *name)
{
        static const char ours[] = PD_LABEL_MANAGED_BY "=" PD_LABEL_MANAGER;

        return name != NULL ? pd_arena_printf(arena, "%s," PD_LABEL_INSTANCE "=%s", ours, name)
                            : pd_arena_string(arena, ours);
}

/* Selectors are the server's; whether something is ours is looked at here. */
static bool is_ours(const json_t *object, const char *instance)
{
        const char *name = pd_kubernetes_label(object, PD_LABEL_INSTANCE);

        return strcmp(pd_kubernetes_label(object, PD_LABEL_MANAGED_BY), PD_LABEL_MANAGER) == 0 &&
               pd_kubernetes_label(object, PD_LABEL_ID)[0] != '\0' && name[0] != '\0' &&
               (instance == NULL || strcmp(name, instance) == 0);
}

/* --- Asking --- */

struct asking {
        const struct pd_kubernetes *kubernetes;
        const char *namespace_name; /* NULL: all of them */
        const char *instance;       /* NULL: all of them */
        enum pd_kubernetes_look look;
        struct pd_kubernetes_found *found;
        struct pd_pair pair; /* the query of the lists */
        struct pd_pairs query;
        struct pd_kubernetes_call calls[MAX_LISTS];
        enum pd_kubernetes_kind kinds[MAX_LISTS]; /* PD_KUBERNETES_KIND_COUNT: pods */
        size_t count;
};

static bool is_wanted(enum pd_kubernetes_look look, enum pd_kubernetes_kind kind)
{
        return look == PD_LOOK_ALL || kind == PD_KUBERNETES_NAMESPACE ||
               kind == PD_KUBERNETES_CLAIM || kind == PD_KUBERNETES_SERVICE ||
               kind == PD_KUBERNETES_INGRESS || kind == PD_KUBERNETES_DEPLOYMENT;
}

static int add_calls(struct asking *asking, struct pd_err *err)
{
        struct pd_arena *arena = &asking->found->arena;
        const char *place = asking->namespace_name;

        asking->pair =
                (struct pd_pair){"labelSelector", pd_kubernetes_selector(arena, asking->instance)};
        asking->query = (struct pd_pairs){&asking->pair, 1};
        if (asking->pair.value == NULL)
                return pd_fail_memory(err, "a request to the cluster");
        for (int i = 0; i <= PD_KUBERNETES_KIND_COUNT; i++) {
                enum pd_kubernetes_kind kind = (enum pd_kubernetes_kind)i;
                bool are_pods = i == PD_KUBERNETES_KIND_COUNT;
                bool is_one = kind == PD_KUBERNETES_NAMESPACE && place != NULL;

                if (are_pods ? asking->look != PD_LOOK_STATE : !is_wanted(asking->look, kind))
                        continue;
                asking->kinds[asking->count] = kind;
                asking->calls[asking->count++] = (struct pd_kubernetes_call){
                        .path = are_pods ? pd_kubernetes_core_path(arena, place, "pods", NULL)
                                         : pd_kubernetes_kind_path(kind, arena, place,
                                                                   is_one ? place : NULL),
                        .query = is_one ? NULL : &asking->query,
                };
        }
        return 0;
}

/* Whether the one namespace that was asked for is of our making. */
static bool is_place_ours(const struct asking *asking)
{
        const json_t *place = asking->found->lists[0]; /* the first of all kinds */

        return asking->namespace_name != NULL &&
               strcmp(pd_kubernetes_label(place, PD_LABEL_MANAGED_BY), PD_LABEL_MANAGER) == 0;
}

/*
 * In a namespace that somebody has named there need be no right to look at the namespace itself,
 * nor at policies: we make neither there. Quotas and limits are made for who asks for them, and so
 * has the right to.
 */
static bool may_be_hidden(const struct asking *asking, enum pd_kubernetes_kind kind)
{
        if (kind == PD_KUBERNETES_RESOURCE_QUOTA || kind == PD_KUBERNETES_LIMIT_RANGE)
                return true;
        return asking->namespace_name != NULL && !is_place_ours(asking) &&
               (kind == PD_KUBERNETES_NAMESPACE || kind == PD_KUBERNETES_NETWORK_POLICY);
}

static int explain(const struct asking *asking, struct pd_err *why, struct pd_err *err)
{
        if (why->code == PD_E_FORBIDDEN && asking->namespace_name == NULL)
                (void)pd_wrap(why, "no right to look for deployments in all namespaces; name one "
                                   "(--namespace)");
        else
                (void)pd_wrap(why, "look for what is there");
        if (err != NULL)
                *err = *why;
        return -1;
}

/* The lists, in the order of the calls; NULL: there is no such thing. */
static int ask(struct asking *asking, struct pd_err *err)
{
        struct pd_fetch_answer answers[MAX_LISTS];
        struct pd_err errs[MAX_LISTS];
        struct pd_kubernetes_found *found = asking->found;
        int result = 0;

        found->lists = pd_arena_alloc(&found->arena, asking->count + 1, sizeof(json_t *));
        if (found->lists == NULL)
                return pd_fail_memory(err, "lists");
        found->list_count = asking->count;
        pd_kubernetes_send(asking->kubernetes, asking->calls, asking->count, answers, errs);
        for (size_t i = 0; i < asking->count; i++) {
                bool is_hidden =
                        errs[i].code == PD_E_FORBIDDEN && may_be_hidden(asking, asking->kinds[i]);
                bool is_none = errs[i].code == PD_E_NOT_FOUND || is_hidden;

                if (asking->kinds[i] == PD_KUBERNETES_NAMESPACE)
                        found->is_place_hidden = is_hidden;
                if (result == 0 && errs[i].code == PD_OK)
                        result = pd_kubernetes_read(&answers[i], &found->lists[i], err);
                else if (result == 0 && !is_none)
                        result = explain(asking, &errs[i], err);
                pd_fetch_answer_done(&answers[i]);
        }
        return result;
}

/* --- Deployments --- */

/* The deployment that an object belongs to; NULL: it is not known yet. */
static struct pd_kubernetes_deployed *deployed_of(struct pd_kubernetes_found *found,
                                                  const char *place, const json_t *object)
{
        const char *id = pd_kubernetes_label(object, PD_LABEL_ID);

        for (size_t i = 0; i < found->count; i++) {
                if (strcmp(found->at[i].id, id) == 0 &&
                    strcmp(found->at[i].namespace_name, place) == 0)
                        return &found->at[i];
        }
        return NULL;
}

/* What the object says of its deployment counts: they come in the order in which they are made. */
static struct pd_kubernetes_deployed *add_deployed(struct pd_kubernetes_found *found,
                                                   const char *place, const json_t *object)
{
        const char *owner = member_of(object, "annotations", PD_LABEL_OWNER);
        struct pd_kubernetes_deployed *deployed =
                pd_arena_push(&found->arena, &found->at, &found->count, sizeof(*deployed));

        if (deployed != NULL)
                *deployed = (struct pd_kubernetes_deployed){
                        .name = pd_kubernetes_label(object, PD_LABEL_INSTANCE),
                        .namespace_name = place,
                        .id = pd_kubernetes_label(object, PD_LABEL_ID),
                        .owner = owner[0] != '\0' ? owner
                                                  : pd_kubernetes_label(object, PD_LABEL_OWNER),
                        .solution = pd_kubernetes_label(object, PD_LABEL_SOLUTION),
                        .pods = json_array(),
                };
        return deployed;
}

static int add_item(struct pd_kubernetes_found *found, struct pd_kubernetes_deployed *deployed,
                    enum pd_kubernetes_kind kind, json_t *object, struct pd_err *err)
{
        struct pd_kubernetes_item *item =
                pd_arena_push(&found->arena, &deployed->items, &deployed->count, sizeof(*item));

        if (item == NULL)
                return pd_fail_memory(err, "an object");
        *item = (struct pd_kubernetes_item){
                .kind = kind,
                .name = metadata_of(object, "name"),
                .workload = pd_kubernetes_label(object, PD_LABEL_WORKLOAD),
                .json = object,
        };
        item->is_orchestrator = kind == PD_KUBERNETES_DEPLOYMENT &&
                                strcmp(item->workload, PD_ORCHESTRATOR_NAME) == 0;
        deployed->owns_namespace = deployed->owns_namespace || kind == PD_KUBERNETES_NAMESPACE;
        return 0;
}

/* A pod alone, on its way out, makes no deployment. */
static int add_object(struct pd_kubernetes_found *found, enum pd_kubernetes_kind kind,
                      json_t *object, struct pd_err *err)
{
        bool is_pod = kind == PD_KUBERNETES_KIND_COUNT;
        const char *place =
                metadata_of(object, kind == PD_KUBERNETES_NAMESPACE ? "name" : "namespace");
        struct pd_kubernetes_deployed *deployed = deployed_of(found, place, object);

        if (deployed == NULL && is_pod)
                return 0;
        if (deployed == NULL)
                deployed = add_deployed(found, place, object);
        if (deployed == NULL || deployed->pods == NULL ||
            (is_pod && json_array_append(deployed->pods, object) < 0))
                return pd_fail_memory(err, "a deployment");
        return is_pod ? 0 : add_item(found, deployed, kind, object, err);
}

static int group_list(struct asking *asking, size_t i, struct pd_err *err)
{
        json_t *list = asking->found->lists[i];
        json_t *items = pd_json_get_array(list, "items");
        json_t *object;
        size_t at;

        if (items == NULL && list != NULL) { /* the one namespace */
                asking->found->place = list;
                return is_ours(list, asking->instance)
                               ? add_object(asking->found, asking->kinds[i], list, err)
                               : 0;
        }
        json_array_foreach (items, at, object) {
                if (is_ours(object, asking->instance) &&
                    add_object(asking->found, asking->kinds[i], object, err) < 0)
                        return -1;
        }
        return 0;
}

static int compare_items(const void *a, const void *b)
{
        const struct pd_kubernetes_item *one = a, *other = b;
        int order = strcmp(one->workload, other->workload);

        if (one->kind != other->kind)
                return one->kind < other->kind ? -1 : 1;
        if (one->is_orchestrator != other->is_orchestrator)
                return one->is_orchestrator ? 1 : -1;
        return order != 0 ? order : strcmp(one->name, other->name);
}

static int compare_deployed(const void *a, const void *b)
{
        const struct pd_kubernetes_deployed *one = a, *other = b;
        int order = strcmp(one->name, other->name);

        return order != 0 ? order : strcmp(one->namespace_name, other->namespace_name);
}

static int group(struct asking *asking, struct pd_err *err)
{
        struct pd_kubernetes_found *found = asking->found;

        for (size_t i = 0; i < found->list_count; i++) {
                if (group_list(asking, i, err) < 0)
                        return -1;
        }
        for (size_t i = 0; i < found->count; i++) {
                if (found->at[i].count > 1)
                        qsort(found->at[i].items, found->at[i].count, sizeof(*found->at[i].items),
                              compare_items);
        }
        if (found->count > 1)
                qsort(found->at, found->count, sizeof(*found->at), compare_deployed);
        return 0;
}

int pd_kubernetes_find_in(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                          const char *name, enum pd_kubernetes_look look,
                          struct pd_kubernetes_found *ret, struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        struct asking asking = {
                .kubernetes = kubernetes,
                .namespace_name = namespace_name,
                .instance = name,
                .look = look,
                .found = &found,
        };

        if (add_calls(&asking, err) < 0 || ask(&asking, err) < 0 || group(&asking, err) < 0)
                return -1;
        *ret = found;
        found = (struct pd_kubernetes_found){0};
        return 0;
}

int pd_kubernetes_find(const struct pd_kubernetes *kubernetes, const char *name,
                       enum pd_kubernetes_look look, struct pd_kubernetes_found *ret,
                       struct pd_err *err)
{
        return pd_kubernetes_find_in(kubernetes, kubernetes->options.namespace_name, name, look,
                                     ret, err);
}

/* --- One of them --- */

int pd_kubernetes_choose(const struct pd_kubernetes_found *found, const char *name,
                         bool with_leftovers, struct pd_kubernetes_deployed **ret,
                         struct pd_err *err)
{
        struct pd_kubernetes_deployed *chosen = NULL;

        for (size_t i = 0; i < found->count; i++) {
                struct pd_kubernetes_deployed *deployed = &found->at[i];

                if (pd_kubernetes_is_leftover(deployed)) {
                        if (with_leftovers && chosen == NULL)
                                chosen = deployed;
                        continue;
                }
                if (chosen != NULL && !pd_kubernetes_is_leftover(chosen))
                        return pd_fail(err, PD_E_CONFLICT, 0,
                                       "both namespaces '%s' and '%s' have a deployment '%s': name "
                                       "one (--namespace)",
                                       chosen->namespace_name, deployed->namespace_name, name);
                chosen = deployed;
        }
        if (chosen == NULL)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no deployment is called '%s'",
                               pd_show(name).text);
        *ret = chosen;
        return 0;
}

/* It becomes the only one. */
static void keep(struct pd_kubernetes_found *found, struct pd_kubernetes_deployed *chosen)
{
        struct pd_kubernetes_deployed kept = *chosen;

        chosen->pods = NULL;
        for (size_t i = 0; i < found->count; i++)
                json_decref(found->at[i].pods);
        found->at[0] = kept;
        found->count = 1;
}

int pd_kubernetes_find_one(const struct pd_kubernetes *kubernetes, const char *name,
                           enum pd_kubernetes_look look, struct pd_kubernetes_found *ret,
                           struct pd_err *err)
{
        pd_auto(pd_kubernetes_found_done) struct pd_kubernetes_found found = {0};
        struct pd_kubernetes_deployed *chosen;

        if (pd_kubernetes_find(kubernetes, name, look, &found, err) < 0 ||
            pd_kubernetes_choose(&found, name, false, &chosen, err) < 0)
                return -1;
        keep(&found, chosen);
        *ret = found;
        found = (struct pd_kubernetes_found){0};
        return 0;
}

void pd_kubernetes_found_done(struct pd_kubernetes_found *found)
{
        for (size_t i = 0; i < found->count; i++)
                json_decref(found->at[i].pods);
        for (size_t i = 0; i < found->list_count; i++)
                json_decref(found->lists[i]);
        pd_arena_done(&found->arena);
        *found = (struct pd_kubernetes_found){0};
}

bool pd_kubernetes_is_leftover(const struct pd_kubernetes_deployed *deployed)
{
        bool has_claim = false;

        for (size_t i = 0; i < deployed->count; i++) {
                enum pd_kubernetes_kind kind = deployed->items[i].kind;

                has_claim = has_claim || kind == PD_KUBERNETES_CLAIM;
                if ((kind != PD_KUBERNETES_CLAIM && kind != PD_KUBERNETES_NAMESPACE) ||
                    pd_kubernetes_is_ending(deployed->items[i].json))
                        return false;
        }
        return has_claim;
}

bool pd_kubernetes_is_ending(const json_t *object)
{
        return pd_json_dig(object, "metadata", "deletionTimestamp", NULL) != NULL;
}

const struct pd_kubernetes_item *
pd_kubernetes_item_of(const struct pd_kubernetes_deployed *deployed, enum pd_kubernetes_kind kind,
                      const char *name)
{
        for (size_t i = 0; i < deployed->count; i++) {
                if (deployed->items[i].kind == kind && strcmp(deployed->items[i].name, name) == 0)
                        return &deployed->items[i];
        }
        return NULL;
}
