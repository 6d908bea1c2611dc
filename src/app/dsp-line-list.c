/* dsp-line-list.c: lines of the statement in words, and their columns
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-line-list"

#include "config.h"
#include "dsp-line-list.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

/* ---- in words ---- */

char *
dsp_line_concept (const DspStatementLine *line)
{
  return g_strdup (line->pays != DSP_PAYS_NONE ? dsp_text_word (&DspPays_words, line->pays)
                                               : dsp_text_word (&DspConcept_words, line->concept));
}

char *
dsp_line_what (const DspStatementLine *line)
{
  if (line->metres.is_set)
    {
      g_autofree char *km = g_strdup_printf (_("%.1f km"), (double) line->metres.value / 1000);
      g_autofree char *unit = dsp_text_money (line->unit.cents);

      /* Translators: a distance, then the price of a kilometre */
      return line->unit.is_set ? g_strdup_printf (_("%s × %s"), km, unit) : g_strdup (km);
    }
  if (line->concept == DSP_CONCEPT_ADJUSTMENT || line->type == NULL)
    return g_strdup (line->reason != NULL ? line->reason : "");
  return line->subtype != NULL ? g_strdup_printf ("%s · %s", line->type, line->subtype) : g_strdup (line->type);
}

char *
dsp_line_amount (const DspStatementLine *line)
{
  return line->amount.is_set ? dsp_text_money (line->amount.cents) : g_strdup ("");
}

char *
dsp_line_status (const DspStatementLine *line)
{
  if (line->state == DSP_LINE_OBSERVED || line->state == DSP_LINE_DEFENDED || line->state == DSP_LINE_VOID)
    return g_strdup (dsp_text_word (&DspLineState_words, line->state));
  if (line->question != NULL)
    return g_strdup (line->answer != NULL ? C_("question", "Answered") : C_("question", "Asked"));
  if (line->state == DSP_LINE_FREE && !line->amount.is_set)
    return g_strdup (dsp_text_word (&DspLeftOut_words, DSP_LEFT_OUT_RATE));
  return g_strdup (dsp_text_word (&DspLineState_words, line->state));
}

/* ---- columns ---- */

#define TEXT(name, expression)                          \
  static char *                                         \
  name##_text (DspOffice *office, gconstpointer record) \
  {                                                     \
    const DspStatementLine *line = record;              \
    return expression;                                  \
  }

TEXT (day, dsp_text_date (line->day))
TEXT (number, g_strdup (line->number))
TEXT (concept, dsp_line_concept (line))
TEXT (what, dsp_line_what (line))
TEXT (amount, dsp_line_amount (line))
TEXT (status, dsp_line_status (line))
TEXT (rate, g_strdup (line->rate_code != NULL ? line->rate_code : ""))

static char *
crew_text (DspOffice    *office,
           gconstpointer record)
{
  const DspCrew *crew = dsp_office_get (office, &dsp_crew, &((const DspStatementLine *) record)->crew_id);

  return g_strdup (crew != NULL ? crew->code : "");
}

static bool
is_deduction (DspOffice    *office,
              gconstpointer record)
{
  return ((const DspStatementLine *) record)->amount.cents < 0;
}

/* Somebody has to do something about it. */
static bool
needs_somebody (DspOffice    *office,
                gconstpointer record)
{
  const DspStatementLine *line = record;

  return line->state == DSP_LINE_OBSERVED || (line->state == DSP_LINE_FREE && !line->amount.is_set) ||
         (line->question != NULL && line->answer == NULL);
}

#define N_NARROW 6
static const DspRecordColumn columns[] = {
  { N_("Day"), 92, 0, false, day_text },
  { N_("Number"), 84, 0, false, number_text },
  { N_("Concept"), 124, 0, true, concept_text },
  { N_("Detail"), 0, 0, true, what_text },
  { N_("Amount"), 96, 1, false, amount_text, "dsp-deduction", is_deduction },
  { N_("Status"), 124, 0, true, status_text, "dsp-risk", needs_somebody },
  { N_("Crew"), 74, 0, false, crew_text },
  { N_("Rate"), 132, 0, true, rate_text },
};

void
dsp_line_columns_add (GtkColumnView *view,
                      DspOffice     *office,
                      bool           wide)
{
  dsp_record_columns_add (view, office, columns, wide ? G_N_ELEMENTS (columns) : N_NARROW);
}

static void
on_activate (GtkColumnView *view,
             guint          position,
             gpointer       user_data)
{
  const DspStatementLine *line = dsp_record_list_at (G_LIST_MODEL (gtk_column_view_get_model (view)), position);
  char id[DSP_ID_TEXT];

  if (line == NULL || dsp_id_is_none (&line->order_id))
    return;
  dsp_id_print (&line->order_id, id);
  gtk_widget_activate_action (GTK_WIDGET (view), "win.open-order", "s", id);
}

GtkWidget *
dsp_line_view_new (DspOffice          *office,
                   bool                wide,
                   const char         *name,
                   GListStore        **store,
                   GtkSelectionModel **selection)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *view;

  *store = g_list_store_new (DSP_TYPE_RECORD_ITEM);
  *selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (*store)));
  view = gtk_column_view_new (*selection);
  dsp_line_columns_add (GTK_COLUMN_VIEW (view), office, wide);
  gtk_widget_add_css_class (view, "dsp-orders");
  gtk_widget_add_css_class (view, "dsp-compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (view, "activate", G_CALLBACK (on_activate), NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}
