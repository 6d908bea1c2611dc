/* dsp-crew-dialog.c: type the crew, press Enter
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-crew-dialog"

#include "config.h"
#include "dsp-crew-dialog.h"

#include "dsp-assign.h"
#include "dsp-filter.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_SHOWN 30

typedef struct {
  DspOffice     *office; /* (owned) */
  GtkWidget     *parent; /* (owned) */
  GtkBitset     *rows;   /* (owned) */
  DspPlanOrders *orders; /* (owned) */
  GtkWidget     *window;
  GtkWidget     *search;
  GtkWidget     *list;
} Dialog;

static void
dialog_free (gpointer data)
{
  Dialog *dialog = data;

  g_object_unref (dialog->office);
  g_object_unref (dialog->parent);
  gtk_bitset_unref (dialog->rows);
  dsp_plan_orders_free (dialog->orders);
  g_free (dialog);
}

static void
fill (Dialog *dialog)
{
  const GPtrArray *crews = dsp_office_records (dialog->office, &dsp_crew);
  g_autofree char *folded = dsp_fold (gtk_editable_get_text (GTK_EDITABLE (dialog->search)));
  GtkWidget *child;
  guint shown = 0;

  while ((child = gtk_widget_get_first_child (dialog->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (dialog->list), child);
  for (guint i = 0; i < crews->len && shown < MAX_SHOWN; i++)
    {
      const DspCrew *crew = crews->pdata[i];
      g_autofree char *title = dsp_office_record_title (dialog->office, &dsp_crew, crew);
      g_autofree char *haystack = dsp_fold (title);
      g_autofree char *sentence = NULL;
      DspPlanAnswer answer;
      GtkWidget *row;

      if (crew->retired == DSP_YES || strstr (haystack, folded) == NULL)
        continue;
      dsp_office_answer (dialog->office, dialog->orders, crew, &answer);
      sentence = dsp_text_answer (&answer);
      row = adw_action_row_new ();
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), sentence);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), answer.errors == 0);
      gtk_widget_set_sensitive (row, answer.errors == 0);
      g_object_set_data_full (G_OBJECT (row), "id", g_memdup2 (&crew->id, sizeof crew->id), g_free);
      gtk_list_box_append (GTK_LIST_BOX (dialog->list), row);
      if (shown++ == 0)
        gtk_list_box_select_row (GTK_LIST_BOX (dialog->list), GTK_LIST_BOX_ROW (row));
    }
}

static void
choose (Dialog        *dialog,
        GtkListBoxRow *row)
{
  const DspId *id = row != NULL ? g_object_get_data (G_OBJECT (row), "id") : NULL;
  const DspCrew *crew = id != NULL ? dsp_office_get (dialog->office, &dsp_crew, id) : NULL;

  if (crew == NULL || !gtk_widget_get_sensitive (GTK_WIDGET (row)))
    return;
  dsp_assign_to_crew (dialog->parent, dialog->office, crew, dialog->rows);
  gtk_window_destroy (GTK_WINDOW (dialog->window));
}

static void
on_activate (GtkWidget *search,
             Dialog    *dialog)
{
  choose (dialog, gtk_list_box_get_selected_row (GTK_LIST_BOX (dialog->list)));
}

static void
on_row_activated (GtkListBox    *list,
                  GtkListBoxRow *row,
                  Dialog        *dialog)
{
  choose (dialog, row);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        Dialog                *dialog)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (dialog->list));
  int index = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_Up)
    return FALSE;
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (dialog->list), MAX (0, index + (keyval == GDK_KEY_Down ? 1 : -1)));
  if (row != NULL)
    gtk_list_box_select_row (GTK_LIST_BOX (dialog->list), row);
  return TRUE;
}

void
dsp_crew_dialog_open (GtkWidget *parent,
                      DspOffice *office,
                      GtkBitset *rows)
{
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scroller = gtk_scrolled_window_new ();
  GtkWidget *header = adw_header_bar_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkShortcut *escape;
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();
  guint n = (guint) gtk_bitset_get_size (rows);
  g_autofree char *title = g_strdup_printf (ngettext ("Assign %u order", "Assign %u orders", n), n);

  dialog->office = g_object_ref (office);
  dialog->parent = g_object_ref (parent);
  dialog->rows = gtk_bitset_copy (rows);
  dialog->orders = dsp_office_plan (office, rows);
  dialog->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (dialog->window), title);
  gtk_window_set_modal (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog->window), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  gtk_window_set_default_size (GTK_WINDOW (dialog->window), 420, 460);
  g_object_set_data_full (G_OBJECT (dialog->window), "dialog", dialog, dialog_free);

  dialog->search = gtk_search_entry_new ();
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (dialog->search), dialog->window);
  g_object_set (dialog->search, "placeholder-text", _("Code or name of the crew"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Code or name of the crew"), -1);
  gtk_widget_set_margin_start (dialog->search, 12);
  gtk_widget_set_margin_end (dialog->search, 12);
  gtk_widget_set_margin_bottom (dialog->search, 12);
  dialog->list = gtk_list_box_new ();
  gtk_widget_add_css_class (dialog->list, "boxed-list");
  gtk_widget_set_valign (dialog->list, GTK_ALIGN_START);
  gtk_widget_set_margin_start (dialog->list, 12);
  gtk_widget_set_margin_end (dialog->list, 12);
  gtk_widget_set_margin_bottom (dialog->list, 12);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (dialog->list), GTK_SELECTION_BROWSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), dialog->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), dialog->search);
  gtk_box_append (GTK_BOX (box), scroller);
  adw_window_set_content (ADW_WINDOW (dialog->window), box);

  g_signal_connect_swapped (dialog->search, "search-changed", G_CALLBACK (fill), dialog);
  g_signal_connect (dialog->search, "activate", G_CALLBACK (on_activate), dialog);
  g_signal_connect (dialog->list, "row-activated", G_CALLBACK (on_row_activated), dialog);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), dialog);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (dialog->search, keys);
  escape = gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close"));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts), escape);
  gtk_event_controller_set_propagation_phase (shortcuts, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (dialog->window, shortcuts);
  fill (dialog);
  gtk_window_present (GTK_WINDOW (dialog->window));
  gtk_widget_grab_focus (dialog->search);
}
