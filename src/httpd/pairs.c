/* pairs.c - a short list, searched from the start. */
#include "pairs.h"

#include <string.h>
#include <strings.h>

const char *pd_pairs_get(const struct pd_pairs *pairs, const char *name, bool ignore_case)
{
        for (size_t i = 0; i < pairs->count; i++) {
                const struct pd_pair *pair = &pairs->items[i];

                if ((ignore_case ? strcasecmp : strcmp)(pair->name, name) == 0)
                        return pair->value;
        }
        return NULL;
}
