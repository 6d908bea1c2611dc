/* dsp-order-columns.c: the columns of the list of orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-columns"

#include "config.h"
#include "dsp-order-columns.h"

#include "dsp-order-cells.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

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

static GtkColumnViewColumn *
add_column (GtkColumnView  *view,
            DspOffice      *office,
            DspOrderCell    kind,
            const DspField *field,
            const char     *title,
            int             width)
{
  GtkColumnViewColumn *added = gtk_column_view_column_new (title, dsp_order_cells_new (office, kind, field));

  gtk_column_view_column_set_fixed_width (added, width);
  gtk_column_view_column_set_resizable (added, kind != DSP_ORDER_CELL_TICK);
  if (field != NULL)
    {
      DspColumnSorter *sorter = g_object_new (DSP_TYPE_COLUMN_SORTER, NULL);

      sorter->field = field;
      gtk_column_view_column_set_sorter (added, GTK_SORTER (sorter));
      g_object_unref (sorter);
      if (kind != DSP_ORDER_CELL_LEFT)
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
  DspOrderCell kind = field->kind == DSP_KIND_WORD ? DSP_ORDER_CELL_STATUS : DSP_ORDER_CELL_TEXT;
  GtkColumnViewColumn *column;
  int width = default_width (field);

  if (field->offset == offsetof (DspOrder, number))
    kind = DSP_ORDER_CELL_NUMBER;
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
  DspOffice           *office; /* not owned, as in a cell */
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
  add_column (view, office, DSP_ORDER_CELL_TICK, NULL, "", 34);
  /* Sorting by the time left is sorting by the penalty date. */
  add_column (view, office, DSP_ORDER_CELL_LEFT, dsp_table_at (table, offsetof (DspOrder, penalty_at)), C_("column", "Left"), 106);
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
