/* dsp-mileage-filter.c: which claims of kilometres are shown, in which order, and how many of each there are
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-mileage-filter"

#include "config.h"
#include "dsp-mileage-filter.h"

#include "dsp-mileage-list.h"
#include "dsp-money-commands.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* @exceptions: those alone that stand out by the office's percentage. */
static const struct { const char *label, *filter; bool exceptions; } views[] = {
  { NC_("claims", "To approve"), "state=submitted", false },
  { NC_("claims", "Above the proposal"), "state=submitted", true },
  { NC_("claims", "Captured"), "state=captured", false },
  { NC_("claims", "Approved"), "state=approved,adjusted", false },
  { NC_("claims", "Refused"), "state=rejected", false },
  { NC_("claims", "All"), "", false },
};
#define N_VIEWS G_N_ELEMENTS (views)
G_STATIC_ASSERT (N_VIEWS <= DSP_RECORD_QUERY_VIEWS);
enum { VIEW_TO_APPROVE = 0, VIEW_CAPTURED = 2 };

static const struct { const char *label; gsize by; bool descending; } orders[] = {
  { N_("Exceptions first"), offsetof (DspMileage, excess), true },
  { N_("Newest first"), offsetof (DspMileage, day), true },
  { N_("Oldest first"), offsetof (DspMileage, day), false },
  { N_("Longest first"), offsetof (DspMileage, claimed), true },
};

typedef enum { ANY_DAY, THIS_MONTH, LAST_MONTH, N_PERIODS } Period;
static const char *const periods[N_PERIODS] = { N_("Any day"), N_("This month"), N_("Last month") };

/* Records of which one is chosen, or all. */
typedef struct {
  const DspEntity *entity;
  const char      *field, *label, *any;
  GtkWidget       *menu;
  GArray          *ids;    /* (owned): of DspId, as in the menu after the first */
} Choice;

struct _DspMileageFilter
{
  GtkWidget  parent_instance;

  DspOffice *office;            /* (owned) */
  guint      view;
  bool       filling;
  GtkWidget *box;
  GtkWidget *menus;
  GtkWidget *views[N_VIEWS];
  Choice     crew, distributor;
  GtkWidget *period;
  GtkWidget *sort;
};

G_DEFINE_FINAL_TYPE (DspMileageFilter, dsp_mileage_filter, GTK_TYPE_WIDGET)

enum { CHANGED, NEW, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- what is asked for ---- */

static DspId
chosen (const Choice *choice)
{
  guint at = gtk_drop_down_get_selected (GTK_DROP_DOWN (choice->menu));

  return at > 0 && at <= choice->ids->len ? g_array_index (choice->ids, DspId, at - 1) : dsp_id_none;
}

static void
narrow_by_id (const Choice *choice,
              DspFilter    *filter)
{
  DspId id = chosen (choice);
  char text[DSP_ID_TEXT];

  dsp_id_print (&id, text);
  if (!dsp_id_is_none (&id))
    dsp_filter_set (filter, choice->field, text, NULL);
}

static void
narrow_by_period (DspMileageFilter *self,
                  DspFilter        *filter)
{
  guint period = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->period));
  DspDate today = dsp_text_local_day (g_get_real_time ());
  char day[16], from[16];
  g_autofree char *days = NULL;
  int year, month;

  if (period == ANY_DAY || period >= N_PERIODS)
    return;
  dsp_date_print (today, day);
  sscanf (day, "%d-%d", &year, &month);
  dsp_date_print (dsp_date_make (period == LAST_MONTH && month == 1 ? year - 1 : year,
                                 period != LAST_MONTH ? month : month == 1 ? 12 : month - 1, 1), from);
  if (period == LAST_MONTH)
    dsp_date_print ((DspDate) { dsp_date_make (year, month, 1).day - 1 }, day);
  days = g_strdup_printf ("%s..%s", from, day);
  dsp_filter_set (filter, "day", days, NULL);
}

static DspFilter *
make_filter (DspMileageFilter *self,
             guint             view)
{
  DspFilter *filter = dsp_filter_parse (&dsp_mileage, views[view].filter, NULL);

  if (views[view].exceptions)
    {
      g_autofree char *above = g_strdup_printf ("%" G_GINT64_FORMAT "..", dsp_mileage_tolerance (self->office) + 1);

      dsp_filter_set (filter, "excess", above, NULL);
    }
  narrow_by_id (&self->crew, filter);
  narrow_by_id (&self->distributor, filter);
  narrow_by_period (self, filter);
  return filter;
}

void
dsp_mileage_filter_get (DspMileageFilter *self,
                        DspRecordQuery   *query)
{
  guint order = MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->sort)), G_N_ELEMENTS (orders) - 1);

  *query = (DspRecordQuery) { .filter = make_filter (self, self->view), .sort = dsp_table_at (&dsp_mileage.table, orders[order].by),
                              .descending = orders[order].descending };
  for (guint i = 0; i < N_VIEWS; i++)
    query->views[i] = make_filter (self, i);
}

void
dsp_mileage_query_clear (DspRecordQuery *query)
{
  for (guint i = 0; i < DSP_RECORD_QUERY_VIEWS; i++)
    dsp_filter_free ((DspFilter *) query->views[i]);
  dsp_filter_free ((DspFilter *) query->filter);
}

gboolean
dsp_mileage_filter_is_plain (DspMileageFilter *self)
{
  DspId crew = chosen (&self->crew), distributor = chosen (&self->distributor);

  return dsp_id_is_none (&crew) && dsp_id_is_none (&distributor) && gtk_drop_down_get_selected (GTK_DROP_DOWN (self->period)) == ANY_DAY;
}

DspId
dsp_mileage_filter_get_crew (DspMileageFilter *self)
{
  return chosen (&self->crew);
}

/* ---- what is shown ---- */

static const char *
view_label (guint i)
{
  return g_dpgettext2 (NULL, "claims", views[i].label);
}

void
dsp_mileage_filter_show (DspMileageFilter      *self,
                         const DspRecordResult *result)
{
  for (guint i = 0; i < N_VIEWS; i++)
    {
      g_autofree char *text = g_strdup_printf ("%s %'u", view_label (i), result->in_view[i]);

      gtk_button_set_label (GTK_BUTTON (self->views[i]), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->views[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    }
}

static void
changed (DspMileageFilter *self)
{
  if (!self->filling)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_view (GtkToggleButton  *button,
         DspMileageFilter *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < N_VIEWS; i++)
    if (self->views[i] == GTK_WIDGET (button))
      self->view = i;
  changed (self);
}

void
dsp_mileage_filter_reset (DspMileageFilter *self)
{
  self->filling = true;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->crew.menu), 0);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->distributor.menu), 0);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->period), ANY_DAY);
  self->filling = false;
  changed (self);
}

static void
on_new (DspMileageFilter *self)
{
  g_signal_emit (self, signals[NEW], 0);
}

/* The one chosen stays, as long as it is there. */
static void
fill_choice (DspMileageFilter *self,
             Choice           *choice)
{
  const GPtrArray *records = dsp_office_records (self->office, choice->entity);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  DspId before = chosen (choice);
  guint selected = 0;

  g_array_set_size (choice->ids, 0);
  gtk_string_list_append (names, _(choice->any));
  for (guint i = 0; i < records->len; i++)
    {
      const DspRecord *record = records->pdata[i];
      g_autofree char *title = dsp_office_record_title (self->office, choice->entity, record);

      gtk_string_list_append (names, title);
      g_array_append_val (choice->ids, record->id);
      if (dsp_id_equal (&record->id, &before))
        selected = choice->ids->len;
    }
  self->filling = true;
  gtk_drop_down_set_model (GTK_DROP_DOWN (choice->menu), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice->menu), selected);
  self->filling = false;
  /* Whoever has one alone needs not choose. */
  gtk_widget_set_visible (choice->menu, records->len > 1);
}

static void
on_records_changed (DspOffice        *office,
                    const DspEntity  *entity,
                    DspMileageFilter *self)
{
  if (entity == NULL || entity == &dsp_crew)
    fill_choice (self, &self->crew);
  if (entity == NULL || entity == &dsp_distributor)
    fill_choice (self, &self->distributor);
}

/* ---- the widget ---- */

static void
dsp_mileage_filter_dispose (GObject *object)
{
  DspMileageFilter *self = DSP_MILEAGE_FILTER (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_mileage_filter_parent_class)->dispose (object);
}

static void
dsp_mileage_filter_finalize (GObject *object)
{
  g_array_unref (DSP_MILEAGE_FILTER (object)->crew.ids);
  g_array_unref (DSP_MILEAGE_FILTER (object)->distributor.ids);
  G_OBJECT_CLASS (dsp_mileage_filter_parent_class)->finalize (object);
}

static void
dsp_mileage_filter_class_init (DspMileageFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_mileage_filter_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_mileage_filter_finalize;
  signals[CHANGED] = g_signal_new ("changed", DSP_TYPE_MILEAGE_FILTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NEW] = g_signal_new ("new", DSP_TYPE_MILEAGE_FILTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_mileage_filter_init (DspMileageFilter *self)
{
  self->crew = (Choice) { &dsp_crew, "crew_id", N_("Crew"), N_("Every crew"), NULL, g_array_new (FALSE, FALSE, sizeof (DspId)) };
  self->distributor = (Choice) { &dsp_distributor, "distributor_id", N_("Distributor"), N_("Every distributor"), NULL,
                                 g_array_new (FALSE, FALSE, sizeof (DspId)) };
}

static void
add_view (DspMileageFilter *self,
          GtkWidget        *group,
          guint             i)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (view_label (i));

  if (i > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (self->views[0]));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), i == self->view);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "dsp-tab");
  gtk_widget_add_css_class (button, "numeric");
  self->views[i] = button;
  g_signal_connect (button, "toggled", G_CALLBACK (on_view), self);
  gtk_box_append (GTK_BOX (group), button);
}

/* A drop-down of @words (transfer full). */
static GtkWidget *
add_menu (DspMileageFilter *self,
          GtkStringList    *words,
          const char       *label)
{
  GtkWidget *menu = gtk_drop_down_new (G_LIST_MODEL (words), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));

  gtk_widget_add_css_class (menu, "dsp-small");
  gtk_accessible_update_property (GTK_ACCESSIBLE (menu), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_swapped (menu, "notify::selected", G_CALLBACK (changed), self);
  gtk_box_append (GTK_BOX (self->menus), menu);
  return menu;
}

static void
add_choice (DspMileageFilter *self,
            Choice           *choice)
{
  choice->menu = add_menu (self, gtk_string_list_new (NULL), _(choice->label));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (choice->menu), TRUE);
  gtk_widget_set_size_request (choice->menu, 150, -1);
  fill_choice (self, choice);
}

GtkWidget *
dsp_mileage_filter_new (DspOffice *office)
{
  DspMileageFilter *self = g_object_new (DSP_TYPE_MILEAGE_FILTER, NULL);
  GtkWidget *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *group = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *claim = gtk_button_new_with_label (_("Claim kilometres"));
  GtkStringList *names = gtk_string_list_new (NULL), *days = gtk_string_list_new (NULL);

  self->office = g_object_ref (office);
  self->view = dsp_office_may (office, &dsp_mileage_approve) ? VIEW_TO_APPROVE : VIEW_CAPTURED;
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->menus = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_hexpand (group, TRUE);
  for (guint i = 0; i < N_VIEWS; i++)
    add_view (self, group, i);
  gtk_box_append (GTK_BOX (first), group);
  gtk_box_append (GTK_BOX (self->box), first);
  gtk_box_append (GTK_BOX (self->box), self->menus);
  for (guint i = 0; i < N_PERIODS; i++)
    gtk_string_list_append (days, _(periods[i]));
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    gtk_string_list_append (names, _(orders[i].label));
  add_choice (self, &self->distributor);
  add_choice (self, &self->crew);
  self->period = add_menu (self, days, _("Day"));
  self->sort = add_menu (self, names, _("Order of the list"));
  gtk_widget_set_hexpand (self->sort, TRUE);
  gtk_widget_set_halign (self->sort, GTK_ALIGN_END);
  gtk_widget_add_css_class (claim, "suggested-action");
  gtk_widget_add_css_class (claim, "dsp-small");
  gtk_widget_set_visible (claim, dsp_office_may (office, &dsp_mileage_create));
  g_signal_connect_swapped (claim, "clicked", G_CALLBACK (on_new), self);
  gtk_box_append (GTK_BOX (first), claim);
  gtk_widget_add_css_class (self->box, "dsp-review-filter");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  return GTK_WIDGET (self);
}
