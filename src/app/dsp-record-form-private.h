/* dsp-record-form-private.h: the form's state, shared with its rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-form.h"

G_BEGIN_DECLS

typedef enum {
  DSP_EDIT_ENTRY,
  DSP_EDIT_LONG,
  DSP_EDIT_SPIN,
  DSP_EDIT_SWITCH,
  DSP_EDIT_WORD,
  DSP_EDIT_RECORD,
  DSP_EDIT_LIST,
  DSP_EDIT_WEEKDAYS,
  DSP_EDIT_CODE,
  DSP_EDIT_YES_NO, /* three answers: a switch would say no by itself */
} DspRecordEdit;

typedef struct {
  DspRecordForm  *form;
  const DspField *field;
  DspRecordEdit   kind;
  GtkWidget      *box;
  GtkWidget      *editor;
  GtkWidget      *error;
  GtkWidget      *weekdays[7];
  GtkWidget      *choices;    /* menu button beside a list's entry */
  GArray         *ids;        /* (owned): of DspId, as in the drop-down; first is none */
  GPtrArray      *codes;      /* (owned) (nullable): of char *, as in the drop-down; first is NULL */
} DspRecordRow;

struct _DspRecordForm
{
  GtkWidget        parent_instance;

  DspOffice       *office;      /* (owned) */
  const DspTable  *table;
  const DspEntity *entity;      /* (nullable): whose table it is */
  const DspCommand *command;    /* (nullable): or of which these are the arguments */
  gpointer         shown;       /* (owned): copy of what was shown */
  GPtrArray       *rows;        /* (owned): of DspRecordRow */
  GtkWidget       *banner;
  gboolean         filling;
};

/* dsp-record-row.c */
void     dsp_record_form_add_row (DspRecordForm *self, const DspField *field);
void     dsp_record_row_free     (gpointer row);
void     dsp_record_row_show     (DspRecordRow *row, gconstpointer record);
gboolean dsp_record_row_is_wide  (DspRecordRow *row);
/* Returns: (transfer full) (nullable): a sentence when the text cannot be this value */
char    *dsp_record_row_read     (DspRecordRow *row, gpointer record);

/* dsp-record-form.c: a person typed */
void     dsp_record_row_edited   (DspRecordRow *row);

G_END_DECLS
