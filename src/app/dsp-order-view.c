/* dsp-order-view.c: the list of orders with its tabs
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-view"

#include "config.h"
#include "dsp-order-view.h"

#include "dsp-order-columns.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* More numbers than these are not worth pasting into another program. */
#define MAX_DRAGGED_TEXT 500

struct _DspOrderView
{
  GtkWidget      parent_instance;

  DspOffice     *office; /* (owned) */
  DspOrderList  *list;   /* (owned) */

  GtkWidget     *tab_unassigned;
  GtkWidget     *tab_assigned;
  GtkWidget     *tab_all;
  GtkWidget     *statuses;
  GtkWidget     *columns_button;
  GtkWidget     *stack;
  GtkColumnView *view;
  AdwStatusPage *empty;
  GtkWidget     *empty_button;
  gboolean       setting_tab;
  gboolean       fitted;
};

G_DEFINE_FINAL_TYPE (DspOrderView, dsp_order_view, GTK_TYPE_WIDGET)

/* ---- drag ---- */

void
dsp_order_drag_icon (GdkDrag *drag,
                     guint    n_orders)
{
  GtkWidget *icon = gtk_drag_icon_get_for_drag (drag);
  g_autofree char *text = g_strdup_printf (ngettext ("%u order", "%u orders", n_orders), n_orders);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dsp-drag-icon");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (icon), label);
  gdk_drag_set_hotspot (drag, -12, -8);
}

GdkContentProvider *
dsp_order_drag_content (DspOffice *office,
                        GtkBitset *rows)
{
  g_autoptr(GString) text = g_string_new (NULL);
  GdkContentProvider *both[2];
  GtkBitsetIter iter;
  guint row, n = 0;

  if (gtk_bitset_iter_init_first (&iter, rows, &row))
    do
      {
        const DspOrder *order = dsp_office_get_order (office, row);

        if (order != NULL && order->number != NULL)
          g_string_append_printf (text, "%s\n", order->number);
      }
    while (++n < MAX_DRAGGED_TEXT && gtk_bitset_iter_next (&iter, &row));
  both[0] = gdk_content_provider_new_typed (GTK_TYPE_BITSET, rows);
  both[1] = gdk_content_provider_new_typed (G_TYPE_STRING, text->str);
  return gdk_content_provider_new_union (both, 2);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source,
                 double         x,
                 double         y,
                 DspOrderView  *self)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);
  GtkListItem *item = NULL;
  DspOrderRow *row;
  GtkBitset *selection;
  g_autoptr(GtkBitset) dragged = NULL;

  /* Between the cell's child and the row lies the cell itself: look at its child too. */
  for (; widget != NULL && widget != GTK_WIDGET (self->view) && item == NULL; widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);

      item = g_object_get_data (G_OBJECT (widget), "dsp-list-item");
      if (item == NULL && child != NULL)
        item = g_object_get_data (G_OBJECT (child), "dsp-list-item");
    }
  if (item == NULL)
    return NULL;
  row = gtk_list_item_get_item (item);
  if (row == NULL || dsp_order_row_get_row (row) == DSP_NO_ROW)
    return NULL;

  selection = dsp_office_get_selection (self->office);
  if (gtk_bitset_contains (selection, dsp_order_row_get_row (row)))
    dragged = gtk_bitset_copy (selection);
  else
    {
      dragged = gtk_bitset_new_empty ();
      gtk_bitset_add (dragged, dsp_order_row_get_row (row));
    }
  g_object_set_data_full (G_OBJECT (source), "rows", gtk_bitset_ref (dragged), (GDestroyNotify) gtk_bitset_unref);
  return dsp_order_drag_content (self->office, dragged);
}

static void
on_drag_begin (GtkDragSource *source,
               GdkDrag       *drag,
               DspOrderView  *self)
{
  GtkBitset *rows = g_object_get_data (G_OBJECT (source), "rows");

  dsp_order_drag_icon (drag, (guint) gtk_bitset_get_size (rows));
  dsp_office_set_drag (self->office, rows);
}

static void
on_drag_end (GtkDragSource *source,
             GdkDrag       *drag,
             gboolean       delete_data,
             DspOrderView  *self)
{
  dsp_office_set_drag (self->office, NULL);
}

/* ---- tabs and states ---- */

static void
set_tab_label (GtkWidget  *button,
               const char *word,
               guint       n)
{
  g_autofree char *text = g_strdup_printf ("%s  %'u", word, n);
  g_autofree char *name = g_strdup_printf ("%s: %u", word, n);

  gtk_button_set_label (GTK_BUTTON (button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_counts (DspOrderView *self)
{
  const DspOrderResult *result = dsp_office_get_result (self->office);
  g_autoptr(GString) text = g_string_new (NULL);
  guint n_rows;

  set_tab_label (self->tab_unassigned, _("Unassigned"), dsp_office_n_in_tab (self->office, DSP_TAB_UNASSIGNED));
  /* Translators: the title of a list of several orders, unlike the status of one */
  set_tab_label (self->tab_assigned, C_("orders", "Assigned"), dsp_office_n_in_tab (self->office, DSP_TAB_ASSIGNED));
  set_tab_label (self->tab_all, _("All"), dsp_office_n_in_tab (self->office, DSP_TAB_ALL));
  for (guint i = 1; result != NULL && i < DSP_N_ORDER_STATUSES; i++)
    if (result->by_status[i] > 0)
      g_string_append_printf (text, "%s%s %'u", text->len > 0 ? " · " : "", dsp_text_word (&DspOrderStatus_words, i),
                              result->by_status[i]);
  gtk_label_set_text (GTK_LABEL (self->statuses), text->str);
  gtk_widget_set_tooltip_text (self->statuses, text->str);

  dsp_office_get_rows (self->office, &n_rows);
  if (n_rows > 0 && !self->fitted)
    {
      self->fitted = TRUE;
      dsp_order_columns_fit (self->view, self->office);
      dsp_order_columns_keep_widths (self->view, self->office);
    }
  if (n_rows == 0 && result != NULL)
    {
      DspReplicaStatus status;
      gboolean filtered = !dsp_filter_is_empty (dsp_office_get_filter (self->office)) ||
                          dsp_office_get_exception (self->office) != DSP_EXCEPTION_NONE;

      dsp_replica_get_status (dsp_office_get_replica (self->office), &status);
      if (status.loading || result->loading || status.link == DSP_LINK_FIRST_SYNC ||
          (status.link == DSP_LINK_CONNECTING && dsp_office_n_in_tab (self->office, DSP_TAB_ALL) == 0))
        {
          adw_status_page_set_title (self->empty, _("Orders are being fetched"));
          adw_status_page_set_description (self->empty, _("They appear here as they come."));
        }
      else if (filtered)
        {
          adw_status_page_set_title (self->empty, _("No order with these filters"));
          adw_status_page_set_description (self->empty, NULL);
        }
      else if (dsp_office_get_tab (self->office) == DSP_TAB_UNASSIGNED && dsp_office_n_in_tab (self->office, DSP_TAB_ALL) > 0)
        {
          adw_status_page_set_title (self->empty, _("Every order has a crew"));
          adw_status_page_set_description (self->empty, _("New ones appear here by themselves."));
        }
      else
        {
          adw_status_page_set_title (self->empty, _("No orders"));
          adw_status_page_set_description (self->empty, _("They appear here as they come."));
        }
      gtk_widget_set_visible (self->empty_button, filtered);
    }
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n_rows == 0 && result != NULL ? "empty" : "list");
}

static void
show_tab (DspOrderView *self)
{
  GtkWidget *tabs[DSP_N_TABS] = { self->tab_unassigned, self->tab_assigned, self->tab_all };

  self->setting_tab = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (tabs[dsp_office_get_tab (self->office)]), TRUE);
  self->setting_tab = FALSE;
}

static void
on_tab_toggled (GtkToggleButton *button,
                DspOrderView    *self)
{
  if (self->setting_tab || self->office == NULL || !gtk_toggle_button_get_active (button))
    return;
  if (GTK_WIDGET (button) == self->tab_unassigned)
    dsp_office_set_tab (self->office, DSP_TAB_UNASSIGNED);
  else if (GTK_WIDGET (button) == self->tab_assigned)
    dsp_office_set_tab (self->office, DSP_TAB_ASSIGNED);
  else
    dsp_office_set_tab (self->office, DSP_TAB_ALL);
}

static void
on_activate (GtkColumnView *view,
             guint          position,
             DspOrderView  *self)
{
  g_autoptr(DspOrderRow) row = g_list_model_get_item (G_LIST_MODEL (self->list), position);

  dsp_order_columns_open_row (row, GTK_WIDGET (self));
}

static void
on_density_changed (GSettings    *settings,
                    const char   *key,
                    DspOrderView *self)
{
  if (g_settings_get_enum (settings, "density") == 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->view), "dsp-compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->view), "dsp-compact");
}

/* ---- scrolling ---- */

static void
scroll_to (DspOrderView *self,
           guint         position)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LIST_VIEW (child))
      gtk_widget_activate_action (child, "list.scroll-to-item", "u", position);
}

void
dsp_order_view_show_row (DspOrderView *self,
                         guint32       row)
{
  guint position = dsp_order_list_find (self->list, row);

  if (position != GTK_INVALID_LIST_POSITION)
    scroll_to (self, position);
}

void
dsp_order_view_show_selection (DspOrderView *self)
{
  GtkBitset *selection = dsp_office_get_selection (self->office);
  guint n;
  const guint32 *rows = dsp_office_get_rows (self->office, &n);

  if (gtk_bitset_is_empty (selection))
    return;
  for (guint i = 0; i < n; i++)
    if (gtk_bitset_contains (selection, rows[i]))
      {
        scroll_to (self, i);
        return;
      }
}

guint32
dsp_order_view_neighbour (DspOrderView *self,
                          guint32       row,
                          int           step)
{
  guint n, position = dsp_order_list_find (self->list, row);
  const guint32 *rows = dsp_office_get_rows (self->office, &n);
  gint64 wanted = (gint64) position + step;

  if (position == GTK_INVALID_LIST_POSITION || wanted < 0 || wanted >= n)
    return DSP_NO_ROW;
  return rows[wanted];
}

void
dsp_order_view_focus (DspOrderView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* ---- object ---- */

static void
dsp_order_view_dispose (GObject *object)
{
  DspOrderView *self = DSP_ORDER_VIEW (object);
  GtkWidget *child;

  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->list);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_order_view_parent_class)->dispose (object);
}

static void
dsp_order_view_class_init (DspOrderViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_order_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-order-view.ui");
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, tab_unassigned);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, tab_assigned);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, tab_all);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, statuses);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, columns_button);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, stack);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, view);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, empty);
  gtk_widget_class_bind_template_child (widget_class, DspOrderView, empty_button);
  gtk_widget_class_bind_template_callback (widget_class, on_tab_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
dsp_order_view_init (DspOrderView *self)
{
  GtkDragSource *source;

  gtk_widget_init_template (GTK_WIDGET (self));
  source = gtk_drag_source_new ();
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (source, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (source));
}

void
dsp_order_view_set_office (DspOrderView *self,
                           DspOffice    *office)
{
  GSettings *settings = dsp_office_get_settings (office);

  g_return_if_fail (self->office == NULL);

  self->office = g_object_ref (office);
  self->list = dsp_order_list_new (office);
  dsp_order_columns_add (self->view, office, "columns");
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->list));
  dsp_order_columns_follow_sorting (self->view, office);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->columns_button), dsp_order_columns_chooser (self->view, office));
  g_signal_connect_object (settings, "changed::density", G_CALLBACK (on_density_changed), self, 0);
  on_density_changed (settings, "density", self);
  g_signal_connect_object (office, "refreshed", G_CALLBACK (show_counts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (show_counts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "filter-changed", G_CALLBACK (show_tab), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (dsp_order_list_redraw), self->list, G_CONNECT_SWAPPED);
  show_tab (self);
  show_counts (self);
}
