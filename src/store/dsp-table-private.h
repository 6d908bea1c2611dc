/* dsp-table-private.h: how fields stand in columns, for src/store only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db-private.h"
#include "dsp-entities.h"

G_BEGIN_DECLS

/* Appends "id", "scope", "version" and the columns of @mask. */
void     dsp_columns_append (GString         *sql,
                             const DspEntity *entity,
                             guint64          mask);
/* Fills @record (cleared before) from a row of those columns, the first of which is @column. */
void     dsp_columns_read   (DspStmt         *stmt,
                             int              column,
                             const DspEntity *entity,
                             guint64          mask,
                             gpointer         record);
/* Binds one field as $n. A text that had to be made is added to @texts (made when needed), to be freed after the step. */
void     dsp_column_bind    (DspStmt         *stmt,
                             int              n,
                             const DspField  *field,
                             gconstpointer    record,
                             GPtrArray      **texts);

/* A list of texts as a JSON array, and back; what cannot be read is an empty list. */
char    *dsp_list_to_json   (GStrv            list);
GStrv    dsp_list_from_json (const char      *text,
                             gsize            length);

G_END_DECLS
