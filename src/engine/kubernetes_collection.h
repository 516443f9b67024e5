/* kubernetes_collection.h - objects of one kind, kept as they are by what a watch says. Pure. */
#ifndef PD_ENGINE_KUBERNETES_COLLECTION_H
#define PD_ENGINE_KUBERNETES_COLLECTION_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "lines.h"

/* Most bytes of an event: the API server takes no object that has half of it. */
#define PD_KUBERNETES_MAX_EVENT (4 * 1024 * 1024)
/* Room for a resourceVersion with its NUL; those of etcd have 20 digits at most. */
#define PD_KUBERNETES_VERSION_SIZE 64

struct pd_kubernetes_collection {
        json_t *items;                            /* an array; NULL: never listed */
        char version[PD_KUBERNETES_VERSION_SIZE]; /* where a watch goes on; "": list it (again) */
        bool has_changed;                         /* set where an item has; for others to clear */
        struct pd_lines lines;
};

void pd_kubernetes_collection_init(struct pd_kubernetes_collection *collection);
void pd_kubernetes_collection_done(struct pd_kubernetes_collection *collection);

/* Begin with what a list answers. PD_E_BAD_GATEWAY: that is none. */
int pd_kubernetes_collection_set(struct pd_kubernetes_collection *collection, json_t *list,
                                 struct pd_err *err) PD_MUST_CHECK;

/* A watch begins: what is left of a line of the one before it counts no more. */
void pd_kubernetes_collection_begin(struct pd_kubernetes_collection *collection);

/*
 * The next bytes of a watch, in any pieces. False: this watch goes no further, and the collection
 * is to be listed again (its version is ""): an ERROR, such as 410 for a version that is too old,
 * or what is no event.
 */
bool pd_kubernetes_collection_feed(struct pd_kubernetes_collection *collection, const char *bytes,
                                   size_t len) PD_MUST_CHECK;

#endif
