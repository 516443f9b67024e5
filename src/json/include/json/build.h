/* build.h - trees grown member by member, where a lack of memory is told once. */
#ifndef PD_JSON_BUILD_H
#define PD_JSON_BUILD_H

#include <jansson.h>

#include "base/attr.h"

/* Set a member of *object, or append to *array, and take the value. What is NULL, tree or value,
 * makes the tree NULL: memory was short. */
void pd_json_put(json_t **object, const char *name, json_t *value);
void pd_json_append(json_t **array, json_t *value);

/** All members of `more`, which is borrowed, into the object below `parent` of that name; it is
 * made where there is none. -1: no memory. */
int pd_json_merge(json_t *parent, const char *name, const json_t *more) PD_MUST_CHECK;

#endif
