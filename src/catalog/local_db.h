/* local_db.h - the SQLite file of a local catalogue: opened, locked, asked. */
#ifndef PD_CATALOG_LOCAL_DB_H
#define PD_CATALOG_LOCAL_DB_H

#include <pthread.h>
#include <stdbool.h>

#include <sqlite3.h>

#include "base/attr.h"
#include "base/err.h"
#include "catalog/local.h"

/* One connection. Whoever uses it holds the lock: a transaction and the text of an error are the
 * connection's. */
struct pd_local {
        pthread_mutex_t lock;
        sqlite3 *db;
        char *path;
};

/* Open the file and make sure of its tables. */
int pd_local_open(const char *path, const struct pd_local_seed *seed, struct pd_local **ret,
                  struct pd_err *err) PD_MUST_CHECK;
void pd_local_close(struct pd_local *local); /* NULL is fine */

/*
 * Take the lock until the local goes out of scope:
 *         pd_auto(pd_local_unlock) struct pd_local *local = pd_local_lock(self);
 */
struct pd_local *pd_local_lock(struct pd_local *local);
void pd_local_unlock(struct pd_local **local);

/* What the connection says went wrong. */
int pd_local_fail(const struct pd_local *local, struct pd_err *err);

/* Run statements without parameters and rows. */
int pd_local_run(const struct pd_local *local, const char *sql, struct pd_err *err) PD_MUST_CHECK;

/* Undo a transaction that has failed. */
void pd_local_rollback(const struct pd_local *local);

/* Prepare a statement and bind its first two parameters to the ids (NULL: it has none). */
int pd_local_prepare(const struct pd_local *local, const char *sql, const char *solution_id,
                     const char *revision_id, sqlite3_stmt **ret, struct pd_err *err) PD_MUST_CHECK;

/* Run a prepared statement that gives no rows. */
int pd_local_finish(const struct pd_local *local, sqlite3_stmt *statement,
                    struct pd_err *err) PD_MUST_CHECK;

/* For pd_auto(). */
void pd_local_statement_done(sqlite3_stmt **statement);

#endif
