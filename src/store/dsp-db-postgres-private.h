/* dsp-db-postgres-private.h: what the driver's files share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db-private.h"

#include <libpq-fe.h>

G_BEGIN_DECLS

typedef struct
{
  DspDb      parent;

  PGconn    *conn;           /* (owned) (nullable): none when it could not be made again */
  DspDbFlags flags;
  guint      life;           /* how often it was connected: what an earlier connection prepared is gone */
  guint      n_names;        /* of statements, so far */
  guint      n_queued;       /* sent, their results not yet read */
  GArray    *ones;           /* (owned): of guint: which of these must have changed one row */
  GPtrArray *dropped;        /* (owned) of char*: names of statements to give back */
  bool       in_transaction; /* as the caller sees it: also after the connection was lost in the middle */
  bool       moved;          /* another server takes the writes now */
  bool       writes;         /* the transaction does: what it writes may be queued */
  guint      listens;        /* life of the connection that does */
  GMutex     lock;
  PGcancel  *cancel;         /* (owned) (nullable) (guarded by lock) */
  gint       stopped;        /* (atomic): a cancel was asked for by us */
} DspPostgres;

/* dsp-db-postgres.c */
/* Sets @error from a result that failed (NULL: from the connection). */
void      dsp_postgres_error   (DspPostgres    *self,
                                const PGresult *result,
                                GError        **error);
/* One statement without parameters, now. (transfer full) (nullable) */
PGresult *dsp_postgres_command (DspPostgres    *self,
                                const char     *sql,
                                GError        **error);
/* Reads all that is queued. @last (nullable): the result of what was sent last (transfer full). */
gboolean  dsp_postgres_finish  (DspPostgres    *self,
                                PGresult      **last,
                                GError        **error);

/* dsp-db-postgres-open.c */
/* Connects when there is no connection, or a dead one. In a transaction that cannot help: AWAY. */
gboolean  dsp_postgres_ensure  (DspPostgres    *self,
                                GError        **error);
char     *dsp_postgres_label   (const char     *where);
DspDb    *dsp_postgres_open    (const char     *where,
                                DspDbFlags      flags,
                                GError        **error);
void      dsp_postgres_close   (DspDb          *db);
void      dsp_postgres_interrupt (DspDb        *db);

/* dsp-db-postgres-shared.c */
gboolean  dsp_postgres_share   (DspDb          *db,
                                GError        **error);
gboolean  dsp_postgres_notify  (DspDb          *db,
                                const char     *what,
                                GError        **error);
gboolean  dsp_postgres_wait    (DspDb          *db,
                                guint           wait_ms,
                                DspDbTold       told,
                                gpointer        user_data,
                                GError        **error);

/* The key of the lock that a process holds which must be alone. */
#define DSP_POSTGRES_LOCK "hashtext('despacho ' || current_schema())"

/* dsp-db-postgres-words.c: the SQL of dsp-db.h in PostgreSQL's words. (transfer full) */
char     *dsp_postgres_words   (const char     *sql);

/* dsp-db-postgres-keep.c */
gboolean  dsp_postgres_check   (DspDb          *db,
                                gboolean        thorough,
                                GError        **error);
gboolean  dsp_postgres_backup  (DspDb          *db,
                                const char     *path,
                                GError        **error);
extern const char dsp_postgres_tables[];
gboolean dsp_postgres_go_on (DspDb *db, const char *table, GError **error);
extern const char dsp_postgres_describe[], dsp_postgres_has[]; /* SQL of one parameter, a table's name */
gboolean  dsp_postgres_analyze (DspDb          *db,
                                GError        **error);

G_END_DECLS
