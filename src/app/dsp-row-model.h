/* dsp-row-model.h: rows of a file on their way to becoming commands, as a list model
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the import windows have in common. Signal "changed": counts, trouble or progress are others. Main thread only.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_ROW_MODEL (dsp_row_model_get_type ())
G_DECLARE_DERIVABLE_TYPE (DspRowModel, dsp_row_model, DSP, ROW_MODEL, GObject)

struct _DspRowModelClass
{
  GObjectClass parent_class;

  /* Has any row been given to the replica, and nothing is under way: may the server refuse one later? */
  gboolean (*waits)   (DspRowModel *self);
  /* What the server refused, of whatever command: @sentence says why. */
  void     (*refused) (DspRowModel *self, const DspRejected *rejected, const char *sentence);
};

/* The rows, objects; filled by the class before anybody looks at the model. */
GPtrArray *dsp_row_model_rows       (DspRowModel *self);
DspOffice *dsp_row_model_get_office (DspRowModel *self);
void       dsp_row_model_changed    (DspRowModel *self);
/* Once, when it is made: whose the rows are. */
void       dsp_row_model_set_office (DspRowModel *self, DspOffice *office);

G_END_DECLS
