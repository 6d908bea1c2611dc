/* dsp-new-order-row.c: editors for an order that is taken down, and how they stand
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order's table has every field that it will ever have. Of these a person is asked what is known when it comes in
 * (2-order-processes.md, create); the rest comes by commands and by the clock.
 */
#define G_LOG_DOMAIN "dsp-new-order"

#include "config.h"
#include "dsp-record-form-private.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

/* As one asks on the telephone: who, what, when, where. */
const DspFormLine dsp_new_order_lines[] = {
  { NULL, "account contact_name phone" },
  { N_("What is to be done"), "type subtype priority" },
  { NULL, "group" },
  { NULL, "attention_at attention_until parent" },
  { NULL, "description" },
  { N_("Address"), "postal_code neighbourhood municipality" },
  { NULL, "street exterior interior" },
  { NULL, "between city state" },
  { NULL, "directions" },
  { N_("If it comes from outside"), "number distributor_id" },
  { NULL, NULL },
};

/* ---- priority: of few numbers, and none is one of the answers ---- */

static void
show_priority (DspRecordRow *row,
               gconstpointer record)
{
  DspInt value = *dsp_field_int (row->field, record);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (row->editor), value.is_set ? (guint) value.value : 0);
}

static char *
read_priority (DspRecordRow *row,
               gpointer      record)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (row->editor));

  *dsp_field_int (row->field, record) = (DspInt) { selected, selected > 0 };
  return NULL;
}

static GtkWidget *
make_priority (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_priority, read_priority, FALSE };
  const char *const words[] = { C_("priority", "(none)"), _("1 (highest)"), "2", "3", "4", _("5 (lowest)"), NULL };

  dsp_record_row_make_drop_down (row, gtk_string_list_new (words));
  dsp_record_row_take_editor (row, &editor, NULL, NULL);
  return row->editor;
}

/* ---- the appointment ---- */

static char *
dup_typed (DspRecordRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->editor))));
}

static char *
read_time (const char *text,
           DspTime    *time)
{
  if (!dsp_text_read_time (text, g_get_real_time (), time))
    return g_strdup_printf (_("“%s” is not a day and a time. Write it as 31/12/2026 10:30."), text);
  return time->us < g_get_real_time () ? dsp_text_rule (DSP_RULE_PAST, NULL) : NULL;
}

static char *
read_from (DspRecordRow *row,
           gpointer      record)
{
  g_autofree char *text = dup_typed (row);
  DspTime *time = dsp_field_time (row->field, record);

  time->us = 0;
  return *text != '\0' ? read_time (text, time) : NULL;
}

static void
show_until (DspRecordRow *row,
            gconstpointer record)
{
  DspTime time = *dsp_field_time (row->field, record);
  g_autofree char *text = time.us != 0 ? dsp_text_hour (time) : g_strdup ("");

  gtk_editable_set_text (GTK_EDITABLE (row->editor), text);
}

/* An hour is one of the day on which the appointment begins; its row was read before this one. */
static char *
read_until (DspRecordRow *row,
            gpointer      record)
{
  g_autofree char *text = dup_typed (row);
  DspTime *time = dsp_field_time (row->field, record);
  DspTime from = ((DspOrder *) record)->attention_at;
  DspInt minutes = { 0 };

  time->us = 0;
  if (*text == '\0')
    return NULL;
  if (from.us == 0)
    return g_strdup (_("The attention date is needed before its end."));
  if (dsp_text_read_minutes (text, &minutes))
    time->us = dsp_text_day_starts (dsp_text_local_day (from.us)).us + minutes.value * G_TIME_SPAN_MINUTE;
  else
    {
      char *wrong = read_time (text, time);

      if (wrong != NULL)
        return wrong;
    }
  return time->us <= from.us ? g_strdup_printf (_("The appointment would end before it begins: %s."), text) : NULL;
}

static GtkWidget *
make_until (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_until, read_until, FALSE };

  row->editor = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (row->editor), "14:00");
  g_signal_connect_swapped (row->editor, "changed", G_CALLBACK (dsp_record_row_edited), row);
  dsp_record_row_take_editor (row, &editor, NULL, NULL);
  return row->editor;
}

/* ---- all ---- */

GtkWidget *
dsp_new_order_row_make (DspRecordRow *row)
{
  static const DspRowEditor from = { dsp_slot_row_show, read_from, FALSE };
  const char *name = row->field->name;

  row->asked = g_str_equal (name, "street");
  row->by_itself = g_str_equal (name, "number");
  if (g_str_equal (name, "priority"))
    return make_priority (row);
  if (g_str_equal (name, "attention_at"))
    return dsp_slot_row_make_new (row, &from);
  if (g_str_equal (name, "attention_until"))
    return make_until (row);
  return NULL;
}

void
dsp_new_order_rows_help (DspRecordForm *form)
{
  static const struct { const char *name, *hint; } hints[] = {
    { "number", N_("Given by the server") },
    { "parent", N_("Number of an earlier order") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (hints); i++)
    gtk_entry_set_placeholder_text (GTK_ENTRY (dsp_record_form_row (form, hints[i].name)->editor), _(hints[i].hint));
}
