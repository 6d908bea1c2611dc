/* dsp-paper-results.c: the dense screen that takes results back from paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper-results"

#include "config.h"
#include "dsp-paper-results.h"

#include "dsp-paper-results-private.h"
#include "dsp-paper-words.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define FIRST_LINES 8

/* ---- life ---- */

DspPaperScreen *
dsp_paper_screen_ref (DspPaperScreen *screen)
{
  screen->refs++;
  return screen;
}

void
dsp_paper_screen_unref (DspPaperScreen *screen)
{
  if (--screen->refs > 0)
    return;
  g_ptr_array_unref (screen->lines);
  g_object_unref (screen->office);
  g_free (screen);
}

void
dsp_paper_screen_count (DspPaperScreen *screen)
{
  guint n_saved = 0, n_wrong = 0, n_open = 0;
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < screen->lines->len; i++)
    {
      const DspPaperLine *line = screen->lines->pdata[i];

      n_saved += line->state == DSP_PAPER_LINE_SAVED;
      n_wrong += line->state == DSP_PAPER_LINE_WRONG;
      n_open += line->state == DSP_PAPER_LINE_TYPED || line->state == DSP_PAPER_LINE_READY || line->state == DSP_PAPER_LINE_SAVING;
    }
  g_string_append_printf (text, ngettext ("%u saved", "%u saved", n_saved), n_saved);
  if (n_open > 0)
    g_string_append_printf (text, ngettext (" · %u being typed", " · %u being typed", n_open), n_open);
  if (n_wrong > 0)
    g_string_append_printf (text, ngettext (" · %u needs you (F8)", " · %u need you (F8)", n_wrong), n_wrong);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (screen->title), text->str);
}

DspDate
dsp_paper_screen_day (DspPaperScreen *screen)
{
  DspDate day = dsp_text_local_day (g_get_real_time ());

  dsp_text_read_date (gtk_editable_get_text (GTK_EDITABLE (screen->day)), g_get_real_time (), &day);
  return day;
}

void
dsp_paper_screen_focus (DspPaperScreen *screen,
                        guint           number,
                        DspPaperField   field)
{
  while (screen->lines->len < number + 1)
    dsp_paper_line_add (screen);
  gtk_widget_grab_focus (((DspPaperLine *) screen->lines->pdata[number])->fields[field]);
}

static void
on_destroy (GtkWidget      *window,
            DspPaperScreen *screen)
{
  screen->window = NULL;
  g_signal_handlers_disconnect_by_data (screen->office, screen);
  for (guint i = 0; i < screen->lines->len; i++)
    g_clear_handle_id (&((DspPaperLine *) screen->lines->pdata[i])->soon, g_source_remove);
  dsp_paper_screen_unref (screen);
}

static void
on_refreshed (DspPaperScreen *screen)
{
  for (guint i = 0; i < screen->lines->len; i++)
    dsp_paper_line_refresh (screen->lines->pdata[i]);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        DspPaperScreen        *screen)
{
  guint from = 0;

  if (keyval == GDK_KEY_Escape)
    {
      gtk_window_close (GTK_WINDOW (screen->window));
      return TRUE;
    }
  if (keyval != GDK_KEY_F8)
    return FALSE;
  for (guint i = 0; i < screen->lines->len; i++)
    if (gtk_widget_get_focus_child (screen->grid) != NULL &&
        g_object_get_data (G_OBJECT (gtk_widget_get_focus_child (screen->grid)), "line") == screen->lines->pdata[i])
      from = i + 1;
  for (guint i = 0; i < screen->lines->len; i++)
    {
      guint at = (from + i) % screen->lines->len;

      if (((DspPaperLine *) screen->lines->pdata[at])->state == DSP_PAPER_LINE_WRONG)
        {
          dsp_paper_screen_focus (screen, at, DSP_PAPER_FIELD_CODE);
          break;
        }
    }
  return TRUE;
}

static void
on_discard (AdwMessageDialog *dialog,
            const char       *response,
            DspPaperScreen   *screen)
{
  if (screen->window == NULL || !g_str_equal (response, "discard"))
    return;
  screen->closing = TRUE;
  gtk_window_close (GTK_WINDOW (screen->window));
}

static gboolean
on_close_request (GtkWindow      *window,
                  DspPaperScreen *screen)
{
  guint n = 0;
  GtkWidget *dialog;

  for (guint i = 0; i < screen->lines->len; i++)
    {
      DspPaperLineState state = ((DspPaperLine *) screen->lines->pdata[i])->state;

      n += state == DSP_PAPER_LINE_TYPED || state == DSP_PAPER_LINE_READY || state == DSP_PAPER_LINE_WRONG;
    }
  if (n == 0 || screen->closing)
    return FALSE;
  dialog = adw_message_dialog_new (window, NULL, NULL);
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), ngettext ("%u line is not saved", "%u lines are not saved", n), n);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _("_Go on typing"), "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  g_signal_connect (dialog, "response", G_CALLBACK (on_discard), screen);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/* ---- the window ---- */

static GtkWidget *
make_day (DspPaperScreen *screen)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *label = gtk_label_new_with_mnemonic (_("_Day of the visits"));
  g_autofree char *today = dsp_text_date (dsp_text_local_day (g_get_real_time ()));
  GtkWidget *hint = gtk_label_new (_("Enter goes on: from the number to its code, from any other field to the next line. What a line still needs stands beside it."));

  screen->day = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (screen->day), today);
  gtk_editable_set_width_chars (GTK_EDITABLE (screen->day), 11);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), screen->day);
  gtk_accessible_update_property (GTK_ACCESSIBLE (screen->day), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Day of the visits"), -1);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_widget_set_hexpand (hint, TRUE);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_add_css_class (hint, "caption");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), screen->day);
  gtk_box_append (GTK_BOX (box), hint);
  gtk_widget_add_css_class (box, "dsp-results-head");
  return box;
}

/* As at the end of the sheets, for a code that nobody can read. */
static GtkWidget *
make_codes (DspPaperScreen *screen)
{
  GtkWidget *expander = gtk_expander_new_with_mnemonic (_("_Codes")), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  g_autoptr(DspPaperWords) words = dsp_paper_words_new (screen->office);
  const struct { const char *title; GStrv codes; } ways[] = {
    { dsp_text_word (&DspOrderStatus_words, DSP_ORDER_CLOSED), words->solutions },
    { dsp_text_word (&DspOrderStatus_words, DSP_ORDER_REJECTED), words->rejections },
    { dsp_text_word (&DspOrderStatus_words, DSP_ORDER_TO_RESCHEDULE), words->reschedules },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *label = gtk_label_new (ways[i].title);
      g_autofree char *all = g_strjoinv ("\n", ways[i].codes);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption-heading");
      gtk_box_append (GTK_BOX (column), label);
      label = gtk_label_new (all);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption");
      gtk_box_append (GTK_BOX (column), label);
      gtk_widget_set_hexpand (column, TRUE);
      gtk_box_append (GTK_BOX (box), column);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (expander), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Codes"), -1);
  gtk_expander_set_child (GTK_EXPANDER (expander), box);
  gtk_widget_add_css_class (expander, "dsp-results-head");
  return expander;
}

static void
on_day_changed (GtkEditable    *editable,
                DspPaperScreen *screen)
{
  DspDate day;

  if (dsp_text_read_date (gtk_editable_get_text (editable), g_get_real_time (), &day))
    gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (editable), "error");
}

void
dsp_paper_results_open (GtkWindow *parent,
                        DspOffice *office)
{
  DspPaperScreen *screen = g_new0 (DspPaperScreen, 1);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  screen->refs = 1;
  screen->office = g_object_ref (office);
  screen->lines = g_ptr_array_new_with_free_func (dsp_paper_line_free);
  screen->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (screen->window), _("Results from paper"));
  gtk_window_set_transient_for (GTK_WINDOW (screen->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (screen->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (screen->window), 1300, 640);
  screen->title = adw_window_title_new (_("Results from paper"), "");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), screen->title);

  screen->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (screen->grid), 3);
  gtk_grid_set_column_spacing (GTK_GRID (screen->grid), 4);
  gtk_widget_add_css_class (screen->grid, "dsp-results");
  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    {
      GtkWidget *label = gtk_label_new (_(dsp_paper_columns[i].title));

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption-heading");
      gtk_widget_set_tooltip_text (label, dsp_paper_columns[i].hint != NULL ? _(dsp_paper_columns[i].hint) : NULL);
      gtk_grid_attach (GTK_GRID (screen->grid), label, (int) i, 0, 1, 1);
    }
  screen->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (screen->scroller), screen->grid);
  gtk_widget_set_vexpand (screen->scroller, TRUE);
  gtk_box_append (GTK_BOX (content), header);
  gtk_box_append (GTK_BOX (content), make_day (screen));
  gtk_box_append (GTK_BOX (content), screen->scroller);
  gtk_box_append (GTK_BOX (content), make_codes (screen));
  adw_window_set_content (ADW_WINDOW (screen->window), content);
  for (guint i = 0; i < FIRST_LINES; i++)
    dsp_paper_line_add (screen);

  g_signal_connect (screen->day, "changed", G_CALLBACK (on_day_changed), screen);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), screen);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (screen->window, keys);
  g_signal_connect (screen->window, "close-request", G_CALLBACK (on_close_request), screen);
  g_signal_connect (screen->window, "destroy", G_CALLBACK (on_destroy), screen);
  g_signal_connect_swapped (office, "refreshed", G_CALLBACK (on_refreshed), screen);
  gtk_window_present (GTK_WINDOW (screen->window));
  dsp_paper_screen_focus (screen, 0, DSP_PAPER_FIELD_NUMBER);
}
