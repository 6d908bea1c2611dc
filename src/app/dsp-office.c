/* dsp-office.c: what the pages of a signed-in window share
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   dsp-office-refresh.c   the lists of orders, asked for anew when something changes
 *   dsp-office-records.c   the other records, and how they are called
 *   dsp-office-plan.c      the crews' days, for planning
 */
#define G_LOG_DOMAIN "dsp-office"

#include "config.h"
#include "dsp-office-private.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (DspOffice, dsp_office, G_TYPE_OBJECT)

static guint signals[DSP_OFFICE_N_SIGNALS];

const guint32 dsp_office_tab_states[DSP_N_TABS] = {
  [DSP_TAB_UNASSIGNED] = DSP_BIT (DSP_ORDER_UNASSIGNED) | DSP_BIT (DSP_ORDER_TO_RESCHEDULE),
  [DSP_TAB_ASSIGNED] = DSP_BIT (DSP_ORDER_ASSIGNED) | DSP_BIT (DSP_ORDER_IN_PROGRESS),
  [DSP_TAB_ALL] = G_MAXUINT32,
};

void
dsp_office_emit (DspOffice       *self,
                 DspOfficeSignal  signal)
{
  g_signal_emit (self, signals[signal], 0);
}

void
dsp_office_emit_records (DspOffice       *self,
                         const DspEntity *entity)
{
  g_signal_emit (self, signals[DSP_OFFICE_RECORDS_CHANGED], 0, entity);
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
  dsp_office_emit (self, DSP_OFFICE_PLACES_CHANGED);
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

/* The server's order wins where two wrote the same field; whoever came last is told that there was something there. */
static void
tell_merged (DspOffice        *self,
             const DspChanges *changes)
{
  gconstpointer record = NULL;

  if (changes->n_merged > 1)
    {
      dsp_office_message (self, 0, ngettext ("%u change from here was put over a newer one of somebody else",
                                             "%u changes from here were put over newer ones of somebody else", changes->n_merged),
                          changes->n_merged);
      return;
    }
  if (changes->merged_entity == &dsp_order)
    record = dsp_replica_get_order (self->replica, &changes->merged_id);
  else
    record = dsp_replica_get (self->replica, changes->merged_entity, &changes->merged_id);
  /* TRANSLATORS: the record's name follows, for instance the number of an order */
  dsp_office_message (self, 0, _("Your change was put over a newer one of somebody else; the history has both: %s"),
                      record != NULL ? dsp_record_display (changes->merged_entity, record) : "");
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
      dsp_office_load_roll_calls (self);
      g_signal_emit (self, signals[DSP_OFFICE_RECORDS_CHANGED], 0, NULL);
      dsp_office_emit (self, DSP_OFFICE_AREAS_CHANGED);
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
  if (changes->n_merged > 0)
    tell_merged (self, changes);
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
      else if (entity == &dsp_roll_call)
        dsp_office_load_roll_calls (self); /* which says so when they are here */
      else if (entity == &dsp_area)
        dsp_office_emit (self, DSP_OFFICE_AREAS_CHANGED);
      if (entity != &dsp_roll_call)
        dsp_office_emit_records (self, entity);
    }
  if (changes->blobs && !touched[dsp_area.number])
    dsp_office_emit (self, DSP_OFFICE_AREAS_CHANGED);
  if (touched[dsp_order.number] || touched[dsp_crew.number] || touched[dsp_postal_code.number])
    dsp_office_refresh (self);
}

static void
on_status_changed (DspReplica *replica,
                   DspOffice  *self)
{
  dsp_office_emit (self, DSP_OFFICE_STATUS_CHANGED);
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
  g_clear_pointer (&self->roll_calls, g_ptr_array_unref);
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
    { DSP_OFFICE_REFRESHED, "refreshed" }, { DSP_OFFICE_SELECTION_CHANGED, "selection-changed" },
    { DSP_OFFICE_FILTER_CHANGED, "filter-changed" }, { DSP_OFFICE_PLACES_CHANGED, "places-changed" },
    { DSP_OFFICE_AREAS_CHANGED, "areas-changed" }, { DSP_OFFICE_STATUS_CHANGED, "status-changed" },
    { DSP_OFFICE_DRAG_CHANGED, "drag-changed" },
  };

  object_class->dispose = dsp_office_dispose;
  object_class->finalize = dsp_office_finalize;
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    signals[plain[i].id] = g_signal_new (plain[i].name, DSP_TYPE_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  signals[DSP_OFFICE_RECORDS_CHANGED] = g_signal_new ("records-changed", DSP_TYPE_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[DSP_OFFICE_MESSAGE] = g_signal_new ("message", DSP_TYPE_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT64);
  signals[DSP_OFFICE_ORDER_MESSAGE] = g_signal_new ("order-message", DSP_TYPE_OFFICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
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
  dsp_office_load_roll_calls (self);
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
  dsp_office_emit (self, DSP_OFFICE_FILTER_CHANGED);
  dsp_office_refresh_now (self);
}

void
dsp_office_set_exception (DspOffice    *self,
                          DspException  exception)
{
  if (self->exception == exception)
    return;
  self->exception = exception;
  dsp_office_emit (self, DSP_OFFICE_FILTER_CHANGED);
  dsp_office_refresh_now (self);
}

void
dsp_office_set_tab (DspOffice *self,
                    DspTab     tab)
{
  if (self->tab == tab)
    return;
  self->tab = tab;
  dsp_office_emit (self, DSP_OFFICE_FILTER_CHANGED);
  dsp_office_refresh_now (self);
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
  dsp_office_refresh_now (self);
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
    if (dsp_office_tab_states[tab] & DSP_BIT (i))
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
  dsp_office_emit (self, DSP_OFFICE_SELECTION_CHANGED);
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
  dsp_office_emit (self, DSP_OFFICE_DRAG_CHANGED);
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

/* ---- places, messages ---- */

const GHashTable *dsp_office_get_places (DspOffice *self) { return self->places; }

const DspPostalCode *
dsp_office_get_place (DspOffice  *self,
                      const char *code)
{
  return code != NULL ? g_hash_table_lookup (self->places, code) : NULL;
}

char *
dsp_office_dup_place_warning (DspOffice  *self,
                              const char *code)
{
  /* Before the catalogue has come nothing is known. */
  if (code == NULL || g_hash_table_size (self->places) == 0 || dsp_office_get_place (self, code) != NULL)
    return NULL;
  return g_strdup_printf (_("Postal code %s is not in the catalogue"), code);
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
  g_signal_emit (self, signals[DSP_OFFICE_MESSAGE], 0, text, group);
}

void
dsp_office_message_order (DspOffice   *self,
                          const DspId *id,
                          const char  *text)
{
  g_signal_emit (self, signals[DSP_OFFICE_ORDER_MESSAGE], 0, text, id);
}
