/* dsp-order-cells.c: what stands in the cells of the list of orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells listen to their row between bind and unbind, so a refill of the rows redraws them without rebuilding a widget.
 */
#define G_LOG_DOMAIN "dsp-order-columns"

#include "config.h"
#include "dsp-order-cells.h"

#include "dsp-order-columns.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

typedef struct {
  DspOrderCell    kind;
  const DspField *field; /* nullable */
  DspOffice      *office; /* not owned: the view lives no longer than the office */
} Column;

void
dsp_order_columns_open_row (DspOrderRow *row,
                            GtkWidget   *widget)
{
  const DspOrder *order = row != NULL ? dsp_order_row_get_order (row) : NULL;
  char id[DSP_ID_TEXT];

  if (order == NULL)
    return;
  dsp_id_print (&order->id, id);
  gtk_widget_activate_action (widget, "win.open-order", "s", id);
}

/* S0-39: the number is a link. Not a label's own one, which would keep the pointer to itself: rows are dragged by any cell. */
static void
on_number_clicked (GtkGestureClick *click,
                   int              n_press,
                   double           x,
                   double           y,
                   GtkListItem     *item)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));

  if ((state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == 0)
    dsp_order_columns_open_row (gtk_list_item_get_item (item), gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (click)));
}

static void
on_tick_toggled (GtkCheckButton *tick,
                 GtkListItem    *item)
{
  DspOrderRow *row = gtk_list_item_get_item (item);
  Column *column = g_object_get_data (G_OBJECT (tick), "column");
  g_autoptr(GtkBitset) after = NULL;
  gboolean active = gtk_check_button_get_active (tick);

  if (row == NULL || dsp_order_row_get_row (row) == DSP_NO_ROW ||
      active == gtk_bitset_contains (dsp_office_get_selection (column->office), dsp_order_row_get_row (row)))
    return;
  after = gtk_bitset_copy (dsp_office_get_selection (column->office));
  if (active)
    gtk_bitset_add (after, dsp_order_row_get_row (row));
  else
    gtk_bitset_remove (after, dsp_order_row_get_row (row));
  dsp_office_select (column->office, after);
}

static void
on_selected (GtkListItem    *item,
             GParamSpec     *pspec,
             GtkCheckButton *tick)
{
  gtk_check_button_set_active (tick, gtk_list_item_get_selected (item));
}

static GtkWidget *
make_label (const char *css_class,
            float       xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
setup (GtkSignalListItemFactory *factory,
       GtkListItem              *item,
       Column                   *column)
{
  GtkWidget *child;

  /* A cell that selects by itself toggles a second time on Ctrl+click (GTK 4.8); the row is enough. */
  gtk_list_item_set_selectable (item, FALSE);
  switch (column->kind)
    {
    case DSP_ORDER_CELL_TICK:
      child = gtk_check_button_new ();
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Select order"), -1);
      g_object_set_data (G_OBJECT (child), "column", column);
      g_signal_connect (item, "notify::selected", G_CALLBACK (on_selected), child);
      g_signal_connect (child, "toggled", G_CALLBACK (on_tick_toggled), item);
      break;

    case DSP_ORDER_CELL_NUMBER:
      {
        GtkWidget *label = make_label ("dsp-number", 0);
        GtkWidget *icon = gtk_image_new_from_icon_name ("despacho-waiting-symbolic");
        GtkEventController *click;

        child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
        gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_NONE);
        click = GTK_EVENT_CONTROLLER (gtk_gesture_click_new ());
        g_signal_connect (click, "released", G_CALLBACK (on_number_clicked), item);
        gtk_widget_add_controller (label, click);
        gtk_widget_set_cursor_from_name (label, "pointer");
        gtk_widget_set_tooltip_text (icon, _("Waits to be sent to the server"));
        gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Waiting"), -1);
        gtk_widget_add_css_class (icon, "dsp-pending");
        gtk_widget_set_visible (icon, FALSE);
        gtk_box_append (GTK_BOX (child), label);
        gtk_box_append (GTK_BOX (child), icon);
      }
      break;

    case DSP_ORDER_CELL_STATUS:
      child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      gtk_box_append (GTK_BOX (child), make_label ("dsp-dot", 0));
      gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (child)), "●");
      gtk_box_append (GTK_BOX (child), make_label (NULL, 0));
      break;

    case DSP_ORDER_CELL_LEFT:
      child = make_label ("dsp-left", 1);
      gtk_widget_add_css_class (child, "numeric");
      break;

    case DSP_ORDER_CELL_TEXT:
    default:
      child = make_label (NULL, column->field->kind == DSP_KIND_INT ? 1 : 0);
      if (column->field->kind != DSP_KIND_TEXT || (column->field->flags & DSP_DIGITS))
        gtk_widget_add_css_class (child, "numeric");
      break;
    }
  /* A drag finds its row by going up from what is under the pointer. */
  g_object_set_data (G_OBJECT (child), "dsp-list-item", item);
  gtk_list_item_set_child (item, child);
}

/* GTK asks the display where the pointer is whenever a tooltip is set: for a sheet of cells that say what they said before that
 * would be thousands of questions. */
static void
set_tip (GtkWidget  *widget,
         const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

static void
show_left (GtkWidget      *label,
           const DspOrder *order,
           DspOffice      *office)
{
  gint64 from = dsp_order_penalized_from (order);
  gint64 left = from - g_get_real_time ();
  gint64 risk = (gint64) g_settings_get_int (dsp_office_get_settings (office), "risk-hours") * G_TIME_SPAN_HOUR;
  g_autofree char *span = NULL;
  g_autofree char *text = NULL;
  g_autofree char *full = NULL;
  g_autofree char *tip = NULL;
  gboolean stands = from == 0 && order->stopped_at.us != 0 && order->penalty_at.us != 0;

  gtk_widget_remove_css_class (label, "dsp-late");
  gtk_widget_remove_css_class (label, "dsp-risk");
  if (!dsp_order_is_open (order) || (from == 0 && !stands))
    {
      gtk_label_set_text (GTK_LABEL (label), "");
      set_tip (label, NULL);
      return;
    }
  if (stands)
    left = order->penalty_at.us - order->stopped_at.us;
  span = dsp_text_span (left);
  full = dsp_text_time_full (stands ? order->stopped_at : (DspTime) { from });
  if (stands)
    {
      text = g_strdup_printf ("%s ‖", span);
      tip = g_strdup_printf (_("The clock stands since %s"), full);
    }
  else if (left < 0)
    {
      text = g_strdup_printf ("−%s ▲", span);
      tip = g_strdup_printf (_("Penalized since %s"), full);
      gtk_widget_add_css_class (label, "dsp-late");
    }
  else if (left < risk)
    {
      text = g_strdup_printf ("%s ◆", span);
      tip = g_strdup_printf (_("At risk: penalized from %s"), full);
      gtk_widget_add_css_class (label, "dsp-risk");
    }
  else
    {
      text = g_strdup (span);
      tip = g_strdup_printf (_("Penalized from %s"), full);
    }
  gtk_label_set_text (GTK_LABEL (label), text);
  set_tip (label, tip);
}

static void
show_status (GtkWidget      *child,
             const DspOrder *order)
{
  static const char *const classes[DSP_N_ORDER_STATUSES] = {
    [DSP_ORDER_UNASSIGNED] = "dsp-unassigned", [DSP_ORDER_ASSIGNED] = "dsp-assigned",
    [DSP_ORDER_IN_PROGRESS] = "dsp-in-progress", [DSP_ORDER_TO_RESCHEDULE] = "dsp-to-reschedule",
    [DSP_ORDER_CLOSED] = "dsp-closed", [DSP_ORDER_CANCELLED] = "dsp-cancelled",
    [DSP_ORDER_REJECTED] = "dsp-rejected", [DSP_ORDER_ANNULLED] = "dsp-annulled",
  };
  GtkWidget *dot = gtk_widget_get_first_child (child);

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (classes[i] != NULL)
      {
        if (i == order->status)
          gtk_widget_add_css_class (dot, classes[i]);
        else
          gtk_widget_remove_css_class (dot, classes[i]);
      }
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (dot)), dsp_text_word (&DspOrderStatus_words, order->status));
}

static void
show_number (GtkWidget      *child,
             const DspOrder *order,
             guint8          flags)
{
  GtkWidget *label = gtk_widget_get_first_child (child);
  GtkWidget *icon = gtk_widget_get_next_sibling (label);

  gtk_label_set_text (GTK_LABEL (label), order->number != NULL ? order->number : "?");
  gtk_widget_set_visible (icon, (flags & (DSP_ROW_PENDING | DSP_ROW_CONFLICT)) != 0);
  if (flags & DSP_ROW_CONFLICT)
    {
      gtk_image_set_from_icon_name (GTK_IMAGE (icon), "dialog-warning-symbolic");
      set_tip (icon, _("The server refused a change of this order"));
    }
  else
    {
      gtk_image_set_from_icon_name (GTK_IMAGE (icon), "despacho-waiting-symbolic");
      set_tip (icon, _("Waits to be sent to the server"));
    }
}

/* Of a subtotal's cells those say something that can be summed up. (transfer full) */
static char *
total_text (const Column        *column,
            const DspOrderTotal *total)
{
  if (column->kind == DSP_ORDER_CELL_NUMBER)
    return g_strdup_printf ("Σ %'u", total->n);
  if (column->kind == DSP_ORDER_CELL_TICK || column->kind == DSP_ORDER_CELL_LEFT)
    return g_strdup ("");
  if (column->field == total->by)
    return g_strdup (total->name);
  if (column->field->offset == offsetof (DspOrder, penalty))
    return dsp_text_money (total->cents);
  if (column->field->offset == offsetof (DspOrder, created_at))
    {
      g_autofree char *age = dsp_text_span (total->age_s * G_TIME_SPAN_SECOND);

      /* Translators: in a line of subtotals: the average age of its services */
      return g_strdup_printf (_("⌀ %s"), age);
    }
  return g_strdup ("");
}

/* What only an order has is hidden, and comes back when the cell shows an order again. */
static void
show_kind_of_line (GtkWidget *child,
                   DspOrderCell kind,
                   gboolean   total)
{
  if (total)
    gtk_widget_add_css_class (child, "dsp-subtotal");
  else
    gtk_widget_remove_css_class (child, "dsp-subtotal");
  if (kind == DSP_ORDER_CELL_TICK)
    gtk_widget_set_visible (child, !total);
  else if (kind == DSP_ORDER_CELL_STATUS)
    gtk_widget_set_visible (gtk_widget_get_first_child (child), !total);
  else if (kind == DSP_ORDER_CELL_NUMBER && total)
    gtk_widget_set_visible (gtk_widget_get_last_child (child), FALSE);
  else if (kind == DSP_ORDER_CELL_NUMBER)
    set_tip (gtk_widget_get_first_child (child), NULL);
}

static void
show_total (GtkWidget           *child,
            const Column        *column,
            const DspOrderTotal *total)
{
  g_autofree char *text = total_text (column, total);
  GtkWidget *label = column->kind == DSP_ORDER_CELL_NUMBER   ? gtk_widget_get_first_child (child)
                     : column->kind == DSP_ORDER_CELL_STATUS ? gtk_widget_get_last_child (child)
                                                   : child;

  if (!GTK_IS_LABEL (label))
    return;
  gtk_widget_remove_css_class (label, "dsp-late");
  gtk_widget_remove_css_class (label, "dsp-risk");
  gtk_label_set_text (GTK_LABEL (label), text);
  if (column->kind == DSP_ORDER_CELL_NUMBER)
    {
      g_autofree char *tip = g_strdup_printf (ngettext ("%'u service", "%'u services", total->n), total->n);

      set_tip (label, tip);
    }
  else
    set_tip (label, *text != '\0' ? text : NULL);
}

static void
show (DspOrderRow *row,
      GtkListItem *item)
{
  GtkWidget *child = gtk_list_item_get_child (item);
  Column *column = g_object_get_data (G_OBJECT (item), "column");
  const DspOrder *order = dsp_order_row_get_order (row);
  const DspOrderTotal *total = dsp_order_row_get_total (row);
  g_autofree char *text = NULL;

  show_kind_of_line (child, column->kind, total != NULL);
  if (total != NULL)
    {
      show_total (child, column, total);
      return;
    }
  if (order == NULL)
    {
      if (GTK_IS_LABEL (child))
        gtk_label_set_text (GTK_LABEL (child), "");
      return;
    }
  switch (column->kind)
    {
    case DSP_ORDER_CELL_TICK:
      gtk_check_button_set_active (GTK_CHECK_BUTTON (child),
                                   gtk_bitset_contains (dsp_office_get_selection (column->office), dsp_order_row_get_row (row)));
      break;
    case DSP_ORDER_CELL_LEFT:
      show_left (child, order, column->office);
      break;
    case DSP_ORDER_CELL_NUMBER:
      show_number (child, order, dsp_order_row_get_flags (row));
      break;
    case DSP_ORDER_CELL_STATUS:
      show_status (child, order);
      break;
    case DSP_ORDER_CELL_TEXT:
    default:
      text = dsp_office_field_text (column->office, column->field, order);
      gtk_label_set_text (GTK_LABEL (child), text);
      if (column->field->kind == DSP_KIND_TIME)
        {
          g_autofree char *full = dsp_text_time_full (*dsp_field_time (column->field, order));

          set_tip (child, full);
        }
      else
        set_tip (child, *text != '\0' ? text : NULL);
      break;
    }
}

static void
bind (GtkSignalListItemFactory *factory,
      GtkListItem              *item,
      Column                   *column)
{
  DspOrderRow *row = gtk_list_item_get_item (item);

  g_object_set_data (G_OBJECT (item), "column", column);
  g_signal_connect (row, "changed", G_CALLBACK (show), item);
  show (row, item);
}

static void
unbind (GtkSignalListItemFactory *factory,
        GtkListItem              *item,
        Column                   *column)
{
  DspOrderRow *row = gtk_list_item_get_item (item);

  if (row != NULL)
    g_signal_handlers_disconnect_by_func (row, show, item);
}

static void
column_free (gpointer  data,
             GClosure *closure)
{
  g_free (data);
}

GtkListItemFactory *
dsp_order_cells_new (DspOffice      *office,
                     DspOrderCell    kind,
                     const DspField *field)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Column *column = g_new0 (Column, 1);

  *column = (Column) { kind, field, office };
  g_signal_connect_data (factory, "setup", G_CALLBACK (setup), column, column_free, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), column);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind), column);
  return factory;
}
