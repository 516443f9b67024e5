/* metadata.h - names and values that travel beside the messages of a call. */
#ifndef PD_GRPC_METADATA_H
#define PD_GRPC_METADATA_H

#include <stddef.h>

/**
 * One entry. The name is in lower case (a-z 0-9 _ - .) and does not begin with `grpc-`. Where it
 * ends in `-bin` the value is any bytes (base64 on the wire, which is not seen here), else
 * printable ASCII without blanks at its ends. A NUL stands behind the value and does not count.
 */
struct pd_grpc_entry {
        const char *name;
        const char *value;
        size_t len;
};

/** In the order of the wire; a name may come more than once. All zero: none. */
struct pd_grpc_metadata {
        const struct pd_grpc_entry *at;
        size_t count;
};

/** The first entry of that name; NULL: there is none. */
const struct pd_grpc_entry *pd_grpc_metadata_find(const struct pd_grpc_metadata *metadata,
                                                  const char *name);

#endif
