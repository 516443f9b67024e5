/* pairs.c - lists of names and values. */
#include <string.h>

#include "solution/solution.h"

int pd_pairs_set(struct pd_arena *arena, struct pd_pairs *pairs, const char *name,
                 const char *value)
{
        struct pd_pairs changed = {
                .at = pd_arena_alloc(arena, pairs->count + 1, sizeof(*changed.at))};
        struct pd_pair set = {pd_arena_string(arena, name),
                              value != NULL ? pd_arena_string(arena, value) : NULL};
        bool is_there = false;

        if (changed.at == NULL || set.name == NULL || (set.value == NULL && value != NULL))
                return -1;
        for (size_t i = 0; i < pairs->count; i++) {
                bool is_it = strcmp(pairs->at[i].name, name) == 0;

                is_there = is_there || is_it;
                if (!is_it || value != NULL)
                        changed.at[changed.count++] = is_it ? set : pairs->at[i];
        }
        if (!is_there && value != NULL)
                changed.at[changed.count++] = set;
        *pairs = changed;
        return 0;
}
