/* metadata.c - entries by name. */
#include "grpc/metadata.h"

#include <string.h>

const struct pd_grpc_entry *pd_grpc_metadata_find(const struct pd_grpc_metadata *metadata,
                                                  const char *name)
{
        for (size_t i = 0; i < metadata->count; i++) {
                if (strcmp(metadata->at[i].name, name) == 0)
                        return &metadata->at[i];
        }
        return NULL;
}
