/* dsp-record-form.c: a form for one record of any entity
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two columns of label, editor and, when something is wrong, a sentence under the editor (dsp-record-row.c).
 */
#define G_LOG_DOMAIN "dsp-record-form"

#include "config.h"
#include "dsp-record-form-private.h"

#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (DspRecordForm, dsp_record_form, GTK_TYPE_WIDGET)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* A text with a check digit is judged when it is as long as it may be, or when the person goes on. */
static void
check_text (DspRecordRow *row,
            glong         at_least)
{
  const DspField *field = row->field;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->editor))));
  g_autoptr(GError) error = NULL;

  if (*text != '\0' && g_utf8_strlen (text, -1) >= at_least && !field->check (text, &error))
    dsp_record_form_show_error (row->form, field, error->message);
}

void
dsp_record_row_left (DspRecordRow *row)
{
  if (!row->form->filling)
    check_text (row, 1);
}

void
dsp_record_row_edited (DspRecordRow *row)
{
  if (row->form->filling)
    return;
  gtk_widget_set_visible (row->error, FALSE);
  gtk_widget_remove_css_class (row->editor, "error");
  if (row->field->check != NULL)
    check_text (row, row->field->max);
  /* A refusal was of what is no longer written. */
  if (row->form->command != NULL)
    gtk_widget_set_visible (row->form->banner, FALSE);
  g_signal_emit (row->form, signals[SIGNAL_CHANGED], 0);
}

static void
attach (GtkWidget     *grid,
        DspRecordRow **rows,
        guint          n_rows,
        int            line)
{
  int wide = n_rows > 0 ? (int) (6 / n_rows) : 0;

  for (int i = 0; i < (int) n_rows; i++)
    gtk_grid_attach (GTK_GRID (grid), rows[i]->box, i * wide, line, wide, 1);
}

/* Narrow fields stand in pairs; of an odd run the last three share a line, so that no line has a hole. */
static void
attach_by_width (DspRecordForm *self,
                 GtkWidget     *grid,
                 int            line)
{
  for (guint i = 0; i < self->rows->len;)
    {
      guint run = 0, share;

      while (i + run < self->rows->len && !dsp_record_row_is_wide (self->rows->pdata[i + run]))
        run++;
      share = run == 0 ? 1 : run == 3 ? 3 : MIN (run, 2);
      attach (grid, (DspRecordRow **) &self->rows->pdata[i], share, line++);
      i += share;
    }
}

/* The rows were made in the order of the lines. */
static void
attach_by_lines (DspRecordForm *self,
                 GtkWidget     *grid,
                 int            line)
{
  guint next = 0;

  for (const DspFormLine *l = self->lines; l->fields != NULL; l++)
    {
      g_auto(GStrv) names = g_strsplit (l->fields, " ", -1);
      guint n = 0;

      if (l->heading != NULL)
        {
          GtkWidget *heading = gtk_label_new (_(l->heading));

          gtk_label_set_xalign (GTK_LABEL (heading), 0);
          gtk_widget_add_css_class (heading, "heading");
          gtk_grid_attach (GTK_GRID (grid), heading, 0, line++, 6, 1);
        }
      while (next + n < self->rows->len &&
             g_strv_contains ((const char *const *) names, ((DspRecordRow *) self->rows->pdata[next + n])->field->name))
        n++;
      attach (grid, (DspRecordRow **) &self->rows->pdata[next], n, line++);
      next += n;
    }
}

static void
lay_out (DspRecordForm *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 12);
  self->banner = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->banner), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->banner), 0);
  gtk_widget_add_css_class (self->banner, "dsp-banner");
  gtk_widget_add_css_class (self->banner, "error");
  gtk_widget_set_visible (self->banner, FALSE);
  gtk_grid_attach (GTK_GRID (grid), self->banner, 0, 0, 6, 1);
  if (self->lines != NULL)
    attach_by_lines (self, grid, 1);
  else
    attach_by_width (self, grid, 1);
  gtk_widget_set_parent (grid, GTK_WIDGET (self));
}

static void
drop_shown (DspRecordForm *self)
{
  if (self->shown != NULL)
    dsp_table_clear (self->table, self->shown);
  g_clear_pointer (&self->shown, g_free);
}

/* The members of a record that are not in its table. */
static void
copy_head (DspRecordForm *self,
           gpointer       to,
           gconstpointer  from)
{
  if (self->entity == NULL)
    return;
  ((DspRecord *) to)->id = ((const DspRecord *) from)->id;
  ((DspRecord *) to)->scope = ((const DspRecord *) from)->scope;
  ((DspRecord *) to)->version = ((const DspRecord *) from)->version;
}

static void
dsp_record_form_dispose (GObject *object)
{
  DspRecordForm *self = DSP_RECORD_FORM (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  drop_shown (self);
  g_clear_pointer (&self->order, dsp_order_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_record_form_parent_class)->dispose (object);
}

static void
dsp_record_form_finalize (GObject *object)
{
  g_ptr_array_unref (DSP_RECORD_FORM (object)->rows);
  G_OBJECT_CLASS (dsp_record_form_parent_class)->finalize (object);
}

static void
dsp_record_form_class_init (DspRecordFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dsp_record_form_dispose;
  object_class->finalize = dsp_record_form_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", DSP_TYPE_RECORD_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_FORM);
}

static void
dsp_record_form_init (DspRecordForm *self)
{
  self->rows = g_ptr_array_new_with_free_func (dsp_record_row_free);
}

static void
add_rows (DspRecordForm *self,
          guint64        without)
{
  const DspTable *table = self->table;

  for (guint i = 0; self->lines == NULL && i < table->n_fields; i++)
    if (!(without & (G_GUINT64_CONSTANT (1) << i)))
      dsp_record_form_add_row (self, &table->fields[i]);
  for (const DspFormLine *line = self->lines; line != NULL && line->fields != NULL; line++)
    {
      g_auto(GStrv) names = g_strsplit (line->fields, " ", -1);

      for (guint i = 0; names[i] != NULL; i++)
        {
          const DspField *field = dsp_table_find (table, names[i], strlen (names[i]));

          if (!(without & dsp_table_bit (table, field->offset)))
            dsp_record_form_add_row (self, field);
        }
    }
}

static GtkWidget *
make_form (DspOffice        *office,
           const DspTable   *table,
           const DspEntity  *entity,
           const DspCommand *command,
           const DspOrder   *order,
           guint64           without)
{
  DspRecordForm *self = g_object_new (DSP_TYPE_RECORD_FORM, NULL);

  self->office = g_object_ref (office);
  self->table = table;
  self->entity = entity;
  self->command = command;
  self->order = order != NULL ? dsp_order_dup (order) : NULL;
  if (command == &dsp_order_create)
    self->lines = dsp_new_order_lines;
  else if (table == &dsp_mileage.table && command != NULL)
    self->lines = dsp_mileage_lines;
  add_rows (self, without);
  lay_out (self);
  return GTK_WIDGET (self);
}

GtkWidget *
dsp_record_form_new (DspOffice       *office,
                     const DspEntity *entity,
                     guint64          without)
{
  return make_form (office, &entity->table, entity, NULL, NULL, without);
}

GtkWidget *
dsp_record_form_new_for_args (DspOffice        *office,
                              const DspCommand *command,
                              const DspOrder   *order)
{
  GtkWidget *form = make_form (office, command->args, NULL, command, order, dsp_process_hidden (office, command, order));

  dsp_address_rows_help (DSP_RECORD_FORM (form));
  if (command == &dsp_order_create)
    dsp_new_order_rows_help (DSP_RECORD_FORM (form));
  return form;
}

DspRecordRow *
dsp_record_form_row (DspRecordForm *self,
                     const char    *name)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (((DspRecordRow *) self->rows->pdata[i])->field->name, name))
      return self->rows->pdata[i];
  return NULL;
}

static void
show (DspRecordForm *self,
      gconstpointer  record,
      gboolean       may_change)
{
  self->filling = TRUE;
  for (guint i = 0; i < self->rows->len; i++)
    {
      DspRecordRow *row = self->rows->pdata[i];

      dsp_record_row_show (row, record);
      gtk_widget_set_sensitive (row->box, may_change);
    }
  dsp_record_form_clear_errors (self);
  self->filling = FALSE;
}

void
dsp_record_form_set_record (DspRecordForm *self,
                            gconstpointer  record,
                            gboolean       may_change)
{
  drop_shown (self);
  self->shown = g_malloc0 (self->table->size);
  if (record != NULL)
    {
      dsp_table_copy (self->table, self->shown, record);
      copy_head (self, self->shown, record);
    }

  show (self, self->shown, may_change);
  for (guint i = 0; record != NULL && i < self->rows->len; i++)
    {
      DspRecordRow *row = self->rows->pdata[i];

      if (row->field->flags & DSP_FIXED)
        gtk_widget_set_sensitive (row->box, FALSE);
    }
}

void
dsp_record_form_suggest (DspRecordForm *self,
                         gconstpointer  record)
{
  dsp_record_form_set_record (self, NULL, TRUE);
  show (self, record, TRUE);
}

/* What is wrong with the row, as a sentence: (transfer full) (nullable). */
static char *
read_row (DspRecordForm *self,
          DspRecordRow  *row,
          gpointer       record)
{
  g_autoptr(GError) error = NULL;
  char *wrong = dsp_record_row_read (row, record);
  bool none = dsp_field_is_none (row->field, record);

  if (wrong != NULL || (none && row->by_itself))
    return wrong;
  if (none && row->asked && row->field->kind == DSP_KIND_TEXT)
    return g_strdup_printf (_("%s is needed."), _(row->label));
  if (dsp_table_check (self->table, record, dsp_table_bit (self->table, row->field->offset), &error))
    return NULL;
  return error->code == DSP_RULE_REQUIRED ? g_strdup_printf (_("%s is needed."), _(row->label)) : dsp_text_error (error);
}

static void
begin_reading (DspRecordForm *self,
               gpointer       record)
{
  dsp_table_clear (self->table, record);
  dsp_table_copy (self->table, record, self->shown);
  copy_head (self, record, self->shown);
}

gboolean
dsp_record_form_peek (DspRecordForm *self,
                      gpointer       record,
                      guint64       *given)
{
  begin_reading (self, record);
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *wrong = read_row (self, self->rows->pdata[i], record);

      if (wrong != NULL)
        return FALSE;
    }
  *given = dsp_table_diff (self->table, self->shown, record);
  return TRUE;
}

void
dsp_record_form_peek_field (DspRecordForm *self,
                            const char    *name,
                            gpointer       record)
{
  DspRecordRow *row = dsp_record_form_row (self, name);

  if (row != NULL)
    g_free (dsp_record_row_read (row, record));
}

gboolean
dsp_record_form_read (DspRecordForm *self,
                      gpointer       record,
                      guint64       *given)
{
  DspRecordRow *first_wrong = NULL;

  g_return_val_if_fail (self->shown != NULL, FALSE);

  dsp_record_form_clear_errors (self);
  begin_reading (self, record);
  for (guint i = 0; i < self->rows->len; i++)
    {
      DspRecordRow *row = self->rows->pdata[i];
      g_autofree char *wrong = read_row (self, row, record);

      if (wrong == NULL)
        continue;
      dsp_record_form_show_error (self, row->field, wrong);
      if (first_wrong == NULL)
        first_wrong = row;
    }
  if (first_wrong != NULL)
    {
      gtk_widget_grab_focus (first_wrong->editor);
      return FALSE;
    }
  if (self->entity != NULL && self->entity->check != NULL)
    {
      g_autoptr(GError) error = NULL;

      if (!self->entity->check (record, &error))
        {
          g_autofree char *sentence = dsp_text_error (error);

          dsp_record_form_show_error (self, NULL, sentence);
          return FALSE;
        }
    }
  *given = dsp_table_diff (self->table, self->shown, record);
  return TRUE;
}

void
dsp_record_form_show_error (DspRecordForm  *self,
                            const DspField *field,
                            const char     *sentence)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      DspRecordRow *row = self->rows->pdata[i];

      if (row->field != field)
        continue;
      gtk_label_set_text (GTK_LABEL (row->error), sentence);
      gtk_widget_remove_css_class (row->error, "warning");
      gtk_widget_add_css_class (row->error, "error");
      gtk_widget_set_visible (row->error, TRUE);
      gtk_widget_add_css_class (row->editor, "error");
      return;
    }
  gtk_label_set_text (GTK_LABEL (self->banner), sentence);
  gtk_widget_set_visible (self->banner, TRUE);
}

void
dsp_record_form_focus_field (DspRecordForm  *self,
                             const DspField *field)
{
  DspRecordRow *row = dsp_record_form_row (self, field->name);

  if (row != NULL)
    gtk_widget_grab_focus (row->editor);
}

void
dsp_record_form_clear_errors (DspRecordForm *self)
{
  gtk_widget_set_visible (self->banner, FALSE);
  for (guint i = 0; i < self->rows->len; i++)
    {
      DspRecordRow *row = self->rows->pdata[i];

      gtk_widget_set_visible (row->error, FALSE);
      gtk_widget_remove_css_class (row->editor, "error");
    }
}

GtkWidget *
dsp_record_form_ask_discard (GtkWidget *parent)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Discard what you typed?"),
                                              _("The changes in this form are not saved."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _("_Keep editing"), "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

void
dsp_record_form_set_choices (DspRecordForm     *self,
                             const char        *field,
                             const char *const *choices)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      DspRecordRow *row = self->rows->pdata[i];

      if (row->choices == NULL || !g_str_equal (row->field->name, field))
        continue;
      if (row->kind == DSP_EDIT_OWN)
        {
          dsp_proposal_row_set (row, choices);
          continue;
        }
      g_object_set_data_full (G_OBJECT (row->choices), "choices", g_strdupv ((char **) choices),
                              (GDestroyNotify) g_strfreev);
      gtk_widget_set_visible (row->choices, choices != NULL && choices[0] != NULL);
    }
}
