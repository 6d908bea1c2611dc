/* dsp-record-list.h: records of one entity as a list that widgets show
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For queues that are asked for anew whenever something changes: only the difference reaches the view.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_RECORD_ITEM (dsp_record_item_get_type ())
G_DECLARE_FINAL_TYPE (DspRecordItem, dsp_record_item, DSP, RECORD_ITEM, GObject)

/* One line. "changed": it holds another version of the same record. Lent until then. */
gconstpointer dsp_record_item_get (DspRecordItem *self);

/* Makes @store (of DspRecordItem) hold @records of @entity. Only what is different is announced: selection, focus and the
 * place scrolled to stay with the records that stay. */
void  dsp_record_list_fill   (GListStore *store, const DspEntity *entity, GPtrArray *records);
/* Where the record is now; G_MAXUINT: not there. */
guint dsp_record_list_find   (GListModel *list, const DspId *id);
/* The record there; NULL past the end. Lent as long as the list holds it. */
gconstpointer dsp_record_list_at (GListModel *list, guint position);

/* The records that are chosen, in their order: (transfer container), the records lent as those of dsp_record_list_at(). */
GPtrArray *dsp_record_list_chosen (GtkSelectionModel *selection);

/* Everything is shown again: names changed, or time passed. */
void  dsp_record_list_redraw (GListModel *list);

typedef struct {
  const char *title;     /* untranslated */
  int         width;     /* pixels; 0: what is left */
  float       xalign;
  bool        tip;       /* its text stands in a tooltip too: it may be longer than the column */
  char      *(*text) (DspOffice *office, gconstpointer record); /* (transfer full), not NULL */
  const char *css;       /* (nullable): a class … */
  bool      (*marked) (DspOffice *office, gconstpointer record); /* … of the cells of which this is true; NULL: of all */
} DspRecordColumn;

/* Columns for a view that lives no longer than @office; @columns is static. */
void  dsp_record_columns_add (GtkColumnView *view, DspOffice *office, const DspRecordColumn *columns, guint n_columns);

G_END_DECLS
