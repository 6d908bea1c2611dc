/* dsp-schema.h: tables and indexes from the field tables; migrations
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each entity has a table of its name: "_row" (a number, the order of insertion), "id", "scope", "version", then one
 * column per field, and "_search" where fields are searched. A prefix gives twins of it: "shadow_" makes "shadow_order"; NULL is the table itself. A prefix is a
 * constant of the program, never input. For bulk loads make the table, insert, then make the indexes; until then nothing
 * keeps ids unique.
 */
#pragma once

#include "dsp-db.h"
#include "dsp-field.h"

G_BEGIN_DECLS

/* In a transaction of the caller, if there is to be one. */
gboolean dsp_schema_create_table   (DspDb           *db,
                                    const char      *prefix,
                                    const DspEntity *entity,
                                    GError         **error);
/* @server: with the indexes that its lists need, and two rows with the same DSP_UNIQUE value are a CONFLICT. Never for a
 * replica's tables: while a snapshot comes in pages, a number may be seen on its old and its new owner for a moment.
 * Ids are always unique. */
gboolean dsp_schema_create_indexes (DspDb           *db,
                                    const char      *prefix,
                                    const DspEntity *entity,
                                    gboolean         server,
                                    GError         **error);
gboolean dsp_schema_drop_table     (DspDb           *db, /* no error if there is none */
                                    const char      *prefix,
                                    const DspEntity *entity,
                                    GError         **error);
/* Drops the table with prefix @to and gives its name to the one with prefix @from, indexes included. */
gboolean dsp_schema_swap_table     (DspDb           *db,
                                    const char      *from,
                                    const char      *to,
                                    const DspEntity *entity,
                                    GError         **error);
/* Empties it, keeps its indexes. */
gboolean dsp_schema_empty_table    (DspDb           *db,
                                    const char      *prefix,
                                    const DspEntity *entity,
                                    GError         **error);
/* Tells the engine's planner what the tables are like. Of the server's orders it is told the office's shape, the same on
 * every server and from the first day on, so that a plan that was measured is the plan that runs; others it samples. */
gboolean dsp_schema_analyze        (DspDb           *db,
                                    GError         **error);

/* ---- versions: a database has parts ("entities", "feed", "outbox" …), each with a number of its own ---- */

/* One step of a part's schema. @sql is frozen text, or @run does it; neither may use today's field tables. */
typedef struct {
  int         number;    /* the version that the part has after it */
  const char *sql;       /* nullable */
  gboolean  (*run) (DspDb *db, GError **error);
} DspMigration;

typedef struct {
  const char         *name;
  int                 version;               /* today's */
  gboolean          (*fresh) (DspDb *db, GError **error);
  const DspMigration *migrations;            /* (nullable) those after version 1, ascending; ends with number 0 */
} DspSchemaPart;

/* Brings @part to today's version: makes it when it is not there, else runs the missing steps, each in a transaction of
 * its own with its number. Refuses a newer one with DSP_STORE_ERROR_NEWER before touching anything. Not in a transaction. */
gboolean dsp_schema_open    (DspDb               *db,
                             const DspSchemaPart *part,
                             GError             **error);
/* The version of a part; 0: it is not there. For readers, and for tests. */
gboolean dsp_schema_version (DspDb               *db,
                             const char          *part,
                             int                 *version,
                             GError             **error);
/* A reading connection: is @part there, and of exactly today's version? */
gboolean dsp_schema_require (DspDb               *db,
                             const DspSchemaPart *part,
                             GError             **error);

/* The tables of all entities, without prefix, with their indexes: the server's, and a replica's. Both are the part "entities". */
extern const DspSchemaPart dsp_schema_entities;
extern const DspSchemaPart dsp_schema_replica;

/* Columns and indexes of one table as text, to compare a migrated one with a fresh one. (transfer full) */
char    *dsp_schema_describe (DspDb      *db,
                              const char *table,
                              GError    **error);

G_END_DECLS
