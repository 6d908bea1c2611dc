/* dsp-record-table.h: records of an entity as a table, of which one is chosen
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-list.h"

G_BEGIN_DECLS

#define DSP_TYPE_RECORD_TABLE (dsp_record_table_get_type ())
G_DECLARE_FINAL_TYPE (DspRecordTable, dsp_record_table, DSP, RECORD_TABLE, GtkWidget)

/* How the records of a column are sorted by its heading; NULL: by the text. */
typedef int (*DspRecordCompare) (gconstpointer a, gconstpointer b);

/* @columns: static. @compares: static, as many. "chosen": a person chose a line. */
GtkWidget   *dsp_record_table_new        (DspOffice *office, const DspEntity *entity, const DspRecordColumn *columns,
                                          const DspRecordCompare *compares, guint n_columns);

/* Shows @records (copied) in their order, until a heading is clicked. The choice stays with its record. */
void         dsp_record_table_fill       (DspRecordTable *self, GPtrArray *records);

/* Chooses without "chosen"; none, or what is not shown: nothing is chosen. */
void         dsp_record_table_choose     (DspRecordTable *self, const DspId *id);
const DspId *dsp_record_table_get_chosen (DspRecordTable *self); /* (nullable); lent */

G_END_DECLS
