/* visit.h - one solution on its way out of the Common Data Service and Nexus, in three steps. */
#ifndef PD_CATALOG_VISIT_H
#define PD_CATALOG_VISIT_H

#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "batch.h"
#include "catalog/acumos.h"
#include "catalog/catalog.h"

struct pd_acumos {
        const struct pd_acumos_options *options;
        struct pd_fetch *fetch;
        struct pd_neighbour cds;
        struct pd_neighbour nexus;
};

struct pd_visit {
        const struct pd_acumos *acumos;
        const struct pd_catalog_query *query;
        struct pd_findings *findings;
        struct pd_catalog_solution *solution;
        json_t *artifacts;
        json_t *catalogs; /* NULL: unknown */
        int64_t ends_us;
};

/* Solution, artifacts, picture and catalogues; and, where that is checked, whether the user may see
 * it. */
int pd_visit_solution(struct pd_visit *visit, struct pd_err *err) PD_MUST_CHECK;

/* Blueprint (of a model: its proto) and description. */
int pd_visit_document(struct pd_visit *visit, struct pd_err *err) PD_MUST_CHECK;

/* The protos of the blueprint's nodes, each one once. */
int pd_visit_protos(struct pd_visit *visit, struct pd_err *err) PD_MUST_CHECK;

/* What the steps share. */

/* A request whose path is made of checked ids; NULL: there was no memory to make it. */
size_t pd_visit_ask_cds(const struct pd_visit *visit, struct pd_batch *batch, const char *path,
                        size_t max_bytes);
/* Likewise, for something that may be missing. */
size_t pd_visit_wish_cds(const struct pd_visit *visit, struct pd_batch *batch, const char *path,
                         size_t max_bytes);
int pd_visit_run(const struct pd_visit *visit, struct pd_batch *batch,
                 struct pd_err *err) PD_MUST_CHECK;

/* The answer as a file of the solution. */
int pd_visit_keep(struct pd_visit *visit, const struct pd_fetch_answer *answer, const char *name,
                  struct pd_file *ret, struct pd_err *err) PD_MUST_CHECK;

/* Something that may be missing is missing for another reason than that there is none. */
void pd_visit_tell_left_out(const struct pd_visit *visit, const char *what,
                            const struct pd_err *why);

/* A list, alone or as a page of one: the first page holds more than anybody asks. */
const json_t *pd_visit_list(const json_t *answer);

#endif
