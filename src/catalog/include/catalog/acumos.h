/*
 * acumos.h - the catalogue of Acumos and AI4EU Experiments: Common Data Service and Nexus.
 *
 * Wire: contract, section 2. A pipeline of N nodes costs at most 6 + N requests in three steps:
 * solution, artifacts, picture and catalogues together; then blueprint and description; then the
 * protos together. Only where the first catalogue has no description are others asked.
 */
#ifndef PD_CATALOG_ACUMOS_H
#define PD_CATALOG_ACUMOS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "catalog/catalog.h"
#include "fetch/fetch.h"

/** Catalogues that are asked for a description, one after another. */
#define PD_ACUMOS_MAX_CATALOGS 4

struct pd_acumos_options {
        const char *cds_url; /**< base URL, ends in `/ccds`; a slash at the end does not matter */
        struct pd_fetch_identity cds;
        const char *nexus_url;
        struct pd_fetch_identity nexus;
        int64_t deadline_ms;      /**< for a whole get */
        unsigned retries;         /**< of each request */
        bool checks_access;       /**< whether the user may see the solution */
        const struct pd_log *log; /**< what is left out is told at info; NULL: nowhere */
};

/** Options and fetch must outlive the catalogue. PD_E_INVALID: a URL that is none. */
int pd_catalog_acumos(const struct pd_acumos_options *options, struct pd_fetch *fetch,
                      struct pd_catalog *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
