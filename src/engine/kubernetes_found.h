/* kubernetes_found.h - what is there: the cluster's objects with our labels, a deployment each. */
#ifndef PD_ENGINE_KUBERNETES_FOUND_H
#define PD_ENGINE_KUBERNETES_FOUND_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "kubernetes_api.h"
#include "kubernetes_kind.h"

/* One object. Texts are borrowed from the tree, "" where absent. */
struct pd_kubernetes_item {
        enum pd_kubernetes_kind kind;
        const char *name;
        const char *workload;
        bool is_orchestrator; /* a Deployment of that name */
        json_t *json;         /* without apiVersion and kind, as in a list */
};

/* A deployment, as far as it is there: it is found by namespace and id. Texts are borrowed from the
 * trees, "" where absent. */
struct pd_kubernetes_deployed {
        const char *name;
        const char *namespace_name;
        const char *id;
        const char *owner;
        const char *solution;
        bool owns_namespace;              /* it is ours, made for this deployment */
        struct pd_kubernetes_item *items; /* by kind, then by workload and name, the orchestrator
                                             last */
        size_t count;
        json_t *pods; /* with its id: an array, empty where pods were not looked for */
};

/* All zero is valid and empty. */
struct pd_kubernetes_found {
        struct pd_arena arena;
        json_t **lists; /* what was answered */
        size_t list_count;
        struct pd_kubernetes_deployed *at; /* by name; one that is only a claim too */
        size_t count;
        /* Where one namespace was looked in: */
        const json_t *place;  /* itself; NULL: it is not there, or may not be seen */
        bool is_place_hidden; /* the latter */
};

/* What is looked for. */
enum pd_kubernetes_look {
        /* What a list shows: namespaces, claims, Services, Ingresses, Deployments, pods. */
        PD_LOOK_STATE,
        /* Every kind of object that we make, secrets too, but no pods. */
        PD_LOOK_ALL,
};

/*
 * All deployments, or those of one name, in the namespace of the options, or in all namespaces;
 * none is no error. PD_E_FORBIDDEN: no right to look in all namespaces; the message says what to
 * do.
 */
int pd_kubernetes_find(const struct pd_kubernetes *kubernetes, const char *name,
                       enum pd_kubernetes_look look, struct pd_kubernetes_found *ret,
                       struct pd_err *err) PD_MUST_CHECK;

/* Likewise in this namespace, whatever the options say; NULL: in all. */
int pd_kubernetes_find_in(const struct pd_kubernetes *kubernetes, const char *namespace_name,
                          const char *name, enum pd_kubernetes_look look,
                          struct pd_kubernetes_found *ret, struct pd_err *err) PD_MUST_CHECK;

/*
 * Likewise the one of that name, as the only one in *ret. PD_E_NOT_FOUND where there is none; a
 * claim alone, with its namespace, is none. PD_E_CONFLICT: several namespaces have one, and none is
 * named.
 */
int pd_kubernetes_find_one(const struct pd_kubernetes *kubernetes, const char *name,
                           enum pd_kubernetes_look look, struct pd_kubernetes_found *ret,
                           struct pd_err *err) PD_MUST_CHECK;

void pd_kubernetes_found_done(struct pd_kubernetes_found *found);

/* Whether nothing but a claim, and the namespace that it is in, is left of it. */
bool pd_kubernetes_is_leftover(const struct pd_kubernetes_deployed *deployed);

/* The one that a name means, borrowed; what is left over counts where nothing else has the name and
 * `with_leftovers`. The errors of pd_kubernetes_find_one(). */
int pd_kubernetes_choose(const struct pd_kubernetes_found *found, const char *name,
                         bool with_leftovers, struct pd_kubernetes_deployed **ret,
                         struct pd_err *err) PD_MUST_CHECK;

/* Whether an object is on its way out. */
bool pd_kubernetes_is_ending(const json_t *object);

/* The object of that kind and name; NULL: there is none. */
const struct pd_kubernetes_item *
pd_kubernetes_item_of(const struct pd_kubernetes_deployed *deployed, enum pd_kubernetes_kind kind,
                      const char *name);

/* The label selector of a deployment, or of everything that is ours (name NULL). In the arena;
 * NULL: no memory. */
const char *pd_kubernetes_selector(struct pd_arena *arena, const char *name) PD_MUST_CHECK;

/* A label of an object; "": it has none. */
const char *pd_kubernetes_label(const json_t *object, const char *name);

#endif
