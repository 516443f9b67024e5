/*
 * local.h - a catalogue of one's own: a SQLite file.
 *
 * What `playgroundctl catalog` fills, and what the deployer uses where nothing is configured.
 * Several processes may use one file at a time.
 */
#ifndef PD_CATALOG_LOCAL_H
#define PD_CATALOG_LOCAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "catalog/catalog.h"

/** Longest wait for another process that writes, in milliseconds: PD_E_UNAVAILABLE after it. */
#define PD_LOCAL_BUSY_MS 5000

/** A solution to be kept, or what a list says of one (then without its files). Borrowed. */
struct pd_catalog_item {
        const char *solution_id;
        const char *revision_id;
        const char *name;
        bool is_pipeline;
        struct pd_file blueprint; /**< of a pipeline */
        const char *image;        /**< of a model */
        struct pd_files protos; /**< named like the nodes they belong to; a model's has any name */
        struct pd_file icon;    /**< data NULL: none */
        struct pd_file description; /**< likewise */
};

/** What a new file holds: the bytes of another catalogue; none: it is empty. */
struct pd_local_seed {
        const void *bytes;
        size_t len;
};

/** Open the file; when it is not there it is made (mode 0600) from the seed, or, where that is
 * NULL, PD_E_NOT_FOUND. */
int pd_catalog_local(const char *path, const struct pd_local_seed *seed, struct pd_catalog *ret,
                     struct pd_err *err) PD_MUST_CHECK;

/** Keep a solution; one with the same ids is replaced. PD_E_INVALID: an id that is none. */
int pd_local_put(const struct pd_catalog *catalog, const struct pd_catalog_item *item,
                 struct pd_err *err) PD_MUST_CHECK;

/** PD_E_NOT_FOUND: there is none with these ids. */
int pd_local_remove(const struct pd_catalog *catalog, const char *solution_id,
                    const char *revision_id, struct pd_err *err) PD_MUST_CHECK;

/** What there is, by name and ids; it lives in the arena. */
int pd_local_list(const struct pd_catalog *catalog, struct pd_arena *arena,
                  struct pd_catalog_item **ret, size_t *ret_count,
                  struct pd_err *err) PD_MUST_CHECK;

#endif
