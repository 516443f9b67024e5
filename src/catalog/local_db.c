/* local_db.c - the SQLite file of a local catalogue. */
#include "local_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "catalog/local.h"

/* What a file of ours says of itself, and the one version of the tables there is. */
#define SCHEMA_VERSION 1

static const char schema[] =
        "CREATE TABLE solution ("
        "  solution_id TEXT NOT NULL, revision_id TEXT NOT NULL, name TEXT NOT NULL,"
        "  is_pipeline INTEGER NOT NULL, blueprint BLOB, image TEXT, icon BLOB, description BLOB,"
        "  PRIMARY KEY (solution_id, revision_id)) WITHOUT ROWID;"
        "CREATE TABLE proto ("
        "  solution_id TEXT NOT NULL, revision_id TEXT NOT NULL, node TEXT NOT NULL,"
        "  text BLOB NOT NULL,"
        "  PRIMARY KEY (solution_id, revision_id, node),"
        "  FOREIGN KEY (solution_id, revision_id) REFERENCES solution ON DELETE CASCADE)"
        "  WITHOUT ROWID;"
        "PRAGMA user_version = 1;";

int pd_local_fail(const struct pd_local *local, struct pd_err *err)
{
        int code = sqlite3_errcode(local->db) & 0xff;

        if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
                return pd_fail(err, PD_E_UNAVAILABLE, 0,
                               "the catalogue '%s' is in use by somebody else", local->path);
        if (code == SQLITE_NOTADB)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is no catalogue", local->path);
        return pd_fail(err, PD_E_INTERNAL, 0, "the catalogue '%s': %s", local->path,
                       sqlite3_errmsg(local->db));
}

void pd_local_statement_done(sqlite3_stmt **statement)
{
        (void)sqlite3_finalize(*statement); /* repeats what the last step said */
}

/* Prepare a statement and bind its first parameters to the ids. */
int pd_local_prepare(const struct pd_local *local, const char *sql, const char *solution_id,
                     const char *revision_id, sqlite3_stmt **ret, struct pd_err *err)
{
        if (sqlite3_prepare_v2(local->db, sql, -1, ret, NULL) != SQLITE_OK)
                return pd_local_fail(local, err);
        if (solution_id != NULL &&
            (sqlite3_bind_text(*ret, 1, solution_id, -1, SQLITE_STATIC) != SQLITE_OK ||
             sqlite3_bind_text(*ret, 2, revision_id, -1, SQLITE_STATIC) != SQLITE_OK))
                return pd_local_fail(local, err);
        return 0;
}

/* Run a statement that gives no rows. */
int pd_local_finish(const struct pd_local *local, sqlite3_stmt *statement, struct pd_err *err)
{
        return sqlite3_step(statement) == SQLITE_DONE ? 0 : pd_local_fail(local, err);
}

int pd_local_run(const struct pd_local *local, const char *sql, struct pd_err *err)
{
        return sqlite3_exec(local->db, sql, NULL, NULL, NULL) == SQLITE_OK
                       ? 0
                       : pd_local_fail(local, err);
}

static int read_version(const struct pd_local *local, int *ret, struct pd_err *err)
{
        pd_auto(pd_local_statement_done) sqlite3_stmt *row = NULL;

        if (pd_local_prepare(local, "PRAGMA user_version", NULL, NULL, &row, err) < 0)
                return -1;
        if (sqlite3_step(row) != SQLITE_ROW)
                return pd_local_fail(local, err);
        *ret = sqlite3_column_int(row, 0);
        return 0;
}

void pd_local_rollback(const struct pd_local *local)
{
        (void)sqlite3_exec(local->db, "ROLLBACK", NULL, NULL, NULL); /* another failure is told */
}

/* Make the tables in a new file; two processes may try at once, the second finds them made. */
static int make_tables(const struct pd_local *local, struct pd_err *err)
{
        int version = 0;

        if (pd_local_run(local, "BEGIN IMMEDIATE", err) < 0)
                return -1;
        if (read_version(local, &version, err) < 0 ||
            (version == 0 && pd_local_run(local, schema, err) < 0)) {
                pd_local_rollback(local);
                return -1;
        }
        return pd_local_run(local, "COMMIT", err);
}

static int prepare_file(const struct pd_local *local, struct pd_err *err)
{
        int version = 0;

        (void)sqlite3_busy_timeout(local->db, PD_LOCAL_BUSY_MS);
        if (pd_local_run(local, "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;", err) <
                    0 ||
            read_version(local, &version, err) < 0)
                return -1;
        if (version == 0 && make_tables(local, err) < 0)
                return -1;
        if (version > SCHEMA_VERSION)
                return pd_fail(err, PD_E_INVALID, 0,
                               "the catalogue '%s' was made by a newer version of this program",
                               local->path);
        return pd_local_run(local, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", err);
}

static int open_db(struct pd_local *local, struct pd_err *err)
{
        if (sqlite3_open_v2(local->path, &local->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                            NULL) == SQLITE_OK)
                return prepare_file(local, err);
        return local->db != NULL ? pd_local_fail(local, err) : pd_fail_memory(err, "the catalogue");
}

int pd_local_open(const char *path, const struct pd_local_seed *seed, struct pd_local **ret,
                  struct pd_err *err)
{
        struct pd_local *local;

        /* made here and not by SQLite, so that nobody else may read it, ever */
        if (seed != NULL && pd_file_make_once(path, seed->bytes, seed->len, err) < 0)
                return pd_wrap(err, "the catalogue");
        if (access(path, R_OK | W_OK) < 0)
                return pd_fail(err, errno == ENOENT ? PD_E_NOT_FOUND : PD_E_UNAVAILABLE, errno,
                               "cannot open the catalogue '%s'", path);
        local = calloc(1, sizeof(*local));
        if (local == NULL)
                return pd_fail_memory(err, "the catalogue");
        (void)pthread_mutex_init(&local->lock, NULL); /* cannot fail on Linux */
        local->path = strdup(path);
        if (local->path == NULL)
                (void)pd_fail_memory(err, "the catalogue");
        if (local->path == NULL || open_db(local, err) < 0) {
                pd_local_close(local);
                return -1;
        }
        *ret = local;
        return 0;
}

void pd_local_close(struct pd_local *local)
{
        if (local == NULL)
                return;
        (void)sqlite3_close(local->db); /* every statement is finalized by its call */
        (void)pthread_mutex_destroy(&local->lock);
        free(local->path);
        free(local);
}

struct pd_local *pd_local_lock(struct pd_local *local)
{
        (void)pthread_mutex_lock(&local->lock); /* fails for no mutex that was made like ours */
        return local;
}

void pd_local_unlock(struct pd_local **local)
{
        (void)pthread_mutex_unlock(&(*local)->lock);
}
