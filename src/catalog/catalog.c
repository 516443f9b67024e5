/* catalog.c - a catalogue of any kind. */
#include "catalog/catalog.h"

#include <string.h>

int pd_catalog_get(const struct pd_catalog *catalog, const struct pd_catalog_query *query,
                   struct pd_findings *findings, struct pd_catalog_solution *ret,
                   struct pd_err *err)
{
        if (!pd_catalog_id_valid(query->solution_id))
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no such solution");
        if (!pd_catalog_id_valid(query->revision_id))
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no such revision of solution '%s'",
                               query->solution_id);
        return catalog->ops->get(catalog->self, query, findings, ret, err);
}

int pd_catalog_ping(const struct pd_catalog *catalog, struct pd_err *err)
{
        return catalog->ops->ping(catalog->self, err);
}

void pd_catalog_done(struct pd_catalog *catalog)
{
        if (catalog->ops != NULL)
                catalog->ops->free(catalog->self);
        *catalog = (struct pd_catalog){0};
}

void pd_catalog_solution_done(struct pd_catalog_solution *solution)
{
        pd_blueprint_free(solution->blueprint);
        pd_arena_done(&solution->arena);
        *solution = (struct pd_catalog_solution){0};
}

bool pd_catalog_id_valid(const char *id)
{
        static const char allowed[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
        size_t len = strnlen(id, PD_CATALOG_MAX_ID + 1);

        return len <= PD_CATALOG_MAX_ID && strspn(id, allowed) == len && strspn(id, ".") != len;
}
