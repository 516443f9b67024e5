/* rpc.c - finding a method by its name. */
#include "solution/rpc.h"

#include <string.h>
#include <strings.h>

const struct pd_rpc *pd_rpcs_find(const struct pd_rpcs *rpcs, const char *method)
{
        const struct pd_rpc *nearest = NULL;

        for (size_t i = 0; i < rpcs->count; i++) {
                if (strcmp(rpcs->at[i].method, method) == 0)
                        return &rpcs->at[i];
                if (nearest == NULL && strcasecmp(rpcs->at[i].method, method) == 0)
                        nearest = &rpcs->at[i];
        }
        return nearest;
}
