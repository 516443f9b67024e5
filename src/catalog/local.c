/* local.c - solutions out of a SQLite file. */
#include "catalog/local.h"

#include <string.h>

#include "base/own.h"
#include "local_db.h"

/* A copy of a column; *ret is NULL where it is. */
static int copy_text(sqlite3_stmt *row, int column, struct pd_arena *arena, const char **ret,
                     struct pd_err *err)
{
        const char *text = (const char *)sqlite3_column_text(row, column);

        *ret = text != NULL ? pd_arena_string(arena, text) : NULL;
        return text != NULL && *ret == NULL ? pd_fail_memory(err, "a solution") : 0;
}

static int copy_file(sqlite3_stmt *row, int column, const char *name, struct pd_arena *arena,
                     struct pd_file *ret, struct pd_err *err)
{
        const void *bytes = sqlite3_column_blob(row, column);
        size_t size = (size_t)sqlite3_column_bytes(row, column);

        *ret = (struct pd_file){0};
        if (sqlite3_column_type(row, column) == SQLITE_NULL)
                return 0;
        *ret = (struct pd_file){name, pd_arena_copy(arena, bytes, size), size};
        return ret->data != NULL ? 0 : pd_fail_memory(err, name);
}

static int read_blueprint(sqlite3_stmt *row, struct pd_findings *findings,
                          struct pd_catalog_solution *solution, struct pd_err *err)
{
        const char *text = sqlite3_column_blob(row, 2);
        size_t len = (size_t)sqlite3_column_bytes(row, 2);

        if (pd_blueprint_read(text != NULL ? text : "", len, findings, &solution->blueprint, err) ==
            0)
                return 0;
        if (err != NULL && err->code != PD_E_INTERNAL)
                err->code = PD_E_UNPROCESSABLE;
        return pd_wrap(err, "the blueprint");
}

static int read_row(sqlite3_stmt *row, struct pd_findings *findings,
                    struct pd_catalog_solution *solution, struct pd_err *err)
{
        struct pd_arena *arena = &solution->arena;

        solution->is_pipeline = sqlite3_column_int(row, 1) != 0;
        if (copy_text(row, 0, arena, &solution->name, err) < 0 ||
            copy_text(row, 3, arena, &solution->image, err) < 0 ||
            copy_file(row, 4, "icon", arena, &solution->icon, err) < 0 ||
            copy_file(row, 5, "description", arena, &solution->description, err) < 0)
                return -1;
        return solution->is_pipeline ? read_blueprint(row, findings, solution, err) : 0;
}

static int get_solution(const struct pd_local *local, const struct pd_catalog_query *query,
                        struct pd_findings *findings, struct pd_catalog_solution *solution,
                        struct pd_err *err)
{
        static const char sql[] =
                "SELECT name, is_pipeline, blueprint, image, icon, description FROM solution"
                " WHERE solution_id = ? AND revision_id = ?";
        pd_auto(pd_local_statement_done) sqlite3_stmt *row = NULL;
        int code;

        if (pd_local_prepare(local, sql, query->solution_id, query->revision_id, &row, err) < 0)
                return -1;
        code = sqlite3_step(row);
        if (code == SQLITE_DONE)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no such solution: '%s', revision '%s'",
                               query->solution_id, query->revision_id);
        if (code != SQLITE_ROW)
                return pd_local_fail(local, err);
        return read_row(row, findings, solution, err);
}

/* The proto of one node, or of a model (node NULL: the one there is). */
static int get_proto(sqlite3_stmt *row, const struct pd_local *local, const char *node,
                     struct pd_arena *arena, struct pd_file *ret, struct pd_err *err)
{
        int code;

        (void)sqlite3_reset(row); /* repeats what the last step said */
        if (node != NULL && sqlite3_bind_text(row, 3, node, -1, SQLITE_STATIC) != SQLITE_OK)
                return pd_local_fail(local, err);
        code = sqlite3_step(row);
        *ret = (struct pd_file){0};
        if (code == SQLITE_DONE)
                return 0;
        if (code != SQLITE_ROW)
                return pd_local_fail(local, err);
        return copy_file(row, 0, "proto", arena, ret, err);
}

static int get_node_protos(const struct pd_local *local, sqlite3_stmt *row,
                           struct pd_catalog_solution *solution, struct pd_err *err)
{
        const struct pd_graph *graph = pd_blueprint_graph(solution->blueprint);

        solution->protos =
                pd_arena_alloc(&solution->arena, graph->node_count, sizeof(*solution->protos));
        if (solution->protos == NULL)
                return pd_fail_memory(err, "protos");
        for (size_t i = 0; i < graph->node_count; i++) {
                struct pd_file file = {0};

                if (get_proto(row, local, graph->nodes[i].name, &solution->arena, &file, err) < 0)
                        return -1;
                solution->protos[i].text = file.data;
                solution->protos[i].size = file.size;
        }
        return 0;
}

static int get_protos(const struct pd_local *local, const struct pd_catalog_query *query,
                      struct pd_catalog_solution *solution, struct pd_err *err)
{
        static const char of_node[] =
                "SELECT text FROM proto WHERE solution_id = ? AND revision_id = ? AND node = ?";
        static const char of_model[] =
                "SELECT text FROM proto WHERE solution_id = ? AND revision_id = ? LIMIT 1";
        pd_auto(pd_local_statement_done) sqlite3_stmt *row = NULL;

        if (pd_local_prepare(local, solution->is_pipeline ? of_node : of_model, query->solution_id,
                             query->revision_id, &row, err) < 0)
                return -1;
        if (solution->is_pipeline)
                return get_node_protos(local, row, solution, err);
        return get_proto(row, local, NULL, &solution->arena, &solution->proto, err);
}

static int local_get(void *self, const struct pd_catalog_query *query, struct pd_findings *findings,
                     struct pd_catalog_solution *ret, struct pd_err *err)
{
        pd_auto(pd_local_unlock) struct pd_local *local = pd_local_lock(self);
        pd_auto(pd_catalog_solution_done) struct pd_catalog_solution solution = {0};

        if (get_solution(local, query, findings, &solution, err) < 0)
                return -1;
        if (findings->errors == 0 && get_protos(local, query, &solution, err) < 0)
                return -1;

        *ret = solution;
        solution = (struct pd_catalog_solution){0};
        return 0;
}

static int local_ping(void *self, struct pd_err *err)
{
        pd_auto(pd_local_unlock) struct pd_local *local = pd_local_lock(self);

        return pd_local_run(local, "SELECT 1 FROM solution LIMIT 1", err);
}

static void local_free(void *self)
{
        pd_local_close(self);
}

static const struct pd_catalog_ops local_ops = {
        .kind = "local",
        .get = local_get,
        .ping = local_ping,
        .free = local_free,
};

int pd_catalog_local(const char *path, const struct pd_local_seed *seed, struct pd_catalog *ret,
                     struct pd_err *err)
{
        struct pd_local *local = NULL;

        if (pd_local_open(path, seed, &local, err) < 0)
                return -1;
        *ret = (struct pd_catalog){&local_ops, local};
        return 0;
}

static int list_row(sqlite3_stmt *row, struct pd_arena *arena, struct pd_catalog_item *ret,
                    struct pd_err *err)
{
        ret->is_pipeline = sqlite3_column_int(row, 3) != 0;
        if (copy_text(row, 0, arena, &ret->solution_id, err) < 0 ||
            copy_text(row, 1, arena, &ret->revision_id, err) < 0)
                return -1;
        return copy_text(row, 2, arena, &ret->name, err);
}

int pd_local_list(const struct pd_catalog *catalog, struct pd_arena *arena,
                  struct pd_catalog_item **ret, size_t *ret_count, struct pd_err *err)
{
        pd_auto(pd_local_unlock) struct pd_local *local = pd_local_lock(catalog->self);
        pd_auto(pd_local_statement_done) sqlite3_stmt *row = NULL;
        struct pd_catalog_item *items = NULL;
        size_t count = 0;
        int code;

        if (pd_local_prepare(local,
                             "SELECT solution_id, revision_id, name, is_pipeline FROM solution"
                             " ORDER BY name, solution_id, revision_id",
                             NULL, NULL, &row, err) < 0)
                return -1;
        while ((code = sqlite3_step(row)) == SQLITE_ROW) {
                struct pd_catalog_item *item = pd_arena_push(arena, &items, &count, sizeof(*item));

                if (item == NULL)
                        return pd_fail_memory(err, "the list of solutions");
                if (list_row(row, arena, item, err) < 0)
                        return -1;
        }
        if (code != SQLITE_DONE)
                return pd_local_fail(local, err);
        *ret = items;
        *ret_count = count;
        return 0;
}
