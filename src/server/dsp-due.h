/* dsp-due.h: when a record must be looked at again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table "due" has one row for each record that DspEntity.due() gives an instant for. It is written with the record's
 * change, in the same transaction, and only when the instant is another one; a row is taken out in the transaction in
 * which the clock's command was given. So nothing is lost by a restart, and nothing is done twice.
 */
#pragma once

#include "dsp-command.h"
#include "dsp-db.h"

G_BEGIN_DECLS

typedef struct _DspDue DspDue; /* the executor's own; its thread alone */

DspDue  *dsp_due_new    (DspDb *db) G_GNUC_WARN_UNUSED_RESULT;
void     dsp_due_free   (DspDue *self);

/* In a transaction: @edit was stored. */
gboolean dsp_due_note   (DspDue *self, const DspEdit *edit, GError **error);
/* In a transaction: takes the earliest that are due, of one entity, at most @max of them, out of the table into @ids (of
 * DspId, emptied before); only one if its command may change thousands of others. @entity (out): whose; NULL: none is due. */
gboolean dsp_due_take   (DspDue *self, gint64 now_us, guint max, const DspEntity **entity, GArray *ids, GError **error);
/* The earliest instant in the table; G_MAXINT64: none. Too early an answer is possible, and costs one look. */
gint64   dsp_due_next   (DspDue *self);
/* What was noted or taken since the begin of the transaction did not happen. */
void     dsp_due_forget (DspDue *self);

G_END_DECLS
