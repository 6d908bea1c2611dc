/* dsp-chart-pane.c: one chart with its figures, or as a card among others
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chart-pane"

#include "config.h"
#include "dsp-chart-pane.h"

#include "dsp-chart-ask.h"
#include "dsp-chart-export.h"
#include "dsp-chart-table.h"
#include "dsp-chart-view.h"
#include "dsp-chart-words.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* What a card has room for, of one series and of two. */
#define CARD_BARS(kind) (dsp_chart_info (kind)->figures[1].drawn ? 5 : 8)

struct _DspChartPane
{
  GtkWidget     parent_instance;

  DspOffice    *office;    /* (owned) */
  DspChartAsk  *ask;       /* (owned) */
  gboolean      card;
  gboolean      filling;
  DspChartKind  kind;
  DspDate       day;       /* of the hours; none: today */

  GtkWidget    *box;
  GtkWidget    *title;     /* a label, or a card's button */
  GtkWidget    *sentence;
  GtkWidget    *by;
  GtkWidget    *day_box;
  GtkWidget    *day_label;
  GtkWidget    *next_day;
  GtkWidget    *export;
  GtkWidget    *view;
  GtkWidget    *table;
  GtkWidget    *note;
};

G_DEFINE_FINAL_TYPE (DspChartPane, dsp_chart_pane, GTK_TYPE_WIDGET)

static guint open_signal;

/* ---- the answer ---- */

static char *
note_of (const DspChart *chart)
{
  if (chart->loading)
    return g_strdup (_("The orders are still being loaded: these are not all of them."));
  if (chart->by->kind != DSP_KIND_TIME && chart->bars->len > DSP_CHART_MAX_BARS)
    return g_strdup_printf (_("The first %d of %u; the figures have all."), DSP_CHART_MAX_BARS, chart->bars->len);
  if (chart->kind == DSP_CHART_HOURS)
    return NULL;
  return g_strdup_printf (ngettext ("%'u order", "%'u orders", chart->n_orders), chart->n_orders);
}

static char *
total_of (const DspChart *chart)
{
  const DspChartInfo *info = dsp_chart_info (chart->kind);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < info->n_figures && chart->kind != DSP_CHART_HOURS; i++)
    {
      g_autofree char *figure = dsp_chart_figure_text (info->figures[i].unit, chart->totals[i]);

      g_string_append_printf (text, "%s%s: %s", i > 0 ? " · " : "", _(info->figures[i].label), figure);
    }
  return g_string_free (text, FALSE);
}

static void
on_answer (const DspChart *chart,
           gpointer        user_data)
{
  DspChartPane *self = user_data;
  g_autofree char *title = dsp_chart_title (chart);
  g_autoptr(GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *note = note_of (chart);

  for (guint i = 0; i < chart->bars->len && i < (guint) DSP_CHART_MAX_BARS * 4; i++)
    {
      g_autofree char *one = dsp_chart_bar_words (self->office, chart, &g_array_index (chart->bars, DspChartBar, i));

      g_strv_builder_add (words, one);
    }
  dsp_chart_view_show (DSP_CHART_VIEW (self->view), title,
                       dsp_chart_picture (self->office, chart, self->card ? CARD_BARS (chart->kind) : DSP_CHART_MAX_BARS), g_strv_builder_end (words));
  if (self->card)
    return;
  if (chart->kind != DSP_CHART_HOURS && !chart->loading && chart->bars->len <= DSP_CHART_MAX_BARS)
    {
      g_free (note);
      note = total_of (chart);
    }
  gtk_label_set_text (GTK_LABEL (self->note), note != NULL ? note : "");
  gtk_widget_set_visible (self->note, note != NULL);
  gtk_widget_set_sensitive (self->export, chart->bars->len > 0);
  dsp_chart_table_show (DSP_CHART_TABLE (self->table), chart);
}

/* ---- pressing ---- */

static void
open_bar (DspChartPane *self,
          guint         number,
          guint         series)
{
  const DspChart *chart = dsp_chart_ask_get (self->ask);
  const DspChartBar *bar;

  if (chart == NULL || number >= chart->bars->len)
    return;
  bar = &g_array_index (chart->bars, DspChartBar, number);
  if (bar->filters[MIN (series, 1)] != NULL)
    g_signal_emit (self, open_signal, 0, bar->filters[MIN (series, 1)]);
}

static void
on_view_pressed (GtkWidget    *view,
                 guint         bar,
                 guint         series,
                 DspChartPane *self)
{
  open_bar (self, bar, series);
}

static void
on_table_pressed (GtkWidget    *table,
                  guint         bar,
                  DspChartPane *self)
{
  open_bar (self, bar, 0);
}

/* ---- what is shown ---- */

static const DspField *
chosen_by (DspChartPane *self)
{
  guint chosen = self->card ? 0 : gtk_drop_down_get_selected (GTK_DROP_DOWN (self->by));

  return dsp_chart_by (self->kind, chosen < dsp_chart_info (self->kind)->n_by ? chosen : 0);
}

static DspDate
today (void)
{
  return dsp_text_local_day (g_get_real_time ());
}

static void
show_day (DspChartPane *self)
{
  DspDate day = self->day.day != 0 ? self->day : today ();
  g_autofree char *name = dsp_text_day_name (day);

  gtk_label_set_text (GTK_LABEL (self->day_label), name);
  gtk_widget_set_sensitive (self->next_day, self->day.day != 0);
}

static void
ask (DspChartPane *self)
{
  if (!self->filling)
    dsp_chart_ask_for (self->ask, self->kind, chosen_by (self), self->day);
}

static void
step_day (DspChartPane *self,
          int           by)
{
  DspDate now = today (), day = { (self->day.day != 0 ? self->day.day : now.day) + by };

  /* Today goes on by itself. */
  self->day = day.day >= now.day ? (DspDate) { 0 } : day;
  show_day (self);
  ask (self);
}

static void
on_previous_day (DspChartPane *self)
{
  step_day (self, -1);
}

static void
on_next_day (DspChartPane *self)
{
  step_day (self, 1);
}

void
dsp_chart_pane_show (DspChartPane *self,
                     DspChartKind  kind)
{
  const DspChartInfo *info = dsp_chart_info (kind);
  const char *title = _(DspChartKind_words.list[kind].label);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);

  self->kind = kind;
  if (self->card)
    {
      gtk_button_set_label (GTK_BUTTON (self->title), title);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->title), "s", DspChartKind_words.list[kind].name);
      ask (self);
      return;
    }
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->sentence), _(info->sentence));
  self->filling = TRUE;
  for (guint i = 0; i < info->n_by; i++)
    {
      g_autofree char *name = dsp_chart_by_label (dsp_chart_by (kind, i));

      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->by), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->by), 0);
  self->filling = FALSE;
  gtk_widget_set_visible (self->by, info->n_by > 1);
  gtk_widget_set_visible (self->day_box, kind == DSP_CHART_HOURS);
  self->day = (DspDate) { 0 };
  show_day (self);
  ask (self);
}

static void
action_export (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DspChartPane *self = DSP_CHART_PANE (widget);
  const DspChart *chart = dsp_chart_ask_get (self->ask);

  for (guint i = 0; chart != NULL && i < DSP_N_CHART_FILES; i++)
    if (g_str_equal (dsp_chart_file_words[i], g_variant_get_string (parameter, NULL)))
      dsp_chart_export (widget, self->office, chart, i);
}

/* ---- object ---- */

static void
dsp_chart_pane_dispose (GObject *object)
{
  DspChartPane *self = DSP_CHART_PANE (object);

  g_clear_pointer (&self->ask, dsp_chart_ask_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_chart_pane_parent_class)->dispose (object);
}

static void
dsp_chart_pane_class_init (DspChartPaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_chart_pane_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "chart.export", "s", action_export);
  open_signal = g_signal_new ("open", DSP_TYPE_CHART_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
dsp_chart_pane_init (DspChartPane *self)
{
}

static GtkWidget *
make_arrow (DspChartPane *self,
            const char   *icon,
            const char   *name,
            GCallback     callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
make_export (void)
{
  static const struct { const char *label, *word; } files[] = {
    { N_("Picture (PNG)"), "png" }, { N_("Drawing (SVG)"), "svg" }, { N_("Document (PDF)"), "pdf" }, { N_("Figures (CSV)"), "csv" },
  };
  g_autoptr(GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *action = g_strdup_printf ("chart.export::%s", files[i].word);

      g_menu_append (menu, _(files[i].label), action);
    }
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _("Export"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Export"), -1);
  return button;
}

static GtkWidget *
make_head (DspChartPane *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_widget_add_css_class (self->title, "title-4");
  self->by = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_widget_set_tooltip_text (self->by, _("Divided by"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->by), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Divided by"), -1);
  g_signal_connect_swapped (self->by, "notify::selected", G_CALLBACK (ask), self);
  self->day_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->day_label = gtk_label_new (NULL);
  gtk_box_append (GTK_BOX (self->day_box), make_arrow (self, "go-previous-symbolic", _("The day before"), G_CALLBACK (on_previous_day)));
  gtk_box_append (GTK_BOX (self->day_box), self->day_label);
  self->next_day = make_arrow (self, "go-next-symbolic", _("The day after"), G_CALLBACK (on_next_day));
  gtk_box_append (GTK_BOX (self->day_box), self->next_day);
  self->export = make_export ();
  gtk_box_append (GTK_BOX (head), self->title);
  gtk_box_append (GTK_BOX (head), self->day_box);
  gtk_box_append (GTK_BOX (head), self->by);
  gtk_box_append (GTK_BOX (head), self->export);
  return head;
}

static GtkWidget *
make_view (DspChartPane *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->view = dsp_chart_view_new ();
  g_signal_connect (self->view, "pressed", G_CALLBACK (on_view_pressed), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static void
make_whole (DspChartPane *self)
{
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL), *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (self->box), make_head (self));
  self->sentence = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->sentence), 0);
  gtk_label_set_wrap (GTK_LABEL (self->sentence), TRUE);
  gtk_widget_add_css_class (self->sentence, "dim-label");
  gtk_box_append (GTK_BOX (self->box), self->sentence);
  gtk_box_append (GTK_BOX (left), make_view (self));
  self->note = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_label_set_wrap (GTK_LABEL (self->note), TRUE);
  gtk_widget_add_css_class (self->note, "numeric");
  gtk_box_append (GTK_BOX (left), self->note);
  gtk_widget_set_margin_end (left, 12);
  self->table = dsp_chart_table_new (self->office);
  g_signal_connect (self->table, "pressed", G_CALLBACK (on_table_pressed), self);
  gtk_paned_set_start_child (GTK_PANED (paned), left);
  gtk_paned_set_end_child (GTK_PANED (paned), self->table);
  gtk_paned_set_resize_end_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_vexpand (paned, TRUE);
  gtk_box_append (GTK_BOX (self->box), paned);
  gtk_widget_add_css_class (self->box, "dsp-chart-pane");
}

static void
make_card (DspChartPane *self)
{
  GtkWidget *label;

  self->title = gtk_button_new_with_label ("");
  label = gtk_button_get_child (GTK_BUTTON (self->title));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->title, "flat");
  gtk_widget_set_tooltip_text (self->title, _("Open this chart with its figures"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->title), "charts.show");
  gtk_box_append (GTK_BOX (self->box), self->title);
  gtk_box_append (GTK_BOX (self->box), make_view (self));
  gtk_widget_add_css_class (self->box, "card");
  gtk_widget_add_css_class (self->box, "dsp-chart-card");
}

GtkWidget *
dsp_chart_pane_new (DspOffice *office,
                    gboolean   card)
{
  DspChartPane *self = g_object_new (DSP_TYPE_CHART_PANE, NULL);

  self->office = g_object_ref (office);
  self->card = card;
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  if (card)
    make_card (self);
  else
    make_whole (self);
  self->ask = dsp_chart_ask_new (office, GTK_WIDGET (self), on_answer, self);
  return GTK_WIDGET (self);
}
