/* dsp-db-private.h: what a driver gives, for src/store only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"
#include "dsp-field.h"

G_BEGIN_DECLS

/* What makes a generated statement: looked up without building its text again. */
typedef struct {
  const DspEntity *entity;
  const char      *prefix; /* interned */
  guint64          mask;
  guint            what;
} DspStmtKey;

/* Of a part of a transaction: a savepoint. */
typedef enum { DSP_DB_PART_BEGIN, DSP_DB_PART_KEEP, DSP_DB_PART_UNDO } DspDbPart;

typedef struct {
  const char *name;          /* of the URI */
  bool        keeps_results; /* whole, in memory */
  bool        sends_ahead;   /* a run without a number of rows is only sent: what goes wrong is said later */

  /* What is said in other words. "@" is the name of a column. */
  const char *position;      /* function: the place of $2 in text $1 */
  const char *list_items;    /* a list's items as rows with a column "value" */
  const char *group_apart;   /* to group by, of rows that another column's index finds */
  const char *nulls_first, *nulls_last; /* behind ASC, DESC: no value sorts before every value */
  const char *for_update;    /* behind a SELECT of the row whose lock is the lock on all writing */

  char       *(*label)       (const char *where); /* (nullable): the address for messages, without what is secret */
  DspDb      *(*open)        (const char *where, DspDbFlags flags, GError **error);
  void        (*close)       (DspDb *db);
  gboolean    (*exec)        (DspDb *db, const char *sql, GError **error);
  DspStmt    *(*prepare)     (DspDb *db, const char *sql, GError **error);
  void        (*finalize)    (DspStmt *stmt);
  void        (*reset)       (DspStmt *stmt);
  void        (*clear)       (DspStmt *stmt);
  void        (*bind_null)   (DspStmt *stmt, int n);
  void        (*bind_int)    (DspStmt *stmt, int n, gint64 value);
  void        (*bind_text)   (DspStmt *stmt, int n, const char *text, gssize length);
  void        (*bind_blob)   (DspStmt *stmt, int n, gconstpointer data, gsize length);
  DspStep     (*step)        (DspStmt *stmt, GError **error);
  gboolean    (*run)         (DspStmt *stmt, gint64 *n_changed, GError **error);
  bool        (*is_null)     (DspStmt *stmt, int column);
  gint64      (*column_int)  (DspStmt *stmt, int column);
  const char *(*column_text) (DspStmt *stmt, int column, gsize *length);
  gconstpointer (*column_blob) (DspStmt *stmt, int column, gsize *length);
  gboolean    (*begin)       (DspDb *db, gboolean write, GError **error);
  gboolean    (*commit)      (DspDb *db, GError **error);
  void        (*rollback)    (DspDb *db);
  gboolean    (*in_transaction) (DspDb *db);
  gboolean    (*part)        (DspDb *db, DspDbPart what, GError **error);
  /* (nullable, all three): others may write, too */
  gboolean    (*share)       (DspDb *db, GError **error);
  gboolean    (*notify)      (DspDb *db, const char *what, GError **error);
  gboolean    (*wait)        (DspDb *db, guint wait_ms, DspDbTold told, gpointer user_data, GError **error);
  void        (*interrupt)   (DspDb *db);
  void        (*stop_changed) (DspDb *db);
  gboolean    (*checkpoint)  (DspDb *db, DspCheckpoint how, gint64 *remaining, GError **error);
  gint64      (*log_pages)   (DspDb *db);
  gboolean    (*backup)      (DspDb *db, const char *path, GError **error);
  gboolean    (*check)       (DspDb *db, gboolean thorough, GError **error);
  /* SQL of one parameter: how a table looks now, a line for each column and index, without the names of indexes; and a row if
   * there is such a table or index. */
  const char   *describe;
  const char   *has;
  const char   *tables;      /* without a parameter: the names of all tables */
  /* (nullable): a table's "_row" goes on behind the highest that was inserted with a number of its own */
  gboolean    (*go_on)       (DspDb *db, const char *table, GError **error);
  gboolean    (*analyze)     (DspDb *db, GError **error);
  /* Instead of what analyzing found: a value of the index's first column is 1/@share of a million rows (0: one row). */
  gboolean    (*set_share)   (DspDb *db, const char *table, const char *index, int n_columns, int share, GError **error);
  gboolean    (*use_shares)  (DspDb *db, GError **error);
} DspDbDriver;

struct _DspDb
{
  const DspDbDriver *driver;
  char              *uri;
  GHashTable        *by_text; /* (owned) SQL text -> DspStmt (owned) */
  GHashTable        *by_key;  /* (owned) DspStmtKey -> DspStmt (owned) */
  DspDbStop          stop;
  gpointer           stop_data;
};

struct _DspStmt
{
  DspDb     *db;
  char      *sql;     /* (owned) */
  DspStmtKey key;
  bool       in_use;
  bool       is_kept; /* in by_text or by_key; else it ends with its use */
  bool       one;     /* must change one row, where the driver sends ahead */
};

extern const DspDbDriver dsp_db_sqlite;

/* Before the first thread. */
void     dsp_db_add_driver   (const DspDbDriver *driver);

/* As dsp_db_prepare(), for a text that @make would build; it is called only when the statement is not there yet. */
typedef char *(*DspMakeSql) (DspDb *db, const DspStmtKey *key);
DspStmt *dsp_db_prepare_made (DspDb            *db,
                              const DspStmtKey *key,
                              DspMakeSql        make,
                              GError          **error);

G_END_DECLS
