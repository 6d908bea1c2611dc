/* dsp-db-sqlite-private.h: what the driver's files share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db-private.h"

#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct
{
  DspDb    parent;

  sqlite3 *handle;    /* (owned) */
  char    *path;      /* (owned) */
  int      lock_fd;   /* -1: not held */
  gint64   log_pages;
  bool     left_open; /* a transaction that could not be rolled back */
} DspSqlite;

/* Sets @error from what the engine says now. */
void     dsp_sqlite_error     (sqlite3    *handle,
                               int         code,
                               GError    **error);
DspDb   *dsp_sqlite_open      (const char *where,
                               DspDbFlags  flags,
                               GError    **error);
void     dsp_sqlite_close     (DspDb      *db);
gboolean dsp_sqlite_exec      (DspDb      *db,
                               const char *sql,
                               GError    **error);
gboolean dsp_sqlite_checkpoint (DspDb        *db,
                                DspCheckpoint how,
                                gint64       *remaining,
                                GError      **error);

/* dsp-db-sqlite-keep.c */
gboolean dsp_sqlite_check     (DspDb      *db,
                               gboolean    thorough,
                               GError    **error);
gboolean dsp_sqlite_backup    (DspDb      *db,
                               const char *path,
                               GError    **error);
extern const char dsp_sqlite_tables[];
extern const char dsp_sqlite_describe[], dsp_sqlite_has[]; /* SQL of one parameter, a table's name */
gboolean dsp_sqlite_analyze   (DspDb      *db,
                               GError    **error);
gboolean dsp_sqlite_set_share (DspDb      *db,
                               const char *table,
                               const char *index,
                               int         n_columns,
                               int         share,
                               GError    **error);
gboolean dsp_sqlite_use_shares (DspDb     *db,
                                GError   **error);

G_END_DECLS
