/* dsp-record-kind.h: what the pages of records know about each kind of record
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Some are retired by a command, others by a plain change of the field; few are deleted. */
typedef struct {
  const DspEntity  *entity;
  const DspCommand *create, *change, *retire, *restore, *remove; /* the last three: nullable */
  const char       *icon;
  DspId           (*only) (void);            /* (nullable): there is one such record, with this id */
  const void     *(*defaults) (void);        /* (nullable): what holds while it has not been saved */
  GtkWidget      *(*preview_new) (DspOffice *office); /* (nullable): below the form, of what it says now */
  void            (*preview_set) (GtkWidget *preview, gconstpointer record); /* @record: (nullable); copied */
  GtkWidget      *(*preview_head) (GtkWidget *preview); /* (nullable): its part that stands above the form; (transfer none) */
  const char       *without;                 /* (nullable): a field that people do not see */
} DspRecordKind;

/* Never NULL: an entity without a kind has no page. */
const DspRecordKind *dsp_record_kind_of    (const DspEntity *entity);

/* In a list: what the record is called, and what distinguishes it; both (transfer full), never NULL. */
char                *dsp_record_kind_title (const DspRecordKind *kind, DspOffice *office, gconstpointer record);
char                *dsp_record_kind_under (const DspRecordKind *kind, DspOffice *office, gconstpointer record);

/* All records by that title: (transfer container), the records as lent as dsp_office_records(). */
GPtrArray           *dsp_record_kind_dup_sorted (const DspRecordKind *kind, DspOffice *office);

/* What the administration page maintains, in its order; ends with NULL. */
extern const DspEntity *const dsp_catalogues[];

G_END_DECLS
