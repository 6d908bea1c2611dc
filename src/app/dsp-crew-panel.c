/* dsp-crew-panel.c: the crews beside the orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hundreds of crews in a recycling list. As with the orders, a new order of the cards refills the items in place; the
 * model only announces a difference in length. While something is dragged the cards keep their places.
 */
#define G_LOG_DOMAIN "dsp-crew-panel"

#include "config.h"
#include "dsp-crew-panel.h"

#include "dsp-crew-card.h"
#include "dsp-filter.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Nobody hands more than these to one crew: selecting a whole office asks no crew. */
#define MAX_ASKED 20000
#define EDGE_PX 48
#define SCROLL_STEP_PX 14

enum { SORT_CODE, SORT_LOAD, SORT_DISTANCE };
static const char *const sort_words[] = { "code", "load", "distance" };

struct _DspCrewPanel
{
  GtkWidget    parent_instance;

  DspOffice   *office;   /* (owned) */
  GListStore  *items;    /* (owned) of DspCrewItem */
  GHashTable  *expanded; /* (owned): crew ids of open cards */
  guint        update_id;
  guint        scroll_id;
  int          scroll_step;

  GtkWidget   *count;
  GtkWidget   *sort;
  GtkWidget   *search;
  GtkWidget   *only_able;
  GtkWidget   *stack;
  GtkWidget   *scroller;
  GtkListView *view;
};

G_DEFINE_FINAL_TYPE (DspCrewPanel, dsp_crew_panel, GTK_TYPE_WIDGET)

static void update_soon (DspCrewPanel *self);

/* ---- which, and in what order ---- */

static int
compare_load (gconstpointer a,
              gconstpointer b)
{
  const DspCrewFigures *x = a, *y = b;
  double lx = x->answer.capacity > 0 ? (double) x->load / x->answer.capacity : x->load;
  double ly = y->answer.capacity > 0 ? (double) y->load / y->answer.capacity : y->load;

  return (lx > ly) - (lx < ly);
}

static int
compare_distance (gconstpointer a,
                  gconstpointer b)
{
  const DspCrewFigures *x = a, *y = b;
  double dx = x->distance < 0 ? G_MAXDOUBLE : x->distance, dy = y->distance < 0 ? G_MAXDOUBLE : y->distance;

  return (dx > dy) - (dx < dy);
}

static gboolean
matches (const DspCrew *crew,
         GStrv          words)
{
  g_autofree char *text = g_strconcat (crew->code != NULL ? crew->code : "", " ", crew->name != NULL ? crew->name : "", NULL);
  g_autofree char *folded = dsp_fold (text);

  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (folded, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static void
update (DspCrewPanel *self)
{
  const GPtrArray *crews = dsp_office_records (self->office, &dsp_crew);
  const DspOrderTotals *totals = dsp_office_get_totals (self->office);
  GtkBitset *drag = dsp_office_get_drag (self->office);
  GtkBitset *asked = drag != NULL ? drag : dsp_office_get_selection (self->office);
  gboolean has_question = !gtk_bitset_is_empty (asked) && gtk_bitset_get_size (asked) <= MAX_ASKED;
  gboolean only_able = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->only_able));
  g_autofree char *folded = dsp_fold (gtk_editable_get_text (GTK_EDITABLE (self->search)));
  g_auto(GStrv) words = g_strsplit_set (folded, " \t", -1);
  g_autoptr(DspPlanOrders) orders = has_question ? dsp_office_plan (self->office, asked) : NULL;
  g_autoptr(GArray) figures = g_array_new (FALSE, TRUE, sizeof (DspCrewFigures));
  g_autofree char *count = NULL;
  guint n_items, n_active = 0;

  for (guint i = 0; i < crews->len; i++)
    {
      const DspCrew *crew = crews->pdata[i];
      const DspCrewLoad *load = totals != NULL ? dsp_order_totals_crew (totals, &crew->id) : NULL;
      DspCrewFigures one = { .crew_id = crew->id, .distance = -1 };

      if (crew->retired == DSP_YES)
        continue;
      n_active++;
      if (!matches (crew, words))
        continue;
      if (load != NULL)
        {
          one.load = load->today;
          one.penalized = load->penalized;
        }
      if (orders != NULL)
        {
          guint n;
          const DspPlanStop *stops = dsp_office_get_stops (self->office, &crew->id, NULL, &n);

          dsp_office_answer (self->office, orders, crew, &one.answer);
          one.answer.skill = one.answer.skill != NULL ? g_intern_string (one.answer.skill) : NULL;
          one.answer.closed = one.answer.closed != NULL ? g_intern_string (one.answer.closed) : NULL;
          one.asked = TRUE;
          one.distance = dsp_plan_distance (orders, crew, stops, n);
          if (only_able && drag == NULL && (one.answer.errors != 0 || one.answer.warnings != 0))
            continue;
        }
      else
        one.answer.capacity = crew->capacity.is_set ? (guint) MAX (crew->capacity.value, 0) : 0;
      one.expanded = g_hash_table_contains (self->expanded, &crew->id);
      g_array_append_val (figures, one);
    }

  switch (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->sort)))
    {
    case SORT_LOAD:
      g_array_sort (figures, compare_load);
      break;
    case SORT_DISTANCE:
      if (has_question)
        g_array_sort (figures, compare_distance);
      break;
    default: /* as dsp_office_records() gives them: by code */
      break;
    }

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  if (drag != NULL)
    {
      /* Same places, new answers. */
      g_autoptr(GHashTable) by_id = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);

      for (guint i = 0; i < figures->len; i++)
        {
          DspCrewFigures *one = &g_array_index (figures, DspCrewFigures, i);

          g_hash_table_insert (by_id, &one->crew_id, one);
        }
      for (guint i = 0; i < n_items; i++)
        {
          g_autoptr(DspCrewItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
          DspCrewFigures *one = g_hash_table_lookup (by_id, &dsp_crew_item_get_figures (item)->crew_id);

          if (one == NULL)
            continue;
          one->key = dsp_crew_item_get_figures (item)->key;
          dsp_crew_item_set_figures (item, one);
        }
      return;
    }

  for (guint i = 0; i < figures->len; i++)
    g_array_index (figures, DspCrewFigures, i).key = i < 9 ? i + 1 : 0;
  for (guint i = 0; i < figures->len && i < n_items; i++)
    {
      g_autoptr(DspCrewItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      dsp_crew_item_set_figures (item, &g_array_index (figures, DspCrewFigures, i));
    }
  if (figures->len < n_items)
    g_list_store_splice (self->items, figures->len, n_items - figures->len, NULL, 0);
  else if (figures->len > n_items)
    {
      g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = n_items; i < figures->len; i++)
        {
          DspCrewItem *item = dsp_crew_item_new ();

          dsp_crew_item_set_figures (item, &g_array_index (figures, DspCrewFigures, i));
          g_ptr_array_add (added, item);
        }
      g_list_store_splice (self->items, n_items, 0, added->pdata, added->len);
    }
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), figures->len > 0 ? "list" : "empty");
  count = figures->len == n_active ? g_strdup_printf ("%u", n_active) : g_strdup_printf (_("%u of %u"), figures->len, n_active);
  gtk_label_set_text (GTK_LABEL (self->count), count);
}

static gboolean
update_cb (gpointer user_data)
{
  DspCrewPanel *self = user_data;

  self->update_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
update_soon (DspCrewPanel *self)
{
  if (self->update_id == 0 && self->office != NULL)
    self->update_id = g_timeout_add (30, update_cb, self);
}

static void
on_drag_changed (DspOffice    *office,
                 DspCrewPanel *self)
{
  /* The answers are there before the pointer is. */
  g_clear_handle_id (&self->update_id, g_source_remove);
  if (dsp_office_get_drag (office) != NULL)
    update (self);
  else
    update_soon (self);
}

static void
on_sort_chosen (GtkDropDown  *sort,
                GParamSpec   *pspec,
                DspCrewPanel *self)
{
  if (self->office == NULL)
    return;
  g_settings_set_string (dsp_office_get_settings (self->office), "crew-sort", sort_words[gtk_drop_down_get_selected (sort)]);
  update_soon (self);
}

static void
on_search_changed (GtkSearchEntry *search,
                   DspCrewPanel   *self)
{
  update_soon (self);
}

static void
on_only_able_toggled (GtkToggleButton *button,
                      DspCrewPanel    *self)
{
  update_soon (self);
}

static void
on_expanded (DspCrewCard  *card,
             const DspId  *crew_id,
             gboolean      expanded,
             DspCrewPanel *self)
{
  if (expanded)
    g_hash_table_add (self->expanded, g_memdup2 (crew_id, sizeof *crew_id));
  else
    g_hash_table_remove (self->expanded, crew_id);
  update_soon (self);
}

/* ---- scrolling while something hangs on the pointer ---- */

static gboolean
scroll_cb (gpointer user_data)
{
  DspCrewPanel *self = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + self->scroll_step);
  return G_SOURCE_CONTINUE;
}

static void
on_drag_motion (GtkDropControllerMotion *motion,
                double                   x,
                double                   y,
                DspCrewPanel            *self)
{
  int height = gtk_widget_get_height (self->scroller);

  self->scroll_step = y < EDGE_PX ? -SCROLL_STEP_PX : y > height - EDGE_PX ? SCROLL_STEP_PX : 0;
  if (self->scroll_step != 0 && self->scroll_id == 0)
    self->scroll_id = g_timeout_add (16, scroll_cb, self);
  else if (self->scroll_step == 0)
    g_clear_handle_id (&self->scroll_id, g_source_remove);
}

static void
on_drag_leave (GtkDropControllerMotion *motion,
               DspCrewPanel            *self)
{
  g_clear_handle_id (&self->scroll_id, g_source_remove);
}

/* ---- cards ---- */

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          DspCrewPanel             *self)
{
  GtkWidget *card = dsp_crew_card_new (self->office);

  g_signal_connect (card, "expanded", G_CALLBACK (on_expanded), self);
  gtk_list_item_set_child (item, card);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         DspCrewPanel             *self)
{
  dsp_crew_card_set_item (DSP_CREW_CARD (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           DspCrewPanel             *self)
{
  dsp_crew_card_set_item (DSP_CREW_CARD (gtk_list_item_get_child (item)), NULL);
}

/* ---- object ---- */

static void
dsp_crew_panel_dispose (GObject *object)
{
  DspCrewPanel *self = DSP_CREW_PANEL (object);
  GtkWidget *child;

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_handle_id (&self->scroll_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->items);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_crew_panel_parent_class)->dispose (object);
}

static void
dsp_crew_panel_finalize (GObject *object)
{
  g_hash_table_unref (DSP_CREW_PANEL (object)->expanded);
  G_OBJECT_CLASS (dsp_crew_panel_parent_class)->finalize (object);
}

static void
dsp_crew_panel_class_init (DspCrewPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_crew_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_crew_panel_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-crew-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, DspCrewPanel, count);
  gtk_widget_class_bind_template_child (widget_class, DspCrewPanel, sort);
  gtk_widget_class_bind_template_child (widget_class, DspCrewPanel, search);
  gtk_widget_class_bind_template_child (widget_class, DspCrewPanel, only_able);
  gtk_widget_class_bind_template_child (widget_class, DspCrewPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, DspCrewPanel, scroller);
  gtk_widget_class_bind_template_child (widget_class, DspCrewPanel, view);
  gtk_widget_class_bind_template_callback (widget_class, on_sort_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_only_able_toggled);
}

static void
dsp_crew_panel_init (DspCrewPanel *self)
{
  GtkEventController *motion;

  self->items = g_list_store_new (DSP_TYPE_CREW_ITEM);
  self->expanded = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  motion = gtk_drop_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_drag_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_drag_leave), self);
  gtk_widget_add_controller (self->scroller, motion);
}

void
dsp_crew_panel_set_office (DspCrewPanel *self,
                           DspOffice    *office)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autofree char *sort = g_settings_get_string (dsp_office_get_settings (office), "crew-sort");
  GtkNoSelection *model;

  g_return_if_fail (self->office == NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sort_words); i++)
    if (g_str_equal (sort, sort_words[i]))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->sort), i);
  self->office = g_object_ref (office);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);
  g_object_unref (factory);
  model = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->items)));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (model));
  g_object_unref (model);
  g_signal_connect_object (office, "refreshed", G_CALLBACK (update_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (update_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "selection-changed", G_CALLBACK (update_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "places-changed", G_CALLBACK (update_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "drag-changed", G_CALLBACK (on_drag_changed), self, 0);
  update (self);
}

const DspCrew *
dsp_crew_panel_get_crew (DspCrewPanel *self,
                         guint         key)
{
  g_autoptr(DspCrewItem) item = key > 0 ? g_list_model_get_item (G_LIST_MODEL (self->items), key - 1) : NULL;

  return item != NULL ? dsp_office_get (self->office, &dsp_crew, &dsp_crew_item_get_figures (item)->crew_id) : NULL;
}
