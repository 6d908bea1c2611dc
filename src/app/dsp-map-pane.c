/* dsp-map-pane.c: the map of the orders in the filter
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The map widget knows nothing of orders. Here the office's counts become areas and bubbles, its selection becomes codes
 * and pins, and what the person does on the map becomes the office's selection.
 */
#define G_LOG_DOMAIN "dsp-map-pane"

#include "config.h"
#include "dsp-map-pane.h"

#include "dsp-map-print.h"
#include "dsp-map-settings.h"
#include "dsp-order-view.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Single orders are drawn when not more than these lie in view. */
#define MAX_PINS 4000
/* Where crews are is looked at again at most so often. */
#define CREWS_MS 10000

struct _DspMapPane
{
  GtkWidget   parent_instance;

  DspOffice  *office;    /* (owned) */
  GPtrArray  *areas;     /* (owned) (nullable) of DspArea */
  GHashTable *blobs;     /* (owned): hash -> GBytes */
  GCancellable *cancellable;
  DspMapView *view;
  gboolean    first_fit_done;
  gboolean    setting;   /* we tell the map, not the person */
  DspDate     closed_from, closed_until; /* the days whose closed zones are shown */
  gint64      crews_shown_us;
  guint       crews_id;
  guint       areas_id;
  guint       fit_id;
};

G_DEFINE_FINAL_TYPE (DspMapPane, dsp_map_pane, GTK_TYPE_WIDGET)

static guint selected_signal;

/* ---- what the map shows ---- */

/* Once the panes have their places: a fit into a sliver shows half a continent. */
static gboolean
first_fit_cb (gpointer user_data)
{
  DspMapPane *self = user_data;

  if (gtk_widget_get_width (GTK_WIDGET (self)) < 200)
    return G_SOURCE_CONTINUE;
  self->fit_id = 0;
  self->first_fit_done = TRUE;
  dsp_map_view_zoom_to_fit (self->view);
  return G_SOURCE_REMOVE;
}

static void
show_counts (DspMapPane *self)
{
  const DspOrderResult *result = dsp_office_get_result (self->office);
  g_autoptr(GArray) counts = g_array_new (FALSE, TRUE, sizeof (DspMapCount));

  if (result == NULL)
    return;
  for (guint i = 0; i < result->by_postal_code->len; i++)
    {
      const DspPostalCount *code = &g_array_index (result->by_postal_code, DspPostalCount, i);
      DspMapCount count = { .code = code->postal_code, .n_unassigned = code->unassigned, .n_total = code->total,
                            .n_penalized = code->penalized, .n_at_risk = code->at_risk };

      if (code->postal_code != NULL)
        g_array_append_val (counts, count);
    }
  dsp_map_view_set_counts (self->view, (const DspMapCount *) counts->data, counts->len);
  if (!self->first_fit_done && self->fit_id == 0 && counts->len > 0 && !result->loading &&
      g_hash_table_size ((GHashTable *) dsp_office_get_places (self->office)) > 0)
    self->fit_id = g_timeout_add (250, first_fit_cb, self);
}

/* ---- closed zones ---- */

/* The days on view: those that the filter's attention date asks for, else today. */
static void
days_on_view (DspMapPane *self,
              DspDate    *from,
              DspDate    *until)
{
  const DspFilter *filter = dsp_office_get_filter (self->office);
  const DspField *field = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));

  *from = *until = dsp_text_local_day (g_get_real_time ());
  for (guint i = 0; i < filter->conditions->len; i++)
    {
      const DspCondition *condition = &g_array_index (filter->conditions, DspCondition, i);
      const DspAlternative *any = condition->any->len == 1 ? &g_array_index (condition->any, DspAlternative, 0) : NULL;

      if (condition->field == field && any != NULL && any->op == DSP_OP_RANGE && any->from > 0 && any->to > any->from &&
          any->to != G_MAXINT64)
        {
          *from = dsp_text_local_day (any->from);
          *until = dsp_text_local_day (any->to - 1);
        }
    }
}

static char *
dup_when (DspDate from,
          DspDate until,
          guint   n)
{
  g_autofree char *first = dsp_text_date (from), *last = dsp_text_date (until);

  if (from.day != until.day)
    /* Translators: of postal codes; two days */
    return g_strdup_printf (ngettext ("%u closed from %s to %s", "%u closed from %s to %s", n), n, first, last);
  if (from.day == dsp_text_local_day (g_get_real_time ()).day)
    return g_strdup_printf (ngettext ("%u postal code closed today", "%u postal codes closed today", n), n);
  /* Translators: of postal codes; a day */
  return g_strdup_printf (ngettext ("%u closed on %s", "%u closed on %s", n), n, first);
}

/* Why nobody works in @code on one of the days (nullable). */
static const char *
why_closed (const GPtrArray     *closures,
            const DspPostalCode *code)
{
  for (guint i = 0; i < closures->len; i++)
    {
      const DspZoneClosure *closure = closures->pdata[i];

      if (dsp_zone_covers ((const char *const *) closure->zone, code->code, code->municipality))
        return closure->reason != NULL ? closure->reason : "";
    }
  return NULL;
}

static void
show_closed (DspMapPane *self)
{
  const GPtrArray *all = dsp_office_records (self->office, &dsp_zone_closure);
  g_autoptr(GPtrArray) closures = g_ptr_array_new ();
  g_autoptr(GArray) closed = g_array_new (FALSE, FALSE, sizeof (DspMapClosed));
  g_autofree char *when = NULL;
  GHashTableIter iter;
  gpointer value;
  DspDate from, until;

  days_on_view (self, &from, &until);
  self->closed_from = from;
  self->closed_until = until;
  for (guint i = 0; i < all->len; i++)
    {
      DspZoneClosure *closure = all->pdata[i];

      if (closure->from.day <= until.day && closure->until.day >= from.day)
        g_ptr_array_add (closures, closure);
    }
  g_hash_table_iter_init (&iter, (GHashTable *) dsp_office_get_places (self->office));
  while (closures->len > 0 && g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspPostalCode *code = value;
      DspMapClosed one = { code->code, why_closed (closures, code) };

      if (one.why != NULL)
        g_array_append_val (closed, one);
    }
  when = dup_when (from, until, closed->len);
  dsp_map_view_set_closed (self->view, (const DspMapClosed *) closed->data, closed->len, when);
}

/* Another day may have come, or be asked for. */
static void
check_closed (DspMapPane *self)
{
  DspDate from, until;

  days_on_view (self, &from, &until);
  if (from.day != self->closed_from.day || until.day != self->closed_until.day)
    show_closed (self);
}

/* ---- places and areas ---- */

static void
show_places (DspMapPane *self)
{
  GHashTable *places = (GHashTable *) dsp_office_get_places (self->office);
  g_autoptr(GArray) list = g_array_new (FALSE, TRUE, sizeof (DspMapPlace));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, places);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspPostalCode *code = value;
      DspMapPlace place = { .code = code->code, .name = code->municipality };

      if (!code->lat_e7.is_set || !code->lon_e7.is_set)
        continue;
      place.lat_e7 = (gint32) code->lat_e7.value;
      place.lon_e7 = (gint32) code->lon_e7.value;
      place.approximate = code->source == DSP_PLACE_GEONAMES || code->source == DSP_PLACE_MUNICIPALITY;
      g_array_append_val (list, place);
    }
  dsp_map_view_set_places (self->view, (const DspMapPlace *) list->data, list->len);
  show_closed (self);
  show_counts (self);
}

static void
show_areas (DspMapPane *self)
{
  g_autoptr(GArray) list = g_array_new (FALSE, TRUE, sizeof (DspMapArea));

  for (guint i = 0; self->areas != NULL && i < self->areas->len; i++)
    {
      const DspArea *area = self->areas->pdata[i];
      GBytes *geometry = area->geometry != NULL ? g_hash_table_lookup (self->blobs, area->geometry) : NULL;
      DspMapArea one = { .code = area->code, .geometry = geometry };

      if (geometry != NULL && area->code != NULL)
        g_array_append_val (list, one);
    }
  dsp_map_view_set_areas (self->view, (const DspMapArea *) list->data, list->len);
}

static void
blobs_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspMapPane) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) blobs = dsp_replica_blobs_finish (DSP_REPLICA (source), res, &error);

  if (blobs == NULL || self->view == NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not read the boundaries: %s", error->message);
      return;
    }
  g_hash_table_remove_all (self->blobs);
  for (guint i = 0; i < blobs->len; i++)
    {
      const DspBlob *blob = blobs->pdata[i];

      g_hash_table_insert (self->blobs, g_strdup (blob->hash), g_bytes_ref (blob->bytes));
    }
  show_areas (self);
}

static void
areas_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspMapPane) self = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *areas = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (areas == NULL || self->view == NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not read the areas: %s", error->message);
      g_clear_pointer (&areas, g_ptr_array_unref);
      return;
    }
  g_clear_pointer (&self->areas, g_ptr_array_unref);
  self->areas = areas;
  dsp_replica_blobs_async (dsp_office_get_replica (self->office), self->cancellable, blobs_cb, g_object_ref (self));
}

static gboolean
load_areas_cb (gpointer user_data)
{
  DspMapPane *self = user_data;
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_area);

  self->areas_id = 0;
  dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 0, self->cancellable, areas_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Boundaries come by the dozen during a first copy: read them when it has been quiet for a moment. */
static void
load_areas (DspMapPane *self)
{
  g_clear_handle_id (&self->areas_id, g_source_remove);
  self->areas_id = g_timeout_add (300, load_areas_cb, self);
}

/* Their bases, then over them where they were last today. */
static void
show_crews (DspMapPane *self)
{
  const GPtrArray *crews = dsp_office_records (self->office, &dsp_crew);
  g_autoptr(GHashTable) seen = dsp_office_dup_crews_seen (self->office);
  g_autoptr(GPtrArray) ages = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) list = g_array_new (FALSE, TRUE, sizeof (DspMapCrew)), last = g_array_new (FALSE, TRUE, sizeof (DspMapCrew));
  gint64 now_us = g_get_real_time ();

  for (guint i = 0; i < crews->len; i++)
    {
      const DspCrew *crew = crews->pdata[i];
      const DspCrewSeen *where = g_hash_table_lookup (seen, &crew->id);
      DspMapCrew one = { .id = crew->id, .code = crew->code, .name = crew->name };

      if (crew->retired == DSP_YES)
        continue;
      if (crew->home_lat_e7.is_set && crew->home_lon_e7.is_set)
        {
          one.lat_e7 = (gint32) crew->home_lat_e7.value;
          one.lon_e7 = (gint32) crew->home_lon_e7.value;
          g_array_append_val (list, one);
        }
      if (where == NULL)
        continue;
      one.lat_e7 = where->lat_e7;
      one.lon_e7 = where->lon_e7;
      one.seen = dsp_text_ago (where->at_us, now_us);
      g_ptr_array_add (ages, (gpointer) one.seen);
      g_array_append_val (last, one);
    }
  g_array_append_vals (list, last->data, last->len);
  dsp_map_view_set_crews (self->view, (const DspMapCrew *) list->data, list->len);
  self->crews_shown_us = now_us;
}

static gboolean
crews_later (gpointer user_data)
{
  DspMapPane *self = user_data;

  self->crews_id = 0;
  show_crews (self);
  return G_SOURCE_REMOVE;
}

/* What happened may have moved one; at most so often. */
static void
show_crews_soon (DspMapPane *self)
{
  gint64 left_ms = CREWS_MS - (g_get_real_time () - self->crews_shown_us) / 1000;

  if (self->crews_id == 0)
    self->crews_id = g_timeout_add ((guint) CLAMP (left_ms, 1, CREWS_MS), crews_later, self);
}

static void
show_pins (DspMapPane *self)
{
  g_autoptr(GArray) pins = g_array_new (FALSE, TRUE, sizeof (DspMapPin));
  g_autoptr(GHashTable) near = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  GHashTable *places = (GHashTable *) dsp_office_get_places (self->office);
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (self->office));
  DspGeoBox region;
  DspClock clock;
  GHashTableIter iter;
  gpointer key, value;
  const guint32 *rows;
  guint n;

  if (!dsp_map_view_wants_pins (self->view))
    {
      dsp_map_view_set_pins (self->view, NULL, 0);
      return;
    }
  /* The index has no coordinates: first the codes around the region, then their orders. */
  region = dsp_map_view_get_region (self->view);
  near = g_hash_table_new (g_str_hash, g_str_equal);
  labels = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, places);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const DspPostalCode *code = value;
      gint64 margin = 300000; /* 0.03 degrees: codes are a few kilometres wide */

      if (code->lat_e7.is_set && code->lat_e7.value >= region.south - margin && code->lat_e7.value <= region.north + margin &&
          code->lon_e7.value >= region.west - margin && code->lon_e7.value <= region.east + margin)
        g_hash_table_add (near, key);
    }
  dsp_office_get_clock (self->office, &clock);
  rows = dsp_office_get_rows (self->office, &n);
  for (guint i = 0; i < n && pins->len < MAX_PINS; i++)
    {
      const char *code = dsp_order_index_postal_code (index, rows[i]);
      const DspOrder *order;
      const DspCrew *crew;
      DspMapPin pin = { 0 };

      if (code == NULL || !g_hash_table_contains (near, code))
        continue;
      order = dsp_office_get_order (self->office, rows[i]);
      if (order == NULL || !order->lat_e7.is_set || !order->lon_e7.is_set || !dsp_order_is_open (order))
        continue;
      pin.id = order->id;
      pin.lat_e7 = (gint32) order->lat_e7.value;
      pin.lon_e7 = (gint32) order->lon_e7.value;
      pin.is_assigned = !dsp_id_is_none (&order->crew_id);
      crew = pin.is_assigned ? dsp_office_get (self->office, &dsp_crew, &order->crew_id) : NULL;
      if (crew != NULL && crew->code != NULL)
        dsp_map_crew_colour (crew->code, &pin.crew_colour);
      pin.urgency = dsp_map_urgency (order, &clock);
      g_ptr_array_add (labels, g_strdup (order->number));
      pin.label = labels->pdata[labels->len - 1];
      g_array_append_val (pins, pin);
    }
  dsp_map_view_set_pins (self->view, (const DspMapPin *) pins->data, pins->len);
}

static void
show_selection (DspMapPane *self)
{
  const DspOrderResult *result = dsp_office_get_tab_result (self->office);
  GtkBitset *selection = dsp_office_get_selection (self->office);
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (self->office));
  g_autoptr(GHashTable) selected = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) whole = g_ptr_array_new ();
  g_autoptr(GPtrArray) partial = g_ptr_array_new ();
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  GtkBitsetIter iter;
  guint row;

  if (self->setting || result == NULL)
    return;
  if (gtk_bitset_iter_init_first (&iter, selection, &row))
    do
      {
        const char *code = dsp_order_index_postal_code (index, row);

        if (code != NULL)
          g_hash_table_insert (selected, (gpointer) code,
                               GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (selected, code)) + 1));
        if (ids->len < MAX_PINS)
          g_array_append_vals (ids, dsp_order_index_id (index, row), 1);
      }
    while (gtk_bitset_iter_next (&iter, &row));
  for (guint i = 0; i < result->by_postal_code->len; i++)
    {
      const DspPostalCount *code = &g_array_index (result->by_postal_code, DspPostalCount, i);
      guint n = code->postal_code != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (selected, code->postal_code)) : 0;

      if (n > 0)
        g_ptr_array_add (n >= code->total ? whole : partial, (gpointer) code->postal_code);
    }
  g_ptr_array_add (whole, NULL);
  g_ptr_array_add (partial, NULL);
  self->setting = TRUE;
  dsp_map_view_set_selected_codes (self->view, (const char *const *) whole->pdata, (const char *const *) partial->pdata);
  dsp_map_view_set_selected_pins (self->view, (const DspId *) ids->data, ids->len);
  self->setting = FALSE;
}

static void
on_refreshed (DspOffice  *office,
              DspMapPane *self)
{
  check_closed (self);
  show_counts (self);
  show_pins (self);
  show_crews_soon (self);
  show_selection (self);
}

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspMapPane      *self)
{
  if (entity == NULL || entity == &dsp_crew)
    show_crews (self);
  if (entity == NULL || entity == &dsp_zone_closure)
    show_closed (self);
}

/* ---- what the person does ---- */

static void
select_rows (DspMapPane *self,
             GtkBitset  *rows)
{
  self->setting = TRUE; /* the map shows it already */
  dsp_office_select (self->office, rows);
  self->setting = FALSE;
  g_signal_emit (self, selected_signal, 0);
}

static void
on_codes_selected (DspMapView *view,
                   DspMapPane *self)
{
  g_auto(GStrv) codes = NULL;
  g_autoptr(GtkBitset) rows = NULL;

  if (self->setting)
    return;
  codes = dsp_map_view_dup_selected_codes (view);
  rows = dsp_office_rows_of_codes (self->office, (const char *const *) codes);
  select_rows (self, rows);
}

static GtkBitset *
rows_of_ids (DspMapPane *self,
             GArray     *ids)
{
  GtkBitset *rows = gtk_bitset_new_empty ();
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (self->office));

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      guint32 row = dsp_order_index_find (index, &g_array_index (ids, DspId, i));

      if (row != DSP_NO_ROW)
        gtk_bitset_add (rows, row);
    }
  return rows;
}

static void
on_pins_chosen (DspMapView *view,
                GArray     *ids,
                gboolean    extend,
                DspMapPane *self)
{
  g_autoptr(GtkBitset) rows = rows_of_ids (self, ids);

  if (extend)
    {
      GtkBitset *before = dsp_office_get_selection (self->office);

      /* Ctrl on one that is selected takes it out. */
      if (gtk_bitset_get_size (rows) == 1 && gtk_bitset_contains (before, gtk_bitset_get_minimum (rows)))
        {
          g_autoptr(GtkBitset) less = gtk_bitset_copy (before);

          gtk_bitset_subtract (less, rows);
          dsp_office_select (self->office, less);
          return;
        }
      gtk_bitset_union (rows, before);
    }
  dsp_office_select (self->office, rows);
  g_signal_emit (self, selected_signal, 0);
}

static void
on_pin_activated (DspMapView *view,
                  GBytes     *bytes,
                  DspMapPane *self)
{
  char id[DSP_ID_TEXT];

  if (g_bytes_get_size (bytes) != sizeof (DspId))
    return;
  dsp_id_print (g_bytes_get_data (bytes, NULL), id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-order", "s", id);
}

static GdkContentProvider *
on_drag_prepare (DspMapView *view,
                 GStrv       codes,
                 GArray     *pins,
                 DspMapPane *self)
{
  g_autoptr(GtkBitset) rows = NULL;

  if (codes != NULL && codes[0] != NULL)
    {
      GtkBitset *selection = dsp_office_get_selection (self->office);

      rows = dsp_office_rows_of_codes (self->office, (const char *const *) codes);
      /* A selected area of which only some orders are selected takes these along. */
      if (!gtk_bitset_is_empty (selection))
        {
          g_autoptr(GtkBitset) both = gtk_bitset_copy (rows);

          gtk_bitset_intersect (both, selection);
          if (!gtk_bitset_is_empty (both))
            {
              gtk_bitset_unref (rows);
              rows = gtk_bitset_copy (selection);
            }
        }
    }
  else
    {
      GtkBitset *selection = dsp_office_get_selection (self->office);

      rows = rows_of_ids (self, pins);
      if (gtk_bitset_get_size (rows) == 1 && gtk_bitset_contains (selection, gtk_bitset_get_minimum (rows)))
        {
          gtk_bitset_unref (rows);
          rows = gtk_bitset_copy (selection);
        }
    }
  if (gtk_bitset_is_empty (rows))
    return NULL;
  g_object_set_data_full (G_OBJECT (self), "dragged", gtk_bitset_ref (rows), (GDestroyNotify) gtk_bitset_unref);
  return dsp_order_drag_content (self->office, rows);
}

static void
on_drag_begin (DspMapView *view,
               GdkDrag    *drag,
               DspMapPane *self)
{
  GtkBitset *rows = g_object_get_data (G_OBJECT (self), "dragged");

  if (rows == NULL)
    return;
  dsp_order_drag_icon (drag, (guint) gtk_bitset_get_size (rows));
  dsp_office_set_drag (self->office, rows);
}

static void
on_drag_end (DspMapView *view,
             GdkDrag    *drag,
             DspMapPane *self)
{
  g_object_set_data (G_OBJECT (self), "dragged", NULL);
  dsp_office_set_drag (self->office, NULL);
}

/* ---- what the other button offers ---- */

static void
on_menu_closed (GtkPopover *menu)
{
  /* Its item's action runs first. */
  g_idle_add_once ((GSourceOnceFunc) gtk_widget_unparent, menu);
}

static void
on_secondary_pressed (GtkGestureClick *click,
                      int              n_press,
                      double           x,
                      double           y,
                      DspMapPane      *self)
{
  g_autoptr(GMenu) model = g_menu_new ();
  GtkWidget *menu;

  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  if (!gtk_bitset_is_empty (dsp_office_get_selection (self->office)))
    g_menu_append (model, _("Close these zones for a day…"), "win.closed-zones");
  g_menu_append (model, _("Print the map…"), "win.print-map");
  menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (model));
  gtk_widget_set_parent (menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (menu), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  g_signal_connect (menu, "closed", G_CALLBACK (on_menu_closed), NULL);
  gtk_popover_popup (GTK_POPOVER (menu));
}

/* ---- settings ---- */

static void
on_colour_chosen (DspMapView *view,
                  GParamSpec *pspec,
                  DspMapPane *self)
{
  DspMapColour colour = dsp_map_view_get_colour (view);

  if (colour <= DSP_MAP_COLOUR_PENALIZED)
    g_settings_set_enum (dsp_office_get_settings (self->office), "map-colour", (int) colour);
}

static void
on_settings_changed (GSettings  *settings,
                     const char *key,
                     DspMapPane *self)
{
  if (g_str_equal (key, "map-source") || g_str_equal (key, "map-url") || g_str_equal (key, "map-mbtiles") ||
      g_str_equal (key, "map-attribution"))
    dsp_map_use_settings (self->view, self->office);
}

/* ---- object ---- */

static void
dsp_map_pane_dispose (GObject *object)
{
  DspMapPane *self = DSP_MAP_PANE (object);

  g_clear_handle_id (&self->crews_id, g_source_remove);
  g_clear_handle_id (&self->areas_id, g_source_remove);
  g_clear_handle_id (&self->fit_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->view != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->view));
  self->view = NULL;
  g_clear_object (&self->cancellable);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_map_pane_parent_class)->dispose (object);
}

static void
dsp_map_pane_finalize (GObject *object)
{
  DspMapPane *self = DSP_MAP_PANE (object);

  g_clear_pointer (&self->areas, g_ptr_array_unref);
  g_hash_table_unref (self->blobs);
  G_OBJECT_CLASS (dsp_map_pane_parent_class)->finalize (object);
}

static void
dsp_map_pane_class_init (DspMapPaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_map_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_map_pane_finalize;
  selected_signal = g_signal_new ("selected", DSP_TYPE_MAP_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_map_pane_init (DspMapPane *self)
{
  self->cancellable = g_cancellable_new ();
  self->blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

GtkWidget *
dsp_map_pane_new (DspOffice *office)
{
  DspMapPane *self = g_object_new (DSP_TYPE_MAP_PANE, NULL);
  GSettings *settings = dsp_office_get_settings (office);
  GtkGesture *click;

  self->office = g_object_ref (office);
  self->view = DSP_MAP_VIEW (dsp_map_view_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_secondary_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  dsp_map_view_set_colour (self->view, (DspMapColour) g_settings_get_enum (settings, "map-colour"));
  g_signal_connect (self->view, "notify::colour", G_CALLBACK (on_colour_chosen), self);
  g_signal_connect_object (settings, "changed", G_CALLBACK (on_settings_changed), self, 0);
  dsp_map_use_settings (self->view, office);
  /* Mexico, until there are orders to look at. */
  dsp_map_view_set_centre (self->view, 236000000, -1025000000, 4.5);

  g_signal_connect (self->view, "selection-changed", G_CALLBACK (on_codes_selected), self);
  g_signal_connect (self->view, "pins-chosen", G_CALLBACK (on_pins_chosen), self);
  g_signal_connect (self->view, "pin-activated", G_CALLBACK (on_pin_activated), self);
  g_signal_connect_swapped (self->view, "region-changed", G_CALLBACK (show_pins), self);
  g_signal_connect (self->view, "drag-prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (self->view, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (self->view, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_object (office, "refreshed", G_CALLBACK (on_refreshed), self, 0);
  g_signal_connect_object (office, "selection-changed", G_CALLBACK (show_selection), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "places-changed", G_CALLBACK (show_places), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "areas-changed", G_CALLBACK (load_areas), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  show_places (self);
  show_crews (self);
  load_areas (self);
  return GTK_WIDGET (self);
}

gboolean
dsp_map_pane_show_code (GtkWidget  *widget,
                        const char *code)
{
  return dsp_map_view_zoom_to_code (DSP_MAP_PANE (widget)->view, code);
}

void
dsp_map_pane_print (GtkWidget *widget,
                    GtkWindow *parent)
{
  dsp_map_print (parent, DSP_MAP_PANE (widget)->office, DSP_MAP_PANE (widget)->view);
}
