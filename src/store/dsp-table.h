/* dsp-table.h: records in the table of their entity
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @prefix names a twin of the table (dsp-schema.h), NULL the table itself. Records are cleared and filled with the fields
 * of @mask (dsp_table_bit(), DSP_FIELDS_ALL for all); id, scope and version are always filled, other fields are none.
 * Statements are kept prepared for each (entity, prefix, mask): use few different masks.
 */
#pragma once

#include "dsp-command.h"
#include "dsp-db.h"

G_BEGIN_DECLS

/* ROW: found, @record (valid or zeroed before) is filled. DONE: there is none, @record is cleared. */
DspStep  dsp_table_get    (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           const DspId     *id,
                           guint64          mask,
                           gpointer         record,
                           GError         **error);
/* The same by a TEXT field (DSP_UNIQUE or the first of an index); the oldest, if there are several. */
DspStep  dsp_table_lookup (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           const DspField  *field,
                           const char      *text,
                           guint64          mask,
                           gpointer         record,
                           GError         **error);
/* Only what travels around the body: id, scope, version of the record with @id. */
DspStep  dsp_table_head   (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           const DspId     *id,
                           DspRecord       *head,
                           GError         **error);
/* Each record whose @field of kind ID (or TEXT) is @id (or @text), in the order of insertion. @each gets a record that is
 * valid during the call; FALSE from it stops, which is no error. It must not write to this table. */
gboolean dsp_table_each_id   (DspDb           *db,
                              const char      *prefix,
                              const DspEntity *entity,
                              const DspField  *field,
                              const DspId     *id,
                              guint64          mask,
                              DspEach          each,
                              gpointer         user_data,
                              GError         **error);
gboolean dsp_table_each_text (DspDb           *db,
                              const char      *prefix,
                              const DspEntity *entity,
                              const DspField  *field,
                              const char      *text,
                              guint64          mask,
                              DspEach          each,
                              gpointer         user_data,
                              GError         **error);
/* A crew's orders that were begun or closed in [@from_us, @until_us), or are booked for then: all that dsp_tour_visits() may name. By
 * the index "crew", in which those instants stand: no other row is read. */
gboolean dsp_table_each_visit (DspDb         *db,
                              const char      *prefix,
                              const DspId     *crew_id,
                              gint64           from_us,
                              gint64           until_us,
                              DspEach          each,
                              gpointer         user_data,
                              GError         **error);
/* A page of all rows by "_row" (the order of insertion), for snapshots and for loading a memory index: those after
 * @after (0: from the start), at most @limit (0: all). @scope (nullable): only that scope's. @last (nullable) gets the
 * row number to go on from, 0 if that was the end. */
gboolean dsp_table_scan   (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           const DspId     *scope,
                           gint64           after,
                           guint            limit,
                           guint64          mask,
                           DspEach          each,
                           gpointer         user_data,
                           gint64          *last,
                           GError         **error);
/* Whether there is a row at all. */
gboolean dsp_table_any    (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           bool            *any,
                           GError         **error);
gboolean dsp_table_count  (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           gint64          *n_rows,
                           GError         **error);

/* A new row; CONFLICT if its id (or a DSP_UNIQUE field's value) is there already. */
gboolean dsp_table_insert (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           gconstpointer    record,
                           GError         **error);
/* Inserts, or replaces all fields of the row with that id. */
gboolean dsp_table_put    (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           gconstpointer    record,
                           GError         **error);
/* Added to the mask of dsp_table_update(): write the scope, too. An entity has thus at most 63 fields. */
#define DSP_MASK_SCOPE (G_GUINT64_CONSTANT (1) << 63)

/* Writes the version and the fields of @mask. Columns outside of it, and so their indexes, are not touched. @expected
 * (-1: any) is the version that the row must have now: CONFLICT if it has another, NOT_FOUND if there is no such row.
 * With a DSP_SEARCH field in the mask all of them must stand in @record: what is searched is made anew from them. */
gboolean dsp_table_update (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           gconstpointer    record,
                           guint64          mask,
                           gint64           expected,
                           GError         **error);
/* @deleted (nullable): whether there was one. */
gboolean dsp_table_delete (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           const DspId     *id,
                           gboolean        *deleted,
                           GError         **error);

/* ---- bulk: into a table without indexes (dsp_schema_create_indexes() afterwards), in a transaction of the caller ---- */
typedef struct _DspBulk DspBulk;
DspBulk *dsp_bulk_new  (DspDb           *db,
                        const char      *prefix,
                        const DspEntity *entity,
                        GError         **error);
gboolean dsp_bulk_add  (DspBulk         *bulk,
                        gconstpointer    record,
                        GError         **error);
void     dsp_bulk_free (DspBulk         *bulk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspBulk, dsp_bulk_free)

/* Facts for dsp_work_new() straight from the database; server and tests. A failed read answers UNKNOWN and is kept: look
 * at dsp_db_facts_check() before storing what was judged by them. */
typedef struct _DspDbFacts DspDbFacts;
DspDbFacts     *dsp_db_facts_new   (DspDb      *db,
                                    const char *prefix);
const DspFacts *dsp_db_facts_get   (DspDbFacts *facts);
/* TRUE: all reads since the last check worked. Else @error is the first that did not. */
gboolean        dsp_db_facts_check (DspDbFacts *facts,
                                    GError    **error);
void            dsp_db_facts_free  (DspDbFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspDbFacts, dsp_db_facts_free)

G_END_DECLS
