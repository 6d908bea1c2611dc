/* dsp-columns.h: many records of one entity, by column
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a whole copy travels as: values of one kind side by side pack to half of what rows pack to, and are read without
 * looking for a name. One JSON object:
 *
 *   {"n":3,"id":COLUMN,"scope":COLUMN,"version":COLUMN,"fields":{"number":COLUMN,…}}
 *
 * A COLUMN is an array of n values, as they stand in a record (null: none); or, where few are different,
 * {"words":[value,…],"at":[index,…]}; or, for numbers and instants, {"unit":u,"steps":[…]}: each is the difference to the
 * one before (to 0 at first), in units (of a microsecond for instants; null: none). A field of which all are none is not
 * there. Everything is derived from the field table.
 */
#pragma once

#include "dsp-field.h"

G_BEGIN_DECLS

#define DSP_COLUMNS_MAX 100000 /* records in one object */

typedef struct _DspColumnsWriter DspColumnsWriter;

DspColumnsWriter *dsp_columns_writer_new  (const DspEntity *entity) G_GNUC_WARN_UNUSED_RESULT;
void              dsp_columns_writer_free (DspColumnsWriter *self);
void              dsp_columns_writer_add  (DspColumnsWriter *self, const DspRecord *record);
guint             dsp_columns_writer_n    (DspColumnsWriter *self);
gsize             dsp_columns_writer_size (DspColumnsWriter *self); /* about how long the object will be, at most */
void              dsp_columns_writer_end  (DspColumnsWriter *self, GString *out); /* appends the object */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspColumnsWriter, dsp_columns_writer_free)

typedef struct _DspColumnsReader DspColumnsReader;

/* @text: borrowed until the reader is freed. Fields of a newer server are passed over. */
DspColumnsReader *dsp_columns_reader_new  (const DspEntity *entity, const char *text, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void              dsp_columns_reader_free (DspColumnsReader *self);
/* @record: empty (cleared by its table); gets the next one. FALSE: no more, or a fault, which is in @error; then @record
 * is empty again. The bytes may come from anybody. */
gboolean          dsp_columns_reader_next (DspColumnsReader *self, gpointer record, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspColumnsReader, dsp_columns_reader_free)

G_END_DECLS
