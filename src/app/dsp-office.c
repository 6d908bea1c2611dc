/* dsp-office.c: what the pages of a signed-in window share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-office"

#include "config.h"
#include "dsp-office.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

/* Rows that must be in order at once; the rest of a column that was never sorted by follows. */
#define N_FIRST 512
/* A crew's route is estimated over this many visits at most. */
#define MAX_STOPS 60
/* Of more orders than this only a sample is read in full; the others come from the index's columns. */
#define MAX_PLANNED 1000

typedef struct {
  GArray *stops; /* of DspPlanStop */
  GArray *rows;  /* of guint32 */
} Day;

struct _DspOffice
{
  GObject         parent_instance;

  DspReplica     *replica;    /* (owned) */
  DspSync        *sync;       /* (owned) (nullable) */
  GSettings      *settings;   /* (owned) */

  DspFilter      *filter;     /* (owned) */
  DspException    exception;
  DspTab          tab;
  const DspField *sort;
  bool            descending;

  DspOrderResult *result;     /* (owned) (nullable): whole filter */
  DspOrderResult *tab_result; /* (owned) (nullable) */
  DspOrderTotals *totals;     /* (owned) (nullable) */
  GtkBitset      *selection;  /* (owned) */
  GtkBitset      *drag;       /* (owned) (nullable) */

  GPtrArray      *lists[DSP_N_ENTITIES]; /* (owned) (nullable), by entity number */
  GHashTable     *places;     /* (owned): code -> DspPostalCode */
  GPtrArray      *place_list; /* (owned) */
  GHashTable     *days;       /* (owned) (nullable): crew id -> Day */

  GCancellable   *cancellable;
  GCancellable   *query_cancellable;
  guint           refresh_id;
  guint           tick_id;
  gint64          busy_until_us;
  gulong          changed_id, status_id, ready_id;
};

G_DEFINE_FINAL_TYPE (DspOffice, dsp_office, G_TYPE_OBJECT)

enum {
  SIGNAL_REFRESHED, SIGNAL_SELECTION_CHANGED, SIGNAL_FILTER_CHANGED, SIGNAL_PLACES_CHANGED, SIGNAL_AREAS_CHANGED,
  SIGNAL_STATUS_CHANGED, SIGNAL_DRAG_CHANGED, SIGNAL_RECORDS_CHANGED, SIGNAL_MESSAGE, N_SIGNALS
};
static guint signals[N_SIGNALS];

static const guint32 tab_states[DSP_N_TABS] = {
  [DSP_TAB_UNASSIGNED] = DSP_BIT (DSP_ORDER_UNASSIGNED) | DSP_BIT (DSP_ORDER_TO_RESCHEDULE),
  [DSP_TAB_ASSIGNED] = DSP_BIT (DSP_ORDER_ASSIGNED) | DSP_BIT (DSP_ORDER_IN_PROGRESS),
  [DSP_TAB_ALL] = G_MAXUINT32,
};

static void
day_free (gpointer data)
{
  Day *day = data;

  g_array_unref (day->stops);
  g_array_unref (day->rows);
  g_free (day);
}

static void
emit (DspOffice *self,
      guint      signal)
{
  g_signal_emit (self, signals[signal], 0);
}

/* ---- clock ---- */

void
dsp_office_get_clock (DspOffice *self,
                      DspClock  *clock)
{
  DspDate today, tomorrow;

  clock->now_us = g_get_real_time ();
  today = dsp_text_local_day (clock->now_us);
  tomorrow.day = today.day + 1;
  clock->day_from_us = dsp_text_day_starts (today).us;
  clock->day_to_us = dsp_text_day_starts (tomorrow).us;
  clock->risk_us = (gint64) g_settings_get_int (self->settings, "risk-hours") * G_TIME_SPAN_HOUR;
}

void
dsp_office_get_plan_clock (DspOffice    *self,
                           DspPlanClock *clock)
{
  clock->now_us = g_get_real_time ();
  clock->offset_us = dsp_text_offset_us (clock->now_us);
}

/* ---- refreshing ---- */

static char *
states_text (guint32 states)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 1; i < DSP_N_ORDER_STATUSES; i++)
    if (states & DSP_BIT (i))
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", DspOrderStatus_words.list[i].name);
  if (text->len == 0)
    g_string_append_c (text, '-');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The filter's own states and the tab's, both. */
static DspFilter *
filter_for_tab (DspOffice *self)
{
  DspFilter *filter = dsp_filter_dup (self->filter);
  g_autofree char *own = dsp_filter_get (self->filter, "status");
  g_autofree char *text = NULL;
  guint32 states = tab_states[self->tab];

  if (self->tab == DSP_TAB_ALL)
    return filter;
  if (own != NULL)
    {
      g_auto(GStrv) words = g_strsplit (own, ",", -1);
      guint32 wanted = 0;

      for (guint i = 0; words[i] != NULL; i++)
        wanted |= DSP_BIT (dsp_words_find (&DspOrderStatus_words, words[i], strlen (words[i])));
      states &= wanted;
    }
  text = states_text (states);
  dsp_filter_set (filter, "status", text, NULL);
  return filter;
}

static void
prune_selection (DspOffice *self)
{
  DspOrderIndex *index = dsp_replica_get_index (self->replica);

  if (gtk_bitset_is_empty (self->selection))
    return;
  /* Rows that left the index altogether were taken out when they went; an empty index has nothing. */
  if (dsp_order_index_n_orders (index) == 0)
    dsp_office_select (self, NULL);
}

static void
take_results (DspOffice      *self,
              DspOrderResult *result,
              DspOrderResult *tab_result)
{
  DspClock clock;

  g_clear_pointer (&self->result, dsp_order_result_free);
  g_clear_pointer (&self->tab_result, dsp_order_result_free);
  g_clear_pointer (&self->totals, dsp_order_totals_free);
  g_clear_pointer (&self->days, g_hash_table_unref);
  self->result = result;
  self->tab_result = tab_result;
  dsp_office_get_clock (self, &clock);
  self->totals = dsp_order_index_totals (dsp_replica_get_index (self->replica), &clock);
  prune_selection (self);
  emit (self, SIGNAL_REFRESHED);
}

static void
tab_query_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(DspOffice) self = user_data;
  g_autoptr(GError) error = NULL;
  DspOrderResult *tab_result = dsp_replica_query_finish (DSP_REPLICA (source), res, &error);
  DspOrderResult *whole;

  if (tab_result == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not query the orders: %s", error->message);
      return;
    }
  whole = g_object_steal_data (G_OBJECT (self), "whole-result");
  if (self->replica == NULL || whole == NULL)
    {
      dsp_order_result_free (tab_result);
      g_clear_pointer (&whole, dsp_order_result_free);
      return;
    }
  take_results (self, whole, tab_result);
}

static void
fill_query (DspOffice       *self,
            const DspFilter *filter,
            DspOrderQuery   *query)
{
  *query = (DspOrderQuery) { .filter = filter, .exception = self->exception, .sort = self->sort,
                             .descending = self->descending };
  dsp_office_get_clock (self, &query->clock);
}

static void
whole_query_cb (GObject      *source,
                GAsyncResult *res,
                gpointer      user_data)
{
  g_autoptr(DspOffice) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) filter = NULL;
  DspOrderResult *whole = dsp_replica_query_finish (DSP_REPLICA (source), res, &error);
  DspOrderQuery query;

  if (whole == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not query the orders: %s", error->message);
      return;
    }
  if (self->replica == NULL)
    {
      dsp_order_result_free (whole);
      return;
    }
  g_object_set_data_full (G_OBJECT (self), "whole-result", whole, (GDestroyNotify) dsp_order_result_free);
  filter = filter_for_tab (self);
  fill_query (self, filter, &query);
  dsp_replica_query_async (self->replica, &query, N_FIRST, self->query_cancellable, tab_query_cb, g_object_ref (self));
}

static void
refresh_now (DspOffice *self)
{
  g_autoptr(DspFilter) tab_filter = filter_for_tab (self);
  DspOrderQuery query, tab_query;
  DspOrderResult *result, *tab_result;
  gint64 began = g_get_monotonic_time ();

  fill_query (self, self->filter, &query);
  fill_query (self, tab_filter, &tab_query);
  g_cancellable_cancel (self->query_cancellable);
  g_clear_object (&self->query_cancellable);
  self->query_cancellable = g_cancellable_new ();

  result = dsp_replica_query_now (self->replica, &query, 0);
  if (result == NULL)
    {
      dsp_replica_query_async (self->replica, &query, 0, self->query_cancellable, whole_query_cb, g_object_ref (self));
      return;
    }
  tab_result = dsp_replica_query_now (self->replica, &tab_query, N_FIRST);
  if (tab_result == NULL)
    {
      /* The same conditions but for the state: if one could be answered at once, so can the other. */
      dsp_order_result_free (result);
      dsp_replica_query_async (self->replica, &query, 0, self->query_cancellable, whole_query_cb, g_object_ref (self));
      return;
    }
  take_results (self, result, tab_result);
  /* While changes pour in, at most half of the time goes into showing them. */
  self->busy_until_us = g_get_monotonic_time () + (g_get_monotonic_time () - began);
}

static gboolean
refresh_cb (gpointer user_data)
{
  DspOffice *self = user_data;

  self->refresh_id = 0;
  refresh_now (self);
  return G_SOURCE_REMOVE;
}

void
dsp_office_refresh (DspOffice *self)
{
  gint64 wait_us = self->busy_until_us - g_get_monotonic_time ();

  if (self->refresh_id != 0 || self->replica == NULL)
    return;
  if (wait_us > 1000)
    self->refresh_id = g_timeout_add_full (G_PRIORITY_HIGH_IDLE, (guint) MIN (wait_us / 1000, 500), refresh_cb, self, NULL);
  else
    self->refresh_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, refresh_cb, self, NULL);
}

/* Time passes: orders become at risk and penalized by themselves. */
static gboolean
tick_cb (gpointer user_data)
{
  dsp_office_refresh (user_data);
  return G_SOURCE_CONTINUE;
}

/* ---- places ---- */

static void
places_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(DspOffice) self = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *list = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);
  g_autoptr(GPtrArray) codes = NULL;

  if (list == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not read the postal codes: %s", error->message);
      return;
    }
  g_hash_table_remove_all (self->places);
  g_clear_pointer (&self->place_list, g_ptr_array_unref);
  self->place_list = list;
  for (guint i = 0; i < list->len; i++)
    {
      DspPostalCode *place = list->pdata[i];

      if (place->code != NULL)
        g_hash_table_insert (self->places, place->code, place);
    }
  emit (self, SIGNAL_PLACES_CHANGED);
  dsp_office_refresh (self);
}

static void
load_places (DspOffice *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_postal_code);

  dsp_replica_find_async (self->replica, filter, 0, self->cancellable, places_cb, g_object_ref (self));
}

/* ---- the replica's signals ---- */

static void
forget_list (DspOffice       *self,
             const DspEntity *entity)
{
  g_clear_pointer (&self->lists[entity->number], g_ptr_array_unref);
}

static void
on_changed (DspReplica *replica,
            DspChanges *changes,
            DspOffice  *self)
{
  gboolean touched[DSP_N_ENTITIES + 1] = { FALSE };
  g_autoptr(GtkBitset) gone = gtk_bitset_new_empty ();

  if (changes->reset)
    {
      for (guint i = 0; i < DSP_N_ENTITIES; i++)
        g_clear_pointer (&self->lists[i], g_ptr_array_unref);
      dsp_office_select (self, NULL);
      load_places (self);
      g_signal_emit (self, signals[SIGNAL_RECORDS_CHANGED], 0, NULL);
      emit (self, SIGNAL_AREAS_CHANGED);
      dsp_office_refresh (self);
      return;
    }

  for (guint i = 0; i < changes->list->len; i++)
    {
      const DspRecordChange *change = &g_array_index (changes->list, DspRecordChange, i);

      touched[change->entity->number] = TRUE;
      if (change->entity == &dsp_order && change->deleted && change->row != DSP_NO_ROW)
        gtk_bitset_add (gone, change->row);
    }
  if (!gtk_bitset_is_empty (gone))
    {
      g_autoptr(GtkBitset) left = gtk_bitset_copy (self->selection);

      gtk_bitset_subtract (left, gone);
      if (!gtk_bitset_equals (left, self->selection))
        dsp_office_select (self, left);
    }
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      const DspEntity *entity = dsp_entities[i];

      if (!touched[entity->number] || entity == &dsp_order)
        continue;
      forget_list (self, entity);
      if (entity == &dsp_postal_code)
        load_places (self);
      else if (entity == &dsp_area)
        emit (self, SIGNAL_AREAS_CHANGED);
      g_signal_emit (self, signals[SIGNAL_RECORDS_CHANGED], 0, entity);
    }
  if (changes->blobs && !touched[dsp_area.number])
    emit (self, SIGNAL_AREAS_CHANGED);
  if (touched[dsp_order.number] || touched[dsp_crew.number] || touched[dsp_postal_code.number])
    dsp_office_refresh (self);
}

static void
on_status_changed (DspReplica *replica,
                   DspOffice  *self)
{
  emit (self, SIGNAL_STATUS_CHANGED);
}

static void
on_order_ready (DspReplica *replica,
                DspOffice  *self)
{
  dsp_office_refresh (self);
}

static void
on_settings_changed (GSettings  *settings,
                     const char *key,
                     DspOffice  *self)
{
  if (g_str_equal (key, "time-zone"))
    {
      g_autofree char *name = g_settings_get_string (settings, key);

      dsp_text_set_zone (name);
    }
  if (g_str_equal (key, "time-zone") || g_str_equal (key, "risk-hours"))
    dsp_office_refresh (self);
}

/* ---- object ---- */

void
dsp_office_close (DspOffice *self)
{
  if (self->replica == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->query_cancellable);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_signal_handler (&self->changed_id, self->replica);
  g_clear_signal_handler (&self->status_id, self->replica);
  g_clear_signal_handler (&self->ready_id, self->replica);
  g_signal_handlers_disconnect_by_data (self->settings, self);
}

static void
dsp_office_dispose (GObject *object)
{
  DspOffice *self = DSP_OFFICE (object);

  dsp_office_close (self);
  g_clear_object (&self->sync);
  g_clear_object (&self->replica);
  g_clear_object (&self->settings);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->query_cancellable);
  G_OBJECT_CLASS (dsp_office_parent_class)->dispose (object);
}

static void
dsp_office_finalize (GObject *object)
{
  DspOffice *self = DSP_OFFICE (object);

  g_clear_pointer (&self->filter, dsp_filter_free);
  g_clear_pointer (&self->result, dsp_order_result_free);
  g_clear_pointer (&self->tab_result, dsp_order_result_free);
  g_clear_pointer (&self->totals, dsp_order_totals_free);
  g_clear_pointer (&self->selection, gtk_bitset_unref);
  g_clear_pointer (&self->drag, gtk_bitset_unref);
  g_clear_pointer (&self->days, g_hash_table_unref);
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_clear_pointer (&self->place_list, g_ptr_array_unref);
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    g_clear_pointer (&self->lists[i], g_ptr_array_unref);
  G_OBJECT_CLASS (dsp_office_parent_class)->finalize (object);
}

static void
dsp_office_class_init (DspOfficeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  static const struct { guint id; const char *name; } plain[] = {
    { SIGNAL_REFRESHED, "refreshed" }, { SIGNAL_SELECTION_CHANGED, "selection-changed" },
    { SIGNAL_FILTER_CHANGED, "filter-changed" }, { SIGNAL_PLACES_CHANGED, "places-changed" },
    { SIGNAL_AREAS_CHANGED, "areas-changed" }, { SIGNAL_STATUS_CHANGED, "status-changed" }, { SIGNAL_DRAG_CHANGED, "drag-changed" },
  };

  object_class->dispose = dsp_office_dispose;
  object_class->finalize = dsp_office_finalize;
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    signals[plain[i].id] = g_signal_new (plain[i].name, DSP_TYPE_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  signals[SIGNAL_RECORDS_CHANGED] = g_signal_new ("records-changed", DSP_TYPE_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", DSP_TYPE_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                          2, G_TYPE_STRING, G_TYPE_INT64);
}

static void
dsp_office_init (DspOffice *self)
{
  self->cancellable = g_cancellable_new ();
  self->selection = gtk_bitset_new_empty ();
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  self->filter = dsp_filter_new (&dsp_order);
}

DspOffice *
dsp_office_new (DspReplica *replica,
                GSettings  *settings)
{
  DspOffice *self = g_object_new (DSP_TYPE_OFFICE, NULL);
  g_autofree char *zone = g_settings_get_string (settings, "time-zone");
  g_autofree char *sort = g_settings_get_string (settings, "sort");
  g_autofree char *filter = g_settings_get_string (settings, "filter");
  const char *column = *sort == '-' ? sort + 1 : sort;
  DspFilter *last;

  self->replica = g_object_ref (replica);
  self->settings = g_object_ref (settings);
  dsp_text_set_zone (zone);
  self->descending = *sort == '-';
  self->sort = dsp_table_find (&dsp_order.table, column, strlen (column));
  if (self->sort == NULL)
    self->sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, penalty_at));
  last = dsp_filter_parse (&dsp_order, filter, NULL);
  if (last != NULL)
    {
      dsp_filter_free (self->filter);
      self->filter = last;
    }

  self->changed_id = g_signal_connect (replica, "changed", G_CALLBACK (on_changed), self);
  self->status_id = g_signal_connect (replica, "status-changed", G_CALLBACK (on_status_changed), self);
  self->ready_id = g_signal_connect (replica, "order-ready", G_CALLBACK (on_order_ready), self);
  g_signal_connect (settings, "changed", G_CALLBACK (on_settings_changed), self);
  self->tick_id = g_timeout_add_seconds (30, tick_cb, self);
  load_places (self);
  dsp_office_refresh (self);
  return self;
}

DspReplica *dsp_office_get_replica (DspOffice *self) { return self->replica; }
GSettings *dsp_office_get_settings (DspOffice *self) { return self->settings; }
DspSync *dsp_office_get_sync (DspOffice *self) { return self->sync; }

void
dsp_office_set_sync (DspOffice *self,
                     DspSync   *sync)
{
  g_set_object (&self->sync, sync);
}

bool
dsp_office_may (DspOffice        *self,
                const DspCommand *command)
{
  const DspActor *actor = dsp_replica_get_actor (self->replica);

  return actor != NULL && dsp_actor_may (actor, dsp_command_number (command), g_get_real_time ());
}

bool
dsp_office_opens (DspOffice *self,
                  DspModule  module)
{
  const DspActor *actor = dsp_replica_get_actor (self->replica);

  return actor != NULL && dsp_actor_may (actor, module, g_get_real_time ());
}

/* ---- records ---- */

typedef struct { char *key; gpointer record; } Keyed;

static int
compare_keyed (gconstpointer a,
               gconstpointer b)
{
  return strcmp (((const Keyed *) a)->key, ((const Keyed *) b)->key);
}

/* As people read them: C-9 before C-10. */
static GPtrArray *
sorted (DspOffice       *self,
        const DspEntity *entity,
        GPtrArray       *list)
{
  g_autofree Keyed *keyed = g_new (Keyed, list->len + 1);

  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *title = dsp_office_record_title (self, entity, list->pdata[i]);

      keyed[i].key = g_utf8_collate_key_for_filename (title != NULL ? title : "", -1);
      keyed[i].record = list->pdata[i];
    }
  qsort (keyed, list->len, sizeof *keyed, compare_keyed);
  for (guint i = 0; i < list->len; i++)
    {
      list->pdata[i] = keyed[i].record;
      g_free (keyed[i].key);
    }
  return list;
}

const GPtrArray *
dsp_office_records (DspOffice       *self,
                    const DspEntity *entity)
{
  if (self->lists[entity->number] == NULL)
    self->lists[entity->number] = sorted (self, entity, dsp_replica_list (self->replica, entity));
  return self->lists[entity->number];
}

gconstpointer
dsp_office_get (DspOffice       *self,
                const DspEntity *entity,
                const DspId     *id)
{
  return dsp_id_is_none (id) ? NULL : dsp_replica_get (self->replica, entity, id);
}

char *
dsp_office_record_title (DspOffice       *self,
                         const DspEntity *entity,
                         gconstpointer    record)
{
  const DspField *code = dsp_table_find (&entity->table, "code", 4);
  const DspField *name = dsp_table_find (&entity->table, "name", 4);

  if (code != NULL && name != NULL)
    {
      const char *c = *dsp_field_text (code, record), *n = *dsp_field_text (name, record);

      if (c != NULL && n != NULL)
        return g_strdup_printf ("%s %s", c, n);
    }
  return g_strdup (dsp_record_display (entity, record));
}

char *
dsp_office_title_of (DspOffice       *self,
                     const DspEntity *entity,
                     const DspId     *id)
{
  gconstpointer record = dsp_office_get (self, entity, id);

  return record != NULL ? dsp_office_record_title (self, entity, record) : g_strdup ("");
}

char *
dsp_office_field_text (DspOffice      *self,
                       const DspField *field,
                       gconstpointer   record)
{
  char *text;

  switch ((DspKind) field->kind)
    {
    case DSP_KIND_ID:
      if (field->target != NULL && field->target != &dsp_customer)
        return dsp_office_title_of (self, field->target, dsp_field_id (field, record));
      return g_strdup ("");
    case DSP_KIND_TIME:
      return dsp_text_time (*dsp_field_time (field, record));
    case DSP_KIND_DATE:
      return dsp_text_date (*dsp_field_date (field, record));
    case DSP_KIND_WORD:
      return g_strdup (dsp_text_word (field->words, *dsp_field_word (field, record)));
    case DSP_KIND_YES_NO:
      {
        guint value = *dsp_field_word (field, record);

        return g_strdup (value == DSP_YES ? _("Yes") : value == DSP_NO ? _("No") : "");
      }
    case DSP_KIND_LIST:
      {
        GStrv list = *dsp_field_list (field, record);

        return list != NULL ? g_strjoinv (", ", list) : g_strdup ("");
      }
    case DSP_KIND_TEXT:
    case DSP_KIND_INT:
    case DSP_KIND_MONEY:
    default:
      text = dsp_field_dup_text (field, record);
      return text != NULL ? text : g_strdup ("");
    }
}

/* ---- filter ---- */

const DspFilter *dsp_office_get_filter (DspOffice *self) { return self->filter; }
DspException dsp_office_get_exception (DspOffice *self) { return self->exception; }
DspTab dsp_office_get_tab (DspOffice *self) { return self->tab; }

void
dsp_office_take_filter (DspOffice *self,
                        DspFilter *filter)
{
  g_autofree char *text = NULL;

  dsp_filter_free (self->filter);
  self->filter = filter;
  text = dsp_filter_print (filter);
  g_settings_set_string (self->settings, "filter", text);
  emit (self, SIGNAL_FILTER_CHANGED);
  refresh_now (self);
}

void
dsp_office_set_exception (DspOffice    *self,
                          DspException  exception)
{
  if (self->exception == exception)
    return;
  self->exception = exception;
  emit (self, SIGNAL_FILTER_CHANGED);
  refresh_now (self);
}

void
dsp_office_set_tab (DspOffice *self,
                    DspTab     tab)
{
  if (self->tab == tab)
    return;
  self->tab = tab;
  emit (self, SIGNAL_FILTER_CHANGED);
  refresh_now (self);
}

const DspField *
dsp_office_get_sort (DspOffice *self,
                     bool      *descending)
{
  if (descending != NULL)
    *descending = self->descending;
  return self->sort;
}

void
dsp_office_set_sort (DspOffice      *self,
                     const DspField *field,
                     bool            descending)
{
  g_autofree char *text = NULL;

  if (self->sort == field && self->descending == descending)
    return;
  self->sort = field;
  self->descending = descending;
  text = g_strconcat (descending ? "-" : "", field->name, NULL);
  g_settings_set_string (self->settings, "sort", text);
  refresh_now (self);
}

const guint32 *
dsp_office_get_rows (DspOffice *self,
                     guint     *n_rows)
{
  *n_rows = self->tab_result != NULL ? self->tab_result->n_rows : 0;
  return self->tab_result != NULL ? self->tab_result->rows : NULL;
}

guint
dsp_office_n_in_tab (DspOffice *self,
                     DspTab     tab)
{
  guint n = 0;

  if (self->result == NULL)
    return 0;
  if (tab == DSP_TAB_ALL)
    return self->result->n_rows;
  for (guint i = 0; i < DSP_N_ORDER_STATUSES; i++)
    if (tab_states[tab] & DSP_BIT (i))
      n += self->result->by_status[i];
  return n;
}

const DspOrderResult *dsp_office_get_result (DspOffice *self) { return self->result; }
const DspOrderResult *dsp_office_get_tab_result (DspOffice *self) { return self->tab_result; }
const DspOrderTotals *dsp_office_get_totals (DspOffice *self) { return self->totals; }

const DspOrder *
dsp_office_get_order (DspOffice *self,
                      guint32    row)
{
  return dsp_replica_get_order (self->replica, dsp_order_index_id (dsp_replica_get_index (self->replica), row));
}

/* ---- selection ---- */

GtkBitset *dsp_office_get_selection (DspOffice *self) { return self->selection; }

void
dsp_office_select (DspOffice *self,
                   GtkBitset *rows)
{
  g_autoptr(GtkBitset) after = rows != NULL ? gtk_bitset_copy (rows) : gtk_bitset_new_empty ();

  if (gtk_bitset_equals (after, self->selection))
    return;
  gtk_bitset_unref (self->selection);
  self->selection = g_steal_pointer (&after);
  emit (self, SIGNAL_SELECTION_CHANGED);
}

GtkBitset *dsp_office_get_drag (DspOffice *self) { return self->drag; }

void
dsp_office_set_drag (DspOffice *self,
                     GtkBitset *rows)
{
  if (self->drag == rows)
    return;
  g_clear_pointer (&self->drag, gtk_bitset_unref);
  self->drag = rows != NULL ? gtk_bitset_copy (rows) : NULL;
  emit (self, SIGNAL_DRAG_CHANGED);
}

DspId *
dsp_office_dup_ids (DspOffice *self,
                    GtkBitset *rows,
                    guint     *n_ids)
{
  DspOrderIndex *index = dsp_replica_get_index (self->replica);
  guint n = (guint) gtk_bitset_get_size (rows), i = 0;
  DspId *ids = g_new (DspId, MAX (n, 1));
  GtkBitsetIter iter;
  guint row;

  if (gtk_bitset_iter_init_first (&iter, rows, &row))
    do
      ids[i++] = *dsp_order_index_id (index, row);
    while (gtk_bitset_iter_next (&iter, &row));
  *n_ids = i;
  return ids;
}

GtkBitset *
dsp_office_rows_of_codes (DspOffice         *self,
                          const char *const *codes)
{
  GtkBitset *found = gtk_bitset_new_empty ();
  g_autoptr(GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  DspOrderIndex *index = dsp_replica_get_index (self->replica);

  for (guint i = 0; codes != NULL && codes[i] != NULL; i++)
    g_hash_table_add (wanted, (gpointer) codes[i]);
  if (g_hash_table_size (wanted) == 0 || self->tab_result == NULL)
    return found;
  for (guint i = 0; i < self->tab_result->n_rows; i++)
    {
      const char *code = dsp_order_index_postal_code (index, self->tab_result->rows[i]);

      if (code != NULL && g_hash_table_contains (wanted, code))
        gtk_bitset_add (found, self->tab_result->rows[i]);
    }
  return found;
}

guint
dsp_office_n_codes (DspOffice *self,
                    GtkBitset *rows)
{
  g_autoptr(GHashTable) codes = g_hash_table_new (g_str_hash, g_str_equal);
  DspOrderIndex *index = dsp_replica_get_index (self->replica);
  GtkBitsetIter iter;
  guint row;

  if (gtk_bitset_iter_init_first (&iter, rows, &row))
    do
      {
        const char *code = dsp_order_index_postal_code (index, row);

        if (code != NULL)
          g_hash_table_add (codes, (gpointer) code);
      }
    while (gtk_bitset_iter_next (&iter, &row));
  return g_hash_table_size (codes);
}

/* ---- crews and places ---- */

const GHashTable *dsp_office_get_places (DspOffice *self) { return self->places; }

const DspPostalCode *
dsp_office_get_place (DspOffice  *self,
                      const char *code)
{
  return code != NULL ? g_hash_table_lookup (self->places, code) : NULL;
}

static DspPlanPoint
place_point (DspOffice  *self,
             const char *code)
{
  const DspPostalCode *place = dsp_office_get_place (self, code);
  DspPlanPoint unknown = { 0 };

  return place != NULL ? dsp_plan_point (place->lat_e7, place->lon_e7) : unknown;
}

typedef struct { DspPlanStop stop; guint32 row; } Visit;

static int
compare_visits (gconstpointer a,
                gconstpointer b)
{
  const Visit *x = a, *y = b;
  gint64 tx = x->stop.attention_us != 0 ? x->stop.attention_us : G_MAXINT64;
  gint64 ty = y->stop.attention_us != 0 ? y->stop.attention_us : G_MAXINT64;

  if (tx == ty)
    {
      tx = x->stop.penalty_us != 0 ? x->stop.penalty_us : G_MAXINT64;
      ty = y->stop.penalty_us != 0 ? y->stop.penalty_us : G_MAXINT64;
    }
  return (tx > ty) - (tx < ty);
}

static void
make_days (DspOffice *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autofree char *states = states_text (tab_states[DSP_TAB_ASSIGNED]);
  const DspField *attention = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));
  const DspField *penalty = dsp_table_at (&dsp_order.table, offsetof (DspOrder, penalty_at));
  DspOrderIndex *index = dsp_replica_get_index (self->replica);
  g_autoptr(DspOrderResult) result = NULL;
  g_autoptr(GHashTable) visits = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, (GDestroyNotify) g_array_unref);
  DspOrderQuery query = { .filter = filter };
  GHashTableIter iter;
  gpointer key, value;

  self->days = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, day_free);
  dsp_office_get_clock (self, &query.clock);
  dsp_filter_set (filter, "status", states, NULL);
  result = dsp_replica_query_now (self->replica, &query, 0);
  for (guint i = 0; result != NULL && i < result->n_rows; i++)
    {
      guint32 row = result->rows[i];
      const DspId *crew = dsp_order_index_crew (index, row);
      Visit visit = { .row = row };
      GArray *list;

      if (dsp_id_is_none (crew))
        continue;
      visit.stop.attention_us = dsp_order_index_time (index, attention, row);
      visit.stop.penalty_us = dsp_order_index_time (index, penalty, row);
      if (visit.stop.attention_us >= query.clock.day_to_us)
        continue;
      list = g_hash_table_lookup (visits, crew);
      if (list == NULL)
        {
          list = g_array_new (FALSE, FALSE, sizeof (Visit));
          g_hash_table_insert (visits, g_memdup2 (crew, sizeof *crew), list);
        }
      g_array_append_val (list, visit);
    }

  g_hash_table_iter_init (&iter, visits);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      GArray *list = value;
      Day *day = g_new0 (Day, 1);

      g_array_sort (list, compare_visits);
      day->stops = g_array_new (FALSE, FALSE, sizeof (DspPlanStop));
      day->rows = g_array_new (FALSE, FALSE, sizeof (guint32));
      for (guint i = 0; i < list->len; i++)
        {
          Visit *visit = &g_array_index (list, Visit, i);

          if (i < MAX_STOPS)
            visit->stop.at = place_point (self, dsp_order_index_postal_code (index, visit->row));
          g_array_append_val (day->stops, visit->stop);
          g_array_append_val (day->rows, visit->row);
        }
      g_hash_table_insert (self->days, g_memdup2 (key, sizeof (DspId)), day);
    }
}

const DspPlanStop *
dsp_office_get_stops (DspOffice      *self,
                      const DspId    *crew_id,
                      const guint32 **rows,
                      guint          *n_stops)
{
  Day *day;

  if (self->days == NULL)
    make_days (self);
  day = g_hash_table_lookup (self->days, crew_id);
  *n_stops = day != NULL ? day->stops->len : 0;
  if (rows != NULL)
    *rows = day != NULL ? (const guint32 *) day->rows->data : NULL;
  return day != NULL ? (const DspPlanStop *) day->stops->data : NULL;
}

DspPlanOrders *
dsp_office_plan (DspOffice *self,
                 GtkBitset *rows)
{
  DspPlanOrders *orders = dsp_plan_orders_new ();
  DspOrderIndex *index = dsp_replica_get_index (self->replica);
  const DspField *attention = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));
  const DspField *penalty = dsp_table_at (&dsp_order.table, offsetof (DspOrder, penalty_at));
  guint n = (guint) gtk_bitset_get_size (rows), step = n / MAX_PLANNED + 1, i = 0;
  GtkBitsetIter iter;
  guint row;

  if (!gtk_bitset_iter_init_first (&iter, rows, &row))
    return orders;
  do
    {
      const char *code = dsp_order_index_postal_code (index, row);
      const DspPostalCode *known = dsp_office_get_place (self, code);
      DspPlanPoint place = place_point (self, code);
      const DspOrder *order = i++ % step == 0 ? dsp_office_get_order (self, row) : NULL;
      DspOrder stub = { 0 };

      if (order == NULL)
        {
          stub.status = dsp_order_index_status (index, row);
          stub.crew_id = *dsp_order_index_crew (index, row);
          stub.postal_code = (char *) code;
          stub.municipality = known != NULL ? known->municipality : NULL;
          stub.attention_at.us = dsp_order_index_time (index, attention, row);
          stub.penalty_at.us = dsp_order_index_time (index, penalty, row);
          order = &stub;
        }
      dsp_plan_orders_add (orders, order, &place);
    }
  while (gtk_bitset_iter_next (&iter, &row));
  return orders;
}

void
dsp_office_answer (DspOffice           *self,
                   const DspPlanOrders *orders,
                   const DspCrew       *crew,
                   DspPlanAnswer       *answer)
{
  DspPlanClock clock;
  guint n;
  const DspPlanStop *stops = dsp_office_get_stops (self, &crew->id, NULL, &n);

  dsp_office_get_plan_clock (self, &clock);
  dsp_plan_answer (orders, crew, stops, n, dsp_replica_get_actor (self->replica), &clock, answer);
}

void
dsp_office_message (DspOffice  *self,
                    gint64      group,
                    const char *format,
                    ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, text, group);
}
