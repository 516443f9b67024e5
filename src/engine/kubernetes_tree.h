/* kubernetes_tree.h - trees grown member by member, where a lack of memory is told once. Pure. */
#ifndef PD_ENGINE_KUBERNETES_TREE_H
#define PD_ENGINE_KUBERNETES_TREE_H

#include <jansson.h>

/* Set a member of *object, or append to *array, and take the value. What is NULL, tree or value,
 * makes the tree NULL: memory was short. */
void pd_tree_put(json_t **object, const char *name, json_t *value);
void pd_tree_append(json_t **array, json_t *value);

/* Likewise all members of `more`, which is borrowed, into the object below `parent` of that name;
 * it is made where there is none. -1: no memory. */
int pd_tree_merge(json_t *parent, const char *name, const json_t *more);

#endif
