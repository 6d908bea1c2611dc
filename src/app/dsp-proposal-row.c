/* dsp-proposal-row.c: an entry that proposes, and the postal code that knows the rest of an address
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-proposal-row"

#include "config.h"
#include "dsp-record-form-private.h"

#include <glib/gi18n.h>

static void
show_row (DspRecordRow *row,
          gconstpointer record)
{
  const char *text = *dsp_field_text (row->field, record);

  gtk_editable_set_text (GTK_EDITABLE (row->editor), text != NULL ? text : "");
}

static char *
read_row (DspRecordRow *row,
          gpointer      record)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->editor))));

  dsp_set_text (dsp_field_text (row->field, record), text);
  return NULL;
}

static void
on_proposal (GtkWidget    *list,
             GtkListBoxRow *line,
             DspRecordRow *row)
{
  gtk_editable_set_text (GTK_EDITABLE (row->editor), gtk_label_get_text (GTK_LABEL (gtk_list_box_row_get_child (line))));
  gtk_popover_popdown (gtk_menu_button_get_popover (GTK_MENU_BUTTON (row->choices)));
  gtk_widget_grab_focus (row->editor);
}

static void
free_strv (gpointer list)
{
  g_strfreev (list);
}

static void
make_entry (DspRecordRow       *row,
            const DspRowEditor *editor)
{
  row->editor = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (row->editor), 6); /* three of them fit beside each other */
  gtk_widget_set_hexpand (row->editor, TRUE);
  gtk_entry_set_max_length (GTK_ENTRY (row->editor), (int) row->field->max);
  g_signal_connect_swapped (row->editor, "changed", G_CALLBACK (dsp_record_row_edited), row);
  dsp_record_row_take_editor (row, editor, NULL, free_strv);
}

GtkWidget *
dsp_proposal_row_make (DspRecordRow *row)
{
  static const DspRowEditor narrow = { show_row, read_row, FALSE };
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autofree char *name = g_strdup_printf (_("Choose: %s"), _(row->field->label));

  make_entry (row, &narrow);
  row->choices = gtk_menu_button_new ();
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (row->choices), gtk_popover_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->choices), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (row->choices, name);
  gtk_widget_set_visible (row->choices, FALSE);
  gtk_widget_add_css_class (content, "linked");
  gtk_box_append (GTK_BOX (content), row->editor);
  gtk_box_append (GTK_BOX (content), row->choices);
  return content;
}

void
dsp_proposal_row_set (DspRecordRow      *row,
                      const char *const *proposals)
{
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (row->choices));
  GtkWidget *list = gtk_list_box_new (), *scroller = gtk_scrolled_window_new ();

  for (guint i = 0; proposals != NULL && proposals[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (proposals[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_list_box_append (GTK_LIST_BOX (list), label);
    }
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  g_signal_connect (list, "row-activated", G_CALLBACK (on_proposal), row);
  gtk_widget_add_css_class (list, "dsp-found");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 280);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_popover_set_child (popover, scroller);
  gtk_widget_set_visible (row->choices, proposals != NULL && proposals[0] != NULL);
}

/* ---- an address ---- */

static DspRecordRow *
row_of (DspRecordRow *row,
        const char   *name)
{
  return dsp_record_form_row (row->form, name);
}

/* What stood there already is not judged: it may be older than the catalogue. */
static bool
is_news (DspRecordRow *row,
         gconstpointer record)
{
  return !dsp_field_is_none (row->field, record) && !dsp_field_equal (row->field, record, row->form->shown);
}

/* (transfer full) (nullable): the sentence about a code that cannot be, or that the office's catalogue, if it has one, does
 * not know. Who has no code leaves the field empty; imports bring in unknown ones, and an exception shows those. */
static char *
wrong_code (DspOffice  *office,
            const char *code)
{
  if (!dsp_postal_code_is_valid (code))
    return g_strdup_printf (_("“%s” is not a postal code. Write five digits, such as 03100."), code);
  if (dsp_office_get_place (office, code) != NULL || g_hash_table_size ((GHashTable *) dsp_office_get_places (office)) == 0)
    return NULL;
  return g_strdup_printf (_("There is no postal code %s."), code);
}

static char *
read_code (DspRecordRow *row,
           gpointer      record)
{
  read_row (row, record);
  return is_news (row, record) ? wrong_code (row->form->office, *dsp_field_text (row->field, record)) : NULL;
}

static char *
read_municipality (DspRecordRow *row,
                   gpointer      record)
{
  DspRecordRow *code = row_of (row, "postal_code");
  const DspPostalCode *place;
  const char *text;

  read_row (row, record);
  text = *dsp_field_text (row->field, record);
  place = code != NULL ? dsp_office_get_place (row->form->office, gtk_editable_get_text (GTK_EDITABLE (code->editor))) : NULL;
  if (place == NULL || place->municipality == NULL || text == NULL || g_utf8_collate (text, place->municipality) == 0 ||
      !(is_news (row, record) || is_news (code, record)))
    return NULL;
  /* Translators: a postal code, its municipality, the one that was typed */
  return g_strdup_printf (_("Postal code %s is of %s, not of %s."), place->code, place->municipality, text);
}

/* Is it one of the catalogue's, or could it become one while it is written? */
static bool
is_listed (const char *const *names,
           const char        *text,
           bool               whole)
{
  g_autofree char *written = dsp_fold (text);

  for (; *names != NULL; names++)
    {
      g_autofree char *name = dsp_fold (*names);

      if (whole ? g_str_equal (name, written) : g_str_has_prefix (name, written))
        return true;
    }
  return false;
}

/* A neighbourhood that the catalogue does not list may be new: it is said, not refused. */
static void
judge_neighbourhood (DspRecordRow *row,
                     bool          whole)
{
  const char *const *names = row->own_data;
  DspRecordRow *code = row_of (row, "postal_code");
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->editor))));
  g_autofree char *sentence = NULL;

  if (*text == '\0' || names == NULL || names[0] == NULL || is_listed (names, text, whole))
    return;
  /* Translators: a postal code, a neighbourhood */
  sentence = g_strdup_printf (_("Postal code %s has no neighbourhood “%s”. Is one of them wrong?"),
                              gtk_editable_get_text (GTK_EDITABLE (code->editor)), text);
  gtk_label_set_text (GTK_LABEL (row->error), sentence);
  gtk_widget_remove_css_class (row->error, "error");
  gtk_widget_add_css_class (row->error, "warning");
  gtk_widget_set_visible (row->error, TRUE);
}

static void
on_neighbourhood_left (DspRecordRow *row)
{
  judge_neighbourhood (row, true);
}

static void
on_neighbourhood_written (DspRecordRow *row)
{
  if (!row->form->filling)
    judge_neighbourhood (row, false);
}

GtkWidget *
dsp_address_row_make (DspRecordRow *row)
{
  static const DspRowEditor code = { show_row, read_code, FALSE }, municipality = { show_row, read_municipality, FALSE };
  const char *name = row->field->name;

  if (g_str_equal (name, "postal_code"))
    make_entry (row, &code);
  else if (g_str_equal (name, "municipality"))
    make_entry (row, &municipality);
  else if (g_str_equal (name, "neighbourhood"))
    {
      GtkWidget *content = dsp_proposal_row_make (row);
      GtkEventController *focus = gtk_event_controller_focus_new ();

      g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_neighbourhood_left), row);
      g_signal_connect_swapped (row->editor, "changed", G_CALLBACK (on_neighbourhood_written), row);
      gtk_widget_add_controller (row->editor, focus);
      return content;
    }
  return row->editor;
}

/* A look-up on its way. */
typedef struct {
  DspRecordForm *form; /* (owned) */
  char          *code;
  gboolean       typed; /* by the person, not shown with the order */
} LookUp;

static const char *
text_of (DspRecordRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row->editor));
}

/* A neighbourhood that stood there with the earlier postal code is not one of the new one; what was typed since stays. */
static void
propose (DspRecordForm *form,
         GPtrArray     *settlements,
         gboolean       typed)
{
  DspRecordRow *row = dsp_record_form_row (form, "neighbourhood");
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) names = NULL;
  g_autofree char *hint = NULL;
  const char *shown = *dsp_field_text (row->field, form->shown);
  guint n = 0;

  for (guint i = 0; i < settlements->len; i++)
    {
      const DspSettlement *settlement = settlements->pdata[i];

      if (settlement->name != NULL && ++n > 0)
        g_strv_builder_add (builder, settlement->name);
    }
  names = g_strv_builder_end (builder);
  dsp_proposal_row_set (row, (const char *const *) names);
  g_strfreev (row->own_data);
  row->own_data = g_strdupv (names);
  hint = n > 1 ? g_strdup_printf (ngettext ("One of %u", "One of %u", n), n) : NULL;
  gtk_entry_set_placeholder_text (GTK_ENTRY (row->editor), hint);
  if (!typed || n == 0 || g_strv_contains ((const char *const *) names, text_of (row)))
    return;
  if (*text_of (row) == '\0' || g_strcmp0 (text_of (row), shown) == 0)
    gtk_editable_set_text (GTK_EDITABLE (row->editor), n == 1 ? names[0] : "");
  else
    judge_neighbourhood (row, true);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  LookUp *look_up = user_data;
  DspRecordRow *code = dsp_record_form_row (look_up->form, "postal_code");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  /* The form may have gone, or another code been typed. */
  if (found != NULL && gtk_widget_get_root (GTK_WIDGET (look_up->form)) != NULL && g_str_equal (text_of (code), look_up->code))
    propose (look_up->form, found, look_up->typed);
  g_object_unref (look_up->form);
  g_free (look_up->code);
  g_free (look_up);
}

static void
look_up (DspRecordForm *form,
         const char    *code,
         gboolean       typed)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_settlement);
  LookUp *data;

  if (!dsp_filter_set (filter, "postal_code", code, NULL))
    return;
  data = g_new0 (LookUp, 1);
  data->form = g_object_ref (form);
  data->code = g_strdup (code);
  data->typed = typed;
  dsp_replica_find_async (dsp_office_get_replica (form->office), filter, 0, NULL, found_cb, data);
}

static void
set_from_code (DspRecordForm *form,
               const char    *name,
               const char    *text)
{
  DspRecordRow *row = dsp_record_form_row (form, name);

  if (row != NULL && text != NULL && g_strcmp0 (text_of (row), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (row->editor), text);
}

static void
on_postal_code (GtkEditable  *entry,
                DspRecordRow *row)
{
  DspRecordForm *form = row->form;
  DspRecordRow *neighbourhood = dsp_record_form_row (form, "neighbourhood");
  const char *code = gtk_editable_get_text (entry);
  g_autofree char *wrong = NULL;
  const DspPostalCode *place;

  /* What was said of it was about the code that stood here before. */
  g_clear_pointer ((GStrv *) &neighbourhood->own_data, g_strfreev);
  gtk_widget_set_visible (neighbourhood->error, FALSE);
  if (!dsp_postal_code_is_valid (code))
    return;
  look_up (form, code, !form->filling);
  if (form->filling)
    return;
  place = dsp_office_get_place (form->office, code);
  if (place != NULL)
    {
      set_from_code (form, "municipality", place->municipality);
      set_from_code (form, "state", place->state);
      set_from_code (form, "city", place->city);
    }
  wrong = wrong_code (form->office, code);
  if (wrong != NULL)
    dsp_record_form_show_error (form, row->field, wrong);
}

void
dsp_address_rows_help (DspRecordForm *form)
{
  DspRecordRow *code = dsp_record_form_row (form, "postal_code"), *neighbourhood = dsp_record_form_row (form, "neighbourhood");

  if (code == NULL || neighbourhood == NULL || neighbourhood->choices == NULL)
    return;
  gtk_entry_set_input_purpose (GTK_ENTRY (code->editor), GTK_INPUT_PURPOSE_DIGITS);
  g_signal_connect (code->editor, "changed", G_CALLBACK (on_postal_code), code);
}
