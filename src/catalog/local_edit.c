/* local_edit.c - what is put into a local catalogue and taken out. */
#include "catalog/local.h"

#include "base/own.h"
#include "local_db.h"

static int bind_file(const struct pd_local *local, sqlite3_stmt *statement, int parameter,
                     const struct pd_file *file, struct pd_err *err)
{
        int code = file->data == NULL ? sqlite3_bind_null(statement, parameter)
                                      : sqlite3_bind_blob64(statement, parameter, file->data,
                                                            file->size, SQLITE_STATIC);

        return code == SQLITE_OK ? 0 : pd_local_fail(local, err);
}

static int put_row(const struct pd_local *local, const struct pd_catalog_item *item,
                   struct pd_err *err)
{
        static const char sql[] = "INSERT INTO solution (solution_id, revision_id, name,"
                                  " is_pipeline, image, blueprint, icon, description)"
                                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        pd_auto(pd_local_statement_done) sqlite3_stmt *row = NULL;

        if (pd_local_prepare(local, sql, item->solution_id, item->revision_id, &row, err) < 0)
                return -1;
        if (sqlite3_bind_text(row, 3, item->name, -1, SQLITE_STATIC) != SQLITE_OK ||
            sqlite3_bind_int(row, 4, item->is_pipeline) != SQLITE_OK ||
            sqlite3_bind_text(row, 5, item->image, -1, SQLITE_STATIC) != SQLITE_OK)
                return pd_local_fail(local, err);
        if (bind_file(local, row, 6, &item->blueprint, err) < 0 ||
            bind_file(local, row, 7, &item->icon, err) < 0 ||
            bind_file(local, row, 8, &item->description, err) < 0)
                return -1;
        return pd_local_finish(local, row, err);
}

static int put_protos(const struct pd_local *local, const struct pd_catalog_item *item,
                      struct pd_err *err)
{
        static const char sql[] =
                "INSERT INTO proto (solution_id, revision_id, node, text) VALUES (?, ?, ?, ?)";
        pd_auto(pd_local_statement_done) sqlite3_stmt *row = NULL;

        if (pd_local_prepare(local, sql, item->solution_id, item->revision_id, &row, err) < 0)
                return -1;
        for (size_t i = 0; i < item->protos.count; i++) {
                const struct pd_file *proto = &item->protos.at[i];

                (void)sqlite3_reset(row); /* repeats what the last step said */
                if (sqlite3_bind_text(row, 3, proto->name, -1, SQLITE_STATIC) != SQLITE_OK)
                        return pd_local_fail(local, err);
                if (bind_file(local, row, 4, proto, err) < 0 ||
                    pd_local_finish(local, row, err) < 0)
                        return -1;
        }
        return 0;
}

/* Delete a solution; *ret_was_there tells whether there was one. */
static int delete_row(const struct pd_local *local, const char *solution_id,
                      const char *revision_id, bool *ret_was_there, struct pd_err *err)
{
        pd_auto(pd_local_statement_done) sqlite3_stmt *row = NULL;

        if (pd_local_prepare(local,
                             "DELETE FROM solution WHERE solution_id = ? AND revision_id = ?",
                             solution_id, revision_id, &row, err) < 0 ||
            pd_local_finish(local, row, err) < 0)
                return -1;
        *ret_was_there = sqlite3_changes(local->db) > 0;
        return 0;
}

static int replace(const struct pd_local *local, const struct pd_catalog_item *item,
                   struct pd_err *err)
{
        bool was_there;

        if (delete_row(local, item->solution_id, item->revision_id, &was_there, err) < 0 ||
            put_row(local, item, err) < 0)
                return -1;
        return put_protos(local, item, err);
}

int pd_local_put(const struct pd_catalog *catalog, const struct pd_catalog_item *item,
                 struct pd_err *err)
{
        pd_auto(pd_local_unlock) struct pd_local *local = pd_local_lock(catalog->self);

        if (!pd_catalog_id_valid(item->solution_id) || !pd_catalog_id_valid(item->revision_id))
                return pd_fail(
                        err, PD_E_INVALID, 0,
                        "'%s' or '%s' is no id: letters, digits, '-', '_' and '.', at most %d",
                        item->solution_id, item->revision_id, PD_CATALOG_MAX_ID);
        if (pd_local_run(local, "BEGIN IMMEDIATE", err) < 0)
                return -1;
        if (replace(local, item, err) < 0) {
                pd_local_rollback(local);
                return -1;
        }
        return pd_local_run(local, "COMMIT", err);
}

int pd_local_remove(const struct pd_catalog *catalog, const char *solution_id,
                    const char *revision_id, struct pd_err *err)
{
        pd_auto(pd_local_unlock) struct pd_local *local = pd_local_lock(catalog->self);
        bool was_there;

        if (delete_row(local, solution_id, revision_id, &was_there, err) < 0)
                return -1;
        if (!was_there)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no such solution: '%s', revision '%s'",
                               solution_id, revision_id);
        return 0;
}
