/* dsp-record-row.c: one field of a form: its editor, what it shows, what was typed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything comes from the field table; what the table cannot say (minutes of the day, degrees, days of the week) goes
 * by the field's name.
 */
#define G_LOG_DOMAIN "dsp-record-form"

#include "config.h"
#include "dsp-record-form-private.h"

#include "dsp-text.h"

#include <glib/gi18n.h>
#include <math.h>

void
dsp_record_row_free (gpointer data)
{
  DspRecordRow *row = data;

  g_clear_pointer (&row->ids, g_array_unref);
  if (row->own_free != NULL)
    row->own_free (row->own_data);
  g_free (row);
}

static gboolean
is_minutes (const DspField *field)
{
  return g_str_has_suffix (field->name, "starts") || g_str_has_suffix (field->name, "ends");
}

/* What orders are sorted by: written as in the orders, or the record is about none of them. */
static gboolean
is_sort_of_order (const DspField *field)
{
  return field->kind == DSP_KIND_TEXT &&
         (g_str_equal (field->name, "group") || g_str_equal (field->name, "type") || g_str_equal (field->name, "subtype"));
}

/* Questions are sentences, in which commas are part of the text: they are separated as in the catalogue's file. */
static gboolean
is_of_sentences (const DspField *field)
{
  return g_str_equal (field->name, "checklist");
}

static char *
join_list (const DspField *field,
           GStrv           list)
{
  return list != NULL ? g_strjoinv (is_of_sentences (field) ? " | " : ", ", list) : g_strdup ("");
}

/* Items separated by commas or line ends, each once. */
static GStrv
split_list (const DspField *field,
            const char     *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text, is_of_sentences (field) ? "|\n" : ",;\n", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto(GStrv) list = NULL;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0' && g_hash_table_add (seen, parts[i]))
      g_strv_builder_add (builder, parts[i]);
  list = g_strv_builder_end (builder);
  return list[0] != NULL ? g_steal_pointer (&list) : NULL;
}

static const char *
entry_text (DspRecordRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row->editor));
}

static void
fill_records (DspRecordRow *row,
              const DspId  *id)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  const GPtrArray *records = dsp_office_records (row->form->office, row->field->target);
  guint selected = 0;

  g_array_set_size (row->ids, 0);
  g_array_append_val (row->ids, dsp_id_none);
  gtk_string_list_append (names, _("(none)"));
  for (guint i = 0; i < records->len; i++)
    {
      const DspRecord *record = records->pdata[i];
      g_autofree char *name = dsp_office_record_title (row->form->office, row->field->target, record);

      gtk_string_list_append (names, name);
      g_array_append_val (row->ids, record->id);
      if (dsp_id_equal (&record->id, id))
        selected = row->ids->len - 1;
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (row->editor), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (row->editor), selected);
}

void
dsp_record_row_show (DspRecordRow  *row,
                     gconstpointer  record)
{
  const DspField *field = row->field;
  g_autofree char *text = NULL;

  switch (row->kind)
    {
    case DSP_EDIT_ENTRY:
      if (field->kind == DSP_KIND_INT && is_minutes (field))
        text = dsp_text_minutes (*dsp_field_int (field, record));
      else if (dsp_text_is_degrees (field))
        text = dsp_text_degrees (*dsp_field_int (field, record));
      else if (field->kind == DSP_KIND_DATE)
        text = dsp_text_date (*dsp_field_date (field, record));
      else if (field->kind == DSP_KIND_TIME)
        text = dsp_text_time_edit (*dsp_field_time (field, record));
      else
        text = dsp_field_dup_said (field, record);
      gtk_editable_set_text (GTK_EDITABLE (row->editor), text != NULL ? text : "");
      break;

    case DSP_EDIT_LONG:
      {
        const char *value = *dsp_field_text (field, record);

        gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (row->editor)), value != NULL ? value : "", -1);
      }
      break;

    case DSP_EDIT_SWITCH:
      gtk_switch_set_active (GTK_SWITCH (row->editor), *dsp_field_word (field, record) == DSP_YES);
      break;

    case DSP_EDIT_WORD:
      gtk_drop_down_set_selected (GTK_DROP_DOWN (row->editor), *dsp_field_word (field, record));
      break;

    case DSP_EDIT_RECORD:
      fill_records (row, dsp_field_id (field, record));
      break;

    case DSP_EDIT_LIST:
      text = join_list (field, *dsp_field_list (field, record));
      gtk_editable_set_text (GTK_EDITABLE (row->editor), text);
      break;

    case DSP_EDIT_WEEKDAYS:
      {
        GStrv list = *dsp_field_list (field, record);
        g_autoptr(GString) dates = g_string_new (NULL);

        for (guint i = 0; i < 7; i++)
          {
            char day[2] = { (char) ('1' + i), 0 };

            gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (row->weekdays[i]),
                                          list != NULL && g_strv_contains ((const char *const *) list, day));
          }
        for (guint i = 0; list != NULL && list[i] != NULL; i++)
          if (strlen (list[i]) > 1)
            g_string_append_printf (dates, "%s%s", dates->len > 0 ? ", " : "", list[i]);
        gtk_editable_set_text (GTK_EDITABLE (row->editor), dates->str);
      }
      break;

    case DSP_EDIT_OWN:
      row->own->show (row, record);
      break;

    default:
      g_assert_not_reached ();
    }
}

char *
dsp_record_row_read_time (DspRecordRow *row,
                          gpointer      record)
{
  g_autofree char *text = g_strstrip (g_strdup (entry_text (row)));
  DspTime time = { 0 };

  if (*text != '\0' && !dsp_text_read_time (text, g_get_real_time (), &time))
    return g_strdup_printf (_("“%s” is not a day and a time. Write it as 31/12/2026 10:30."), text);
  *dsp_field_time (row->field, record) = time;
  return NULL;
}

/* Returns a sentence when the text cannot be this value. */
char *
dsp_record_row_read (DspRecordRow *row,
                     gpointer      record)
{
  const DspField *field = row->field;

  switch (row->kind)
    {
    case DSP_EDIT_ENTRY:
      {
        g_autofree char *text = g_strstrip (g_strdup (entry_text (row)));
        g_autoptr(GError) error = NULL;

        if (field->kind == DSP_KIND_INT && (is_minutes (field) || dsp_text_is_degrees (field)))
          {
            DspInt value = { 0 };

            if (*text != '\0' && is_minutes (field) && !dsp_text_read_minutes (text, &value))
              return g_strdup_printf (_("“%s” is not a time of day. Write it as 08:30."), text);
            if (*text != '\0' && dsp_text_is_degrees (field))
              {
                char *end = NULL;
                double degrees = g_ascii_strtod (text, &end);
                double limit = g_str_has_suffix (field->name, "lat_e7") ? 90 : 180;

                if (*end != '\0' || !isfinite (degrees) || fabs (degrees) > limit)
                  return g_strdup_printf (_("“%s” is not a coordinate. Write degrees such as 19.432608."), text);
                value.value = (gint64) llround (degrees * 1e7);
                value.is_set = true;
              }
            *dsp_field_int (field, record) = value;
            return NULL;
          }
        if (field->kind == DSP_KIND_DATE)
          {
            DspDate date = { 0 };

            if (*text != '\0' && !dsp_text_read_date (text, g_get_real_time (), &date))
              return g_strdup_printf (_("“%s” is not a day. Write it as 31/12/2026."), text);
            *dsp_field_date (field, record) = date;
            return NULL;
          }
        if (field->kind == DSP_KIND_TIME)
          return dsp_record_row_read_time (row, record);
        /* Of a percentage the sign may be written too. */
        if (field->kind == DSP_KIND_INT && g_str_has_suffix (text, "%"))
          text[strlen (text) - 1] = '\0';
        if (!dsp_field_set_said (field, record, text, &error))
          return dsp_text_error (error);
        /* What came in before the rule stays as it is. */
        if (field->check != NULL && *text != '\0' && g_strcmp0 (text, *dsp_field_text (field, row->form->shown)) != 0 &&
            !field->check (text, &error))
          return g_strdup (error->message);
      }
      return NULL;

    case DSP_EDIT_LONG:
      {
        GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (row->editor));
        GtkTextIter start, end;
        g_autofree char *text = NULL;

        gtk_text_buffer_get_bounds (buffer, &start, &end);
        text = g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
        dsp_set_text (dsp_field_text (field, record), text);
      }
      return NULL;

    case DSP_EDIT_SWITCH:
      {
        gboolean active = gtk_switch_get_active (GTK_SWITCH (row->editor));
        guint *word = dsp_field_word (field, record);

        /* A switch that was never touched leaves "not said" as it was. */
        if (active)
          *word = DSP_YES;
        else if (*word == DSP_YES)
          *word = DSP_NO;
      }
      return NULL;

    case DSP_EDIT_WORD:
      *dsp_field_word (field, record) = gtk_drop_down_get_selected (GTK_DROP_DOWN (row->editor));
      return NULL;

    case DSP_EDIT_RECORD:
      {
        guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (row->editor));

        *dsp_field_id (field, record) = selected < row->ids->len ? g_array_index (row->ids, DspId, selected) : dsp_id_none;
      }
      return NULL;

    case DSP_EDIT_LIST:
    case DSP_EDIT_WEEKDAYS:
      {
        g_autoptr(GString) text = g_string_new (NULL);
        GStrv *list = dsp_field_list (field, record);

        if (row->kind == DSP_EDIT_WEEKDAYS)
          {
            g_auto(GStrv) dates = split_list (row->field, entry_text (row));

            for (guint i = 0; i < 7; i++)
              if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (row->weekdays[i])))
                g_string_append_printf (text, "%u,", i + 1);
            for (guint i = 0; dates != NULL && dates[i] != NULL; i++)
              {
                DspDate date;
                char iso[16];

                if (!dsp_text_read_date (dates[i], g_get_real_time (), &date))
                  return g_strdup_printf (_("“%s” is not a day. Write it as 31/12/2026."), dates[i]);
                dsp_date_print (date, iso);
                g_string_append_printf (text, "%s,", iso);
              }
          }
        else
          g_string_append (text, entry_text (row));
        g_strfreev (*list);
        *list = split_list (field, text->str);
      }
      return NULL;

    case DSP_EDIT_OWN:
      return row->own->read (row, record);

    default:
      g_assert_not_reached ();
    }
}

static void
choice_toggled (GtkCheckButton *button,
                gpointer        user_data)
{
  DspRecordRow *row = user_data;
  const char *word = g_object_get_data (G_OBJECT (button), "word");
  g_auto(GStrv) list = split_list (row->field, entry_text (row));
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) after = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    if (!g_str_equal (list[i], word))
      g_strv_builder_add (builder, list[i]);
  if (gtk_check_button_get_active (button))
    g_strv_builder_add (builder, word);
  after = g_strv_builder_end (builder);
  text = g_strjoinv (", ", after);
  gtk_editable_set_text (GTK_EDITABLE (row->editor), text);
}

static void
choices_shown (GtkWidget *popover,
               gpointer   user_data)
{
  DspRecordRow *row = user_data;
  const char *const *choices = g_object_get_data (G_OBJECT (row->choices), "choices");
  g_auto(GStrv) list = split_list (row->field, entry_text (row));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  for (guint i = 0; choices != NULL && choices[i] != NULL; i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (choices[i]);

      gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                   list != NULL && g_strv_contains ((const char *const *) list, choices[i]));
      g_object_set_data_full (G_OBJECT (check), "word", g_strdup (choices[i]), g_free);
      g_signal_connect (check, "toggled", G_CALLBACK (choice_toggled), row);
      gtk_box_append (GTK_BOX (box), check);
    }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
}

static GtkWidget *
make_weekdays (DspRecordRow *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *days = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (days, "linked");
  for (guint i = 0; i < 7; i++)
    {
      const char *full = dsp_text_weekday ((int) i + 1, TRUE);
      g_autofree char *name = g_strdup_printf ("%s: %s", _(row->field->label), full);

      row->weekdays[i] = gtk_toggle_button_new_with_label (dsp_text_weekday ((int) i + 1, FALSE));
      gtk_widget_set_tooltip_text (row->weekdays[i], full);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->weekdays[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      gtk_widget_set_hexpand (row->weekdays[i], TRUE);
      g_signal_connect_swapped (row->weekdays[i], "toggled", G_CALLBACK (dsp_record_row_edited), row);
      gtk_box_append (GTK_BOX (days), row->weekdays[i]);
    }
  row->editor = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (row->editor), _("And single days: 24/12/2026, 31/12/2026"));
  gtk_widget_set_visible (row->editor, g_str_equal (row->field->name, "days_off"));
  gtk_box_append (GTK_BOX (box), days);
  gtk_box_append (GTK_BOX (box), row->editor);
  return box;
}

static const char *
hint_for (const DspField *field)
{
  if (field->kind == DSP_KIND_LIST && g_str_equal (field->name, "zone"))
    return _("Postal codes 03100, 031*, 03100-03199 or municipalities; empty: anywhere");
  if (field->kind == DSP_KIND_LIST && g_str_equal (field->name, "skills"))
    return _("Types of order, separated by commas; empty: all");
  if (field->kind == DSP_KIND_LIST && is_of_sentences (field))
    return _("Questions, separated by |");
  if (is_minutes (field))
    return "08:30";
  if (dsp_text_is_degrees (field))
    return g_str_has_suffix (field->name, "lat_e7") ? "19.432608" : "-99.133209";
  if (field->kind == DSP_KIND_DATE)
    return _("31/12/2026");
  if (field->kind == DSP_KIND_TIME)
    return _("31/12/2026 10:30");
  return NULL;
}

void
dsp_record_row_make_drop_down (DspRecordRow  *row,
                               GtkStringList *words) /* (transfer full) */
{
  row->editor = gtk_drop_down_new (G_LIST_MODEL (words), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  g_signal_connect_swapped (row->editor, "notify::selected", G_CALLBACK (dsp_record_row_edited), row);
}

void
dsp_record_row_take_editor (DspRecordRow       *row,
                            const DspRowEditor *editor,
                            gpointer            data,
                            GDestroyNotify      free)
{
  row->kind = DSP_EDIT_OWN;
  row->own = editor;
  row->own_data = data;
  row->own_free = free;
}

/* By the kind of the field. Returns what is shown: the editor, or what holds it. */
static GtkWidget *
make_editor (DspRecordRow *row)
{
  const DspField *field = row->field;
  GtkWidget *content = NULL;

  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
      if (field->flags & DSP_LONG)
        {
          row->kind = DSP_EDIT_LONG;
          row->editor = gtk_text_view_new ();
          gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (row->editor), GTK_WRAP_WORD_CHAR);
          gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (row->editor), FALSE);
          gtk_widget_add_css_class (row->editor, "dsp-long-text");
          content = gtk_scrolled_window_new ();
          gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (content), 64);
          gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (content), row->editor);
          gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (content), TRUE);
          g_signal_connect_swapped (gtk_text_view_get_buffer (GTK_TEXT_VIEW (row->editor)), "changed",
                                    G_CALLBACK (dsp_record_row_edited), row);
        }
      else
        row->kind = DSP_EDIT_ENTRY;
      break;

    case DSP_KIND_INT: /* no spin button: most numbers may be left empty, and that is not nought */
      row->kind = DSP_EDIT_ENTRY;
      break;

    case DSP_KIND_YES_NO:
      row->kind = DSP_EDIT_SWITCH;
      row->editor = gtk_switch_new ();
      gtk_widget_set_halign (row->editor, GTK_ALIGN_START);
      g_signal_connect_swapped (row->editor, "notify::active", G_CALLBACK (dsp_record_row_edited), row);
      break;

    case DSP_KIND_WORD:
      {
        g_autoptr(GtkStringList) words = gtk_string_list_new (NULL);

        row->kind = DSP_EDIT_WORD;
        gtk_string_list_append (words, _("(none)"));
        for (guint i = 1; i < field->words->n; i++)
          gtk_string_list_append (words, _(field->words->list[i].label));
        row->editor = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&words)), NULL);
        g_signal_connect_swapped (row->editor, "notify::selected", G_CALLBACK (dsp_record_row_edited), row);
      }
      break;

    case DSP_KIND_ID:
      row->kind = DSP_EDIT_RECORD;
      row->ids = g_array_new (FALSE, FALSE, sizeof (DspId));
      row->editor = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
      gtk_drop_down_set_enable_search (GTK_DROP_DOWN (row->editor), TRUE);
      g_signal_connect_swapped (row->editor, "notify::selected", G_CALLBACK (dsp_record_row_edited), row);
      break;

    case DSP_KIND_LIST:
      if (g_str_equal (field->name, "days_off") || g_str_equal (field->name, "weekdays"))
        {
          row->kind = DSP_EDIT_WEEKDAYS;
          content = make_weekdays (row);
        }
      else
        {
          GtkWidget *popover = gtk_popover_new ();
          g_autofree char *name = g_strdup_printf (_("Choose: %s"), _(field->label));

          row->kind = DSP_EDIT_LIST;
          row->editor = gtk_entry_new ();
          gtk_widget_set_hexpand (row->editor, TRUE);
          row->choices = gtk_menu_button_new ();
          gtk_menu_button_set_popover (GTK_MENU_BUTTON (row->choices), popover);
          gtk_accessible_update_property (GTK_ACCESSIBLE (row->choices), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
          gtk_widget_set_tooltip_text (row->choices, name);
          gtk_widget_set_visible (row->choices, FALSE);
          g_signal_connect (popover, "show", G_CALLBACK (choices_shown), row);
          content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
          gtk_widget_add_css_class (content, "linked");
          gtk_box_append (GTK_BOX (content), row->editor);
          gtk_box_append (GTK_BOX (content), row->choices);
        }
      break;

    case DSP_KIND_TIME:
    case DSP_KIND_DATE:
    case DSP_KIND_MONEY:
    default:
      row->kind = DSP_EDIT_ENTRY;
      break;
    }
  if (row->editor == NULL)
    row->editor = gtk_entry_new ();
  if (GTK_IS_ENTRY (row->editor))
    {
      const char *hint = hint_for (field);

      if (hint != NULL && row->kind != DSP_EDIT_WEEKDAYS)
        gtk_entry_set_placeholder_text (GTK_ENTRY (row->editor), hint);
      if (field->kind == DSP_KIND_TEXT && field->max > 0)
        gtk_entry_set_max_length (GTK_ENTRY (row->editor), (int) field->max);
      g_signal_connect_swapped (row->editor, "changed", G_CALLBACK (dsp_record_row_edited), row);
      if (field->check != NULL)
        {
          GtkEventController *focus = gtk_event_controller_focus_new ();

          g_signal_connect_swapped (focus, "leave", G_CALLBACK (dsp_record_row_left), row);
          gtk_widget_add_controller (row->editor, focus);
        }
    }
  return content != NULL ? content : row->editor;
}

void
dsp_record_form_add_row (DspRecordForm  *self,
                         const DspField *field)
{
  DspRecordRow *row = g_new0 (DspRecordRow, 1);
  GtkWidget *content = NULL;
  g_autofree char *title = NULL;
  GtkWidget *label;

  row->form = self;
  row->field = field;
  row->label = field->label;
  row->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_set_hexpand (row->box, TRUE);
  gtk_widget_set_valign (row->box, GTK_ALIGN_START);

  if (self->command != NULL)
    content = dsp_process_row_make (row);
  else if (is_sort_of_order (field))
    content = dsp_proposal_row_make (row);
  title = ((field->flags & DSP_REQUIRED) && !row->by_itself) || row->asked ? g_strconcat (_(row->label), " *", NULL) : g_strdup (_(row->label));
  label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");

  if (content == NULL)
    content = make_editor (row);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), row->editor);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->editor), GTK_ACCESSIBLE_PROPERTY_LABEL, _(row->label), -1);

  row->error = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (row->error), 0);
  gtk_label_set_wrap (GTK_LABEL (row->error), TRUE);
  gtk_widget_add_css_class (row->error, "caption");
  gtk_widget_add_css_class (row->error, "error");
  gtk_widget_set_visible (row->error, FALSE);

  gtk_box_append (GTK_BOX (row->box), label);
  gtk_box_append (GTK_BOX (row->box), content);
  gtk_box_append (GTK_BOX (row->box), row->error);
  g_ptr_array_add (self->rows, row);
}

gboolean
dsp_record_row_is_wide (DspRecordRow *row)
{
  if (row->kind == DSP_EDIT_OWN)
    return row->own->wide;
  return row->kind == DSP_EDIT_LONG || row->kind == DSP_EDIT_LIST || row->kind == DSP_EDIT_WEEKDAYS ||
         (row->field->kind == DSP_KIND_TEXT && row->field->max > 100);
}
