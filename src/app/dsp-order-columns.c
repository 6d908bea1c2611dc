/* dsp-order-columns.c: the columns of the list of orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells listen to their row between bind and unbind, so a refill of the rows redraws them without rebuilding a widget.
 */
#define G_LOG_DOMAIN "dsp-order-columns"

#include "config.h"
#include "dsp-order-columns.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

typedef enum { CELL_TICK, CELL_LEFT, CELL_NUMBER, CELL_STATUS, CELL_TEXT } CellKind;

typedef struct {
  CellKind        kind;
  const DspField *field; /* nullable */
  DspOffice      *office; /* not owned: the view lives no longer than the office */
} Column;

/* ---- a sorter that only tells which column was pressed ---- */

#define DSP_TYPE_COLUMN_SORTER (dsp_column_sorter_get_type ())
G_DECLARE_FINAL_TYPE (DspColumnSorter, dsp_column_sorter, DSP, COLUMN_SORTER, GtkSorter)

struct _DspColumnSorter
{
  GtkSorter       parent_instance;
  const DspField *field;
};

G_DEFINE_FINAL_TYPE (DspColumnSorter, dsp_column_sorter, GTK_TYPE_SORTER)

/* The column view asks its primary sorter first: whoever is asked last by nobody else is the one (GTK 4.8 has no getter). */
static const DspField *asked_field;

static GtkOrdering
compare (GtkSorter *sorter,
         gpointer   a,
         gpointer   b)
{
  asked_field = DSP_COLUMN_SORTER (sorter)->field;
  return GTK_ORDERING_SMALLER;
}

static GtkSorterOrder
get_order (GtkSorter *sorter)
{
  return GTK_SORTER_ORDER_TOTAL;
}

static void
dsp_column_sorter_class_init (DspColumnSorterClass *klass)
{
  GTK_SORTER_CLASS (klass)->compare = compare;
  GTK_SORTER_CLASS (klass)->get_order = get_order;
}

static void
dsp_column_sorter_init (DspColumnSorter *self)
{
}

/* ---- cells ---- */

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
    case CELL_TICK:
      child = gtk_check_button_new ();
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Select order"), -1);
      g_object_set_data (G_OBJECT (child), "column", column);
      g_signal_connect (item, "notify::selected", G_CALLBACK (on_selected), child);
      g_signal_connect (child, "toggled", G_CALLBACK (on_tick_toggled), item);
      break;

    case CELL_NUMBER:
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

    case CELL_STATUS:
      child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      gtk_box_append (GTK_BOX (child), make_label ("dsp-dot", 0));
      gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (child)), "●");
      gtk_box_append (GTK_BOX (child), make_label (NULL, 0));
      break;

    case CELL_LEFT:
      child = make_label ("dsp-left", 1);
      gtk_widget_add_css_class (child, "numeric");
      break;

    case CELL_TEXT:
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
  if (column->kind == CELL_NUMBER)
    return g_strdup_printf ("Σ %'u", total->n);
  if (column->kind == CELL_TICK || column->kind == CELL_LEFT)
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
                   CellKind   kind,
                   gboolean   total)
{
  if (total)
    gtk_widget_add_css_class (child, "dsp-subtotal");
  else
    gtk_widget_remove_css_class (child, "dsp-subtotal");
  if (kind == CELL_TICK)
    gtk_widget_set_visible (child, !total);
  else if (kind == CELL_STATUS)
    gtk_widget_set_visible (gtk_widget_get_first_child (child), !total);
  else if (kind == CELL_NUMBER && total)
    gtk_widget_set_visible (gtk_widget_get_last_child (child), FALSE);
  else if (kind == CELL_NUMBER)
    set_tip (gtk_widget_get_first_child (child), NULL);
}

static void
show_total (GtkWidget           *child,
            const Column        *column,
            const DspOrderTotal *total)
{
  g_autofree char *text = total_text (column, total);
  GtkWidget *label = column->kind == CELL_NUMBER   ? gtk_widget_get_first_child (child)
                     : column->kind == CELL_STATUS ? gtk_widget_get_last_child (child)
                                                   : child;

  if (!GTK_IS_LABEL (label))
    return;
  gtk_widget_remove_css_class (label, "dsp-late");
  gtk_widget_remove_css_class (label, "dsp-risk");
  gtk_label_set_text (GTK_LABEL (label), text);
  if (column->kind == CELL_NUMBER)
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
    case CELL_TICK:
      gtk_check_button_set_active (GTK_CHECK_BUTTON (child),
                                   gtk_bitset_contains (dsp_office_get_selection (column->office), dsp_order_row_get_row (row)));
      break;
    case CELL_LEFT:
      show_left (child, order, column->office);
      break;
    case CELL_NUMBER:
      show_number (child, order, dsp_order_row_get_flags (row));
      break;
    case CELL_STATUS:
      show_status (child, order);
      break;
    case CELL_TEXT:
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

/* ---- columns ---- */

static int
default_width (const DspField *field)
{
  static const struct { const char *name; int width; } widths[] = {
    { "number", 96 }, { "account", 84 }, { "group", 120 }, { "type", 140 }, { "subtype", 140 }, { "created_at", 106 },
    { "attention_at", 106 }, { "penalty_at", 106 }, { "state", 120 }, { "municipality", 130 }, { "neighbourhood", 150 },
    { "postal_code", 66 }, { "priority", 60 }, { "crew_id", 120 }, { "status", 124 }, { "contact_name", 180 }, { "phone", 104 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    if (g_str_equal (widths[i].name, field->name))
      return widths[i].width;
  return 120;
}

static const char *
short_title (const DspField *field)
{
  if (g_str_equal (field->name, "number"))
    return C_("column", "Number");
  if (g_str_equal (field->name, "created_at"))
    return C_("column", "Created");
  if (g_str_equal (field->name, "attention_at"))
    return C_("column", "Attention");
  if (g_str_equal (field->name, "penalty_at"))
    return C_("column", "Penalty");
  if (g_str_equal (field->name, "penalty"))
    return C_("column", "Money at risk");
  if (g_str_equal (field->name, "postal_code"))
    return C_("column", "CP");
  if (g_str_equal (field->name, "priority"))
    return C_("column", "Prio.");
  return _(field->label);
}

static void
column_free (gpointer  data,
             GClosure *closure)
{
  g_free (data);
}

static GtkColumnViewColumn *
add_column (GtkColumnView  *view,
            DspOffice      *office,
            CellKind        kind,
            const DspField *field,
            const char     *title,
            int             width)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *added;
  Column *column = g_new0 (Column, 1);

  column->kind = kind;
  column->field = field;
  column->office = office;
  g_signal_connect_data (factory, "setup", G_CALLBACK (setup), column, column_free, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), column);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind), column);
  added = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_fixed_width (added, width);
  gtk_column_view_column_set_resizable (added, kind != CELL_TICK);
  if (field != NULL)
    {
      DspColumnSorter *sorter = g_object_new (DSP_TYPE_COLUMN_SORTER, NULL);

      sorter->field = field;
      gtk_column_view_column_set_sorter (added, GTK_SORTER (sorter));
      g_object_unref (sorter);
      if (kind != CELL_LEFT)
        g_object_set_data (G_OBJECT (added), "dsp-field", (gpointer) field);
    }
  gtk_column_view_append_column (view, added);
  g_object_unref (added);
  return added;
}

const DspField *
dsp_order_columns_field (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), "dsp-field");
}

static void
add_field (GtkColumnView  *view,
           DspOffice      *office,
           const DspField *field,
           gboolean        visible)
{
  g_autoptr(GVariant) widths = g_settings_get_value (dsp_office_get_settings (office), "column-widths");
  CellKind kind = field->kind == DSP_KIND_WORD ? CELL_STATUS : CELL_TEXT;
  GtkColumnViewColumn *column;
  int width = default_width (field);

  if (field->offset == offsetof (DspOrder, number))
    kind = CELL_NUMBER;
  g_variant_lookup (widths, field->name, "i", &width);
  column = add_column (view, office, kind, field, short_title (field), width);
  gtk_column_view_column_set_visible (column, visible);
}

/* Numbers of orders and accounts are short in one office and long in another. */
void
dsp_order_columns_fit (GtkColumnView *view,
                       DspOffice     *office)
{
  static const gsize offsets[] = { offsetof (DspOrder, number), offsetof (DspOrder, account) };
  GListModel *columns = gtk_column_view_get_columns (view);
  g_autoptr(GVariant) widths = g_settings_get_value (dsp_office_get_settings (office), "column-widths");
  guint n_rows;
  const guint32 *rows = dsp_office_get_rows (office, &n_rows);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const DspField *field = dsp_order_columns_field (column);
      int width;

      if (field == NULL || (field->offset != offsets[0] && field->offset != offsets[1]) ||
          g_variant_lookup (widths, field->name, "i", &width))
        continue;
      width = default_width (field);
      for (guint row = 0; row < n_rows && row < 20; row++)
        {
          const DspOrder *order = dsp_office_get_order (office, rows[row]);
          const char *text = order != NULL ? *dsp_field_text (field, order) : NULL;

          if (text != NULL)
            width = MAX (width, MIN (220, 34 + 9 * (int) g_utf8_strlen (text, -1)));
        }
      gtk_column_view_column_set_fixed_width (column, width);
    }
}

typedef struct {
  DspOffice           *office; /* not owned, as in Column */
  GtkColumnViewColumn *column; /* not owned: it owns this */
  guint                id;
} Saver;

static gboolean
save_width (gpointer user_data)
{
  Saver *saver = user_data;
  GSettings *settings = dsp_office_get_settings (saver->office);
  g_autoptr(GVariant) before = g_settings_get_value (settings, "column-widths");
  const DspField *field = dsp_order_columns_field (saver->column);
  GVariantBuilder builder;
  GVariantIter iter;
  const char *name;
  int width;

  saver->id = 0;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{si}"));
  g_variant_iter_init (&iter, before);
  while (g_variant_iter_next (&iter, "{&si}", &name, &width))
    if (!g_str_equal (name, field->name))
      g_variant_builder_add (&builder, "{si}", name, width);
  g_variant_builder_add (&builder, "{si}", field->name, gtk_column_view_column_get_fixed_width (saver->column));
  g_settings_set_value (settings, "column-widths", g_variant_builder_end (&builder));
  return G_SOURCE_REMOVE;
}

/* While a border is dragged the width changes with every frame; the last one counts. */
static void
on_width_changed (GtkColumnViewColumn *column,
                  GParamSpec          *pspec,
                  Saver               *saver)
{
  g_clear_handle_id (&saver->id, g_source_remove);
  saver->id = g_timeout_add (800, save_width, saver);
}

static void
saver_free (gpointer data)
{
  Saver *saver = data;

  g_clear_handle_id (&saver->id, g_source_remove);
  g_free (saver);
}

/* From now on a change of width is the person's. */
void
dsp_order_columns_keep_widths (GtkColumnView *view,
                               DspOffice     *office)
{
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      Saver *saver;

      if (dsp_order_columns_field (column) == NULL || g_object_get_data (G_OBJECT (column), "saver") != NULL)
        continue;
      saver = g_new0 (Saver, 1);
      saver->office = office;
      saver->column = column;
      g_object_set_data_full (G_OBJECT (column), "saver", saver, saver_free);
      g_signal_connect (column, "notify::fixed-width", G_CALLBACK (on_width_changed), saver);
    }
}

void
dsp_order_columns_add (GtkColumnView *view,
                       DspOffice     *office,
                       const char    *key)
{
  g_auto(GStrv) names = g_settings_get_strv (dsp_office_get_settings (office), key);
  const DspTable *table = &dsp_order.table;

  g_object_set_data (G_OBJECT (view), "dsp-columns-key", (gpointer) key);
  add_column (view, office, CELL_TICK, NULL, "", 34);
  /* Sorting by the time left is sorting by the penalty date. */
  add_column (view, office, CELL_LEFT, dsp_table_at (table, offsetof (DspOrder, penalty_at)), C_("column", "Left"), 106);
  for (guint i = 0; names[i] != NULL; i++)
    {
      const DspField *field = dsp_table_find (table, names[i], strlen (names[i]));

      if (field != NULL)
        add_field (view, office, field, TRUE);
    }
  for (guint i = 0; i < table->n_fields; i++)
    if (((table->fields[i].flags & (DSP_COLUMN | DSP_FILTER)) || table->fields[i].offset == offsetof (DspOrder, penalty)) &&
        !g_strv_contains ((const char *const *) names, table->fields[i].name))
      add_field (view, office, &table->fields[i], FALSE);
}

/* ---- as text ---- */

/* A blank is all that a cell of pasted text may have between its words. */
static void
append_cell (GString    *text,
             const char *cell,
             gboolean    first)
{
  gsize from;

  if (!first)
    g_string_append_c (text, '\t');
  from = text->len;
  g_string_append (text, cell);
  g_strdelimit (text->str + from, "\t\r\n", ' ');
}

char *
dsp_order_columns_text (GtkColumnView *view,
                        DspOffice     *office,
                        const guint32 *rows,
                        guint          n_rows)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  g_autoptr(GPtrArray) fields = g_ptr_array_new ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const DspField *field = dsp_order_columns_field (column);

      if (field == NULL || !gtk_column_view_column_get_visible (column))
        continue;
      append_cell (text, _(field->label), fields->len == 0);
      g_ptr_array_add (fields, (gpointer) field);
    }
  g_string_append_c (text, '\n');
  for (guint i = 0; i < n_rows; i++)
    {
      const DspOrder *order = dsp_office_get_order (office, rows[i]);

      for (guint j = 0; order != NULL && j < fields->len; j++)
        {
          g_autofree char *cell = dsp_office_field_text (office, fields->pdata[j], order);

          append_cell (text, cell, j == 0);
        }
      if (order != NULL)
        g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

void
dsp_order_columns_reveal (GtkColumnView  *view,
                          const DspField *field)
{
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (dsp_order_columns_field (column) == field)
        gtk_column_view_column_set_visible (column, TRUE);
    }
}

/* ---- sorting ---- */

static void
on_sorter_changed (GtkSorter       *sorter,
                   GtkSorterChange  change,
                   DspOffice       *office)
{
  g_autoptr(GObject) a = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr(GObject) b = g_object_new (G_TYPE_OBJECT, NULL);
  GtkOrdering ordering;

  asked_field = NULL;
  ordering = gtk_sorter_compare (sorter, a, b);
  if (asked_field != NULL)
    dsp_office_set_sort (office, asked_field, ordering == GTK_ORDERING_LARGER);
}

void
dsp_order_columns_follow_sorting (GtkColumnView *view,
                                  DspOffice     *office)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  bool descending;
  const DspField *sort = dsp_office_get_sort (office, &descending);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (dsp_order_columns_field (column) == sort)
        gtk_column_view_sort_by_column (view, column, descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    }
  g_signal_connect_object (gtk_column_view_get_sorter (view), "changed", G_CALLBACK (on_sorter_changed), office, 0);
}

/* ---- choosing columns ---- */

static void
save_columns (GtkColumnView *view,
              DspOffice     *office)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_auto(GStrv) list = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const DspField *field = dsp_order_columns_field (column);

      if (field != NULL && gtk_column_view_column_get_visible (column))
        g_strv_builder_add (names, field->name);
    }
  list = g_strv_builder_end (names);
  g_settings_set_strv (dsp_office_get_settings (office), g_object_get_data (G_OBJECT (view), "dsp-columns-key"), (const char *const *) list);
}

static void
on_column_toggled (GtkCheckButton      *check,
                   GtkColumnViewColumn *column)
{
  GtkColumnView *view = gtk_column_view_column_get_column_view (column);
  DspOffice *office = g_object_get_data (G_OBJECT (check), "office");

  gtk_column_view_column_set_visible (column, gtk_check_button_get_active (check));
  if (view != NULL)
    save_columns (view, office);
}

GtkWidget *
dsp_order_columns_chooser (GtkColumnView *view,
                           DspOffice     *office)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const DspField *field = dsp_order_columns_field (column);
      GtkWidget *check;

      if (field == NULL)
        continue;
      check = gtk_check_button_new_with_label (_(field->label));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), gtk_column_view_column_get_visible (column));
      g_object_set_data (G_OBJECT (check), "office", office);
      g_signal_connect_object (check, "toggled", G_CALLBACK (on_column_toggled), column, 0);
      gtk_box_append (GTK_BOX (box), check);
    }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 420);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  return popover;
}
