/* map.h - from a string to a number: an index over things that are kept elsewhere. */
#ifndef PD_BASE_MAP_H
#define PD_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct pd_map_slot;

/** All zero is a valid, empty map. Keys are borrowed and must outlive it. */
struct pd_map {
        struct pd_map_slot *slots;
        size_t count;
        size_t capacity;
        bool ignore_case; /**< compare and hash A-Z as a-z; set before the first key */
};

void pd_map_done(struct pd_map *map);

/** The value of `key` in *ret_value (may be NULL); false: it is not there. */
bool pd_map_get(const struct pd_map *map, const char *key, size_t *ret_value);

/** Set the value of `key`, new or not. -1: no memory, nothing has changed. */
int pd_map_set(struct pd_map *map, const char *key, size_t value) PD_MUST_CHECK;

#endif
