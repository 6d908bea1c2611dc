/* dsp-chart-page.c: charts of the orders in the filter, and the four that matter to whoever looks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-16. The filter is the office's own, that of list and map. A bar narrows it and opens the list; whoever comes back with
 * it untouched finds the chart as it was.
 */
#define G_LOG_DOMAIN "dsp-chart-page"

#include "config.h"
#include "dsp-chart-page.h"

#include "dsp-chart-pane.h"
#include "dsp-filter-bar.h"
#include "dsp-filter-visit.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspChartPage
{
  GtkWidget     parent_instance;

  DspOffice    *office;  /* (owned) */
  DspFilterVisit visit;  /* from a bar to its orders */
  GtkWidget    *box;     /* (nullable): made when somebody first looks */
  DspFilterBar *filter_bar;
  GtkWidget    *list;
  GtkWidget    *stack;
  GtkWidget    *pane;
};

G_DEFINE_FINAL_TYPE (DspChartPage, dsp_chart_page, GTK_TYPE_WIDGET)

/* ---- from a bar to its orders ---- */

static void
on_open (GtkWidget    *pane,
         const char   *conditions,
         DspChartPage *self)
{
  const char *const all[] = { conditions, NULL };

  if (!dsp_filter_visit_open (&self->visit, GTK_WIDGET (self), self->office, all))
    dsp_office_message (self->office, 0, "%s", _("There are no orders behind this bar"));
}

/* ---- choosing ---- */

static void
on_row_selected (GtkListBox    *list,
                 GtkListBoxRow *row,
                 DspChartPage  *self)
{
  int kind = row != NULL ? gtk_list_box_row_get_index (row) : 0;

  if (row == NULL)
    return;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), kind == DSP_CHART_NONE ? "overview" : "chart");
  if (kind != DSP_CHART_NONE)
    dsp_chart_pane_show (DSP_CHART_PANE (self->pane), (DspChartKind) kind);
}

static void
action_show (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DspChartPage *self = DSP_CHART_PAGE (widget);
  const char *word = g_variant_get_string (parameter, NULL);
  guint kind = dsp_words_find (&DspChartKind_words, word, strlen (word));

  if (kind < DSP_N_CHARTS && self->list != NULL)
    gtk_list_box_select_row (GTK_LIST_BOX (self->list), gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int) kind));
}

/* Tab leaves the list, in which arrows move; GTK's own way stops at each row. */
static gboolean
on_list_key (GtkEventControllerKey *keys,
             guint                  keyval,
             guint                  keycode,
             GdkModifierType        state,
             DspChartPage          *self)
{
  if (keyval == GDK_KEY_Tab && (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == 0)
    return gtk_widget_child_focus (self->stack, GTK_DIR_TAB_FORWARD);
  return keyval == GDK_KEY_ISO_Left_Tab && gtk_widget_child_focus (GTK_WIDGET (self->filter_bar), GTK_DIR_TAB_BACKWARD);
}

/* ---- the widget ---- */

static void
add_row (GtkWidget  *list,
         const char *text)
{
  GtkWidget *row = gtk_list_box_row_new (), *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

/* Rows keep their places, which are their charts': those whose records this user does not see are hidden. */
static void
show_rows (DspChartPage *self)
{
  const DspActor *actor = dsp_replica_get_actor (dsp_office_get_replica (self->office));
  gint64 now_us = g_get_real_time ();

  for (guint kind = 1; self->list != NULL && kind < DSP_N_CHARTS; kind++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int) kind);
      gboolean may = dsp_chart_may (kind, actor, now_us);

      if (!may && gtk_list_box_row_is_selected (row))
        gtk_list_box_select_row (GTK_LIST_BOX (self->list), gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0));
      gtk_widget_set_visible (GTK_WIDGET (row), may);
    }
}

static GtkWidget *
make_list (DspChartPage *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->list = gtk_list_box_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_list_key), self);
  gtk_widget_add_controller (self->list, keys);
  add_row (self->list, _("Overview"));
  for (guint kind = 1; kind < DSP_N_CHARTS; kind++)
    add_row (self->list, _(DspChartKind_words.list[kind].label));
  show_rows (self);
  g_signal_connect_object (self->office, "status-changed", G_CALLBACK (show_rows), self, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_widget_add_css_class (self->list, "dsp-chart-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Charts"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);
  gtk_widget_set_size_request (scroller, 196, -1);
  return scroller;
}

static GtkWidget *
make_overview (DspChartPage *self)
{
  GtkWidget *grid = gtk_grid_new ();
  const DspActor *actor = dsp_replica_get_actor (dsp_office_get_replica (self->office));
  DspChartKind four[4];

  dsp_chart_dashboard (actor, g_get_real_time (), four);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_widget_add_css_class (grid, "dsp-chart-pane");
  for (guint i = 0; i < 4; i++)
    {
      GtkWidget *card = dsp_chart_pane_new (self->office, TRUE);

      gtk_widget_set_hexpand (card, TRUE);
      gtk_widget_set_vexpand (card, TRUE);
      g_signal_connect (card, "open", G_CALLBACK (on_open), self);
      gtk_grid_attach (GTK_GRID (grid), card, (int) (i % 2), (int) (i / 2), 1, 1);
      dsp_chart_pane_show (DSP_CHART_PANE (card), four[i]);
    }
  return grid;
}

static void
make_content (DspChartPage *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->filter_bar = g_object_new (DSP_TYPE_FILTER_BAR, NULL);
  dsp_filter_bar_set_office (self->filter_bar, self->office);
  gtk_widget_set_hexpand (GTK_WIDGET (self->filter_bar), TRUE);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->filter_bar));
  gtk_widget_add_css_class (line, "dsp-chart-filter");
  self->stack = gtk_stack_new ();
  gtk_widget_set_hexpand (self->stack, TRUE);
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_overview (self), "overview");
  self->pane = dsp_chart_pane_new (self->office, FALSE);
  g_signal_connect (self->pane, "open", G_CALLBACK (on_open), self);
  gtk_stack_add_named (GTK_STACK (self->stack), self->pane, "chart");
  gtk_box_append (GTK_BOX (below), make_list (self));
  gtk_box_append (GTK_BOX (below), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (below), self->stack);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), line);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), below);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect (self->list, "row-selected", G_CALLBACK (on_row_selected), self);
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0));
}

static void
dsp_chart_page_map (GtkWidget *widget)
{
  DspChartPage *self = DSP_CHART_PAGE (widget);

  if (self->box == NULL)
    make_content (self);
  dsp_filter_visit_back (&self->visit, self->office);
  GTK_WIDGET_CLASS (dsp_chart_page_parent_class)->map (widget);
}

static void
dsp_chart_page_dispose (GObject *object)
{
  DspChartPage *self = DSP_CHART_PAGE (object);

  self->list = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  dsp_filter_visit_clear (&self->visit);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_chart_page_parent_class)->dispose (object);
}

static void
dsp_chart_page_class_init (DspChartPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_chart_page_dispose;
  GTK_WIDGET_CLASS (klass)->map = dsp_chart_page_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "charts.show", "s", action_show);
}

static void
dsp_chart_page_init (DspChartPage *self)
{
}

GtkWidget *
dsp_chart_page_new (DspOffice *office)
{
  DspChartPage *self = g_object_new (DSP_TYPE_CHART_PAGE, NULL);

  self->office = g_object_ref (office);
  return GTK_WIDGET (self);
}

void
dsp_chart_page_open_filter (DspChartPage *self)
{
  if (self->filter_bar != NULL)
    dsp_filter_bar_open (self->filter_bar);
}
