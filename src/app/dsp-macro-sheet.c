/* dsp-macro-sheet.c: all open services of the filter as one dense sheet
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. The list of orders with rows of its own: those of the office's filter that are open, whatever tab the list shows. Sort
 * column and selection are the office's. It is asked for anew when the office's lists are, while somebody looks.
 */
#define G_LOG_DOMAIN "dsp-macro-sheet"

#include "config.h"
#include "dsp-macro-sheet.h"

#include "dsp-macro.h"
#include "dsp-order-columns.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define N_FIRST 512
#define MAX_COPIED 20000

struct _DspMacroSheet
{
  GtkWidget       parent_instance;

  DspOffice      *office;      /* (owned) */
  DspOrderList   *list;        /* (owned) */
  DspOrderResult *result;      /* (owned) (nullable) */
  GCancellable   *cancellable; /* (owned) (nullable): of the query under way */
  GtkWidget      *stack;
  GtkColumnView  *view;
  gboolean        fitted;
};

G_DEFINE_FINAL_TYPE (DspMacroSheet, dsp_macro_sheet, GTK_TYPE_WIDGET)

static guint changed_signal;

DspFilter *
dsp_macro_open_filter (const DspFilter *filter)
{
  g_autoptr(DspFilter) open = dsp_filter_dup (filter);

  return dsp_filter_narrow (open, DSP_MACRO_OPEN, NULL) ? g_steal_pointer (&open) : NULL;
}

/* ---- its orders ---- */

static void
take_result (DspMacroSheet  *self,
             DspOrderResult *result)
{
  g_clear_pointer (&self->result, dsp_order_result_free);
  self->result = result;
  dsp_order_list_set_rows (self->list, result->rows, result->n_rows);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), result->n_rows > 0 ? "sheet" : "empty");
  if (result->n_rows > 0 && !self->fitted)
    {
      self->fitted = TRUE;
      dsp_order_columns_fit (self->view, self->office);
      dsp_order_columns_keep_widths (self->view, self->office);
    }
  g_signal_emit (self, changed_signal, 0);
}

static void
query_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspMacroSheet) self = user_data;
  g_autoptr(GError) error = NULL;
  DspOrderResult *result = dsp_replica_query_finish (DSP_REPLICA (source), res, &error);

  if (result == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not query the open orders: %s", error->message);
    }
  else if (self->office == NULL)
    dsp_order_result_free (result);
  else
    take_result (self, result);
}

static void
refresh (DspMacroSheet *self)
{
  g_autoptr(DspFilter) filter = NULL;
  DspOrderQuery query = { 0 };
  DspOrderResult *result;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  filter = dsp_macro_open_filter (dsp_office_get_filter (self->office));
  if (filter == NULL)
    {
      take_result (self, dsp_order_result_new ());
      return;
    }
  query.filter = filter;
  query.sort = dsp_office_get_sort (self->office, &query.descending);
  dsp_office_get_clock (self->office, &query.clock);
  result = dsp_replica_query_now (dsp_office_get_replica (self->office), &query, N_FIRST);
  if (result != NULL)
    {
      take_result (self, result);
      return;
    }
  self->cancellable = g_cancellable_new ();
  dsp_replica_query_async (dsp_office_get_replica (self->office), &query, N_FIRST, self->cancellable, query_cb, g_object_ref (self));
}

const guint32 *
dsp_macro_sheet_get_rows (DspMacroSheet *self,
                          guint         *n_rows)
{
  *n_rows = self->result != NULL ? self->result->n_rows : 0;
  return self->result != NULL ? self->result->rows : NULL;
}

/* ---- what is done with them ---- */

static void
on_activate (GtkColumnView *view,
             guint          position,
             DspMacroSheet *self)
{
  g_autoptr(DspOrderRow) row = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  dsp_order_columns_open_row (row, GTK_WIDGET (self));
}

void
dsp_macro_sheet_select_all (DspMacroSheet *self)
{
  gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->list));
}

void
dsp_macro_sheet_copy (DspMacroSheet *self)
{
  guint n_rows, n_copied;
  const guint32 *rows = dsp_macro_sheet_get_rows (self, &n_rows);
  GtkBitset *selection = dsp_office_get_selection (self->office);
  g_autoptr(GArray) copied = g_array_new (FALSE, FALSE, sizeof *rows);
  g_autofree char *text = NULL;

  for (guint i = 0; i < n_rows; i++)
    if (gtk_bitset_contains (selection, rows[i]))
      g_array_append_val (copied, rows[i]);
  if (copied->len == 0)
    g_array_append_vals (copied, rows, n_rows);
  n_copied = MIN (copied->len, MAX_COPIED);
  text = dsp_order_columns_text (self->view, self->office, (const guint32 *) (gpointer) copied->data, n_copied);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  if (n_copied < copied->len)
    dsp_office_message (self->office, 0, _("Only the first %'u of %'u services were copied: export them instead"), n_copied, copied->len);
  else
    dsp_office_message (self->office, 0, ngettext ("%'u service copied", "%'u services copied", n_copied), n_copied);
}

GtkWidget *
dsp_macro_sheet_make_chooser (DspMacroSheet *self)
{
  return dsp_order_columns_chooser (self->view, self->office);
}

void
dsp_macro_sheet_focus (DspMacroSheet *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* ---- the widget ---- */

static void
dsp_macro_sheet_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dsp_macro_sheet_parent_class)->map (widget);
  refresh (DSP_MACRO_SHEET (widget));
}

static void
dsp_macro_sheet_dispose (GObject *object)
{
  DspMacroSheet *self = DSP_MACRO_SHEET (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  self->view = NULL;
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->list);
  g_clear_pointer (&self->result, dsp_order_result_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_macro_sheet_parent_class)->dispose (object);
}

static void
dsp_macro_sheet_class_init (DspMacroSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_macro_sheet_dispose;
  GTK_WIDGET_CLASS (klass)->map = dsp_macro_sheet_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  changed_signal = g_signal_new ("changed", DSP_TYPE_MACRO_SHEET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_macro_sheet_init (DspMacroSheet *self)
{
}

GtkWidget *
dsp_macro_make_empty (void)
{
  GtkWidget *empty = adw_status_page_new (), *button = gtk_button_new_with_label (_("Remove filters"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "despacho-macro-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("No open service with these filters"));
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.clear-filters");
  adw_status_page_set_child (ADW_STATUS_PAGE (empty), button);
  return empty;
}

GtkWidget *
dsp_macro_sheet_new (DspOffice *office)
{
  DspMacroSheet *self = g_object_new (DSP_TYPE_MACRO_SHEET, NULL);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->office = g_object_ref (office);
  self->list = dsp_order_list_new_empty (office);
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_column_view_set_show_row_separators (self->view, TRUE);
  gtk_column_view_set_reorderable (self->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "data-table");
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "dsp-orders");
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "dsp-compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Open services"), -1);
  dsp_order_columns_add (self->view, office, "macro-columns");
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->list));
  dsp_order_columns_follow_sorting (self->view, office);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), scroller, "sheet");
  gtk_stack_add_named (GTK_STACK (self->stack), dsp_macro_make_empty (), "empty");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  g_signal_connect_object (office, "refreshed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (dsp_order_list_redraw), self->list, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
