/* dsp-record-form-private.h: the form's state, shared with its rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-form.h"

G_BEGIN_DECLS

typedef enum {
  DSP_EDIT_ENTRY,
  DSP_EDIT_LONG,
  DSP_EDIT_SWITCH,
  DSP_EDIT_WORD,
  DSP_EDIT_RECORD,
  DSP_EDIT_LIST,
  DSP_EDIT_WEEKDAYS,
  DSP_EDIT_OWN,
} DspRecordEdit;

typedef struct _DspRecordRow DspRecordRow;

/* An editor for what the field table cannot say. */
typedef struct {
  void   (*show) (DspRecordRow *row, gconstpointer record);
  char  *(*read) (DspRecordRow *row, gpointer record); /* as dsp_record_row_read() */
  gboolean wide;
} DspRowEditor;

struct _DspRecordRow {
  DspRecordForm  *form;
  const DspField *field;
  const char     *label;      /* untranslated: the field's, unless it is called otherwise here */
  DspRecordEdit   kind;
  GtkWidget      *box;
  GtkWidget      *editor;
  GtkWidget      *error;
  GtkWidget      *weekdays[7];
  GtkWidget      *choices;    /* menu button beside a list's entry */
  GArray         *ids;        /* (owned): of DspId, as in the drop-down; first is none */
  const DspRowEditor *own;    /* (nullable): with DSP_EDIT_OWN */
  gpointer        own_data;   /* (owned) (nullable) */
  GDestroyNotify  own_free;
  gboolean        asked;      /* needed for this very order, though the table does not say so */
  gboolean        by_itself;  /* the command fills it in when nobody does, though the table needs it */
};

/* Fields side by side, by name and with blanks between them: one, two, three or six. */
typedef struct {
  const char *heading;        /* (nullable): above them, untranslated */
  const char *fields;
} DspFormLine;

struct _DspRecordForm
{
  GtkWidget        parent_instance;

  DspOffice       *office;      /* (owned) */
  const DspTable  *table;
  const DspEntity *entity;      /* (nullable): whose table it is */
  const DspCommand *command;    /* (nullable): or of which these are the arguments */
  DspOrder        *order;       /* (owned) (nullable): which the arguments are for */
  const DspFormLine *lines;     /* (nullable): only these fields and so; the last has none. Else the table's order */
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
char    *dsp_record_row_read_time (DspRecordRow *row, gpointer record); /* of an entry, for a field of kind TIME */
DspRecordRow *dsp_record_form_row (DspRecordForm *self, const char *name); /* (nullable) */

/* For rows that make their own editor: row->editor is a drop-down of @words (transfer full). */
void     dsp_record_row_make_drop_down (DspRecordRow *row, GtkStringList *words);
void     dsp_record_row_take_editor    (DspRecordRow *row, const DspRowEditor *editor, gpointer data, GDestroyNotify free);

/* dsp-process-row.c, -equipment-row.c: editors of a command's arguments. Sets row->editor and returns what is shown, the
 * editor itself or what holds it; NULL: the table's kind decides. */
GtkWidget *dsp_process_row_make   (DspRecordRow *row);
guint64    dsp_process_hidden     (DspOffice *office, const DspCommand *command, const DspOrder *order);
GtkWidget *dsp_equipment_row_make (DspRecordRow *row);
GtkWidget *dsp_slot_row_make      (DspRecordRow *row);
/* Of an order that is being taken down: the calendar is behind a button, and looks at the form. @editor shows with
 * dsp_slot_row_show(). */
GtkWidget *dsp_slot_row_make_new  (DspRecordRow *row, const DspRowEditor *editor);
void       dsp_slot_row_show      (DspRecordRow *row, gconstpointer record);
GtkWidget *dsp_file_row_make      (DspRecordRow *row);
/* dsp-fault-row.c: of a penalty that is noted by hand. */
GtkWidget *dsp_fault_row_make     (DspRecordRow *row);
guint64    dsp_fault_rows_hidden  (void);

/* dsp-new-order-row.c: the same for an order that is taken down, and how they stand. */
extern const DspFormLine dsp_new_order_lines[];
GtkWidget *dsp_new_order_row_make (DspRecordRow *row);
void       dsp_new_order_rows_help (DspRecordForm *form);

/* dsp-mileage-row.c: of a claim of kilometres. */
extern const DspFormLine dsp_mileage_lines[];
GtkWidget *dsp_mileage_row_make   (DspRecordRow *row);
/* The orders (DspOrder) of which the claim may be one. */
void       dsp_mileage_rows_offer (DspRecordForm *form, const GPtrArray *orders);

/* dsp-proposal-row.c: an entry that proposes. */
GtkWidget *dsp_proposal_row_make (DspRecordRow *row);
void       dsp_proposal_row_set  (DspRecordRow *row, const char *const *proposals); /* (nullable) */
/* Postal code and municipality of an address: what the catalogue knows otherwise stands as an error at its field. */
GtkWidget *dsp_address_row_make  (DspRecordRow *row);
/* The postal code says municipality, city and state, and proposes neighbourhoods. */
void       dsp_address_rows_help (DspRecordForm *form);

/* dsp-record-form.c: a person typed */
void     dsp_record_row_edited   (DspRecordRow *row);
/* … and went on to another: for fields with a check */
void     dsp_record_row_left     (DspRecordRow *row);

G_END_DECLS
