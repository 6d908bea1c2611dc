/* dsp-macro-sheet.c: all open services of the filter as one dense sheet
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. The list of orders with rows of its own: those of the office's filter that are open, whatever tab the list shows. Sort
 * column and selection are the office's. It is asked for anew when the office's lists are, while somebody looks.
 */
#define G_LOG_DOMAIN "dsp-macro-sheet"

#include "config.h"
#include "dsp-macro-sheet.h"

#include "dsp-chart-words.h"
#include "dsp-macro.h"
#include "dsp-order-columns.h"
#include "dsp-order-groups.h"
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
  const DspField *by;          /* (nullable): how its lines are grouped */
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

/* ---- groups ---- */

#define AT(member) offsetof (DspOrder, member)
static const gsize groupings[] = { AT (crew_id), AT (type), AT (group), AT (status), AT (distributor_id), AT (postal_code), AT (municipality) };

typedef struct {
  const DspOrderGroup *group; /* not owned */
  char                *name;  /* (owned) */
} Named;

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_utf8_collate (((const Named *) a)->name, ((const Named *) b)->name);
}

static void
add_group (GArray        *lines,
           GArray        *rows,
           GHashTable    *totals,
           DspMacroSheet *self,
           Named         *named)
{
  const DspOrderGroup *group = named->group;
  DspOrderTotal *total = g_new0 (DspOrderTotal, 1);
  guint32 none = DSP_NO_ROW;

  g_array_append_vals (lines, self->result->rows + group->first, group->n);
  g_array_append_vals (rows, self->result->rows + group->first, group->n);
  *total = (DspOrderTotal) { self->by, named->name, group->n, group->age_s / group->n, group->cents };
  g_hash_table_insert (totals, GUINT_TO_POINTER (lines->len), total);
  g_array_append_val (lines, none);
}

/* Groups by their names, states in their own order; the sums of each stand under it. The result's rows follow, so that what is copied
 * is in the order that is seen. */
static void
show_groups (DspMacroSheet *self)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (self->office));
  g_autoptr(GArray) groups = dsp_order_groups_make (index, self->by, g_get_real_time (), self->result->rows, self->result->n_rows);
  g_autoptr(GArray) names = g_array_new (FALSE, FALSE, sizeof (Named));
  g_autoptr(GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint32)), rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTable *totals = g_hash_table_new_full (NULL, NULL, NULL, dsp_order_total_free);

  for (guint i = 0; i < groups->len; i++)
    {
      const DspOrderGroup *group = &g_array_index (groups, DspOrderGroup, i);
      Named named = { group, dsp_axis_part_label (self->office, self->by, &group->part, DSP_SPAN_DAY, FALSE) };

      g_array_append_val (names, named);
    }
  if (self->by->kind != DSP_KIND_WORD)
    g_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    add_group (lines, rows, totals, self, &g_array_index (names, Named, i));
  memcpy (self->result->rows, rows->data, rows->len * sizeof (guint32));
  dsp_order_list_set_lines (self->list, (const guint32 *) (gpointer) lines->data, lines->len, totals);
}

/* ---- its orders ---- */

static void
take_result (DspMacroSheet  *self,
             DspOrderResult *result)
{
  g_clear_pointer (&self->result, dsp_order_result_free);
  self->result = result;
  if (self->by != NULL)
    show_groups (self);
  else
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

static void
take_grouping (DspMacroSheet *self)
{
  g_autofree char *name = g_settings_get_string (dsp_office_get_settings (self->office), "macro-grouping");

  self->by = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (groupings); i++)
    if (g_str_equal (dsp_table_at (&dsp_order.table, groupings[i])->name, name))
      self->by = dsp_table_at (&dsp_order.table, groupings[i]);
  if (self->by != NULL)
    dsp_order_columns_reveal (self->view, self->by);
}

static void
on_grouping_chosen (GtkDropDown   *menu,
                    GParamSpec    *pspec,
                    DspMacroSheet *self)
{
  guint chosen = gtk_drop_down_get_selected (menu);

  g_settings_set_string (dsp_office_get_settings (self->office), "macro-grouping",
                         chosen > 0 && chosen <= G_N_ELEMENTS (groupings) ? dsp_table_at (&dsp_order.table, groupings[chosen - 1])->name : "");
  take_grouping (self);
  refresh (self);
}

GtkWidget *
dsp_macro_sheet_make_grouping (DspMacroSheet *self)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  GtkWidget *menu;
  guint chosen = 0;

  gtk_string_list_append (names, _("Without subtotals"));
  for (guint i = 0; i < G_N_ELEMENTS (groupings); i++)
    {
      const DspField *field = dsp_table_at (&dsp_order.table, groupings[i]);
      /* Translators: lines of a sheet are put together by a field: "By crew" */
      g_autofree char *name = g_strdup_printf (_("By: %s"), _(field->label));

      gtk_string_list_append (names, name);
      chosen = field == self->by ? i + 1 : chosen;
    }
  menu = gtk_drop_down_new (G_LIST_MODEL (g_object_ref (names)), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (menu), chosen);
  gtk_widget_set_tooltip_text (menu, _("Subtotals"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (menu), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Subtotals"), -1);
  g_signal_connect (menu, "notify::selected", G_CALLBACK (on_grouping_chosen), self);
  return menu;
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
  take_grouping (self);
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
