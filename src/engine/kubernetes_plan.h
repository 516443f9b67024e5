/* kubernetes_plan.h - what is wished for held against what is there. */
#ifndef PD_ENGINE_KUBERNETES_PLAN_H
#define PD_ENGINE_KUBERNETES_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "kubernetes_found.h"
#include "kubernetes_objects.h"
#include "random.h"

/* All zero is valid and empty. */
struct pd_kubernetes_plan {
        struct pd_arena arena;
        struct pd_kubernetes_found found;              /* everything of ours in the namespace */
        const struct pd_kubernetes_deployed *deployed; /* NULL: nothing is there */
        struct pd_kubernetes_objects objects;          /* wished for */
        struct pd_kubernetes_shape shape;
        bool has_place;  /* the namespace is there */
        bool is_waiting; /* it is on its way out with what was in it: nothing else is looked at
                            before it is gone */
        char id[2 * PD_ID_BYTES + 1];
        struct pd_secret *token;
        struct pd_secret *registries; /* NULL: none */
};

/* The errors of pd_engine_plan(). Nothing is changed. */
int pd_kubernetes_plan_make(const struct pd_kubernetes *kubernetes,
                            const struct pd_engine_wish *wish, struct pd_findings *findings,
                            struct pd_kubernetes_plan *ret, struct pd_err *err) PD_MUST_CHECK;

/* What is there already of an object that is wished for; NULL: nothing. */
const struct pd_kubernetes_item *
pd_kubernetes_plan_existing(const struct pd_kubernetes_plan *plan,
                            const struct pd_kubernetes_object *object);

/* Whether what is there (NULL: nothing) is a Deployment whose pod was refused: it is tried again.
 */
bool pd_kubernetes_plan_retries(const struct pd_kubernetes_item *item);

/* What is there and not wished for any more, as a list in the arena; data stay. */
int pd_kubernetes_plan_leftovers(struct pd_kubernetes_plan *plan,
                                 const struct pd_kubernetes_item ***ret, size_t *ret_count,
                                 struct pd_err *err) PD_MUST_CHECK;

void pd_kubernetes_plan_done(struct pd_kubernetes_plan *plan);

#endif
