/*
 * catalog.h - where solutions come from: a struct of functions, one file a kind.
 *
 * `acumos.h` asks the Common Data Service and Nexus, `local.h` is a SQLite file.
 */
#ifndef PD_CATALOG_CATALOG_H
#define PD_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "blueprint/blueprint.h"
#include "solution/findings.h"
#include "solution/solution.h"

/** Longest solution, revision or user id. */
#define PD_CATALOG_MAX_ID 128
/** Most bytes of one proto, of a picture, of a description. */
#define PD_CATALOG_MAX_PROTO       (1024 * 1024)
#define PD_CATALOG_MAX_ICON        (4 * 1024 * 1024)
#define PD_CATALOG_MAX_DESCRIPTION (1024 * 1024)

/** What is asked for. */
struct pd_catalog_query {
        const char *solution_id;
        const char *revision_id;
        const char *user_id; /**< whose right to see it is checked where that is configured; NULL:
                                unknown */
};

/** A solution as the catalogue keeps it. All of it lives in the arena but the blueprint. */
struct pd_catalog_solution {
        struct pd_arena arena;
        const char *name;
        bool is_pipeline;
        struct pd_blueprint *blueprint; /**< of a pipeline; owned */
        struct pd_node_proto *protos;   /**< of a pipeline: one a node of its graph, in its order */
        const char *image;              /**< of a model */
        struct pd_file proto;           /**< of a model; data NULL: none */
        struct pd_file icon;            /**< data NULL: none */
        struct pd_file description;     /**< likewise */
};

/** A kind of catalogue. The functions may be called by several threads at once. */
struct pd_catalog_ops {
        const char *kind;

        /*
         * Get a solution with all that belongs to it. What is to be said about its blueprint goes
         * into `findings`; where that holds errors the protos are left out. Ids that are none (see
         * pd_catalog_id_valid()) are like ids that nobody has.
         * PD_E_NOT_FOUND: no such solution, revision or artifact; PD_E_FORBIDDEN: not for this
         * user; PD_E_UNPROCESSABLE: what it keeps cannot be read; PD_E_BAD_GATEWAY, PD_E_TIMEOUT,
         * PD_E_UNAVAILABLE: it fails. *ret is set on success only; pd_catalog_solution_done().
         */
        int (*get)(void *self, const struct pd_catalog_query *query, struct pd_findings *findings,
                   struct pd_catalog_solution *ret, struct pd_err *err);

        /* Whether it answers now; the errors of get. */
        int (*ping)(void *self, struct pd_err *err);

        void (*free)(void *self);
};

/** A catalogue of some kind; all zero: none. */
struct pd_catalog {
        const struct pd_catalog_ops *ops;
        void *self;
};

int pd_catalog_get(const struct pd_catalog *catalog, const struct pd_catalog_query *query,
                   struct pd_findings *findings, struct pd_catalog_solution *ret,
                   struct pd_err *err) PD_MUST_CHECK;
int pd_catalog_ping(const struct pd_catalog *catalog, struct pd_err *err) PD_MUST_CHECK;
void pd_catalog_done(struct pd_catalog *catalog);

void pd_catalog_solution_done(struct pd_catalog_solution *solution);

/** Letters, digits, '-', '_', '.', at most PD_CATALOG_MAX_ID, neither empty nor only dots. */
bool pd_catalog_id_valid(const char *id);

#endif
